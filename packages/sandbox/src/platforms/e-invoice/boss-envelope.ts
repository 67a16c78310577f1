/** The sandbox's own envelope of e-invoice platforms, at both ends: base64 under an MD5. Source: signing.json, boss-md5. */
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { findMessage, leaf, parseMessage } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';
import { asFound } from '../platform-bend.ts';
import type { Trusts } from '../platform-bend.ts';

/** What both ends share. */
export interface BossAccount {
  readonly appId: string;
  readonly key: string;
}

/** The one version there is. */
export const BOSS_VERSION = '1.0';

const NO_JSON = { refusal: '报文不是合法的JSON' };

/** A request that was read: its business object, or why it is refused. */
export type ReadRequest = { readonly body: JsonObject } | { readonly refusal: string };

/** Verifies and unpacks a request. */
export function openRequest(bytes: Buffer, account: BossAccount, trusts: Trusts = asFound): ReadRequest {
  const sent = findMessage(bytes.toString('utf8'));
  if (sent === undefined) return NO_JSON;
  const [data, noise] = [leaf(sent, 'data'), leaf(sent, 'noise')];
  if (leaf(sent, 'appid') !== account.appId) return { refusal: '应用帐号不存在' };
  if (leaf(sent, 'version') !== BOSS_VERSION) return { refusal: '版本号错误' };
  if (data === '' || noise === '') return { refusal: '报文不完整' };
  const isGood = leaf(sent, 'sign') === signBoss({ data, noise }, account);
  if (!trusts(sent, isGood)) return { refusal: '签名错误' };
  const content = Buffer.from(data, 'base64');
  if (!isUtf8(content)) return { refusal: '报文不是UTF-8编码' };
  const body = findMessage(content.toString('utf8'));
  return body === undefined ? NO_JSON : { body };
}

/** Packs an answer: the result's object, or the text of an error, in base64 within base64. */
export function sealAnswer(
  { result, content }: { readonly result: string; readonly content: JsonObject | string },
  { noise, ...account }: BossAccount & { readonly noise: string },
): Buffer {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const inner = JSON.stringify({ result, message: Buffer.from(text).toString('base64') });
  const data = Buffer.from(inner).toString('base64');
  return Buffer.from(JSON.stringify({ data, noise, sign: signBoss({ data, noise }, account) }));
}

/** An answer as it was read: result code, content or text, and whether its signature is right. */
export interface ReadBossAnswer {
  readonly envelope: JsonObject;
  readonly result: string;
  readonly content: JsonObject;
  readonly text: string;
  readonly isSigned: boolean;
}

/** Unpacks an answer. @throws SyntaxError, TypeError for bytes that are none */
export function openBossAnswer(bytes: Buffer, account: BossAccount): ReadBossAnswer {
  const envelope = parseMessage(bytes.toString('utf8'));
  const [data, noise] = [leaf(envelope, 'data'), leaf(envelope, 'noise')];
  const inner = parseMessage(Buffer.from(data, 'base64').toString('utf8'));
  const text = Buffer.from(leaf(inner, 'message'), 'base64').toString('utf8');
  const isObject = text.trimStart().startsWith('{');
  return {
    envelope,
    result: leaf(inner, 'result'),
    content: isObject ? parseMessage(text) : {},
    text: isObject ? '' : text,
    isSigned: leaf(envelope, 'sign').toUpperCase() === signBoss({ data, noise }, account),
  };
}

/** Upper-case hex MD5 of the parts in their order. */
export function signBoss(
  {
    data,
    noise,
    version = BOSS_VERSION,
  }: Readonly<Record<'data' | 'noise', string>> & { readonly version?: string },
  { appId, key }: BossAccount,
): string {
  return createHash('md5')
    .update(`appid=${appId}&data=${data}&noise=${noise}&key=${key}&version=${version}`)
    .digest('hex')
    .toUpperCase();
}
