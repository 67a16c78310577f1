import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createSqliteJournal } from '@yiqiao/journal';
import type { SqliteJournal } from '@yiqiao/journal';
import { GatewayError } from '@yiqiao/model';
import { tamper, withJournalFile } from './journal-file.ts';
import { NOW, newExchange, newLeg } from './samples.ts';

/** Opens a journal as any program does. */
function openJournal(file: string): SqliteJournal {
  return createSqliteJournal({ file, clock: { now: () => NOW } });
}

/** The one fault with which a file is refused. */
function refusalOf(file: string): { reason: unknown; rule: string; at: string; zh: string; en: string } {
  try {
    openJournal(file);
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
    assert.equal(error.code, 'JOURNAL_UNUSABLE');
    const [fault, ...more] = error.details.faults ?? [];
    assert(fault !== undefined && more.length === 0);
    return { reason: error.details.facts?.reason, rule: fault.rule, at: fault.at, ...fault.message };
  }
  return assert.fail('the file was opened');
}

describe('file of a SQLite journal', () => {
  it('is created with its directory, for the owner alone', () =>
    withJournalFile(async (file) => {
      const deeper = join(dirname(file), 'a', 'b', 'journal.db');
      const journal = openJournal(deeper);
      await journal.open(newExchange(1), newLeg(1));
      const modes = [deeper, `${deeper}-wal`].map((each) => statSync(each).mode & 0o777);
      assert.deepEqual(modes, [0o600, 0o600]);
      await journal.close();
    }));

  it('is closed to others when it was open to them', () =>
    withJournalFile(async (file) => {
      await openJournal(file).close();
      chmodSync(file, 0o644);
      await openJournal(file).close();
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }));

  it('is refused while another journal has it open', () =>
    withJournalFile(async (file) => {
      const journal = openJournal(file);
      assert.equal(refusalOf(file).reason, 'in-use');
      await journal.open(newExchange(1), newLeg(1));
      await journal.close();
      await openJournal(file).close();
    }));

  it('holds no key that identifies a person', () =>
    withJournalFile(async (file) => {
      const person = '000000199001010017';
      const journal = openJournal(file);
      journal.keep([
        { institution: 'H00000000001', kind: 'person', key: person, body: '{}' },
        { institution: 'H00000000001', kind: 'visit', key: 'V-is-in-the-file', body: '{}' },
      ]);
      await journal.close();
      const bytes = readFileSync(file).toString('latin1');
      assert.deepEqual([bytes.includes('V-is-in-the-file'), bytes.includes(person)], [true, false]);
    }));

  const strangers = [
    {
      what: 'text',
      reason: 'not-a-journal',
      make: async (file: string) => writeFileSync(file, '测试 '.repeat(2000)),
    },
    {
      what: 'another SQLite database',
      reason: 'not-a-journal',
      make: async (file: string) => tamper(file, 'CREATE TABLE t (a)'),
    },
    {
      what: 'a database of another application',
      reason: 'not-a-journal',
      make: async (file: string) => tamper(file, 'PRAGMA application_id = 7'),
    },
    {
      what: 'a journal of a newer version',
      reason: 'newer',
      make: async (file: string) => {
        await openJournal(file).close();
        tamper(file, 'PRAGMA user_version = 1000');
      },
    },
    {
      what: 'a journal with a damaged page',
      reason: 'damaged',
      make: async (file: string) => {
        await openJournal(file).close();
        writeFileSync(file, readFileSync(file).fill(0x55, 100, 140));
      },
    },
  ];
  for (const { what, reason, make } of strangers) {
    it(`is refused as ${reason} and left as it is when it is ${what}`, () =>
      withJournalFile(async (file) => {
        await make(file);
        const before = [readFileSync(file), statSync(file).mode];
        const refusal = refusalOf(file);
        assert.deepEqual([refusal.reason, refusal.rule, refusal.at], [reason, `journal-${reason}`, file]);
        assert.match(refusal.zh, /请/);
        assert.deepEqual([readFileSync(file), statSync(file).mode], before);
      }));
  }

  const places = [
    {
      what: 'lies below a file',
      at: (file: string) => join(file, 'journal.db'),
      make: (file: string) => writeFileSync(file, ''),
    },
    { what: 'is a directory', at: (file: string) => file, make: (file: string) => mkdirSync(file) },
  ];
  for (const { what, at, make } of places) {
    it(`is refused as not writable when its path ${what}`, () =>
      withJournalFile((file) => {
        make(file);
        assert.equal(refusalOf(at(file)).reason, 'not-writable');
      }));
  }

  it('is refused as not writable in a read-only directory', () =>
    withJournalFile((file) => {
      chmodSync(dirname(file), 0o555);
      const refusal = asOrdinaryUser(() => refusalOf(file));
      assert.equal(refusal.reason, 'not-writable');
    }));
});

/** Root may write anywhere: steps down for one call. */
function asOrdinaryUser<T>(act: () => T): T {
  if (process.geteuid?.() !== 0) return act();
  process.seteuid?.(65534);
  try {
    return act();
  } finally {
    process.seteuid?.(0);
  }
}
