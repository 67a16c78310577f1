/** What lies in a file, sealed: authenticated, bound to its place, with the number of its key in front. */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** `aes-256-gcm`, or what the national algorithms offer: SM4 in counter mode, then HMAC-SM3 over all of it. */
export type SealingAlgorithm = 'aes-256-gcm' | 'sm4-ctr-hmac-sm3';

/** One key at work. */
export interface Seal {
  /** Tells keys apart and nothing else of them: 16 hexadecimal digits. */
  readonly keyId: string;
  readonly algorithm: SealingAlgorithm;
  /** A seal for one place; only the same place opens it. */
  seal(place: string, clear: Uint8Array): Buffer;
  /** Also what the key sealed with the other algorithm; `undefined` when it is not as it was sealed. */
  open(place: string, sealed: Uint8Array): Buffer | undefined;
}

interface Cipher {
  readonly number: number;
  readonly hash: 'sha256' | 'sm3';
  readonly tagBytes: number;
  seal(keys: RecordKeys, beside: Uint8Array, clear: Uint8Array): readonly [text: Buffer, tag: Buffer];
  open(keys: RecordKeys, beside: Uint8Array, sealed: SealedText): Buffer | undefined;
}

interface SealedText {
  readonly text: Uint8Array;
  readonly tag: Uint8Array;
}

/** Keys of one record, from the key and its salt. */
type RecordKeys = (purpose: 'encryption' | 'authentication') => Buffer;

/** Form 1: form, algorithm, key id (8), salt (16). Text and tag follow. */
const FORM = 1;
const KEY_AT = 2;
const SALT_AT = 10;
const HEADER_BYTES = 26;
const KEY_BYTES = 32;
/** Each record has a key of its own, so that there is nothing to be told apart by a nonce. */
const GCM_NONCE = new Uint8Array(12);
const CTR_START = new Uint8Array(16);

const CIPHERS: Readonly<Record<SealingAlgorithm, Cipher>> = {
  'aes-256-gcm': {
    number: 1,
    hash: 'sha256',
    tagBytes: 16,
    seal(keys, beside, clear) {
      const cipher = createCipheriv('aes-256-gcm', keys('encryption'), GCM_NONCE).setAAD(beside);
      const text = cipher.update(clear);
      cipher.final();
      return [text, cipher.getAuthTag()];
    },
    open(keys, beside, { text, tag }) {
      const key = keys('encryption');
      const decipher = createDecipheriv('aes-256-gcm', key, GCM_NONCE, { authTagLength: 16 })
        .setAAD(beside)
        .setAuthTag(tag);
      const clear = decipher.update(text);
      try {
        decipher.final();
        return clear;
      } catch {
        return undefined;
      }
    },
  },
  'sm4-ctr-hmac-sm3': {
    number: 2,
    hash: 'sm3',
    tagBytes: 32,
    seal(keys, beside, clear) {
      const text = createCipheriv('sm4-ctr', keys('encryption').subarray(0, 16), CTR_START).update(clear);
      return [text, hmacSm3(keys, beside, text)];
    },
    open(keys, beside, { text, tag }) {
      if (!timingSafeEqual(hmacSm3(keys, beside, text), tag)) return undefined;
      return createDecipheriv('sm4-ctr', keys('encryption').subarray(0, 16), CTR_START).update(text);
    },
  },
};

/** Creates a seal. @param key 32 random bytes; it is not used itself, keys are made of it. */
export function createSeal(algorithm: SealingAlgorithm, key: Uint8Array): Seal {
  assert(key.length === KEY_BYTES, 'a sealing key has 32 bytes');
  const cipher = CIPHERS[algorithm];
  const keyId = createHmac('sha256', key).update('yiqiao seal key id').digest('hex').slice(0, 16);
  return {
    keyId,
    algorithm,
    seal(place, clear) {
      const header = Buffer.alloc(HEADER_BYTES);
      header[0] = FORM;
      header[1] = cipher.number;
      header.write(keyId, KEY_AT, 'hex');
      randomBytes(HEADER_BYTES - SALT_AT).copy(header, SALT_AT);
      return Buffer.concat([
        header,
        ...cipher.seal(keysOf(cipher, key, header), beside(header, place), clear),
      ]);
    },
    open(place, sealed) {
      const made = findSealing(sealed);
      if (made?.keyId !== keyId) return undefined;
      const { [made.algorithm]: used } = CIPHERS;
      const end = sealed.length - used.tagBytes;
      if (end < HEADER_BYTES) return undefined;
      const header = sealed.subarray(0, HEADER_BYTES);
      const text = sealed.subarray(HEADER_BYTES, end);
      return used.open(keysOf(used, key, header), beside(header, place), { text, tag: sealed.subarray(end) });
    },
  };
}

/** With which key and how something says that it was sealed; its first 10 bytes are enough. `undefined`: it is no seal. */
export function findSealing(sealed: Uint8Array): Pick<Seal, 'keyId' | 'algorithm'> | undefined {
  if (sealed.length < SALT_AT || sealed[0] !== FORM) return undefined;
  const all = Object.keys(CIPHERS) as SealingAlgorithm[];
  const algorithm = all.find((one) => CIPHERS[one].number === sealed[1]);
  if (algorithm === undefined) return undefined;
  return { algorithm, keyId: Buffer.from(sealed.subarray(KEY_AT, SALT_AT)).toString('hex') };
}

function keysOf({ hash }: Cipher, key: Uint8Array, header: Uint8Array): RecordKeys {
  const salt = header.subarray(SALT_AT);
  return (purpose) => createHmac(hash, key).update(`yiqiao seal ${purpose}`).update(salt).digest();
}

/** The header is of one length, so that it cannot run into the place. */
function beside(header: Uint8Array, place: string): Buffer {
  return Buffer.concat([header, Buffer.from(place)]);
}

function hmacSm3(keys: RecordKeys, header: Uint8Array, text: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(header.length));
  // How long what goes along is stands in front: nothing moves between it and the text.
  return createHmac('sm3', keys('authentication')).update(length).update(header).update(text).digest();
}
