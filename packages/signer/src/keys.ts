/** SM2 keys from the texts in which they are handed over. */
import { createPrivateKey, createPublicKey, ECDH } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import { ORDER, SM2_CURVE_OID } from './curve.ts';
import { findPrivateKeyInfo, findPublicKeyInfo } from './der.ts';
import { readKeyText } from './key-text.ts';

/** A public key, known to be a point of the SM2 curve. Made by `parsePublicKey` only. */
export interface Sm2PublicKey {
  /** Imported, so that node:crypto computes SM2 with it and not ECDSA. */
  readonly key: KeyObject;
  /** 04 ‖ x ‖ y, 65 bytes. */
  readonly point: Buffer;
  /** Validity of the certificate it came in, epoch milliseconds. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** A private key with 1 ≤ d ≤ n-2. Made by `parsePrivateKey` only. */
export interface Sm2PrivateKey {
  readonly key: KeyObject;
  readonly publicKey: Sm2PublicKey;
}

/** What may be shown of a key. */
export interface KeyDescription {
  readonly kind: 'private' | 'public';
  /** `PEM PRIVATE KEY`, `hex`, … */
  readonly form: string;
  /** 04 ‖ x ‖ y in lower-case hex; of a private key, its public half. */
  readonly publicHex: string;
}

/**
 * Reads a private key: PKCS#8 PEM, or hex or base64 of PKCS#8 or of the 32-byte scalar, a leading 00 tolerated.
 * @throws GatewayError `KEY_INVALID`, saying what was seen and never the key.
 */
export function parsePrivateKey(text: string): Sm2PrivateKey {
  return readPrivateKey(text).key;
}

/**
 * Reads a public key: SPKI or certificate PEM, or hex or base64 of those or of the point as 04‖x‖y, x‖y or
 * compressed.
 * @throws GatewayError `KEY_INVALID`, saying what was seen.
 */
export function parsePublicKey(text: string): Sm2PublicKey {
  return readPublicKey(text).key;
}

/** Tells what a text holds. @throws GatewayError `KEY_INVALID` when it is no SM2 key of either kind. */
export function describeKey(text: string): KeyDescription {
  const found = readKeyText(text);
  const isPrivate =
    'bytes' in found && (isScalarLength(found.bytes) || findPrivateKeyInfo(found.bytes) !== undefined);
  if (isPrivate) {
    const { key, form } = readPrivateKey(text);
    return { kind: 'private', form, publicHex: key.publicKey.point.toString('hex') };
  }
  const { key, form } = readPublicKey(text);
  return { kind: 'public', form, publicHex: key.point.toString('hex') };
}

/** PKCS#8 of a bare scalar, SPKI of a point, up to their bytes. */
const PKCS8_HEAD = Buffer.from(
  '3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420',
  'hex',
);
const SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a811ccf5501822d034200', 'hex');

function readPrivateKey(text: string): { key: Sm2PrivateKey; form: string } {
  const found = readKeyText(text);
  if ('seen' in found) throw invalid('private', found.seen);
  const { bytes, form } = found;
  const info = findPrivateKeyInfo(bytes);
  if (info !== undefined && info.curve !== SM2_CURVE_OID)
    throw invalid('private', `${form} on ${info.curve}`);
  const scalar = info?.scalar ?? bytes;
  if (!isScalarLength(scalar)) throw invalid('private', `${form} of ${bytes.length} bytes`);
  if (!isInRange(scalar)) throw invalid('private', `${form} with a value outside 1 … n-2`);
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, scalar.subarray(-32)]),
    format: 'der',
    type: 'pkcs8',
  });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const publicKey = importPoint(spki.subarray(SPKI_HEAD.length));
  if (info?.point !== undefined && uncompressed(info.point)?.equals(publicKey.point) !== true) {
    throw invalid('private', `${form} whose public half belongs to another key`);
  }
  return { key: { key, publicKey }, form };
}

function readPublicKey(text: string): { key: Sm2PublicKey; form: string } {
  const found = readKeyText(text);
  if ('seen' in found) throw invalid('public', found.seen);
  const { bytes, form } = found;
  const info = findPublicKeyInfo(bytes);
  if (info !== undefined && info.curve !== SM2_CURVE_OID) throw invalid('public', `${form} on ${info.curve}`);
  const point = uncompressed(info?.point ?? bytes);
  if (point === undefined)
    throw invalid('public', `${form} of ${bytes.length} bytes, not a point of the curve`);
  return { key: { ...importPoint(point), ...info?.validity }, form };
}

function importPoint(point: Buffer): Sm2PublicKey {
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, point]), format: 'der', type: 'spki' });
  return { key, point };
}

/** 04 ‖ x ‖ y of a point in any writing; `undefined` when it is none or not on the curve. */
function uncompressed(point: Buffer): Buffer | undefined {
  const full = point.length === 64 ? Buffer.concat([Buffer.of(0x04), point]) : point;
  const isKnownForm =
    full.length === 65 ? full[0] === 4 : full.length === 33 && (full[0] === 2 || full[0] === 3);
  if (!isKnownForm) return undefined;
  try {
    const converted = ECDH.convertKey(full, 'SM2', undefined, undefined, 'uncompressed');
    return Buffer.isBuffer(converted) ? converted : undefined;
  } catch {
    return undefined;
  }
}

function isScalarLength(bytes: Buffer): boolean {
  return bytes.length === 32 || (bytes.length === 33 && bytes[0] === 0);
}

/** With d = n-1, OpenSSL would look for a signature forever. */
function isInRange(scalar: Buffer): boolean {
  const d = BigInt(`0x${scalar.toString('hex')}`);
  return d >= 1n && d <= BigInt(`0x${ORDER.toString('hex')}`) - 2n;
}

const KINDS = {
  private: {
    label: { zh: '私钥', en: 'private key' },
    remedy: {
      zh: '请提供未加密的 PKCS#8 PEM，或 32 字节私钥的十六进制/base64（SM2 曲线）',
      en: 'give an unencrypted PKCS#8 PEM, or hex or base64 of the 32-byte scalar, on the SM2 curve',
    },
  },
  public: {
    label: { zh: '公钥', en: 'public key' },
    remedy: {
      zh: '请提供 SPKI 或证书 PEM，或 04‖x‖y 的十六进制/base64（SM2 曲线）',
      en: 'give an SPKI or certificate PEM, or hex or base64 of 04‖x‖y, on the SM2 curve',
    },
  },
} as const;

function invalid(kind: keyof typeof KINDS, seen: string): GatewayError {
  const { label, remedy } = KINDS[kind];
  const message = {
    zh: `不是可用的${label.zh}（所见：${seen}）；${remedy.zh}。`,
    en: `Not a usable ${label.en}, but ${seen}; ${remedy.en}.`,
  };
  return new GatewayError('KEY_INVALID', {
    facts: { seen },
    faults: [{ rule: 'key', at: '', field: '', label, found: seen, message }],
  });
}
