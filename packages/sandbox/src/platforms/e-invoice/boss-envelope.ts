/** The simulated e-invoice platform's own envelope: base64 under an MD5. Source: signing.json, boss-md5. */
import { createHash } from 'node:crypto';
import { leaf, parseMessage } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';

/** What both ends share. */
export interface BossAccount {
  readonly appId: string;
  readonly key: string;
}

const VERSION = '1.0';

/** A request that was read: its business object, or why it is refused. */
export type ReadRequest = { readonly body: JsonObject } | { readonly refusal: string };

/** Verifies and unpacks a request. */
export function openRequest(bytes: Buffer, account: BossAccount): ReadRequest {
  try {
    const sent = parseMessage(bytes.toString('utf8'));
    const [data, noise] = [leaf(sent, 'data'), leaf(sent, 'noise')];
    if (leaf(sent, 'appid') !== account.appId) return { refusal: '应用帐号不存在' };
    if (leaf(sent, 'version') !== VERSION) return { refusal: '版本号错误' };
    if (leaf(sent, 'sign') !== signOf({ data, noise }, account)) return { refusal: '签名错误' };
    return { body: parseMessage(Buffer.from(data, 'base64').toString('utf8')) };
  } catch {
    return { refusal: '报文不是合法的JSON' };
  }
}

/** Packs an answer: the result's object, or the text of an error, in base64 within base64. */
export function sealAnswer(
  { result, content }: { readonly result: string; readonly content: JsonObject | string },
  { noise, ...account }: BossAccount & { readonly noise: string },
): Buffer {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const inner = JSON.stringify({ result, message: Buffer.from(text).toString('base64') });
  const data = Buffer.from(inner).toString('base64');
  return Buffer.from(JSON.stringify({ data, noise, sign: signOf({ data, noise }, account) }));
}

function signOf(
  { data, noise }: { readonly data: string; readonly noise: string },
  { appId, key }: BossAccount,
): string {
  return createHash('md5')
    .update(`appid=${appId}&data=${data}&noise=${noise}&key=${key}&version=${VERSION}`)
    .digest('hex')
    .toUpperCase();
}
