import assert from 'node:assert/strict';
import { createSqliteJournal } from '@yiqiao/journal';
import type { SqliteJournal } from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { tamper, withJournalFile } from './journal-file.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

const WITHOUT_TRIGGERS = 'DROP TRIGGER entries_are_not_updated; DROP TRIGGER entries_are_not_deleted;';

/** One exchange with two legs: entries 1 accepted, 2 leg-settled, 3 sent, 4 ended. */
async function writeOne(journal: SqliteJournal): Promise<number> {
  const id = await journal.open(newExchange(1, { naturalKeys: ['settle V1 B1'] }), newLeg(1));
  await journal.settleLeg(id, { leg: 1, state: 'unknown', at: NOW });
  await journal.addLeg(id, newLeg(2, { purpose: 'reverse', ofLeg: 1 }));
  await journal.end(id, ended({ settlement: line(1) }), [answered(1), answered(2)]);
  return id;
}

describe('damage to a SQLite journal', () => {
  let errors: GatewayError[];
  const openJournal = (file: string): SqliteJournal =>
    createSqliteJournal({ file, clock: { now: () => NOW }, onError: (error) => void errors.push(error) });
  beforeEach(() => {
    errors = [];
  });

  for (const sql of ['UPDATE entries SET at = 0', 'DELETE FROM entries']) {
    it(`is refused by the file itself: ${sql}`, () =>
      withJournalFile(async (file) => {
        const journal = openJournal(file);
        await writeOne(journal);
        await journal.close();
        assert.throws(() => tamper(file, sql), /entries are never/);
      }));
  }

  const changed = 'entry-changed';
  const differs = [{ entry: 0, kind: 'state-differs' }];
  const damages = [
    { sql: `UPDATE entries SET at = at + 1 WHERE id = 2`, found: [{ entry: 2, kind: changed }] },
    { sql: `UPDATE entries SET kind = 'kept' WHERE id = 3`, found: [{ entry: 3, kind: changed }] },
    {
      sql: `UPDATE entries SET facts = replace(facts, '100.00', '900.00') WHERE id = 4`,
      found: [{ entry: 4, kind: changed }],
    },
    {
      sql: `UPDATE entries SET payload = CAST(replace(CAST(payload AS TEXT), '甲', '乙') AS BLOB) WHERE id = 1`,
      found: [{ entry: 1, kind: changed }],
    },
    {
      sql: `UPDATE entries SET hash = zeroblob(32) WHERE id = 2`,
      found: [
        { entry: 2, kind: changed },
        { entry: 3, kind: changed },
      ],
    },
    { sql: `DELETE FROM entries WHERE id = 2`, found: [{ entry: 2, kind: 'entry-missing' }] },
    { sql: `DELETE FROM entries WHERE id = 4`, found: [{ entry: 4, kind: 'entry-missing' }] },
    { sql: `UPDATE exchanges SET head = 3`, found: differs },
    { sql: `UPDATE exchanges SET state = 'reversed'`, found: differs },
    { sql: `UPDATE exchanges SET digest = 'another'`, found: differs },
    { sql: `UPDATE exchanges SET message_id = 'another'`, found: differs },
    { sql: `UPDATE exchanges SET state = 'open', ended_at = NULL`, found: differs },
    { sql: `UPDATE ledger SET fund_paid = '90.00'`, found: differs },
    { sql: `DELETE FROM ledger`, found: differs },
    { sql: `DELETE FROM natural_keys`, found: differs },
    { sql: `DELETE FROM leg_messages WHERE message_id LIKE '%2'`, found: differs },
  ];
  for (const { sql, found } of damages) {
    it(`is found by checkExchange: ${sql}`, () =>
      withJournalFile(async (file) => {
        const journal = openJournal(file);
        const id = await writeOne(journal);
        assert.deepEqual(journal.checkExchange(id), []);
        await journal.close();
        tamper(file, `${WITHOUT_TRIGGERS} ${sql}`);
        const again = openJournal(file);
        assert.deepEqual(again.checkExchange(id), found);
        await again.close();
      }));
  }

  it('hides no other exchange from the lists, and is reported', () =>
    withJournalFile(async (file) => {
      const journal = openJournal(file);
      const ids = await Promise.all([1, 2, 3].map((n) => journal.open(newExchange(n), newLeg(n))));
      await journal.close();
      tamper(
        file,
        `${WITHOUT_TRIGGERS} DELETE FROM entries WHERE id = 1; UPDATE entries SET facts = '{' WHERE id = 2`,
      );
      const again = openJournal(file);
      assert.deepEqual(
        again.listOpen(0, 1).map(({ id }) => id),
        [ids[2]],
      );
      assert.deepEqual(
        errors.map(({ code, details }) => [code, details.facts?.exchange]),
        [
          ['RECORD_DAMAGED', ids[0]],
          ['RECORD_DAMAGED', ids[1]],
        ],
      );
      assert.throws(() => again.load(ids[0] as number), { code: 'RECORD_DAMAGED' });
      again.listOpen(0, 10);
      assert.equal(errors.length, 2, 'each is reported once');
      await again.close();
    }));

  const told = [
    `UPDATE entries SET facts = replace(facts, '100.00', '900.00') WHERE kind = 'ended'`,
    `UPDATE entries SET payload = CAST(replace(CAST(payload AS TEXT), 'output', 'outqut') AS BLOB) WHERE kind = 'ended'`,
    `UPDATE exchanges SET state = 'open', ended_at = NULL`,
    `UPDATE exchanges SET digest = digest || '-'`,
  ];
  for (const sql of told) {
    it(`keeps a record from being told again: ${sql}`, () =>
      withJournalFile(async (file) => {
        const journal = openJournal(file);
        await writeOne(journal);
        await journal.close();
        tamper(file, `${WITHOUT_TRIGGERS} ${sql}`);
        const again = openJournal(file);
        const { key, digest } = newExchange(1);
        assert.throws(() => again.find(key, digest), { code: 'RECORD_DAMAGED' });
        assert.deepEqual(again.listOpen(0, 10), []);
        await again.close();
      }));
  }
});
