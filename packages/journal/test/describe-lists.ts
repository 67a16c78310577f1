import assert from 'node:assert/strict';
import type { Journal } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { ended, line, newExchange, newLeg } from './samples.ts';

/** Lists and the ledger. */
export function describeLists({ journal, reopen }: JournalUnderTest): void {
  describe('lists', () => {
    it('show the open exchanges, oldest first, in pages', async () => {
      const ids = await openMany(journal(), 5);
      await journal().end(ids[1] as number, ended());
      const again = await reopen();
      const first = again.listOpen(0, 2).map(({ id }) => id);
      assert.deepEqual(first, [ids[0], ids[2]]);
      const second = again.listOpen(first[1] as number, 10).map(({ id }) => id);
      assert.deepEqual(second, [ids[3], ids[4]]);
      assert.deepEqual(again.listOpen(ids[4] as number, 10), []);
    });

    it('show all exchanges, newest first, in pages', async () => {
      const ids = await openMany(journal(), 3);
      await journal().end(ids[2] as number, ended());
      const first = journal()
        .list(Infinity, 2)
        .map(({ id }) => id);
      assert.deepEqual(first, [ids[2], ids[1]]);
      assert.deepEqual(
        journal()
          .list(first[1] as number, 2)
          .map(({ id }) => id),
        [ids[0]],
      );
    });
  });

  describe('ledger', () => {
    it('has a line for each settlement, in order of writing', async () => {
      const ids = await openMany(journal(), 3);
      const later = [ids[2], ids[0]] as number[];
      for (const [n, id] of later.entries()) await journal().end(id, ended({ settlement: line(n) }));
      await journal().end(ids[1] as number, ended());
      assert.deepEqual(
        [...(await reopen()).ledger()].map((each) => ({ ...each })),
        later.map((exchangeId, n) => ({ exchangeId, transaction: '2207', ...line(n) })),
      );
    });

    it('goes on past one page, and past what is written meanwhile', async () => {
      const ids = await openMany(journal(), 1100);
      await Promise.all(ids.slice(1).map((id, n) => journal().end(id, ended({ settlement: line(n) }))));
      const lines = journal().ledger()[Symbol.iterator]();
      lines.next();
      await journal().end(ids[0] as number, ended({ settlement: line(1099) }));
      let rest = 0;
      while (lines.next().done !== true) rest += 1;
      assert.equal(rest, 1099);
    });
  });
}

async function openMany(journal: Journal, count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => journal.open(newExchange(n), newLeg(n))));
}
