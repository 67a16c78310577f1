import assert from 'node:assert/strict';
import { createSqliteJournal } from '@yiqiao/journal';
import type { Journal } from '@yiqiao/journal';
import { APPLICATION_ID, MIGRATIONS } from '#internal/schema.ts';
import { handOver, resolution } from './describe-resolution.ts';
import { tamper, withJournalFile } from './journal-file.ts';
import { NOW, ended, line, newExchange, newLeg } from './samples.ts';

const open = (file: string): Journal => createSqliteJournal({ file, clock: { now: () => NOW } });

/** The same content as the first version would have written it. */
function writeAsFirstVersion(file: string, old: string): void {
  const tables = ['meta', 'exchanges', 'entries', 'leg_messages', 'records', 'ledger'];
  tamper(
    old,
    `${MIGRATIONS[0]}
     ATTACH DATABASE '${file}' AS now;
     ${tables.map((table) => `INSERT INTO main.${table} SELECT * FROM now.${table};`).join('\n')}
     PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1;`,
  );
}

describe('journal written by the first version', () => {
  it('is brought forward with all it holds, and what waits in it can be resolved', () =>
    withJournalFile(async (file) => {
      const before = open(file);
      const waiting = await handOver(before, 1);
      const done = await before.open(newExchange(2), newLeg(2));
      await before.end(done, ended({ settlement: line(2) }));
      const held = [before.load(waiting), before.load(done), ...before.ledger()];
      await before.close();
      const old = `${file}.old`;
      writeAsFirstVersion(file, old);

      const journal = open(old);
      assert.deepEqual([journal.load(waiting), journal.load(done), ...journal.ledger()], held);
      await journal.resolve(waiting, resolution());
      assert.deepEqual([waiting, done].map((id) => journal.checkExchange(id)).flat(), []);
      assert.equal(journal.load(waiting)?.state, 'reversed');
      await journal.close();
      assert.throws(() => tamper(old, 'DELETE FROM entries'), /entries are never deleted/);
      assert.throws(() => tamper(old, 'UPDATE entries SET at = 0'), /entries are never changed/);
    }));
});
