/** Bodies as they lie in the file: in the clear, or sealed with AES-256-GCM where the store has a key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { formatBody, parseBody } from './body-text.ts';
import { unusable } from './store-file.ts';

/** Writes and reads bodies. `place` names where one stands, so that none can be moved to another place. */
export interface Vault {
  format(place: string, body: unknown): string;
  parse(place: string, text: string): unknown;
}

const MARK = 'sealed:';
const NONCE = 12;
const TAG = 16;
const CHECK = { name: 'key-check', place: 'meta', body: 'the key of this store' };

/**
 * The vault of a file. A file that was begun without a key takes one on: what is written from then on is sealed.
 * @param key 32 bytes as hex or base64; without one, what is sealed stays closed
 * @throws GatewayError `STORE_UNUSABLE`: `key-missing`, `key-wrong`, `key-malformed`.
 */
export function openVault(
  db: DatabaseSync,
  {
    file,
    key,
    readOnly,
  }: { readonly file: string; readonly key: string | undefined; readonly readOnly: boolean },
): Vault {
  const check = db.prepare('SELECT value FROM meta WHERE name = ?').get(CHECK.name)?.['value'];
  if (key === undefined) {
    if (check !== undefined && !readOnly) throw unusable(file, 'key-missing');
    return createVault(undefined, file);
  }
  const vault = createVault(parseKey(key, file), file);
  if (check instanceof Uint8Array) vault.parse(CHECK.place, Buffer.from(check).toString('latin1'));
  else if (!readOnly) {
    const sealed = Buffer.from(vault.format(CHECK.place, CHECK.body), 'latin1');
    db.prepare('INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING').run(CHECK.name, sealed);
  }
  return vault;
}

function createVault(key: Uint8Array | undefined, file: string): Vault {
  return {
    format(place, body) {
      const text = formatBody(body);
      return key === undefined ? text : seal(key, place, text);
    },
    parse(place, text) {
      if (!text.startsWith(MARK)) return parseBody(text);
      if (key === undefined) throw unusable(file, 'key-missing');
      return parseBody(open({ key, file }, place, text));
    },
  };
}

function seal(key: Uint8Array, place: string, text: string): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${MARK}${sealed.toString('base64')}`;
}

function open(
  { key, file }: { readonly key: Uint8Array; readonly file: string },
  place: string,
  text: string,
): string {
  const sealed = Buffer.from(text.slice(MARK.length), 'base64');
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
      .setAAD(Buffer.from(place))
      .setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([cipher.update(sealed.subarray(NONCE, -TAG)), cipher.final()]).toString('utf8');
  } catch (cause) {
    throw unusable(file, 'key-wrong', cause);
  }
}

function parseKey(text: string, file: string): Uint8Array {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, /^[\da-f]{64}$/i.test(trimmed) ? 'hex' : 'base64');
  if (key.length === 32) return key;
  throw unusable(file, 'key-malformed');
}
