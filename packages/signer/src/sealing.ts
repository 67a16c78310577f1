/** What lies in a file, sealed: authenticated, bound to its place, with the number of its key in front. */
import assert from 'node:assert/strict';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';

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
  readonly keyBytes: number;
  readonly tagBytes: number;
  seal(keys: SeriesKeys, beside: Beside, clear: Uint8Array): readonly [text: Buffer, tag: Buffer];
  open(keys: SeriesKeys, beside: Beside, sealed: SealedText): Buffer | undefined;
}

/** As key objects: made once, they cost a fifth. */
interface SeriesKeys {
  readonly encryption: KeyObject;
  readonly authentication: KeyObject;
}

/** What is authenticated with the text: the header, which ends in the number within the series, and the place. */
interface Beside {
  readonly header: Uint8Array;
  readonly place: Uint8Array;
}

interface SealedText {
  readonly text: Uint8Array;
  readonly tag: Uint8Array;
}

/** Form 1: form, algorithm, key id (8), series (16), number in the series (8). Text and tag follow. */
const FORM = 1;
const KEY_AT = 2;
const SERIES_AT = 10;
const NUMBER_AT = 26;
const HEADER_BYTES = 34;
const KEY_BYTES = 32;
/** Series met in a file are as many as starts of the processes that wrote it. */
const MOST_SERIES = 64;

const CIPHERS: Readonly<Record<SealingAlgorithm, Cipher>> = {
  'aes-256-gcm': {
    number: 1,
    hash: 'sha256',
    keyBytes: 32,
    tagBytes: 16,
    seal({ encryption }, { header, place }, clear) {
      const cipher = createCipheriv('aes-256-gcm', encryption, numberIn(header, 12, 4));
      cipher.setAAD(Buffer.concat([header, place]));
      const text = cipher.update(clear);
      cipher.final();
      return [text, cipher.getAuthTag()];
    },
    open({ encryption }, { header, place }, { text, tag }) {
      const nonce = numberIn(header, 12, 4);
      const decipher = createDecipheriv('aes-256-gcm', encryption, nonce, { authTagLength: 16 });
      decipher.setAAD(Buffer.concat([header, place])).setAuthTag(tag);
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
    keyBytes: 16,
    tagBytes: 32,
    // The number fills the upper half of the counter, so that no two texts of a series meet.
    seal(keys, beside, clear) {
      const start = numberIn(beside.header, 16, 0);
      const text = createCipheriv('sm4-ctr', keys.encryption, start).update(clear);
      return [text, hmacSm3(keys, beside, text)];
    },
    open(keys, beside, { text, tag }) {
      if (!timingSafeEqual(hmacSm3(keys, beside, text), tag)) return undefined;
      return createDecipheriv('sm4-ctr', keys.encryption, numberIn(beside.header, 16, 0)).update(text);
    },
  },
};

/**
 * Creates a seal. Each is a series with keys of its own, numbered from 1: no number is used twice under one key, also
 * when a backup is gone on with.
 * @param key 32 random bytes; it is not used itself, keys are made of it
 */
export function createSeal(algorithm: SealingAlgorithm, key: Uint8Array): Seal {
  assert(key.length === KEY_BYTES, 'a sealing key has 32 bytes');
  const cipher = CIPHERS[algorithm];
  const keyId = createHmac('sha256', key).update('yiqiao seal key id').digest('hex').slice(0, 16);
  const keysOf = rememberSeries(key);
  const start = Buffer.alloc(HEADER_BYTES);
  start.set([FORM, cipher.number]);
  start.write(keyId, KEY_AT, 'hex');
  start.set(randomBytes(NUMBER_AT - SERIES_AT), SERIES_AT);
  let last = 0n;
  return {
    keyId,
    algorithm,
    seal(place, clear) {
      last += 1n;
      const header = Buffer.from(start);
      header.writeBigUInt64BE(last, NUMBER_AT);
      const sealed = cipher.seal(keysOf(cipher, header), { header, place: Buffer.from(place) }, clear);
      return Buffer.concat([header, ...sealed]);
    },
    open(place, sealed) {
      const made = findSealing(sealed);
      if (made?.keyId !== keyId) return undefined;
      const { [made.algorithm]: used } = CIPHERS;
      const end = sealed.length - used.tagBytes;
      if (end < HEADER_BYTES) return undefined;
      const header = sealed.subarray(0, HEADER_BYTES);
      const beside = { header, place: Buffer.from(place) };
      const text = sealed.subarray(HEADER_BYTES, end);
      return used.open(keysOf(used, header), beside, { text, tag: sealed.subarray(end) });
    },
  };
}

/** With which key and how something says that it was sealed; its first 10 bytes are enough. `undefined`: it is no seal. */
export function findSealing(sealed: Uint8Array): Pick<Seal, 'keyId' | 'algorithm'> | undefined {
  if (sealed.length < SERIES_AT || sealed[0] !== FORM) return undefined;
  const all = Object.keys(CIPHERS) as SealingAlgorithm[];
  const algorithm = all.find((one) => CIPHERS[one].number === sealed[1]);
  if (algorithm === undefined) return undefined;
  return { algorithm, keyId: Buffer.from(sealed.subarray(KEY_AT, SERIES_AT)).toString('hex') };
}

function rememberSeries(key: Uint8Array): (cipher: Cipher, header: Uint8Array) => SeriesKeys {
  const known = new Map<string, SeriesKeys>();
  return ({ number, hash, keyBytes }, header) => {
    const series = Buffer.from(header.subarray(SERIES_AT, NUMBER_AT));
    const name = `${number} ${series.toString('latin1')}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const derive = (purpose: string, bytes: number): KeyObject => {
      const made = createHmac(hash, key).update(`yiqiao seal ${purpose}`).update(series).digest();
      return createSecretKey(made.subarray(0, bytes));
    };
    const keys = {
      encryption: derive('encryption', keyBytes),
      authentication: derive('authentication', KEY_BYTES),
    };
    if (known.size >= MOST_SERIES) known.clear();
    known.set(name, keys);
    return keys;
  };
}

/** The number of a header in a nonce of a length, from a place on. */
function numberIn(header: Uint8Array, length: number, at: number): Buffer {
  const nonce = Buffer.alloc(length);
  nonce.set(header.subarray(NUMBER_AT), at);
  return nonce;
}

function hmacSm3({ authentication }: SeriesKeys, { header, place }: Beside, text: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(place.length));
  // How long the place is stands in front of it: nothing moves between it and the text.
  return createHmac('sm3', authentication).update(header).update(length).update(place).update(text).digest();
}
