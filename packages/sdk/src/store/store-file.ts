/** The SQLite file of a store: of the right kind and version, durable, readable by its owner alone. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';

/** `YQas`: stands in the head of the file. */
const APPLICATION_ID = 0x59516173;
/** How long another process may hold the file. */
export const BUSY_MS = 5_000;

/** Each takes the file one version further. */
const MIGRATIONS = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE document (
     kind TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, changed_at INTEGER NOT NULL,
     PRIMARY KEY (kind, key)) STRICT, WITHOUT ROWID;
   CREATE TABLE job (
     seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, lane TEXT NOT NULL, body TEXT NOT NULL,
     state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'person', 'done')), due_at INTEGER NOT NULL,
     attempt INTEGER NOT NULL, failures INTEGER NOT NULL, interrupted INTEGER NOT NULL,
     owner TEXT, lease_until INTEGER, reason TEXT, enqueued_at INTEGER NOT NULL, ended_at INTEGER) STRICT;
   CREATE INDEX job_open ON job (due_at) WHERE state IN ('waiting', 'running');
   CREATE INDEX job_lane ON job (lane, seq) WHERE state <> 'done';
   CREATE TABLE trace (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, step TEXT NOT NULL, refs TEXT NOT NULL, facts TEXT) STRICT;
   CREATE TABLE trace_ref (
     value TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (value, seq)) STRICT, WITHOUT ROWID;`,
];

/** How a file is opened. */
export interface FileOptions {
  /** It must be there, and nothing is changed. */
  readonly readOnly: boolean;
}

/**
 * Opens or creates the file of a store; `:memory:` is one that is gone when it is closed.
 * @throws GatewayError `STORE_UNUSABLE` with `details.facts.reason`: `missing`, `not-a-store`, `newer`, `damaged`,
 *   `in-use`, `not-writable`.
 */
export function openStoreFile(file: string, { readOnly }: FileOptions): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (readOnly && !existsSync(file)) throw unusable(file, 'missing');
    if (!readOnly && file !== ':memory:') createPrivately(file);
    // Loaded where it is needed: Node 22 calls it experimental, also to those who have no store.
    const sqlite = process.getBuiltinModule('node:sqlite');
    db = new sqlite.DatabaseSync(file, { timeout: BUSY_MS, readOnly });
    const version = checkIdentity(db, file);
    if (readOnly) return db;
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
             PRAGMA trusted_schema = OFF`);
    if (version < MIGRATIONS.length) migrate(db, file);
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof GatewayError) throw cause;
    throw unusable(file, reasonOf(cause), { cause });
  }
}

function createPrivately(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
}

/** Version of the file, 0 for an empty one. */
function checkIdentity(db: DatabaseSync, file: string): number {
  const { application, version, tables } = db
    .prepare(
      `SELECT (SELECT application_id FROM pragma_application_id) AS application,
              (SELECT user_version FROM pragma_user_version) AS version,
              (SELECT count(*) FROM sqlite_master) AS tables`,
    )
    .get() as { application: number; version: number; tables: number };
  if (application === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID) throw unusable(file, 'not-a-store');
  if (version > MIGRATIONS.length) throw unusable(file, 'newer');
  return version;
}

/** All steps or none; another process may have been quicker. */
function migrate(db: DatabaseSync, file: string): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    const version = checkIdentity(db, file);
    for (const step of MIGRATIONS.slice(version)) db.exec(step);
    if (version === 0)
      db.prepare(`INSERT INTO meta (name, value) VALUES ('digest-key', ?)`).run(randomBytes(32));
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

const REASONS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {
  missing: { zh: '文件不存在，请核对路径。', en: 'There is no such file; check the path.' },
  'not-a-store': {
    zh: '这不是适配器的存储文件，请核对路径。',
    en: 'This is not the store of an adapter; check the path.',
  },
  newer: {
    zh: '文件由更新的版本写成，请升级本程序。',
    en: 'A newer version has written this file; upgrade this program.',
  },
  damaged: { zh: '文件已损坏，请从备份恢复。', en: 'The file is damaged; restore it from a backup.' },
  'in-use': {
    zh: '文件被其他进程长时间占用，请稍后重试。',
    en: 'Another process holds the file; try again later.',
  },
  'key-missing': {
    zh: '文件内容已加密，请给出其密钥。文件未作改动。',
    en: 'Its contents are sealed; give its key. Nothing was changed.',
  },
  'key-wrong': {
    zh: '密钥不符；请给出加密时的密钥，换钥未完成时把旧密钥列入 previous。文件未作改动。',
    en: 'This is another key; give the one it was sealed with, as `previous` while it is being changed. Nothing was changed.',
  },
  'key-changed': {
    zh: '文件已换用本进程所没有的密钥；请以同一配置重新启动本进程。',
    en: 'Another process has taken up a key that this one does not have; start this one again with the same.',
  },
  altered: {
    zh: '内容与加密时不一致（被改动、移位或损坏），请从备份恢复。',
    en: 'Contents are not as they were sealed (changed, moved or damaged); restore a backup.',
  },
  'key-malformed': {
    zh: '密钥应为 32 字节。',
    en: 'A key is 32 bytes.',
  },
  'not-writable': {
    zh: '文件或目录不可写，或磁盘已满，请检查权限和空间。',
    en: 'File or folder cannot be written, or the disk is full; check rights and space.',
  },
};

/** Why a store cannot be used, with the remedy. */
export function unusable(
  file: string,
  reason: string,
  { cause, ...facts }: { readonly cause?: unknown; readonly keys?: string } = {},
): GatewayError {
  const fault = {
    rule: 'store-file',
    at: file,
    field: 'store',
    label: { zh: '存储文件', en: 'store file' },
    message: REASONS[reason] ?? { zh: reason, en: reason },
  };
  return new GatewayError(
    'STORE_UNUSABLE',
    { faults: [fault], facts: { reason, ...facts } },
    cause === undefined ? {} : { cause },
  );
}

/** What SQLite says while a file is opened becomes the reason why it cannot be used; all else goes on as it is. */
export function whyNotOpened(file: string, cause: unknown): unknown {
  return findSqliteCode(cause) === undefined ? cause : unusable(file, reasonOf(cause), { cause });
}

/** Primary result codes of SQLite. Source: https://www.sqlite.org/rescode.html */
function reasonOf(error: unknown): string {
  const code = findSqliteCode(error);
  if (code === 5 || code === 6) return 'in-use';
  if (code === 26) return 'not-a-store';
  return code === 11 ? 'damaged' : 'not-writable';
}

/** Primary result code of an error from node:sqlite, `undefined` for any other error. */
export function findSqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
