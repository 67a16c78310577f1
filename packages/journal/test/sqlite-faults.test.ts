import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { mock } from 'node:test';
import { createVault } from '#internal/vault.ts';
import { createJournalOn } from '#internal/sqlite-journal.ts';
import { openJournalFile } from '#internal/sqlite-file.ts';
import type { SqliteJournal } from '@yiqiao/journal';
import type { GatewayError } from '@yiqiao/model';
import { withJournalFile } from './journal-file.ts';
import { NOW, ended, newExchange, newLeg, transcript } from './samples.ts';

const vault = createVault();

/** A journal with its connection, to make the disk small and large again. */
async function withJournal(
  use: (journal: SqliteJournal, db: DatabaseSync, errors: GatewayError[]) => Promise<void>,
): Promise<void> {
  await withJournalFile(async (file) => {
    const db = openJournalFile(file, vault);
    const errors: GatewayError[] = [];
    const onError = (error: GatewayError): void => void errors.push(error);
    const journal = createJournalOn(db, { vault, clock: { now: () => NOW }, onError });
    await use(journal, db, errors);
    await journal.close();
  });
}

/** Codes with which promises were refused, `done` for those that were not. */
async function outcomes(promises: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => (each.status === 'fulfilled' ? 'done' : (each.reason as GatewayError).code));
}

function fillDisk(db: DatabaseSync): void {
  db.exec('PRAGMA max_page_count = 1');
}

function freeDisk(db: DatabaseSync): void {
  db.exec('PRAGMA max_page_count = 1000000');
}

function countRecords(db: DatabaseSync): unknown {
  return db.prepare('SELECT count(*) AS count FROM records').get()?.count;
}

/** Needs new pages, unlike a small write that may fit into what is there. */
const LARGE = transcript('x'.repeat(100_000));

describe('SQLite journal in trouble', () => {
  it('refuses the whole batch on a full disk, until there is room again', () =>
    withJournal(async (journal, db, errors) => {
      const id = await journal.open(newExchange(1), newLeg(1));
      fillDisk(db);
      const codes = await outcomes([
        journal.open(newExchange(2, { received: LARGE }), newLeg(2)),
        journal.open(newExchange(3), newLeg(3)),
        journal.end(id, ended({ reply: LARGE })),
      ]);
      assert.deepEqual(codes, ['JOURNAL_FAILED', 'JOURNAL_FAILED', 'JOURNAL_FAILED']);
      assert.deepEqual(await outcomes([journal.open(newExchange(4, { received: LARGE }), newLeg(4))]), [
        'JOURNAL_FAILED',
      ]);
      assert.deepEqual(
        errors.map(({ code }) => code),
        ['JOURNAL_FAILED', 'JOURNAL_FAILED'],
      );
      assert.deepEqual(
        journal.list(Infinity, 10).map((each) => [each.id, each.state]),
        [[id, 'sent']],
      );

      freeDisk(db);
      await journal.end(id, ended({ reply: LARGE }));
      await journal.open(newExchange(2, { received: LARGE }), newLeg(2));
      assert.deepEqual(
        journal.list(Infinity, 10).flatMap((each) => journal.checkExchange(each.id)),
        [],
      );
      assert.equal(errors.length, 2);
    }));

  it('keeps the records of reads until there is room again', () =>
    withJournal(async (journal, db) => {
      fillDisk(db);
      const record = { institution: 'H00000000001', kind: 'visit', key: 'V1', body: 'x'.repeat(100_000) };
      journal.keep([record]);
      await outcomes([journal.open(newExchange(1), newLeg(1))]);
      assert.equal(journal.findRecord('H00000000001', 'visit', 'V1'), record.body);
      freeDisk(db);
      await journal.open(newExchange(1), newLeg(1));
      assert.equal(countRecords(db), 1);
    }));

  it('gives up the oldest records of reads when too many wait, and says how many', () =>
    withJournal(async (journal, _db, errors) => {
      const record = (n: number) => ({
        institution: 'H00000000001',
        kind: 'visit',
        key: `V${n}`,
        body: '{}',
      });
      journal.keep(Array.from({ length: 10_002 }, (_, n) => record(n)));
      assert.deepEqual(
        ['V1', 'V2'].map((key) => journal.findRecord('H00000000001', 'visit', key)),
        [undefined, '{}'],
      );
      assert.deepEqual(
        errors.map(({ code, details }) => [code, details.facts?.recordsGivenUp]),
        [['JOURNAL_FAILED', 2]],
      );
    }));

  it('writes the records of reads after 100 ms when no write takes them along', () =>
    withJournal(async (journal, db) => {
      mock.timers.enable({ apis: ['setTimeout'] });
      try {
        journal.keep([{ institution: 'H00000000001', kind: 'visit', key: 'V1', body: '{}' }]);
        mock.timers.tick(99);
        assert.equal(countRecords(db), 0);
        mock.timers.tick(1);
        assert.equal(countRecords(db), 1);
      } finally {
        mock.timers.reset();
      }
    }));

  const wrong = [
    { what: 'a request that is no text', leg: { request: 5 as unknown as string } },
    { what: 'a peer that is none', leg: { peer: null as unknown as string } },
    { what: 'a time that is no whole number', leg: { sentAt: 0.5 }, exchange: { acceptedAt: 0.5 } },
  ];
  for (const { what, leg, exchange } of wrong) {
    it(`writes the others of a batch that contains ${what}`, () =>
      withJournal(async (journal, _db, errors) => {
        const codes = await outcomes([
          journal.open(newExchange(1), newLeg(1)),
          journal.open(newExchange(2, exchange), newLeg(2, leg)),
          journal.open(newExchange(3), newLeg(3)),
          journal.open(newExchange(3), newLeg(3)),
        ]);
        assert.deepEqual(codes, ['done', 'INTERNAL', 'done', 'EXCHANGE_IN_PROGRESS']);
        assert.deepEqual(
          errors.map(({ code }) => code),
          ['INTERNAL'],
        );
        const onRecord = journal.list(Infinity, 10);
        assert.deepEqual(
          onRecord.map(({ digest }) => digest),
          ['digest-3', 'digest-1'],
        );
        assert.deepEqual(
          onRecord.flatMap(({ id }) => journal.checkExchange(id)),
          [],
        );
      }));
  }

  it('gives up a record of a read that cannot be written, and reports it once', () =>
    withJournal(async (journal, _db, errors) => {
      journal.keep([{ institution: 'H00000000001', kind: 'visit', key: 'V1', body: 5 as unknown as string }]);
      await journal.open(newExchange(1), newLeg(1));
      await journal.open(newExchange(2), newLeg(2));
      assert.deepEqual(
        errors.map(({ code }) => code),
        ['INTERNAL'],
      );
    }));
});
