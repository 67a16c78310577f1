/**
 * What protects one side of a connection: several signing profiles, one after the other. Content is signed or sealed by
 * one of them at most, headers are added by any number.
 */
import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { readJsonObject } from '@yiqiao/signer';
import type { CheckedHeaders, IncomingHeaders, IncomingMessage } from '@yiqiao/signer';
import type { Direction, LoginSource, MessageProtection, OutgoingMessage } from '@yiqiao/signer';
import { formatJson } from '@yiqiao/wire';
import type { SignBody } from '@yiqiao/wire';
import { openCarrier, sealCarrier } from './carrier.ts';
import type { Carrier } from './carrier.ts';

/** One profile at work on a connection. */
export interface AppliedProfile {
  readonly protection: MessageProtection;
  /** How an envelope carries a message; present with those that seal whole messages. */
  readonly carrier?: Carrier;
  /** The far side does not sign. */
  readonly peerUnsigned: boolean;
}

/** The protection of one side of a connection. Everything that checks throws `GatewayError` as the signer does. */
export interface Protection {
  /** A message can be read only after it is opened: who sends it is told by the address alone. */
  readonly isSealed: boolean;
  /** The far side proves its answers: one without proof is none. */
  readonly provesAnswers: boolean;
  /** Hands out access tokens, where a profile needs them. */
  readonly tokens?: LoginSource;
  /** Writes a message with its signature, and seals it. */
  write(direction: Direction, write: (sign: SignBody | undefined) => Uint8Array, at: Moment): Uint8Array;
  /** The message that came, as the codec reads it. */
  open(direction: Direction, bytes: Uint8Array): OpenedBytes;
  /** Checks the signature of a body that is in the clear. */
  readonly verify?: (envelope: WireObject, body: Uint8Array) => void;
  headers(message: OutgoingMessage): Readonly<Record<string, string>>;
  checkHeaders(headers: IncomingHeaders, message: IncomingMessage): CheckedHeaders;
  /** The nonce of a request that has not been checked: its answer repeats it. */
  findNonce(headers: IncomingHeaders): string | undefined;
}

/** When something is sealed, and with which random text. */
export interface Moment {
  readonly now: number;
  readonly nonce: string;
}

/** A message in the clear. */
export interface OpenedBytes {
  readonly bytes: Uint8Array;
  /** `false`: a refusal that anybody on the way may have written. */
  readonly isProven: boolean;
}

/** What a protection is put together from. */
export interface ProtectionOptions {
  /** Sealing needs the national form. */
  readonly codec: string;
  readonly tokens?: LoginSource;
}

/**
 * Puts the profiles of one side together.
 * @throws GatewayError `CONFIG_INVALID` for profiles that exclude each other, or do not fit the form of the messages.
 */
export function createProtection(
  profiles: readonly AppliedProfile[],
  { codec, tokens }: ProtectionOptions,
): Protection {
  const [content, ...others] = profiles.filter(({ protection }) => coversContent(protection));
  if (others.length > 0) throw unfit(ONE_CONTENT);
  if (content?.protection.sessionMembers !== undefined || content?.protection.readSession !== undefined)
    throw unfit(NO_SESSIONS);
  const { signBody, verifyBody, sealBody, openBody, sealMessage, openMessage } = content?.protection ?? {};
  const isSealed = openBody !== undefined || openMessage !== undefined;
  if (isSealed && codec !== 'national-json') throw unfit(NATIONAL_ONLY);
  const withHeaders = profiles.map(({ protection }) => protection);
  return {
    isSealed,
    provesAnswers:
      (openMessage !== undefined && content?.peerUnsigned !== true) ||
      withHeaders.some(({ readNonce }) => readNonce !== undefined),
    ...(tokens === undefined ? {} : { tokens }),
    ...(verifyBody === undefined ? {} : { verify: verifyBody }),
    write(direction, write, at) {
      if (sealBody !== undefined) return writeSealed(direction, write, { signBody, sealBody });
      const bytes = write(signBody);
      if (sealMessage === undefined || content?.carrier === undefined) return bytes;
      return sealMessage(sealCarrier(content.carrier, direction, bytes), at);
    },
    open(direction, bytes) {
      if (openBody !== undefined) return { bytes: openSealed(direction, bytes, openBody), isProven: true };
      if (openMessage === undefined || content?.carrier === undefined) return { bytes, isProven: true };
      const { message, signed } = openMessage(bytes);
      return {
        bytes: openCarrier(content.carrier, direction, message) ?? bytes,
        isProven: signed || content.peerUnsigned,
      };
    },
    headers: (message) =>
      Object.assign({}, ...withHeaders.map(({ headers }) => headers?.(message) ?? {})) as Record<
        string,
        string
      >,
    checkHeaders(headers, message) {
      let checked: CheckedHeaders = {};
      for (const { checkHeaders } of withHeaders) {
        checked = { ...checked, ...checkHeaders?.(headers, message) };
      }
      return checked;
    },
    findNonce(headers) {
      for (const { readNonce } of withHeaders) {
        const nonce = readNonce?.(headers);
        if (nonce !== undefined) return nonce;
      }
      return undefined;
    },
  };
}

/** The message id as a signature covers it; empty in forms whose envelope has none of this name. */
export function messageIdOf(envelope: WireObject): string {
  return leafText(envelope['msgid']) ?? '';
}

/** Random text for one message: 32 hex digits. A UUID, since node draws the random bits of many of them at once. */
export function newNonce(): string {
  return randomUUID().replaceAll('-', '');
}

/** A connection without any signature. */
export const UNPROTECTED: Protection = createProtection([], { codec: '' });

function coversContent(protection: MessageProtection): boolean {
  const { signBody, verifyBody, sealMessage, sessionMembers, readSession } = protection;
  return [signBody, verifyBody, sealMessage, sessionMembers, readSession].some((one) => one !== undefined);
}

const BODY_OF = { request: 'input', response: 'output' } as const;

interface Sealing {
  readonly signBody: MessageProtection['signBody'] | undefined;
  readonly sealBody: NonNullable<MessageProtection['sealBody']>;
}

/** Signs the body in the clear and puts its cipher text in its place; the body stands last in the national form. */
function writeSealed(
  direction: Direction,
  write: (sign: SignBody) => Uint8Array,
  { signBody, sealBody }: Sealing,
): Uint8Array {
  let clear: Uint8Array = new Uint8Array();
  let text = '';
  const bytes = write((body) => {
    const sealed = sealBody(body);
    clear = body;
    text = sealed.text;
    return { ...signBody?.(body), ...sealed.members };
  });
  const end = bytes.length - 1 - clear.length;
  const name = Buffer.from(`"${BODY_OF[direction]}":`);
  assert(
    Buffer.compare(bytes.subarray(end, -1), clear) === 0 &&
      Buffer.compare(bytes.subarray(end - name.length, end), name) === 0,
    'the body stands last in a message that is sealed',
  );
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(`${JSON.stringify(text)}}`)]);
}

/** The message with its body in the clear; a refusal has none. */
function openSealed(
  direction: Direction,
  bytes: Uint8Array,
  openBody: NonNullable<MessageProtection['openBody']>,
): Uint8Array {
  const name = BODY_OF[direction];
  const { [name]: sealed, ...envelope } = readJsonObject(bytes);
  if (direction === 'response' && (sealed === undefined || sealed === null || sealed === '')) return bytes;
  const clear = openBody(envelope, typeof sealed === 'string' ? sealed : undefined);
  const head = formatJson(envelope).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head}${head === '{' ? '' : ','}"${name}":`), clear, Buffer.from('}')]);
}

interface Unfit {
  readonly zh: string;
  readonly en: string;
}

const ONE_CONTENT: Unfit = {
  zh: '一条连接只能有一个方案覆盖报文内容（签名、加密或会话），其余只能是 HTTP 头方案。',
  en: 'One profile at most may cover the content (signature, encryption, session); the others are those of HTTP headers.',
};
const NATIONAL_ONLY: Unfit = {
  zh: '加密报文内容的方案只用于国家 JSON 报文；此连接的报文格式不同。',
  en: 'A profile that encrypts content works with the national JSON form; this connection has another.',
};
const NO_SESSIONS: Unfit = {
  zh: '登录会话方案需要该地区自己的登录交易，网关连接尚不支持；请换用其他方案。',
  en: 'The session of a login needs a transaction of that region, which no connection of a gateway has yet; choose another profile.',
};

function unfit(message: Unfit): GatewayError {
  const fault = {
    rule: 'signing',
    at: '/profile',
    field: 'profile',
    label: { zh: '签名方案', en: 'signing profile' },
    message,
  };
  return new GatewayError('CONFIG_INVALID', { faults: [fault] });
}
