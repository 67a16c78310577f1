/** Two readings of a protected answer: opened and verified by the product's signer and by the sandbox's. */
import { GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import type { SigningScheme } from '@yiqiao/sandbox';
import type { MessageProtection, SigningProfile } from '@yiqiao/signer';
import { formatJson } from '@yiqiao/wire';
import type { Bilingual } from '../kits/types.ts';
import type { Answer, ReadAnswer } from '../run/read-answer.ts';
import type { ReadPair } from './national-reading.ts';
import type { Came, Tongue } from './tongue.ts';

/** What the reader is made with. */
export interface ProtectedReading {
  readonly profile: SigningProfile;
  readonly scheme: SigningScheme;
  readonly clock: Clock;
  readonly protection: MessageProtection;
  /** The same, verifying nothing: for answers whose signature is not good. */
  readonly decrypting: MessageProtection;
  /** Whether the target's answers can be verified; boss-md5 has a shared key. */
  readonly isSigned: boolean;
  readonly readClear: ReadPair;
}

type Asked = Parameters<Tongue['read']>[1];

/** What the product made of an answer. */
interface Opened {
  /** The national message; absent in a refusal that has none. */
  readonly clear?: Buffer;
  readonly members: WireObject;
  /** Why its signature is not good. */
  readonly fault?: Bilingual;
}

/** Makes the reader. */
export function createProtectedReader(reading: ProtectedReading): Tongue['read'] {
  const { scheme, clock, protection } = reading;
  if (protection.openMessage === undefined && protection.readNonce === undefined)
    return ({ bytes }) => reading.readClear(bytes);
  return (came, asked) => {
    const moment = { now: clock.now(), transaction: asked.infno, messageId: asked.msgid, ...nonceOf(asked) };
    const own = scheme.open(came, moment);
    const product = openByProduct(reading, came, asked) ?? refusedByProduct(reading, came, own.clear);
    if (product === undefined) return UNREADABLE;
    if (product.clear === undefined) return bareRefusal(product);
    if (own.clear === undefined) return { state: 'disagreement', why: OPENED_BY_ONE };
    const answer = reading.readClear(own.clear, product.clear);
    if (answer.state !== 'read' || !(reading.isSigned || reading.profile.algorithm === 'boss-md5'))
      return answer;
    const good = product.fault === undefined;
    // The product refuses more than the sandbox does, so only its acceptance alone is a contradiction.
    if (good && own.objections.length > 0) return { state: 'disagreement', why: VERIFIED_BY_ONE };
    const signature: Answer['signature'] = { good, why: product.fault ?? GOOD };
    return { state: 'read', answer: { ...answer.answer, signature } };
  };
}

const GOOD: Bilingual = { zh: '验签通过', en: 'the signature verifies' };

const UNREADABLE: ReadAnswer = {
  state: 'unreadable',
  why: {
    zh: '应答不是此签名方案的报文，或无法解密',
    en: 'the answer is no message of this signing profile, or does not decrypt',
  },
};

const OPENED_BY_ONE: Bilingual = {
  zh: '两套密码实现中只有一套能打开应答',
  en: 'only one of the two implementations can open the answer',
};

const VERIFIED_BY_ONE: Bilingual = {
  zh: '两套密码实现对应答签名的结论不一致',
  en: 'the two implementations disagree on the signature of the answer',
};

function nonceOf({ headers = {} }: Asked): { readonly nonce?: string } {
  const nonce = headers['x-yiqiao-signature-nonce'];
  return nonce === undefined ? {} : { nonce };
}

function openByProduct(reading: ProtectedReading, came: Came, asked: Asked): Opened | undefined {
  const { protection, decrypting, clock } = reading;
  if (protection.openMessage === undefined) {
    const fault = faultOf(() =>
      protection.checkHeaders?.(came.headers, {
        direction: 'response',
        body: came.bytes,
        now: clock.now(),
        transaction: asked.infno,
        messageId: asked.msgid,
        ...nonceOf(asked),
      }),
    );
    return { clear: came.bytes, members: {}, ...(fault !== undefined && { fault }) };
  }
  let fault: Bilingual | undefined;
  for (const one of [protection, decrypting]) {
    try {
      const members = one.openMessage?.(came.bytes).message ?? {};
      return { ...carriedIn(reading.profile, members), members, ...(fault !== undefined && { fault }) };
    } catch (error) {
      fault = textOf(error);
    }
  }
  return undefined;
}

/** boss-md5 is not opened by the product when its digest is wrong: then there is the sandbox's opening alone. */
function refusedByProduct(
  { profile, protection }: ProtectedReading,
  came: Came,
  clear: Buffer | undefined,
): Opened | undefined {
  if (profile.algorithm !== 'boss-md5' || clear === undefined) return undefined;
  const fault = faultOf(() => protection.openMessage?.(came.bytes));
  return { clear, members: {}, ...(fault !== undefined && { fault }) };
}

/** The national message in an opened envelope. Source: schemas/signing/profiles.json, `carrier`. */
function carriedIn(profile: SigningProfile, members: WireObject): { readonly clear?: Buffer } {
  const place = profile.algorithm === 'boss-md5' ? 'message' : 'data';
  const message = members[place];
  return isWireObject(message) ? { clear: Buffer.from(formatJson(message)) } : {};
}

/** An answer without content: whoever stands before the system turned the message away. */
function bareRefusal({ members, fault }: Opened): ReadAnswer {
  const text = (name: string): string => leafText(members[name]) ?? '';
  const answer: Answer = {
    success: false,
    code: text('code') || text('result'),
    text: text('message'),
    envelope: {},
    output: {},
    body: null,
    signature: {
      good: false,
      why: fault ?? { zh: '拒绝应答没有签名', en: 'the refusal is not signed' },
    },
  };
  return { state: 'read', answer };
}

function faultOf(check: () => unknown): Bilingual | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}

function textOf(error: unknown): Bilingual {
  if (!(error instanceof GatewayError)) throw error;
  const { zh, en } = error.kind.cause;
  const reason = error.details.facts?.['reason'] ?? error.details.facts?.['member'] ?? '';
  return { zh: `${zh}（${reason}）`, en: `${en} (${reason})` };
}
