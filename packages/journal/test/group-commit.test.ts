import assert from 'node:assert/strict';
import { createGroupCommit } from '#internal/group-commit.ts';
import type { GroupCommit, Passenger } from '#internal/group-commit.ts';
import { GatewayError } from '@yiqiao/model';

/** A queue on a store that writes down what it is told; `failing` names the call that fails. */
function setUp(options: { passenger?: Passenger } = {}): {
  readonly queue: GroupCommit;
  readonly calls: string[];
  readonly failing: { call?: string };
  readonly errors: string[];
} {
  const calls: string[] = [];
  const errors: string[] = [];
  const failing: { call?: string } = {};
  const call = (name: string) => (): void => {
    calls.push(name);
    if (failing.call === name) throw Object.assign(new Error('disk I/O error'), { errcode: 10 });
  };
  let { passenger } = options;
  const queue = createGroupCommit({
    transaction: {
      begin: call('begin'),
      commit: call('commit'),
      rollback: call('rollback'),
      mark: call('mark'),
      release: call('release'),
      undo: call('undo'),
    },
    passenger: () => {
      const once = passenger;
      passenger = undefined;
      return once;
    },
    onError: ({ code }) => void errors.push(code),
  });
  return { queue, calls, failing, errors };
}

const codeOf = (error: unknown): string => (error as GatewayError).code;

describe('group commit', () => {
  it('makes one transaction of all that is queued in one turn', async () => {
    const { queue, calls } = setUp();
    const results = await Promise.all([1, 2, 3].map((n) => queue.submit(() => n)));
    assert.deepEqual(
      [results, calls],
      [
        [1, 2, 3],
        ['begin', 'commit'],
      ],
    );
    await queue.submit(() => 4);
    assert.deepEqual(calls, ['begin', 'commit', 'begin', 'commit']);
  });

  it('tells nobody before the commit, refused ones neither', async () => {
    const { queue, calls, failing } = setUp();
    failing.call = 'commit';
    const refuse = (): never => {
      throw new GatewayError('REVERSED');
    };
    const codes = await Promise.all(
      [queue.submit(() => 1), queue.submit(refuse)].map((each) => each.catch(codeOf)),
    );
    assert.deepEqual(codes, ['JOURNAL_FAILED', 'JOURNAL_FAILED']);
    assert.equal(calls.at(-1), 'rollback');
    delete failing.call;
    await assert.rejects(queue.submit(refuse), { code: 'REVERSED' });
  });

  it('reports a failed batch once and takes the next one', async () => {
    const { queue, calls, failing, errors } = setUp();
    failing.call = 'begin';
    const codes = await Promise.all([1, 2].map((n) => queue.submit(() => n).catch(codeOf)));
    assert.deepEqual([codes, errors], [['JOURNAL_FAILED', 'JOURNAL_FAILED'], ['JOURNAL_FAILED']]);
    assert.equal(calls.filter((call) => call === 'begin').length, 1, 'a broken disk is not tried twice');
    delete failing.call;
    assert.equal(await queue.submit(() => 3), 3);
  });

  it('undoes only what fails in an unforeseen way', async () => {
    const { queue, calls, errors } = setUp();
    const fail = (): never => {
      throw new TypeError('unforeseen');
    };
    const results = await Promise.all([
      queue.submit(() => 1),
      queue.submit(fail).catch(codeOf),
      queue.submit(() => 3),
    ]);
    assert.deepEqual([results, errors], [[1, 'INTERNAL', 3], ['INTERNAL']]);
    assert.deepEqual(calls.join(' '), 'begin rollback begin mark release mark undo mark release commit');
  });

  it('takes a passenger along before the others, and tells it when it has arrived', async () => {
    const order: string[] = [];
    const passenger = {
      apply: () => void order.push('passenger'),
      settled: () => void order.push('arrived'),
    };
    const { queue } = setUp({ passenger });
    await queue.submit(() => order.push('write'));
    assert.deepEqual(order, ['passenger', 'write', 'arrived']);
  });

  it('does not begin a transaction for nothing', () => {
    const { queue, calls } = setUp();
    queue.flush();
    assert.deepEqual(calls, []);
  });
});
