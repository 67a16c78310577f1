/** What the regional forms have in common: no signature of the message, and a transaction told by the call. */
import { maskIdentifiers } from '@yiqiao/model';
import { fault, refusal } from './faults.ts';
import { profileFault } from './settings.ts';
import type { CodecProfile } from './settings.ts';
import type { SignBody, WireHint } from './types.ts';

/** @throws GatewayError `PROFILE_BROKEN` when a connection of such a form is to sign */
export function refuseSigning(profile: CodecProfile, sign: SignBody | undefined): void {
  if (sign === undefined) return;
  throw refusal('PROFILE_BROKEN', [
    profileFault(profile.id, '/codec', {
      zh: '此格式没有已知的报文签名方式，该连接请配置为不签名。',
      en: 'No signature is known for messages of this form; configure this connection without one.',
    }),
  ]);
}

/** `TRANSACTION_UNKNOWN` of a form that cannot be read or written without the definition. */
export function unknownTransaction(transaction: string): Error {
  const text = fault({
    rule: 'transaction',
    at: '/transaction',
    found: maskIdentifiers(transaction.slice(0, 80)).slice(0, 40),
    zh: '方案没有这一交易，各项的位置无从得知；请核对编号（yiqiao spec show 编号 --profile 方案 列出已有的），或补交易定义。',
    en: 'The profile has no such transaction, so what stands where is not known. Correct the number (yiqiao spec show NUMBER --profile ID lists those there are), or add its definition.',
  });
  return refusal('TRANSACTION_UNKNOWN', [text], { transaction: text.found ?? '' });
}

/** The transaction of a request whose bytes do not tell it. @throws GatewayError `MESSAGE_INVALID` */
export function requireTransaction(hint: WireHint | undefined): string {
  const transaction = hint?.transaction ?? '';
  if (transaction !== '') return transaction;
  throw refusal('MESSAGE_INVALID', [
    fault({
      rule: 'required',
      at: '/transaction',
      zh: '报文本身不含交易编号，也未随调用告知；请由前置程序随报文送出。',
      en: 'The message does not tell its transaction, and none came with the call; the relay must tell it.',
    }),
  ]);
}
