import assert from 'node:assert/strict';
import type { Journal, LedgerLine } from '@yiqiao/journal';
import type { JournalUnderTest } from './describe-journal.ts';
import { NOW, ended, line, newExchange, newLeg } from './samples.ts';

/** Lists and the ledger. */
export function describeLists(subject: JournalUnderTest): void {
  describePages(subject);
  describeFigures(subject);
}

function describePages({ journal, reopen }: JournalUnderTest): void {
  describe('lists', () => {
    it('show the open exchanges, oldest first, in pages', async () => {
      const ids = await openMany(journal(), 5);
      await journal().end(ids[1] as number, ended());
      const again = await reopen();
      const first = (await again.listOpen(0, 2)).map(({ id }) => id);
      assert.deepEqual(first, [ids[0], ids[2]]);
      const second = (await again.listOpen(first[1] as number, 10)).map(({ id }) => id);
      assert.deepEqual(second, [ids[3], ids[4]]);
      assert.deepEqual(await again.listOpen(ids[4] as number, 10), []);
    });

    it('show all exchanges, newest first, in pages', async () => {
      const ids = await openMany(journal(), 3);
      await journal().end(ids[2] as number, ended());
      const first = (await journal().list(Infinity, 2)).map(({ id }) => id);
      assert.deepEqual(first, [ids[2], ids[1]]);
      assert.deepEqual(
        (await journal().list(first[1] as number, 2)).map(({ id }) => id),
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
        (await linesOf(await reopen())).map((each) => ({ ...each })),
        later.map((exchangeId, n) => ({ exchangeId, transaction: '2207', ...line(n) })),
      );
    });

    it('goes on past one page, and past what is written meanwhile', async () => {
      const ids = await openMany(journal(), 1100);
      await Promise.all(ids.slice(1).map((id, n) => journal().end(id, ended({ settlement: line(n) }))));
      const lines = all(journal());
      await lines.next();
      await journal().end(ids[0] as number, ended({ settlement: line(1099) }));
      let rest = 0;
      while ((await lines.next()).done !== true) rest += 1;
      assert.equal(rest, 1099);
    });
  });
}

function describeFigures({ journal }: JournalUnderTest): void {
  describe('figures', () => {
    it('count what is open and what is with a person, and tell since when', async () => {
      const { bytes, ...none } = await journal().figures();
      assert.deepEqual(none, { open: 0, withPerson: 0, odd: 0 });
      assert.ok(bytes > 0);
      const first = await journal().open(newExchange(1, { acceptedAt: NOW - 5 }), newLeg(1));
      await journal().open(newExchange(2), newLeg(2));
      const handed = await journal().open(newExchange(3), newLeg(3));
      await journal().end(handed, { state: 'handed-to-person', at: NOW });
      const some = await journal().figures();
      assert.deepEqual([some.open, some.oldestOpenAt, some.withPerson], [2, NOW - 5, 1]);
      await journal().end(first, ended());
      assert.equal((await journal().figures()).oldestOpenAt, NOW);
    });
  });
}

/** All lines of the ledger. */
export async function linesOf(journal: Journal): Promise<readonly LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for await (const line of journal.ledger()) lines.push(line);
  return lines;
}

async function* all(journal: Journal): AsyncGenerator<LedgerLine> {
  yield* journal.ledger();
}

async function openMany(journal: Journal, count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => journal.open(newExchange(n), newLeg(n))));
}
