import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archiveDays, checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import { describeArchive, reasonOf, writeDay } from './describe-archive.ts';
import type { ArchiveSubject } from './describe-archive.ts';
import { createPlace, tamper } from './journal-file.ts';
import { encryption } from './keys.ts';
import { NOW } from './samples.ts';

const DAY = 86_400_000;

function createSubject(): ArchiveSubject & { readonly file: string } {
  const { file, remove } = createPlace();
  return {
    file,
    place: { file },
    open: async (now, keys) => createSqliteJournal({ file, clock: { now: () => now }, encryption: keys }),
    check: async (keys) => checkJournalFile(file, keys),
    tamper: async (sql) =>
      tamper(
        file,
        `DROP TRIGGER IF EXISTS entries_are_not_updated; DROP TRIGGER IF EXISTS entries_are_not_deleted; ${sql}`,
      ),
    remove: async () => remove(),
  };
}

describeArchive('SQLite', async () => createSubject());

describe('Archiving a journal file', () => {
  let folder: string;
  let subject: ReturnType<typeof createSubject>;
  const archive = () =>
    archiveDays({
      place: subject.place,
      clock: { now: () => NOW + 10 * DAY },
      encryption: encryption(1),
      before: NOW + DAY,
      folder,
    });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-archive-'));
    subject = createSubject();
    await writeDay(subject);
  });
  afterEach(async () => {
    await subject.remove();
    rmSync(folder, { recursive: true });
  });

  it('is refused while a gateway has it open', async () => {
    const journal = await subject.open(NOW, encryption(1));
    assert.equal(await reasonOf(archive()), 'in-use');
    await journal.close();
  });

  it('goes on where it was broken off; until then everything is told as archived or as it was', async () => {
    tamper(
      subject.file,
      `CREATE TRIGGER broken BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the power is gone'); END`,
    );
    await assert.rejects(archive(), { code: 'JOURNAL_FAILED' });
    tamper(subject.file, 'DROP TRIGGER broken');
    const half = checkJournalFile(subject.file, encryption(1));
    assert.deepEqual([half.damage, half.entries], [[], 9]);
    assert.deepEqual(await archive(), []);
    const whole = checkJournalFile(subject.file, encryption(1));
    assert.deepEqual([whole.damage, whole.entries, whole.archived], [[], 5, 4]);
  });

  it('lets nobody delete what lies in no archive', async () => {
    await archive();
    assert.throws(() => tamper(subject.file, 'DELETE FROM entries'), /entries are never deleted/);
  });
});
