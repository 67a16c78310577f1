import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import type { SqliteJournal } from '@yiqiao/journal';
import { audited } from './describe-audit.ts';
import { tamper, withJournalFile } from './journal-file.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

const WITHOUT_TRIGGERS = 'DROP TRIGGER entries_are_not_updated; DROP TRIGGER entries_are_not_deleted;';

const openJournal = (file: string): SqliteJournal => createSqliteJournal({ file, clock: { now: () => NOW } });

/** Entries 1 accepted, 2 leg-settled, 3 ended of exchange 1; 4 accepted of 2, open; 5 buried of 3; 6 kept. */
async function writeFile(file: string): Promise<void> {
  const journal = openJournal(file);
  const id = await journal.open(newExchange(1), newLeg(1));
  await journal.settleLeg(id, { leg: 1, state: 'unknown', at: NOW });
  await journal.end(id, ended({ settlement: line(1) }), [answered(1)]);
  await journal.open(newExchange(2), newLeg(2));
  await journal.bury(newExchange(3).key, NOW);
  journal.keep([{ institution: 'H00000000001', kind: 'visit', key: 'V1', body: '{}' }]);
  await journal.close();
}

/** `kind entry exchange` of everything found. */
function damageIn(file: string): string[] {
  return checkJournalFile(file).damage.map(({ kind, entry, exchange, message }) => {
    assert(message.zh !== '' && message.en !== '');
    return `${kind} ${entry ?? '-'} ${exchange?.id ?? '-'}`;
  });
}

describe('the check of a journal file', () => {
  it('finds nothing wrong with what a journal wrote, and counts it', () =>
    withJournalFile(async (file) => {
      await writeFile(file);
      assert.deepEqual(checkJournalFile(file), {
        exchanges: 3,
        entries: 6,
        open: 1,
        archived: 0,
        closed: 0,
        damage: [],
        damaged: 0,
        lastAt: ended({}).at,
      });
    }));

  const damages: readonly { sql: string; found: readonly string[] }[] = [
    {
      sql: `UPDATE entries SET facts = replace(facts, '100.00', '900.00') WHERE id = 3`,
      found: ['entry-changed 3 1'],
    },
    { sql: `UPDATE entries SET payload = zeroblob(4) WHERE id = 6`, found: ['entry-changed 6 -'] },
    { sql: `DELETE FROM entries WHERE id = 2`, found: ['entry-missing 2 1', 'entry-stray 1 1'] },
    {
      sql: `UPDATE exchanges SET state = 'open', ended_at = NULL WHERE id = 1`,
      found: ['state-differs - 1'],
    },
    {
      sql: `UPDATE exchanges SET state = 'answered', ended_at = 5 WHERE id = 2`,
      found: ['state-differs - 2'],
    },
    {
      sql: `UPDATE exchanges SET head = 2 WHERE id = 1`,
      found: ['state-differs - 1', 'entry-stray 3 1'],
    },
    {
      sql: `DELETE FROM leg_messages WHERE exchange_id = 2; DELETE FROM exchanges WHERE id = 2`,
      found: ['entry-stray 4 2', 'reference-broken - -'],
    },
    { sql: `UPDATE ledger SET total = '1.00'`, found: ['state-differs - 1'] },
    { sql: `UPDATE ledger SET entry = 2`, found: ['state-differs - 1', 'reference-broken 2 1'] },
    { sql: `UPDATE records SET entry = 77`, found: ['reference-broken 77 -'] },
  ];
  for (const { sql, found } of damages) {
    it(`reports ${found.join(' and ')} after ${sql}`, () =>
      withJournalFile(async (file) => {
        await writeFile(file);
        tamper(file, `${WITHOUT_TRIGGERS} ${sql}`);
        assert.deepEqual(damageIn(file), found);
      }));
  }

  const cut = 'DROP TRIGGER audit_is_not_deleted; DELETE FROM audit WHERE id';
  const audits: readonly { sql: string; found: readonly string[] }[] = [
    { sql: 'SELECT 1', found: [] },
    {
      sql: `DROP TRIGGER audit_is_not_updated; UPDATE audit SET facts = replace(facts, '测试', '他人') WHERE id = 2`,
      found: ['audit-damaged 2 -'],
    },
    { sql: `${cut} = 2`, found: ['audit-damaged 2 -'] },
    { sql: `${cut} = 3`, found: ['audit-damaged 3 -'] },
    { sql: `${cut} > 0`, found: ['audit-damaged 3 -'] },
  ];
  for (const { sql, found } of audits) {
    it(`reports ${found.join(' and ') || 'nothing'} of the audit log after ${sql}`, () =>
      withJournalFile(async (file) => {
        const journal = openJournal(file);
        for (let n = 0; n < 3; n += 1) await journal.appendAudit(audited());
        await journal.close();
        tamper(file, sql);
        assert.deepEqual(damageIn(file), found);
      }));
  }

  it('names the message of a damaged exchange, so that the far side can be asked', () =>
    withJournalFile(async (file) => {
      await writeFile(file);
      tamper(file, `${WITHOUT_TRIGGERS} UPDATE entries SET at = 0 WHERE id = 3`);
      const [damage] = checkJournalFile(file).damage;
      assert.deepEqual(damage?.exchange, { id: 1, transaction: '2207', key: newExchange(1).key });
    }));

  it('reports what SQLite itself finds broken', () =>
    withJournalFile(async (file) => {
      await writeFile(file);
      tamper(file, 'PRAGMA journal_mode = DELETE');
      const bytes = readFileSync(file);
      const at = bytes.lastIndexOf('H00000000001');
      assert(at > 4_096, 'the first page holds the schema');
      bytes.fill(0xff, Math.floor(at / 4_096) * 4_096, Math.floor(at / 4_096) * 4_096 + 8);
      writeFileSync(file, bytes);
      assert(damageIn(file).some((one) => one.startsWith('page-damaged')));
    }));

  it('changes nothing', () =>
    withJournalFile(async (file) => {
      await writeFile(file);
      tamper(file, `${WITHOUT_TRIGGERS} UPDATE entries SET at = 0 WHERE id = 3`);
      const before = [readFileSync(file), statSync(file).mtimeMs];
      checkJournalFile(file);
      assert.deepEqual([readFileSync(file), statSync(file).mtimeMs], before);
    }));

  it('refuses a file that a gateway uses, one that is no journal, one that is missing and an older one', () =>
    withJournalFile(async (file) => {
      const reasonOf = (): unknown => {
        try {
          checkJournalFile(file);
          return 'none';
        } catch (error) {
          return (error as { details?: { facts?: { reason?: unknown } } }).details?.facts?.reason;
        }
      };
      assert.equal(reasonOf(), 'missing');
      const journal = openJournal(file);
      assert.equal(reasonOf(), 'in-use');
      await journal.close();
      tamper(file, 'PRAGMA user_version = 1');
      assert.equal(reasonOf(), 'older');
      writeFileSync(file, 'no database at all, but long enough to be looked at'.repeat(100));
      assert.equal(reasonOf(), 'not-a-journal');
    }));
});
