/** The gm-envelope of prescription centres and payment centres. Source: schemas/signing/profiles.json, gm-envelope. */
import { openEnvelopeAnswer } from '@yiqiao/sandbox';
import type { ReadEnvelopeAnswer } from '@yiqiao/sandbox';
import type { Registry } from '@yiqiao/registry';
import { GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { Bilingual, SendStep } from '../kits/types.ts';
import { leaf } from '../run/own-reading.ts';
import type { Answer, ReadAnswer } from '../run/read-answer.ts';
import { createAccounts } from './gm-envelope-accounts.ts';
import type { Account } from './gm-envelope-accounts.ts';
import { sealMessage, sealOther } from './gm-envelope-writing.ts';
import { bodyOf, clearOf } from './platform-bodies.ts';
import { rawBytes } from './raw-bytes.ts';
import type { Tongue, TongueWorld, Writing, Written } from './tongue.ts';
import { attempt, disagreement, findDifference } from './two-readings.ts';

/** Small enough that no one waits for its encryption. */
const LARGE = 300_000;

/** Makes the tongue of a run. @throws Error when the inputs lack the account of a sender */
export function createGmEnvelopeTongue({ registry, kit, inputs, clock }: TongueWorld): Tongue {
  const accountOf = createAccounts(registry, inputs);
  const routes = readRoutes(registry, kit.profile);
  /** Who sent a message, and whether its answer's signature is in question: the sandbox's verification is slow. */
  const asked = new Map<string, { readonly account: Account; readonly verifies: boolean }>();
  const senderOf = (step: Pick<SendStep, 'send' | 'sender'>): Account =>
    accountOf(step.sender ?? kit.messages[step.send]?.sender ?? 'institution');

  function write(step: SendStep, writing: Writing): Written {
    const account = senderOf(step);
    const body = JSON.stringify(bodyOf(step, { kit, lookup: writing.lookup }));
    const msgid = writing.nextMsgid();
    asked.set(msgid, { account, verifies: step.expect?.some(({ check }) => check === 'signed') === true });
    const { path = '', members } = routes[step.send] ?? { members: {} };
    const other = step.envelope?.['path'];
    return {
      infno: step.send,
      msgid,
      bytes: sealMessage(step, { ...writing, account, members, body, now: clock.now() }),
      clear: clearOf(step.send, body),
      path: typeof other === 'string' ? `${path.slice(0, path.lastIndexOf('/') + 1)}${other}` : path,
    };
  }

  return {
    write,
    writeRaw({ raw, of }, writing) {
      const good = write({ send: of }, writing);
      const account = senderOf({ send: of });
      const body = JSON.stringify(bodyOf({ send: of }, { kit, lookup: writing.lookup }));
      const { members = {} } = routes[of] ?? {};
      const seal = (inside: Buffer): Buffer =>
        sealOther({ account, members, body, now: clock.now(), inside });
      return { ...good, bytes: rawBytes(raw, { good: good.bytes, body, seal, large: LARGE }) };
    },
    read({ bytes }, { msgid }) {
      const { account, verifies } = asked.get(msgid) ?? {
        account: accountOf('institution'),
        verifies: false,
      };
      return readBoth(bytes, { account, verifies });
    },
  };
}

interface Route {
  readonly path: string;
  readonly members: Readonly<Record<string, string>>;
}

/** Path of each operation, and the members that its envelope has beside the usual ones. */
function readRoutes(registry: Registry, platform: string): Readonly<Record<string, Route>> {
  const { operations } = registry.peripheral(platform, 'operations') as {
    readonly operations: Readonly<
      Record<
        string,
        { readonly path: string; readonly transaction?: string; readonly transType?: string | null }
      >
    >;
  };
  const base = platform === 'prescription' ? 'epc/api/fixmedins/' : '';
  return Object.fromEntries(
    Object.entries(operations).map(([name, { path, transaction = name, transType }]) => [
      transaction,
      { path: `${base}${path}`, members: typeof transType === 'string' ? { transType } : {} },
    ]),
  );
}

interface Reading {
  readonly account: Account;
  readonly verifies: boolean;
}

function readBoth(bytes: Buffer, { account, verifies }: Reading): ReadAnswer {
  const own = attempt(() => openEnvelopeAnswer(account.own, bytes));
  const product = attempt(() => account.reader.openMessage?.(bytes).message ?? {});
  if (own instanceof Error || product instanceof Error) {
    if (own instanceof Error && product instanceof Error) return { state: 'unreadable', why: whyOf(product) };
    // What one of them refuses although the other reads it: an algorithm or an application that is not agreed.
    if (product instanceof GatewayError) return { state: 'unreadable', why: whyOf(product) };
    return disagreement(own instanceof Error ? own.message : '');
  }
  // A web server's own page of an error is no refusal of the platform.
  if (own.isBare && leaf(own.envelope, 'code') === '') return { state: 'unreadable', why: NO_CODE };
  if (leaf(own.envelope, 'code') !== (leafText(product['code']) ?? '')) return disagreement('code');
  const data = product['data'];
  const body = isWireObject(data) ? data : {};
  const different = findDifference(own.data, body);
  if (different !== undefined) return { state: 'disagreement', why: different };
  const signature = own.isBare ? UNSIGNED : signatureOf(bytes, { own, account, verifies });
  if (signature === undefined) return disagreement('signData');
  return { state: 'read', answer: answerOf(own, { body, signature }) };
}

const NO_CODE: Bilingual = { zh: '应答没有 code', en: 'the answer has no code' };

type Signature = NonNullable<Answer['signature']>;

const GOOD: Signature = { good: true, why: { zh: '验签通过', en: 'the signature verifies' } };
const UNSIGNED: Signature = {
  good: false,
  why: { zh: '应答没有加密与签名', en: 'the answer is neither encrypted nor signed' },
};

/** `undefined`: the two implementations disagree. */
function signatureOf(
  bytes: Buffer,
  { own, account, verifies }: Reading & { readonly own: ReadEnvelopeAnswer },
): Signature | undefined {
  const product = attempt(() => account.verifier.openMessage?.(bytes));
  const isGood = !(product instanceof Error);
  if ((verifies || !isGood) && own.isSigned() !== isGood) return undefined;
  return isGood ? GOOD : { good: false, why: whyOf(product) };
}

function answerOf(
  { envelope, data }: ReadEnvelopeAnswer,
  { body, signature }: { readonly body: WireObject; readonly signature: Signature },
): Answer {
  const { encData: _, ...rest } = envelope;
  const code = leaf(envelope, 'code');
  return {
    success: code === '0',
    code,
    text: leaf(envelope, 'message'),
    envelope: { ...rest, output: data },
    output: data,
    body,
    signature,
  };
}

function whyOf(error: Error): Bilingual {
  if (!(error instanceof GatewayError)) return { zh: '应答不是可识别的报文', en: error.message };
  const [fault] = error.details.faults ?? [];
  return (
    fault?.message ?? {
      zh: `应答不符合信封约定（${error.code}）`,
      en: `the answer is no envelope as agreed (${error.code})`,
    }
  );
}
