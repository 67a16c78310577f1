import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import type { JournalEncryption, SqliteJournal, Retention } from '@yiqiao/journal';
import { APPLICATION_ID, MIGRATIONS } from '#internal/schema.ts';
import { tamper, withJournalFile } from './journal-file.ts';
import { encryption } from './keys.ts';
import { NOW, answered, ended, line, newExchange, newLeg } from './samples.ts';

const DAY = 86_400_000;
const KEEP: Retention = { readsMs: 30 * DAY, writesMs: 365 * DAY };
const VISIT = { institution: 'H00000000001', kind: 'visit', key: 'V1', body: '{"name":"测试乙"}' };

const open = (file: string, now: number, with_?: JournalEncryption): SqliteJournal =>
  createSqliteJournal({ file, clock: { now: () => now }, ...(with_ && { encryption: with_ }) });

/** Exchange 1 settled, 2 open, 3 with a person, and a record of a read: all accepted at `NOW`. */
async function write(file: string, with_?: JournalEncryption): Promise<void> {
  const journal = open(file, NOW, with_);
  const settled = await journal.open(newExchange(1), newLeg(1));
  await journal.end(settled, ended({ settlement: line(1), records: [VISIT] }), [answered(1)]);
  await journal.open(newExchange(2), newLeg(2));
  const waiting = await journal.open(newExchange(3), newLeg(3));
  await journal.end(waiting, { state: 'handed-to-person', at: NOW });
  journal.keep([{ ...VISIT, key: 'V2' }]);
  await journal.close();
}

async function expire(file: string, now: number, with_?: JournalEncryption): Promise<number> {
  const journal = open(file, now, with_);
  const { expired } = await journal.maintain(KEEP);
  await journal.close();
  return expired;
}

const kinds: readonly { name: string; with?: JournalEncryption }[] = [
  { name: 'clear' },
  { name: 'encrypted', with: encryption(1) },
];
for (const kind of kinds) {
  describe(`contents whose time is over, ${kind.name}`, () => {
    it('are kept until then', () =>
      withJournalFile(async (file) => {
        await write(file, kind.with);
        assert.equal(await expire(file, NOW + 30 * DAY, kind.with), 0);
      }));

    it('of reads are deleted with what finds them; writes stay', () =>
      withJournalFile(async (file) => {
        await write(file, kind.with);
        assert.equal(await expire(file, NOW + 31 * DAY, kind.with), 1);
        const journal = open(file, NOW, kind.with);
        assert.equal(journal.findRecord(VISIT.institution, VISIT.kind, 'V2'), undefined);
        assert.equal(journal.findRecord(VISIT.institution, VISIT.kind, 'V1'), VISIT.body);
        assert.equal(journal.load(1)?.expired, undefined);
        await journal.close();
      }));

    it('of writes are deleted once they have ended, and the chain still holds with or without the key', () =>
      withJournalFile(async (file) => {
        await write(file, kind.with);
        assert.equal(await expire(file, NOW + 366 * DAY, kind.with), 3);
        assert.deepEqual(checkJournalFile(file, kind.with).damage, []);
        assert.deepEqual(checkJournalFile(file).damage, []);
        const journal = open(file, NOW, kind.with);
        const settled = journal.load(1);
        assert.deepEqual([settled?.expired, settled?.state, settled?.reply], [true, 'answered', undefined]);
        assert.deepEqual(settled?.received.bytes.length, 0);
        assert.deepEqual([...journal.ledger()], [{ ...line(1), exchangeId: 1, transaction: '2207' }]);
        assert.equal(journal.load(2)?.received.bytes.length, newExchange(2).received.bytes.length);
        assert.equal(journal.load(3)?.received.bytes.length, newExchange(3).received.bytes.length);
        await journal.close();
      }));

    it('are not deleted twice', () =>
      withJournalFile(async (file) => {
        await write(file, kind.with);
        await expire(file, NOW + 366 * DAY, kind.with);
        assert.equal(await expire(file, NOW + 400 * DAY, kind.with), 0);
      }));

    it('leave nothing of themselves in the file', () =>
      withJournalFile(async (file) => {
        await write(file, kind.with);
        await expire(file, NOW + 31 * DAY, kind.with);
        const journal = open(file, NOW, kind.with);
        await journal.end(2, { state: 'rejected', at: NOW });
        await journal.resolve(3, { as: 'rejected', reason: 'x', operator: 'y', at: NOW });
        await journal.close();
        await expire(file, NOW + 366 * DAY, kind.with);
        const bytes = readFileSync(file);
        for (const name of ['测试甲', '测试乙']) assert(!bytes.includes(name), name);
      }));

    it('are not deleted where the record is damaged: it is evidence', () =>
      withJournalFile(async (file) => {
        await write(file, kind.with);
        tamper(file, `DROP TRIGGER entries_are_not_updated; UPDATE entries SET at = at + 1 WHERE id = 1`);
        const journal = open(file, NOW + 366 * DAY, kind.with);
        assert.deepEqual(await journal.maintain(KEEP), { sealed: 0, expired: 2, damaged: 1 });
        await journal.close();
      }));
  });
}

describe('contents of a journal of version 4 whose time is over', () => {
  it('are deleted, and later changes to what is left still show', () =>
    withJournalFile(async (file) => {
      const rows = readFileSync(new URL('fixtures/version-4.sql', import.meta.url), 'utf8');
      tamper(
        file,
        `${MIGRATIONS.slice(0, 4).join('')}${rows}
         PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 4;`,
      );
      assert.equal(await expire(file, NOW + 366 * DAY), 4);
      assert.deepEqual(checkJournalFile(file).damage, []);
      tamper(
        file,
        `DROP TRIGGER entries_are_not_updated; UPDATE entries SET facts = replace(facts, '100.00', '900.00')`,
      );
      assert.deepEqual(
        checkJournalFile(file).damage.map(({ kind, entry }) => `${kind} ${entry ?? '-'}`),
        ['entry-changed 2'],
      );
    }));
});
