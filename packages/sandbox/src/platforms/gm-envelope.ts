/**
 * The platforms' own gm-envelope: SM2 over the sorted text, SM4 over the data, by sm-crypto-v2. Nothing of the
 * product's signer is used. Source: signing.json, gm-envelope, steps 1 to 9.
 */
import { sm2, sm4 } from 'sm-crypto-v2';
import { child, leaf, parseMessage } from '../national-message.ts';
import type { JsonObject, JsonValue } from '../national-message.ts';
import { createSandboxKeys } from '../sm2-signature.ts';
import type { SandboxKeys } from '../sm2-signature.ts';

/** One end of a connection that speaks in gm-envelopes. */
export interface EnvelopeSettings extends SandboxKeys {
  /** Application id, 16 characters or more. */
  readonly appId: string;
  readonly appSecret: string;
  /** The other side's public key (hex). */
  readonly peerPublicKey: string;
  /** SM2 user id; the application secret when absent. Source: signing.json, sm2UserId, variant A. */
  readonly userId?: string;
}

/** An envelope that was read: what it asks, or why it is refused. */
export type ReadEnvelope = { readonly data: JsonObject } | { readonly refusal: string };

/** The bytes of an envelope around `data`; `stranger` signs with a key that nobody knows. */
export function sealEnvelope(
  settings: EnvelopeSettings,
  message: {
    readonly members: JsonObject;
    readonly data: JsonObject;
    readonly now: number;
    readonly stranger?: boolean;
  },
): Buffer {
  const keys = message.stranger === true ? createSandboxKeys() : settings;
  const data = cleaned(message.data);
  const envelope: JsonObject = {
    ...message.members,
    appId: settings.appId,
    encType: 'SM4',
    signType: 'SM2',
    timestamp: String(message.now),
    data,
  };
  const signature = sm2.doSignature(Buffer.from(textToSign(envelope, settings.appSecret)), keys.privateKey, {
    hash: true,
    publicKey: keys.publicKey,
    userId: settings.userId ?? settings.appSecret,
  });
  const { data: _, ...rest } = envelope;
  const sealed = sm4.encrypt(Buffer.from(ordered(data)), contentKey(settings), ECB);
  return Buffer.from(
    JSON.stringify({
      ...rest,
      encData: sealed.toUpperCase(),
      signData: Buffer.from(signature, 'hex').toString('base64'),
    }),
  );
}

/** Decrypts and verifies. */
export function openEnvelope(settings: EnvelopeSettings, bytes: Buffer): ReadEnvelope {
  let envelope: JsonObject;
  try {
    envelope = parseMessage(bytes.toString('utf8'));
  } catch {
    return { refusal: '报文不是合法的JSON' };
  }
  if (leaf(envelope, 'appId') !== settings.appId) return { refusal: '应用未登记' };
  const types = [leaf(envelope, 'encType'), leaf(envelope, 'signType')].join(' ').toUpperCase();
  if (types !== 'SM4 SM2') return { refusal: '加密或签名方式不符' };
  let data: JsonObject;
  try {
    const clear = sm4.decrypt(Buffer.from(leaf(envelope, 'encData'), 'hex'), contentKey(settings), {
      mode: 'ecb',
      padding: 'pkcs#7',
      output: 'string',
    });
    data = parseMessage(clear);
  } catch {
    return { refusal: '报文无法解密' };
  }
  const signature = Buffer.from(leaf(envelope, 'signData'), 'base64');
  const text = textToSign({ ...envelope, data }, settings.appSecret);
  const isRight =
    signature.length === 64 &&
    sm2.doVerifySignature(Buffer.from(text), signature.toString('hex'), settings.peerPublicKey, {
      hash: true,
      userId: settings.userId ?? settings.appSecret,
    });
  return isRight ? { data: child({ data }, 'data') } : { refusal: '签名验证失败' };
}

const ECB = { mode: 'ecb', padding: 'pkcs#7', output: 'string' } as const;
const UNSIGNED: ReadonlySet<string> = new Set(['signData', 'encData', 'extra']);

/** Step 7: the content key comes from application id and secret. */
function contentKey({ appId, appSecret }: EnvelopeSettings): Buffer {
  const sealed = sm4.encrypt(Buffer.from(appSecret), Buffer.from(appId.slice(0, 16)), ECB);
  return Buffer.from(sealed.toUpperCase().slice(0, 16));
}

/** Steps 4 and 5. */
function textToSign(envelope: JsonObject, secret: string): string {
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
