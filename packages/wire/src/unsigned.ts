/** What the regional forms have in common: no signature of the message, and a transaction told by the call. */
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
