/** Opening the file: one process only, of the right kind and version, durable, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import { CHECKPOINT_PAGES } from './backup.ts';
import { APPLICATION_ID, MIGRATIONS } from './schema.ts';
import { createIndexKeys } from './index-keys.ts';
import { adoptKey, checkKeys } from './sealing-keys.ts';
import { whyNotOpened } from './sqlite-errors.ts';
import { unusable } from './unusable.ts';
import type { Vault } from './vault.ts';

/** File version from which on keys may be needed. */
const SEALED_SINCE = 5;

/** How long a predecessor may take to let go of the file. */
const HANDOVER_MS = 500;

/**
 * Opens or creates a journal file, brings it to this program's version and takes up the key of the vault.
 * Nothing is changed before the file and its keys are known to be right.
 * @throws GatewayError `JOURNAL_UNUSABLE`, with reason and remedy.
 */
export function openJournalFile(file: string, vault: Vault): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    createPrivately(file);
    db = new DatabaseSync(file, { timeout: HANDOVER_MS, enableForeignKeyConstraints: true });
    // Set before the first read: the lock is then taken for good, and no shared-memory file is needed.
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    const version = checkIdentity(db, file);
    if (version >= SEALED_SINCE) checkKeys(db, file, vault);
    chmodSync(file, 0o600);
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES};
      PRAGMA cache_size = -16000;
      PRAGMA secure_delete = ON;
      PRAGMA trusted_schema = OFF`);
    migrate(db, version);
    adoptKey(db, vault);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof GatewayError) throw cause;
    throw unusable(file, whyNotOpened(cause), { cause });
  }
}

/**
 * Opens a journal file that nobody else has open, to read it; changes nothing. Keys may be missing altogether: what is
 * sealed stays closed then.
 * @throws GatewayError `JOURNAL_UNUSABLE`, with reason and remedy.
 */
export function openJournalToRead(file: string, vault: Vault): DatabaseSync {
  if (!existsSync(file)) throw unusable(file, 'missing', {});
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(file, { timeout: HANDOVER_MS, readOnly: true });
    const version = checkIdentity(db, file);
    if (version < MIGRATIONS.length)
      throw unusable(file, version === 0 ? 'not-a-journal' : 'older', { found: String(version) });
    if (vault.keyId !== undefined) checkKeys(db, file, vault);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof GatewayError) throw cause;
    throw unusable(file, whyNotOpened(cause), { cause });
  }
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
  db.function('digest_of_matter', (key) => createIndexKeys(clearSaltOf(db)).ofMatter(String(key)));
  db.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(version)) db.exec(step);
  if (version === 0) db.prepare(`INSERT INTO meta (name, value) VALUES ('salt', ?)`).run(randomBytes(32));
  db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
}

/** Before its version 5 nothing in a file was sealed. */
function clearSaltOf(db: DatabaseSync): Uint8Array {
  const { value } = db.prepare(`SELECT value FROM meta WHERE name = 'salt'`).get() as { value: Uint8Array };
  return value;
}
