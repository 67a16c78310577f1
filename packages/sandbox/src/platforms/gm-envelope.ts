/**
 * The platforms' own gm-envelope: SM2 over the sorted text, SM4 over the data, by sm-crypto-v2. Nothing of the
 * product's signer is used. Source: signing.json, gm-envelope, steps 1 to 9.
 */
import { isUtf8 } from 'node:buffer';
import { sm4 } from 'sm-crypto-v2';
import { findMessage, leaf, parseMessage } from '../national-message.ts';
import type { JsonObject, JsonValue } from '../national-message.ts';
import { createSandboxKeys, signText, verifyText } from '../sm2-signature.ts';
import type { SandboxKeys } from '../sm2-signature.ts';
import { asFound } from './platform-bend.ts';
import type { Trusts } from './platform-bend.ts';

/** One end of a connection that speaks in gm-envelopes. */
export interface EnvelopeSettings extends SandboxKeys {
  /** Application id, 16 characters or more. */
  readonly appId: string;
  readonly appSecret: string;
  /** The other side's public key (hex). */
  readonly peerPublicKey: string;
  /** SM2 user id; the application secret when absent. Source: signing.json, sm2UserId, variant A. */
  readonly userId?: string;
  /** Which characters of the application id the content key is made with; the first 16 when absent. */
  readonly derivation?: 'even-positions';
}

/** An envelope that was read: what it asks, or why it is refused. */
export type ReadEnvelope = { readonly data: JsonObject } | { readonly refusal: string };

/** What goes into an envelope. */
export interface EnvelopeContent {
  readonly members: JsonObject;
  readonly data: JsonObject;
  readonly now: number;
  /** Signs with a key that nobody knows. */
  readonly stranger?: boolean;
  /** Members other than they are, signed as they stand here. */
  readonly instead?: JsonObject;
  /** Bytes that are encrypted in place of the data; the data is what is signed. */
  readonly inside?: Buffer;
}

/** The bytes of an envelope around `data`. */
export function sealEnvelope(settings: EnvelopeSettings, content: EnvelopeContent): Buffer {
  const { members, now, stranger = false, instead = {} } = content;
  const keys = stranger ? createSandboxKeys() : settings;
  const data = cleaned(content.data);
  const envelope: JsonObject = {
    ...members,
    appId: settings.appId,
    encType: 'SM4',
    signType: 'SM2',
    timestamp: String(now),
    ...instead,
    data,
  };
  const { appSecret, userId = appSecret } = settings;
  const signData = signText(textToSign(envelope, appSecret), { ...keys, userId });
  const { data: _, ...rest } = envelope;
  const sealed = sm4.encrypt(content.inside ?? Buffer.from(ordered(data)), contentKey(settings), ECB);
  return Buffer.from(JSON.stringify({ ...rest, encData: sealed.toUpperCase(), signData }));
}

/** Decrypts and verifies. */
export function openEnvelope(
  settings: EnvelopeSettings,
  bytes: Buffer,
  trusts: Trusts = asFound,
): ReadEnvelope {
  const envelope = findMessage(bytes.toString('utf8'));
  if (envelope === undefined) return { refusal: '报文不是合法的JSON' };
  if (leaf(envelope, 'appId') !== settings.appId) return { refusal: '应用未登记' };
  const types = [leaf(envelope, 'encType'), leaf(envelope, 'signType')].join(' ').toUpperCase();
  if (types !== 'SM4 SM2') return { refusal: '加密或签名方式不符' };
  if (leaf(envelope, 'timestamp') === '') return { refusal: '报文缺少时间戳' };
  const data = findData(settings, envelope);
  if (data === undefined) return { refusal: '报文无法解密' };
  return trusts(envelope, isSigned(settings, { envelope, data })) ? { data } : { refusal: '签名验证失败' };
}

/** An answer as it was read; without encrypted data it is a refusal by whoever turned the message away. */
export interface ReadEnvelopeAnswer {
  readonly envelope: JsonObject;
  readonly data: JsonObject;
  readonly isBare: boolean;
  /** Verifies, which takes its time. */
  readonly isSigned: () => boolean;
}

/** Unpacks an answer. @throws SyntaxError, TypeError for bytes that are none, or that do not decrypt */
export function openEnvelopeAnswer(settings: EnvelopeSettings, bytes: Buffer): ReadEnvelopeAnswer {
  const envelope = parseMessage(bytes.toString('utf8'));
  const isBare = ['encData', 'data', 'signData'].every((name) => leaf(envelope, name) === '');
  if (isBare) return { envelope, data: {}, isBare, isSigned: () => false };
  const data = findData(settings, envelope);
  if (data === undefined) throw new TypeError('the data of the answer does not decrypt');
  return { envelope, data, isBare, isSigned: () => isSigned(settings, { envelope, data }) };
}

/** The data of an envelope; `undefined` when it does not decrypt, or is no JSON object in UTF-8. */
export function findData(settings: EnvelopeSettings, envelope: JsonObject): JsonObject | undefined {
  const sealed = leaf(envelope, 'encData');
  if (!/^(?:[\da-f]{2})+$/i.test(sealed)) return undefined;
  const clear = decrypted(Buffer.from(sealed, 'hex'), contentKey(settings));
  return clear !== undefined && isUtf8(clear) ? findMessage(clear.toString('utf8')) : undefined;
}

function decrypted(sealed: Buffer, key: Buffer): Buffer | undefined {
  try {
    return Buffer.from(sm4.decrypt(sealed, key, { mode: 'ecb', padding: 'pkcs#7', output: 'array' }));
  } catch {
    // Its padding is wrong: it was sealed with another key, or changed.
    return undefined;
  }
}

function isSigned(
  settings: EnvelopeSettings,
  { envelope, data }: { readonly envelope: JsonObject; readonly data: JsonObject },
): boolean {
  const { appSecret, peerPublicKey, userId = appSecret } = settings;
  const given = leaf(envelope, 'signData');
  const isBase64 = Buffer.from(given, 'base64').toString('base64') === given;
  const text = textToSign({ ...envelope, data }, appSecret);
  return isBase64 && verifyText(text, given, { peerPublicKey, userId });
}

const ECB = { mode: 'ecb', padding: 'pkcs#7', output: 'string' } as const;
const UNSIGNED: ReadonlySet<string> = new Set(['signData', 'encData', 'extra']);

/** Step 7: the content key comes from application id and secret. */
function contentKey({ appId, appSecret, derivation }: EnvelopeSettings): Buffer {
  const chosen =
    derivation === 'even-positions'
      ? Buffer.from(appId).filter((_one, at) => at % 2 === 1)
      : Buffer.from(appId);
  const sealed = sm4.encrypt(Buffer.from(appSecret), chosen.subarray(0, 16), ECB);
  return Buffer.from(sealed.toUpperCase().slice(0, 16));
}

/** The text under a signature, steps 4 and 5. */
export function textToSign(envelope: JsonObject, secret: string): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(envelope)) {
    if (UNSIGNED.has(name) || isBlank(value)) continue;
    const text = isComposite(value) ? ordered(cleaned(value)) : leaf(envelope, name);
    pairs.push(`${name}=${text}`);
  }
  pairs.sort((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1));
  return `${pairs.join('&')}&key=${secret}`;
}

/** Steps 2 and 3: no empty members, every scalar a text. */
function cleaned(value: JsonObject): JsonObject;
function cleaned(value: JsonValue | undefined): JsonValue;
function cleaned(value: JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => cleaned(item));
  if (!isComposite(value)) return value === null || value === undefined ? null : leaf({ value }, 'value');
  const kept = Object.entries(value as JsonObject).filter(([, member]) => !isBlank(member));
  return Object.fromEntries(kept.map(([name, member]) => [name, cleaned(member)]));
}

/** JSON without blanks, names in ascending order at every depth. */
function ordered(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(ordered).join(',')}]`;
  if (!isComposite(value)) return JSON.stringify(value ?? null);
  const names = Object.keys(value as JsonObject).toSorted((one, other) => (one < other ? -1 : 1));
  return `{${names.map((name) => `${JSON.stringify(name)}:${ordered((value as JsonObject)[name])}`).join(',')}}`;
}

function isComposite(value: JsonValue | undefined): boolean {
  return typeof value === 'object' && value !== null && !('rawJSON' in value);
}

function isBlank(value: JsonValue | undefined): boolean {
  return (
    value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  );
}
