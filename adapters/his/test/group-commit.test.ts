import assert from 'node:assert/strict';
import { openStore } from '@yiqiao/sdk';
import { createGroupCommit } from '#internal/course/group-commit.ts';

describe('Commits of one moment', () => {
  it('are one, and each caller gets its own result', async () => {
    const store = openStore(':memory:');
    let commits = 0;
    const group = createGroupCommit({
      ...store,
      transact: (work) => {
        commits += 1;
        return store.transact(work);
      },
    });
    const works = [1, 2, 3].map((number) =>
      group.run((tx) => {
        tx.put('kind', String(number), number);
        return number;
      }),
    );
    assert.deepEqual(await Promise.all(works), [1, 2, 3]);
    assert.deepEqual([commits, store.list('kind').length], [1, 3]);
  });

  it('fail one by one: who throws writes nothing, the others are not held up', async () => {
    const store = openStore(':memory:');
    const group = createGroupCommit(store);
    const [good, bad, other] = [
      group.run((tx) => tx.insert('kind', 'a', 1)),
      group.run((tx) => {
        tx.put('kind', 'b', 1);
        throw new RangeError('not this one');
      }),
      group.run((tx) => tx.insert('kind', 'c', 1)),
    ];
    await assert.rejects(bad, RangeError);
    assert.deepEqual([await good, await other], [true, true]);
    assert.deepEqual(
      store.list('kind').map(({ key }) => key),
      ['a', 'c'],
    );
  });
});
