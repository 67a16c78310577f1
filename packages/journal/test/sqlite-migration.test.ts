import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import type { SqliteJournal } from '@yiqiao/journal';
import { APPLICATION_ID, MIGRATIONS } from '#internal/schema.ts';
import { resolution } from './describe-resolution.ts';
import { tamper, withJournalFile } from './journal-file.ts';
import { encryption } from './keys.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

/** Exchange 1 settled, 2 with a person, 3 open, 4 buried, and a record of a person. */
const ROWS = readFileSync(new URL('fixtures/version-4.sql', import.meta.url), 'utf8').split('\n');
const MATTER = '["settleOutpatient","V1","B1"]';

const open = (file: string, key?: number): SqliteJournal =>
  createSqliteJournal({
    file,
    clock: { now: () => NOW },
    ...(key !== undefined && { encryption: encryption(key) }),
  });

/** The rows as an older version would have written them. */
function writeAs(version: number, file: string): void {
  const tables = MIGRATIONS.slice(0, version).join('');
  const rows = ROWS.filter((row) => {
    const table = /^INSERT INTO (\w+)/.exec(row)?.[1];
    return table !== undefined && tables.includes(`CREATE TABLE ${table} (`);
  });
  tamper(
    file,
    `${tables}${rows.join('\n')}
     PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version};`,
  );
}

/** Holds what was written before against what is read now. */
function checkHeld(journal: SqliteJournal): void {
  const settled = journal.load(1);
  assert.deepEqual(
    [settled?.received, settled?.legs[0]?.sent, settled?.reply],
    [newExchange(1).received, newLeg(1).sent, ended().reply],
  );
  assert.deepEqual([settled?.settlement, settled?.legs[0]?.response], [line(1), answered(1).response]);
  assert.deepEqual([...journal.ledger()], [{ ...line(1), exchangeId: 1, transaction: '2207' }]);
  assert.equal(journal.load(2)?.state, 'handed-to-person');
  assert.equal(journal.findRecord('H00000000001', 'person', '000000199001011239'), '{"personName":"测试乙"}');
  assert.equal(journal.find(newExchange(4).key, '').status, 'tombstone');
}

for (const version of [1, 2, 3, 4]) {
  describe(`journal written by version ${version}`, () => {
    it('is brought forward with all it holds, and what waits in it can be resolved', () =>
      withJournalFile(async (file) => {
        writeAs(version, file);
        const journal = open(file);
        checkHeld(journal);
        await journal.resolve(2, resolution());
        assert.deepEqual(
          [1, 2, 3].map((id) => journal.checkExchange(id)).flat(),
          version < 3 ? [MISSING] : [],
        );
        assert.equal(journal.load(2)?.state, 'reversed');
        await journal.close();
        assert.throws(() => tamper(file, 'DELETE FROM entries'), /entries are never deleted/);
        assert.throws(() => tamper(file, 'UPDATE entries SET at = 0'), /entries are never changed/);
      }));
  });
}

/** The rows come from version 4, where exchange 1 names a matter: older files have no table for it. */
const MISSING = { entry: 0, kind: 'state-differs' };

describe('journal of version 4 that is to be encrypted', () => {
  it('is sealed step by step and goes on as before', () =>
    withJournalFile(async (file) => {
      writeAs(4, file);
      const journal = open(file, 1);
      checkHeld(journal);
      assert.deepEqual(await journal.maintain(), { sealed: 7, expired: 0, damaged: 0 });
      checkHeld(journal);
      assert.deepEqual(
        journal.findByNaturalKey('H00000000001', MATTER).map(({ id }) => id),
        [1],
      );
      await journal.close();
      for (const name of ['测试甲', '测试乙']) assert(!readFileSync(file).includes(name), name);
      assert.deepEqual(checkJournalFile(file, encryption(1)).damage, []);
      const { damage, closed } = checkJournalFile(file);
      assert.deepEqual([damage, closed], [[], 7]);
    }));
});
