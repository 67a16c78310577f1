/** What the sign commands read from files: messages of the main interface, keys, settings of a connection. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { GatewayError, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createMessageProtection, describeKey, readJsonObject } from '@yiqiao/signer';
import type { IncomingHeaders, SigningProfile, SuspectKey } from '@yiqiao/signer';
import { createNationalJson } from '@yiqiao/wire';

/** Settings as a file of JSON has them. Secrets stand there and not on the command line. */
export interface SettingsFile {
  readonly credentials?: Readonly<Record<string, string>>;
  readonly variants?: Readonly<Record<string, string>>;
  readonly userId?: string;
  readonly peerUserId?: string;
  /** For the diagnosis: texts that may have been taken for the user id. */
  readonly appSecret?: string;
  readonly userIds?: readonly string[];
}

/** A message of the main interface with the exact bytes of its body in the clear. */
export interface NationalMessage {
  readonly direction: 'request' | 'response';
  readonly transaction: string;
  readonly envelope: WireObject;
  readonly body: Uint8Array;
  /** The text that stands in the place of an encrypted body. */
  readonly sealed?: string;
}

const NAMES = ['credentials', 'variants', 'userId', 'peerUserId', 'appSecret', 'userIds'];

/** @throws Error naming the file and what is wrong with it, never its content. */
export function readSettings(file: string | undefined): SettingsFile {
  if (file === undefined) return {};
  const settings = parse(file, readFileSync(file, 'utf8'));
  const unknown = Object.keys(settings).filter((name) => !NAMES.includes(name));
  const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
  const isTexts = (value: unknown): boolean =>
    value === undefined ||
    (typeof value === 'object' && value !== null && Object.values(value).every(isText));
  const { credentials, variants, userIds, userId, peerUserId, appSecret } = settings;
  const isFit =
    [credentials, variants, userIds].every(isTexts) && [userId, peerUserId, appSecret].every(isText);
  if (unknown.length > 0 || !isFit) {
    throw new Error(
      `${file}: 只能含以下各项，值为文本 / only these, with texts: ${NAMES.join(', ')}${unknown.length > 0 ? ` (${unknown.join(', ')})` : ''}`,
    );
  }
  return settings as SettingsFile;
}

/** A public key, a certificate, or a private key of which the public half is taken. @throws GatewayError `KEY_INVALID`. */
export function readSuspect(file: string, other: boolean): SuspectKey {
  const text = readFileSync(file, 'utf8');
  const { kind, publicHex } = describeKey(text);
  return { name: basename(file), text: kind === 'private' ? publicHex : text, other };
}

/**
 * Reads a request or an answer; an encrypted body is opened by the key in the settings.
 * @throws GatewayError when the message cannot be read or opened.
 */
export function readNational(
  bytes: Uint8Array,
  profile: SigningProfile,
  settings: SettingsFile,
): NationalMessage {
  const root = findRoot(bytes);
  const direction = 'infcode' in root ? 'response' : 'request';
  const name = direction === 'request' ? 'input' : 'output';
  const { [name]: sealed, ...members } = root;
  const envelope = members as WireObject;
  const transaction = typeof members['infno'] === 'string' ? members['infno'] : '';
  if (typeof sealed === 'string' && settings.credentials?.['cipherKey'] !== undefined) {
    const { credentials, variants = {} } = settings;
    const opener = createMessageProtection(profile, {
      side: 'server',
      peerUnsigned: true,
      credentials,
      variants,
    });
    const body = opener.openBody?.(envelope, sealed) ?? new Uint8Array();
    return { direction, transaction, envelope, body, sealed };
  }
  const codec = createNationalJson();
  const read = direction === 'request' ? codec.readRequest(bytes) : codec.readResponse(bytes);
  return { direction, transaction, envelope, body: read.signedBytes };
}

/** Headers by their names in lower case. @throws Error when no file is given. */
export function readHeaders(file: string | undefined): IncomingHeaders {
  if (file === undefined)
    throw new Error(
      '该方案的签名在 HTTP 头中，请用 --headers 给出 / this profile signs in headers: give --headers',
    );
  const entries = Object.entries(readJsonObject(readFileSync(file)));
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), leafText(value)]));
}

/** A look at the message, to know how to read it; the codec judges it. */
function findRoot(bytes: Uint8Array): Record<string, unknown> {
  try {
    return parse('', Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new GatewayError('MESSAGE_NOT_READABLE', {}, { cause });
  }
}

function parse(file: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The reason would repeat a piece of the file.
  }
  throw new Error(`${file}: 不是 JSON 对象 / not a JSON object`);
}
