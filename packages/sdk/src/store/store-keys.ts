/** Which keys a file needs, how it takes up another one, and that nobody writes with one that it has given up. */
import type { DatabaseSync } from 'node:sqlite';
import { DIGEST_PLACE } from './places.ts';
import { sealAnew } from './seal-anew.ts';
import { BUSY_MS, findSqliteCode, unusable } from './store-file.ts';
import type { Vault } from './vault.ts';

/** How a file was found, and what was done with it. */
export interface KeysOfFile {
  /** `closed`: sealed with a key that is not at hand; only who and when can be read. */
  readonly sealing: 'clear' | 'sealed' | 'closed';
  /** Texts that were sealed with the key in force, having been clear or sealed with another. */
  readonly sealed: number;
  /** Texts that are not as they were sealed; left as they are. */
  readonly damaged: number;
  /** Old keys still open something, since another process held the file; the next start goes on. */
  readonly isUnderWay: boolean;
}

/** Key and algorithm in force. */
const IN_FORCE = 'sealing';
/** Ids of the keys with which something in the file is sealed. */
const NEEDED = 'sealing-keys';
/** Stands while something is not yet sealed with the key in force. */
const UNDER_WAY = 'sealing-under-way';
/** A start does not wait long for others: what is left to do is done at the next. */
const SHORT_WAIT_MS = 250;

/**
 * Holds the keys against the file; a writer takes a new one up at once and seals everything with it.
 * @throws GatewayError `STORE_UNUSABLE`, and nothing is changed: `key-missing`, `key-wrong`, `altered`.
 */
export function takeUpKeys(
  db: DatabaseSync,
  vault: Vault,
  { file, readOnly }: { readonly file: string; readonly readOnly: boolean },
): KeysOfFile {
  const meta = metaOf(db);
  const missing = neededOf(meta).filter((id) => !vault.knows(id));
  if (missing.length > 0) {
    const isClosed = vault.keyId === undefined;
    if (isClosed && readOnly) return { sealing: 'closed', sealed: 0, damaged: 0, isUnderWay: false };
    throw unusable(file, isClosed ? 'key-missing' : 'key-wrong', { keys: missing.join(' ') });
  }
  const isSealed = meta.get(IN_FORCE) !== undefined;
  if (isSealed) digestKeyOf(db, vault);
  if (readOnly || vault.keyId === undefined) {
    if (isSealed && meta.get(UNDER_WAY) === undefined) vault.refuseClear();
    return { sealing: isSealed ? 'sealed' : 'clear', sealed: 0, damaged: 0, isUnderWay: false };
  }
  if (meta.get(IN_FORCE) !== vault.name) adopt(db, vault);
  if (metaOf(db).get(UNDER_WAY) === undefined) {
    vault.refuseClear();
    return { sealing: 'sealed', sealed: 0, damaged: 0, isUnderWay: false };
  }
  const done = sealAnew(db, vault);
  const isUnderWay = !strikeOff(db, vault);
  if (!isUnderWay) vault.refuseClear();
  return { sealing: 'sealed', ...done, isUnderWay };
}

/** The secret of `digest`. */
export function digestKeyOf(db: DatabaseSync, vault: Vault): Uint8Array {
  const kept = db.prepare(`SELECT value FROM meta WHERE name = 'digest-key'`).get()?.['value'] as Uint8Array;
  if (metaOf(db).get(IN_FORCE) === undefined) return kept;
  return Buffer.from(vault.open(DIGEST_PLACE, textOf(kept)), 'base64');
}

/**
 * What a transaction asks first: whether the file is still sealed as this process seals.
 * @returns a function that throws GatewayError `STORE_UNUSABLE`, `key-changed`
 */
export function createKeyGuard(db: DatabaseSync, vault: Vault, file: string): () => void {
  const inForce = db.prepare('SELECT value FROM meta WHERE name = ?');
  return () => {
    const value = inForce.get(IN_FORCE)?.['value'];
    const name = value instanceof Uint8Array ? textOf(value) : undefined;
    if (name !== vault.name) throw unusable(file, 'key-changed');
  };
}

/** From this commit on everything is written with the key of the vault, and what was written before is to follow. */
function adopt(db: DatabaseSync, vault: Vault): void {
  const { keyId = '', name = '' } = vault;
  const put = putter(db);
  db.exec('BEGIN IMMEDIATE');
  try {
    const digestKey = Buffer.from(digestKeyOf(db, vault)).toString('base64');
    put('digest-key', vault.keep(DIGEST_PLACE, digestKey));
    put(NEEDED, JSON.stringify([...new Set([...neededOf(metaOf(db)), keyId])]));
    put(IN_FORCE, name);
    put(UNDER_WAY, name);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * When everything is sealed with the key in force: what older forms left in free space goes, then the old keys do.
 * `false` when another process holds the file.
 */
function strikeOff(db: DatabaseSync, { keyId, name }: Vault): boolean {
  try {
    db.exec(`PRAGMA busy_timeout = ${SHORT_WAIT_MS}; VACUUM`);
    const { busy } = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as { readonly busy: number };
    if (busy !== 0) return false;
  } catch (error) {
    if (findSqliteCode(error) === 5 || findSqliteCode(error) === 6) return false;
    throw error;
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }
  const put = putter(db);
  db.exec('BEGIN IMMEDIATE');
  const isOurs = metaOf(db).get(UNDER_WAY) === name;
  if (isOurs) {
    put(NEEDED, JSON.stringify([keyId]));
    db.prepare('DELETE FROM meta WHERE name = ?').run(UNDER_WAY);
  }
  db.exec('COMMIT');
  return true;
}

function putter(db: DatabaseSync): (name: string, text: string) => void {
  const put = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  return (name, text) => void put.run(name, Buffer.from(text));
}

function metaOf(db: DatabaseSync): ReadonlyMap<string, string> {
  const rows = db.prepare(`SELECT name, value FROM meta WHERE name LIKE 'sealing%'`).all();
  return new Map(rows.map(({ name, value }) => [String(name), textOf(value as Uint8Array)]));
}

function neededOf(meta: ReadonlyMap<string, string>): readonly string[] {
  return JSON.parse(meta.get(NEEDED) ?? '[]') as string[];
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
