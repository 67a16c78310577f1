/** The envelope of e-invoice platforms: base64 data under an MD5. Source: schemas/signing/profiles.json, boss-md5. */
import { GatewayError, isWireObject, leafText } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { openBossAnswer, signBoss } from '@yiqiao/sandbox';
import type { BossAccount, ReadBossAnswer } from '@yiqiao/sandbox';
import { createMessageProtection } from '@yiqiao/signer';
import type { MessageProtection } from '@yiqiao/signer';
import type { Bilingual, SendStep, SignWay, Template } from '../kits/types.ts';
import { fill } from '../run/fill.ts';
import type { Inputs } from '../run/inputs.ts';
import type { ReadAnswer } from '../run/read-answer.ts';
import { bodyOf, clearOf } from './platform-bodies.ts';
import { rawBytes } from './raw-bytes.ts';
import type { Tongue, TongueWorld, Writing, Written } from './tongue.ts';
import { attempt, disagreement, findDifference } from './two-readings.ts';

const SUCCESS = 'S0000';
const VERSION = '1.0';

/** Members that tell of a patient and have names of their own here. */
const PERSONAL: ReadonlySet<string> = new Set(
  'payer idCardNo cardNo medicalInsuranceID patientId tel email alipayCode openID'.split(' '),
);

/** Makes the tongue of a run. @throws Error when the inputs have no account */
export function createEInvoiceTongue({ registry, kit, inputs }: TongueWorld): Tongue {
  const account = accountOf(inputs);
  const profile = registry.signingProfile('boss-md5');
  const credentials = { appId: account.appId, key: account.key };
  const protection = createMessageProtection(profile, { side: 'client', credentials });

  function write(step: SendStep, { lookup, nextMsgid }: Writing): Written {
    const body = JSON.stringify(bodyOf(step, { kit, lookup }));
    const msgid = nextMsgid();
    const changes = fill(step.envelope ?? {}, lookup) as Readonly<Record<string, Template>>;
    const members = membersOf(
      { body: Buffer.from(body), noise: msgid, changes, way: step.sign ?? 'good' },
      account,
    );
    for (const name of step.removeEnvelope ?? []) delete members[name];
    return {
      infno: step.send,
      msgid,
      bytes: Buffer.from(JSON.stringify(members)),
      clear: clearOf(step.send, body),
      path: `api/medical/${typeof changes['path'] === 'string' ? changes['path'] : step.send}`,
    };
  }

  return {
    personal: PERSONAL,
    write,
    writeRaw({ raw, of }, writing) {
      const good = write({ send: of }, writing);
      const body = JSON.stringify(bodyOf({ send: of }, { kit, lookup: writing.lookup }));
      const seal = (bytes: Buffer): Buffer =>
        Buffer.from(
          JSON.stringify(membersOf({ body: bytes, noise: good.msgid, changes: {}, way: 'good' }, account)),
        );
      return { ...good, bytes: rawBytes(raw, { good: good.bytes, body, seal }) };
    },
    read: ({ bytes }) => readBoth(bytes, { account, protection }),
  };
}

/** Account of the inputs: `values.account`, with `appId` and `key`. */
function accountOf({ values }: Inputs): BossAccount {
  const { appId, key } = (values['account'] ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof appId === 'string' && typeof key === 'string') return { appId, key };
  throw new Error('the inputs have no values.account with appId and key');
}

/** Members are changed before the message is signed: what is wrong then is only what the step says. */
function membersOf(
  parts: {
    readonly body: Buffer;
    readonly noise: string;
    readonly changes: Readonly<Record<string, Template>>;
    readonly way: SignWay;
  },
  account: BossAccount,
): Record<string, Template> {
  const { path: _, ...changes } = parts.changes;
  const members: Record<string, Template> = {
    appid: account.appId,
    data: parts.body.toString('base64'),
    noise: parts.noise,
    version: VERSION,
    ...changes,
  };
  const text = (name: string): string => (typeof members[name] === 'string' ? members[name] : '');
  const signed = { data: text('data'), noise: text('noise'), version: text('version') };
  const sign = (key: string, other: Partial<typeof signed> = {}): string =>
    signBoss({ ...signed, ...other }, { appId: text('appid'), key });
  const good = sign(account.key);
  const ways: Readonly<Partial<Record<SignWay, string>>> = {
    good,
    empty: '',
    stranger: sign(`${account.key}?`),
    'other-body': sign(account.key, { data: `${signed.data}AAAA` }),
    swapped: sign(account.key, { noise: signed.data, data: signed.noise }),
    cut: good.slice(0, 31),
    longer: `${good}0`,
    zero: '0'.repeat(32),
  };
  if (parts.way === 'none') return members;
  const chosen = ways[parts.way];
  if (chosen === undefined) throw new RangeError(`an MD5 has no form ${parts.way}`);
  return { ...members, sign: chosen };
}

interface Reading {
  readonly account: BossAccount;
  readonly protection: MessageProtection;
}

function readBoth(bytes: Buffer, { account, protection }: Reading): ReadAnswer {
  const own = attempt(() => openBossAnswer(bytes, account));
  const product = attempt(() => protection.openMessage?.(bytes).message ?? {});
  if (own instanceof Error) {
    if (product instanceof Error) return { state: 'unreadable', why: whyOf(product) };
    return disagreement(own.message);
  }
  if (product instanceof Error) return refusedByProduct(own, product);
  if (!own.isSigned) return disagreement('sign');
  const message = product['message'] ?? '';
  const body = isWireObject(message) ? message : null;
  if ((leafText(product['result']) ?? '') !== own.result) return disagreement('result');
  const different = findDifference(own.content, body ?? {});
  if (different !== undefined) return { state: 'disagreement', why: different };
  return { state: 'read', answer: answerOf(own, { body, signature: GOOD }) };
}

/** Only a wrong signature leaves something to read; what else the product refuses it names itself. */
function refusedByProduct(own: ReadBossAnswer, product: Error): ReadAnswer {
  const isSignature = product instanceof GatewayError && product.code.startsWith('SIGNATURE_');
  if (!isSignature) return { state: 'unreadable', why: whyOf(product) };
  // An absent or malformed sign is a wrong one for both.
  if (own.isSigned) return disagreement(product.message);
  const signature = { good: false, why: { zh: '应答的 sign 不正确', en: 'the sign of the answer is wrong' } };
  return { state: 'read', answer: answerOf(own, { body: null, signature }) };
}

const GOOD = { good: true, why: { zh: '验签通过', en: 'the signature verifies' } };

type Answer = Extract<ReadAnswer, { state: 'read' }>['answer'];

function answerOf(
  { envelope, result, content, text }: ReadBossAnswer,
  {
    body,
    signature,
  }: { readonly body: WireObject | null; readonly signature: NonNullable<Answer['signature']> },
): Answer {
  const { data: _, ...rest } = envelope;
  return {
    success: result === SUCCESS,
    code: result,
    text,
    envelope: { ...rest, result, message: text, output: content },
    output: content,
    body,
    signature,
  };
}

function whyOf(error: Error): Bilingual {
  const [fault] = error instanceof GatewayError ? (error.details.faults ?? []) : [];
  return (
    fault?.message ?? {
      zh: '应答不是可识别的报文',
      en: `the answer is no message of the platform (${error.message})`,
    }
  );
}
