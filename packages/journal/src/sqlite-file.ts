/** Opening the file: one process only, of the right kind and version, durable, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';
import { whyNotOpened } from './sqlite-errors.ts';
import { unusable } from './unusable.ts';

/** How long a predecessor may take to let go of the file. */
const HANDOVER_MS = 500;

/**
 * Opens or creates a journal file and brings it to this program's version.
 * @throws GatewayError `JOURNAL_UNUSABLE`, with reason and remedy.
 */
export function openJournalFile(file: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    createPrivately(file);
    db = new DatabaseSync(file, { timeout: HANDOVER_MS, enableForeignKeyConstraints: true });
    // Set before the first read: the lock is then taken for good, and no shared-memory file is needed.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    const version = checkIdentity(db, file);
    chmodSync(file, 0o600);
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 2000;
      PRAGMA cache_size = -16000;
      PRAGMA trusted_schema = OFF`);
    migrate(db, version);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof GatewayError) throw cause;
    throw unusable(file, whyNotOpened(cause), { cause });
  }
}

/** Random bytes of this journal, for digests. */
export function saltOf(db: DatabaseSync): Uint8Array {
  const row = db.prepare(`SELECT value FROM meta WHERE name = 'salt'`).get() as { value: Uint8Array };
  return row.value;
}

function createPrivately(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/** Version of the file, 0 for an empty one. Changes nothing. */
function checkIdentity(db: DatabaseSync, file: string): number {
  const { application, version, tables } = db
    .prepare(
      `SELECT (SELECT application_id FROM pragma_application_id) AS application,
              (SELECT user_version FROM pragma_user_version) AS version,
              (SELECT count(*) FROM sqlite_master) AS tables`,
    )
    .get() as { application: number; version: number; tables: number };
  if (application === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID) throw unusable(file, 'not-a-journal', {});
  if (version > MIGRATIONS.length) throw unusable(file, 'newer', { found: String(version) });
  return version;
}

/** Forward only, all steps or none. */
function migrate(db: DatabaseSync, version: number): void {
  if (version === MIGRATIONS.length) return;
  db.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  if (version === 0) db.prepare(`INSERT INTO meta (name, value) VALUES ('salt', ?)`).run(randomBytes(32));
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}
