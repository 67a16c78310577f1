/** Which keys a journal file needs, and how it takes up another one. */
import type { DatabaseSync } from 'node:sqlite';
import { unusable } from './unusable.ts';
import { SALT_PLACE } from './vault.ts';
import type { Vault } from './vault.ts';

/** How far sealing everything with the key in force has come: entries up to `done` are, of those up to `last`. */
export interface SealingProgress {
  readonly done: number;
  readonly last: number;
}

/** Ids of the keys that something in the file is sealed with. */
function keyIdsOf(db: DatabaseSync): readonly string[] {
  return (db.prepare('SELECT id FROM sealing_keys').all() as { id: string }[]).map(({ id }) => id);
}

/**
 * Changes nothing.
 * @throws GatewayError `JOURNAL_UNUSABLE`: something is sealed with a key that is not at hand, or changed.
 */
export function checkKeys(db: DatabaseSync, file: string, vault: Vault): void {
  const needed = keyIdsOf(db);
  const missing = needed.filter((id) => !vault.knows(id));
  if (missing.length > 0)
    throw unusable(file, vault.keyId === undefined ? 'key-missing' : 'key-wrong', {
      found: missing.join(' '),
    });
  if (needed.length > 0 && findSalt(db, vault) === undefined) throw unusable(file, 'damaged', {});
}

/** Random bytes of this journal, for digests; `undefined` when they are sealed with a key that is not at hand. */
export function findSalt(db: DatabaseSync, vault: Vault): Uint8Array | undefined {
  const { value } = db.prepare(`SELECT value FROM meta WHERE name = 'salt'`).get() as { value: Uint8Array };
  const keptAs = keyIdsOf(db).length === 0 ? 'clear' : 'sealed';
  const opened = vault.open(SALT_PLACE, { keptAs, payload: value });
  return opened.condition === 'whole' ? opened.clear : undefined;
}

/** Makes the vault's key the one in force. All entries so far are to be sealed with it then. */
export function adoptKey(db: DatabaseSync, vault: Vault): void {
  const { keyId, name } = vault;
  if (keyId === undefined || name === undefined) return;
  const salt = findSalt(db, vault);
  const inForce = db.prepare(`SELECT value FROM meta WHERE name = 'key'`).get() as
    { value: Uint8Array } | undefined;
  if (salt === undefined || (inForce && Buffer.from(inForce.value).toString() === name)) return;
  const put = db.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  db.exec('BEGIN IMMEDIATE');
  const { last } = db.prepare('SELECT coalesce(max(id), 0) AS last FROM entries').get() as { last: number };
  db.prepare('INSERT OR IGNORE INTO sealing_keys (id) VALUES (?)').run(keyId);
  put.run('salt', vault.keep(SALT_PLACE, salt).payload);
  put.run('key', Buffer.from(name));
  put.run('sealing', encodeProgress({ done: 0, last }));
  db.exec('COMMIT');
}

/** For `meta`. */
export function encodeProgress(progress: SealingProgress): Buffer {
  return Buffer.from(JSON.stringify(progress));
}

/** `undefined` when everything is sealed with the key in force, or nothing is. */
export function findProgress(db: DatabaseSync): SealingProgress | undefined {
  const row = db.prepare(`SELECT value FROM meta WHERE name = 'sealing'`).get() as
    { value: Uint8Array } | undefined;
  return row === undefined ? undefined : (JSON.parse(Buffer.from(row.value).toString()) as SealingProgress);
}
