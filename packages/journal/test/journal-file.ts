/** Files of SQLite journals for tests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Runs `use` with the path of a journal file that does not exist yet; removes its directory afterwards. */
export async function withJournalFile(use: (file: string) => Promise<void> | void): Promise<void> {
  const { file, remove } = createPlace();
  try {
    await use(file);
  } finally {
    remove();
  }
}

/** A directory of its own for one journal file. */
export function createPlace(): { readonly file: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'yiqiao-journal-'));
  return {
    file: join(directory, 'journal.db'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Does to the file, which nobody has open, what the journal itself never would. */
export function tamper(file: string, sql: string): void {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}
