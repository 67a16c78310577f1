/** How payloads are encrypted: authenticated, bound to their entry, with the number of their key in front. */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { crc32 } from 'node:zlib';

/** `aes-256-gcm`, or what the national algorithms offer: SM4 in counter mode, then HMAC-SM3 over all of it. */
export type SealingAlgorithm = 'aes-256-gcm' | 'sm4-ctr-hmac-sm3';

/** With what a journal is encrypted. Keys are 32 random bytes. */
export interface JournalEncryption {
  readonly algorithm: SealingAlgorithm;
  /** What is written is sealed with it. */
  readonly key: Uint8Array;
  /** Opened only, until nothing on file needs them any more. */
  readonly previous?: readonly Uint8Array[];
}

/** One key at work. */
export interface Seal {
  /** Tells keys apart and nothing else of them: 16 hexadecimal digits. */
  readonly keyId: string;
  readonly algorithm: SealingAlgorithm;
  /** A seal for one place; only the same place opens it. */
  seal(place: number, clear: Uint8Array): Buffer;
  /** `undefined` when it is not as it was sealed. */
  open(place: number, sealed: Uint8Array): Buffer | undefined;
}

interface Cipher {
  readonly number: number;
  readonly tagBytes: number;
  /** From the keys of a series, the number within it and what goes along unencrypted. */
  seal(keys: SeriesKeys, text: SealedText): { readonly text: Buffer; readonly tag: Buffer };
  open(keys: SeriesKeys, text: SealedText & { readonly tag: Uint8Array }): Buffer | undefined;
}

interface SeriesKeys {
  readonly encryption: Buffer;
  readonly authentication: Buffer;
}

interface SealedText {
  readonly number: Uint8Array;
  readonly beside: Uint8Array;
  readonly text: Uint8Array;
}

/** Form 1: form, algorithm, key id (8), series (16), number in the series (8). The text, its tag and a CRC-32 follow. */
const FORM = 1;
const HEADER_BYTES = 34;
const CRC_BYTES = 4;
const SERIES_AT = 10;
const NUMBER_AT = 26;
const PLACE_BYTES = 8;
/** Series met in a file are as many as starts of the process that wrote it. */
const MOST_SERIES = 64;

const CIPHERS: Readonly<Record<SealingAlgorithm, Cipher>> = {
  'aes-256-gcm': {
    number: 1,
    tagBytes: 16,
    seal({ encryption }, { number, beside, text }) {
      const cipher = createCipheriv('aes-256-gcm', encryption, padded(number, 'before', 12));
      cipher.setAAD(beside);
      const sealed = cipher.update(text);
      cipher.final();
      return { text: sealed, tag: cipher.getAuthTag() };
    },
    open({ encryption }, { number, beside, text, tag }) {
      const decipher = createDecipheriv('aes-256-gcm', encryption, padded(number, 'before', 12), {
        authTagLength: 16,
      });
      decipher.setAAD(beside);
      decipher.setAuthTag(tag);
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
    tagBytes: 32,
    seal(keys, { number, beside, text }) {
      // The number fills the upper half of the counter, so that no two texts of a series meet.
      const cipher = createCipheriv('sm4-ctr', keys.encryption.subarray(0, 16), padded(number, 'after', 16));
      const sealed = cipher.update(text);
      return { text: sealed, tag: hmacSm3(keys, beside, sealed) };
    },
    open(keys, { number, beside, text, tag }) {
      if (!timingSafeEqual(hmacSm3(keys, beside, text), tag)) return undefined;
      const iv = padded(number, 'after', 16);
      return createDecipheriv('sm4-ctr', keys.encryption.subarray(0, 16), iv).update(text);
    },
  },
};

/** What tells the key of a sealed text; `undefined` when it is cut or changed in a way that shows without any key. */
export function findKeyId(sealed: Uint8Array): string | undefined {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length);
  if (bytes.length < HEADER_BYTES + CRC_BYTES || bytes[0] !== FORM) return undefined;
  const end = bytes.length - CRC_BYTES;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) return undefined;
  return bytes.toString('hex', 2, SERIES_AT);
}

/** Whether a sealed text says that it was sealed in this way. */
export function isSealedBy(
  sealed: Uint8Array,
  { keyId, algorithm }: Pick<Seal, 'keyId' | 'algorithm'>,
): boolean {
  return algorithmOf(sealed[1]) === algorithm && findKeyId(sealed) === keyId;
}

/** One-way: whoever has the id has nothing of the key. */
function keyIdOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('yiqiao journal key id').digest('hex').slice(0, 16);
}

/**
 * Creates a seal. Each start of a process is a series with keys of its own, numbered from 1: no number is used twice
 * under one key, although entry numbers may be (after a crash, or a backup that is gone on with).
 */
export function createSeal(algorithm: SealingAlgorithm, key: Uint8Array): Seal {
  const keyId = keyIdOf(key);
  const cipher = CIPHERS[algorithm];
  const keysOf = rememberSeries(key);
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = FORM;
  header[1] = cipher.number;
  header.write(keyId, 2, 'hex');
  const series = randomBytes(NUMBER_AT - SERIES_AT);
  series.copy(header, SERIES_AT);
  let last = 0n;
  return {
    keyId,
    algorithm,
    seal(place, clear) {
      last += 1n;
      header.writeBigUInt64BE(last, NUMBER_AT);
      const number = header.subarray(NUMBER_AT);
      const { text, tag } = cipher.seal(keysOf(algorithm, series), {
        number,
        beside: beside(header, place),
        text: clear,
      });
      return withChecksum([header, text, tag]);
    },
    open: (place, sealed) => openSealed({ place, sealed, keyId, keysOf }),
  };
}

type KeysOf = (algorithm: SealingAlgorithm, series: Uint8Array) => SeriesKeys;

/** A key opens what it sealed with either algorithm. */
function openSealed(of: {
  place: number;
  sealed: Uint8Array;
  keyId: string;
  keysOf: KeysOf;
}): Buffer | undefined {
  const { place, sealed, keyId, keysOf } = of;
  if (findKeyId(sealed) !== keyId) return undefined;
  const algorithm = algorithmOf(sealed[1]);
  if (algorithm === undefined) return undefined;
  const cipher = CIPHERS[algorithm];
  const end = sealed.length - CRC_BYTES - cipher.tagBytes;
  if (end < HEADER_BYTES) return undefined;
  const header = sealed.subarray(0, HEADER_BYTES);
  return cipher.open(keysOf(algorithm, header.subarray(SERIES_AT, NUMBER_AT)), {
    number: header.subarray(NUMBER_AT),
    beside: beside(header, place),
    text: sealed.subarray(HEADER_BYTES, end),
    tag: sealed.subarray(end, end + cipher.tagBytes),
  });
}

function algorithmOf(number: number | undefined): SealingAlgorithm | undefined {
  const all = Object.keys(CIPHERS) as SealingAlgorithm[];
  return all.find((algorithm) => CIPHERS[algorithm].number === number);
}

function rememberSeries(key: Uint8Array): KeysOf {
  const known = new Map<string, SeriesKeys>();
  return (algorithm, series) => {
    const name = `${algorithm} ${Buffer.from(series).toString('latin1')}`;
    const found = known.get(name);
    if (found !== undefined) return found;
    const both = Buffer.from(hkdfSync('sha256', key, series, `yiqiao journal ${algorithm}`, 64));
    const keys = { encryption: both.subarray(0, 32), authentication: both.subarray(32) };
    if (known.size >= MOST_SERIES) known.clear();
    known.set(name, keys);
    return keys;
  };
}

function beside(header: Uint8Array, place: number): Buffer {
  const all = Buffer.alloc(HEADER_BYTES + PLACE_BYTES);
  all.set(header);
  all.writeBigUInt64BE(BigInt(place), HEADER_BYTES);
  return all;
}

function hmacSm3({ authentication }: SeriesKeys, header: Uint8Array, text: Uint8Array): Buffer {
  return createHmac('sm3', authentication).update(header).update(text).digest();
}

function padded(number: Uint8Array, zeros: 'before' | 'after', length: number): Buffer {
  const iv = Buffer.alloc(length);
  iv.set(number, zeros === 'before' ? length - number.length : 0);
  return iv;
}

function withChecksum(parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = Buffer.allocUnsafe(length + CRC_BYTES);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  all.writeUInt32BE(crc32(all.subarray(0, length)), length);
  return all;
}
