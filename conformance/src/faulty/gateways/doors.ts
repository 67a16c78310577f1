/** Faulty gateways: what goes wrong at the door, between the caller and the gateway. */
import { child, leaf, rawMember, signText, verifyText } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { editMessage, findMessage } from '../../counterparts/edit-message.ts';
import type { OnTheWay, PassingAnswer } from '../../counterparts/line.ts';
import { children } from '../../run/own-reading.ts';
import { named } from '../by-name.ts';
import { KINDS_OF_BYTES } from '../bytes.ts';
import {
  createNumbers,
  envelopeOf,
  infnoOf,
  isRefusal,
  isSuccess,
  msgidOf,
  underNumber,
  withEnvelope,
} from '../on-the-way.ts';
import { madeUp, refusal } from './answers.ts';
import type { LineBehaviour } from './answers.ts';

/** By name. `about`: the transactions concerned, unless it says otherwise. */
export const DOOR_BEHAVIOURS: Readonly<Record<string, LineBehaviour>> = {
  refuses:
    ({ about, signers }) =>
    async (message, go) =>
      about.includes(infnoOf(message)) ? refusal('本网关不受理该交易', signers.teller) : await go(message),
  'yes-to-refusals':
    ({ about, signers }) =>
    async (message, go) => {
      const told = await go(message);
      return isRefusal(told) && about.includes(infnoOf(message)) ? madeUp(message, signers.teller) : told;
    },
  'keeps-escapes':
    ({ signers }) =>
    async (message, go) => {
      const text = message.bytes.toString('utf8');
      if (!/\\u[0-9a-f]{4}/.test(text)) return await go(message);
      const literal = Buffer.from(text.replaceAll(/\\u[0-9a-f]{4}/g, '?'));
      return await go({
        ...message,
        bytes: editMessage(literal, {}, { body: 'input', keys: signers.asker }),
      });
    },
  /** `about`: lists of which only the first row is told. */
  'first-row-only':
    ({ about, signers }) =>
    async (message, go) => {
      const told = await go(message);
      const output = told === undefined ? {} : child(envelopeOf(told), 'output');
      const long = about.filter((name) => children(output, name).length > 1);
      if (told === undefined || long.length === 0) return told;
      const set = Object.fromEntries(
        long.map((name) => [`output.${name}`, children(output, name).slice(0, 1) as never]),
      );
      return { ...told, bytes: editMessage(told.bytes, { set }, { body: 'output', keys: signers.teller }) };
    },
  /** `about`: `at-once` for copies of what is under way only, else transactions; 2207 when empty. */
  'renames-copies': ({ about }) => {
    const underWay = new Set<string>();
    const known = new Set<string>();
    const wanted = about.length === 0 || about[0] === 'at-once' ? ['2207'] : about;
    const next = createNumbers();
    return async (message, go) => {
      if (!wanted.includes(infnoOf(message))) return await go(message);
      const key = message.bytes.toString('base64');
      const isCopy = about[0] === 'at-once' ? underWay.has(key) : known.has(key) && !underWay.has(key);
      known.add(key);
      if (isCopy) return await go(underNumber(message, next()));
      underWay.add(key);
      return await go(message).finally(() => underWay.delete(key));
    };
  },
  'refuses-copies': ({ about, signers }) => {
    const known = new Set<string>();
    return async (message, go) => {
      if (!about.includes(infnoOf(message))) return await go(message);
      const key = message.bytes.toString('base64');
      if (known.has(key)) return refusal('重复报文', signers.teller);
      known.add(key);
      return await go(message);
    };
  },
  'yes-to-second':
    ({ signers }) =>
    async (message, go) => {
      const told = await go(message);
      const isSecond = infnoOf(message) === '2207' && isRefusal(told) && told.bytes.includes('ALREADY_DONE');
      return isSecond ? madeUp(message, signers.teller) : told;
    },
  'first-answer-for-id': () => {
    const first = new Map<string, PassingAnswer | undefined>();
    return async (message, go) => {
      const id = msgidOf(message);
      if (infnoOf(message) !== '2207' || id === '') return await go(message);
      const told = await go(message);
      if (isRefusal(told) && told.bytes.includes('MESSAGE_ID_REUSED')) return first.get(id) ?? told;
      first.set(id, told);
      return told;
    };
  },
  'refuses-the-left': ({ signers }) => {
    const first = new Map<string, OnTheWay>();
    return async (message, go) => {
      const key = message.bytes.toString('base64');
      if (first.get(key)?.left() === true) return refusal('该报文的连接曾断开', signers.teller);
      first.set(key, message);
      return await go(message);
    };
  },
  'as-of-our-institution':
    ({ about }) =>
    async (message, go) =>
      await go(
        about.includes(infnoOf(message))
          ? withEnvelope(message, { fixmedins_code: 'H53010000001' })
          : message,
      ),
  'refuses-after-reversal': ({ signers }) => {
    const matters = new Map<string, string>();
    const closed = new Set<string>();
    return async (message, go) => {
      const infno = infnoOf(message);
      const data = child(child(envelopeOf(message), 'input'), 'data');
      const matter = `${leaf(data, 'mdtrt_id')} ${leaf(data, 'chrg_bchno')}`;
      if (infno === '2207' && closed.has(matter)) return refusal('该批次已冲正', signers.teller);
      const told = await go(message);
      if (infno === '2207') matters.set(msgidOf(message), matter);
      const original = matters.get(leaf(data, 'omsgid'));
      if (infno === '2601' && original !== undefined && isSuccess(told)) closed.add(original);
      return told;
    };
  },
  /** `about`: 0 or -1, which is told where nothing is known. */
  'words-for-unknown':
    ({ about, signers }) =>
    async (message, go) => {
      const told = await go(message);
      if (told?.status !== 504) return told;
      return about.includes('0') ? madeUp(message, signers.teller) : refusal('交易超时', signers.teller);
    },
  'unknown-for-ever': () => {
    const unknown = new Map<string, PassingAnswer>();
    return async (message, go) => {
      const key = message.bytes.toString('base64');
      const told = unknown.get(key) ?? (await go(message));
      if (told?.status === 504) unknown.set(key, told);
      return told;
    };
  },
  /** `about`: a member of the envelope, a value, and what is put in its place. */
  'envelope-of-ours': ({ about }) => {
    const [member = '', from = '', to = ''] = about;
    return async (message, go) =>
      await go(
        leaf(envelopeOf(message), member) === from ? withEnvelope(message, { [member]: to }) : message,
      );
  },
  /** `about`: kinds of signatures, as the steps name them. */
  trusts:
    ({ about, signers }) =>
    async (message, go) =>
      await go(
        about.includes(signatureOf(message, signers.asker)) ? signedAnew(message, signers.asker) : message,
      ),
  'spoils-signatures': () => async (message, go) => {
    const told = await go(message);
    const envelope = told === undefined ? undefined : findMessage(told.bytes);
    if (told === undefined || envelope === undefined) return told;
    const cainfo = Buffer.alloc(64, 1).toString('base64');
    return { ...told, bytes: Buffer.from(JSON.stringify({ ...envelope, cainfo })) };
  },
  /** `about`: kinds of bytes, as the steps name them. */
  welcomes:
    ({ about, signers }) =>
    async (message, go) =>
      about.some((kind) => isOf(kind, message)) ? madeUp(message, signers.teller) : await go(message),
  'hangs-up':
    ({ about }) =>
    async (message, go) =>
      about.some((kind) => isOf(kind, message)) ? undefined : await go(message),
  /** `about`: 1101 when empty. */
  mixes: ({ about }) => {
    const wanted = about[0] ?? '1101';
    let underWay = 0;
    let last: PassingAnswer | undefined;
    return async (message, go) => {
      underWay += 1;
      const told = await go(message);
      const other = underWay > 1 && infnoOf(message) === wanted ? last : undefined;
      underWay -= 1;
      last = told;
      return other ?? told;
    };
  },
  /** `about`: a transaction, and the insured place that hears of it, too. */
  'to-another-as-well': ({ about }) => {
    const [infno = '', place = ''] = about;
    const next = createNumbers();
    return async (message, go) => {
      const told = await go(message);
      if (infnoOf(message) !== infno) return told;
      await go(withEnvelope(underNumber(message, next()), { insuplc_admdvs: place }));
      return told;
    };
  },
  'sulks-for-all': ({ signers }) => {
    let offended = false;
    return async (message, go) => {
      if (offended) return refusal('有参保地停机，暂停服务', signers.teller);
      const told = await go(message);
      offended =
        leaf(envelopeOf(message), 'insuplc_admdvs') === '110100' && !isSuccess(told) && !isRefusal(told);
      return told;
    };
  },
  'one-at-a-time': ({ signers }) => {
    let underWay = 0;
    return async (message, go) => {
      if (underWay > 0) return refusal('系统繁忙', signers.teller);
      underWay += 1;
      return await go(message).finally(() => (underWay -= 1));
    };
  },
};

function isOf(kind: string, { bytes }: OnTheWay): boolean {
  return named<(bytes: Buffer) => boolean>(KINDS_OF_BYTES, kind)(bytes);
}

/** The kind of a message's signature, as the steps of scenarios name it. */
function signatureOf(message: OnTheWay, asker: SandboxKeys): string {
  const envelope = envelopeOf(message);
  if (!Object.hasOwn(envelope, 'cainfo')) return 'none';
  const cainfo = leaf(envelope, 'cainfo');
  if (cainfo === '') return 'empty';
  const body = rawMember(message.bytes.toString('utf8'), 'input') ?? '';
  const own = { ...asker, peerPublicKey: asker.publicKey };
  if (verifyText(body, cainfo, own)) return 'good';
  return verifyText(`${body} `, cainfo, own) ? 'other-body' : 'stranger';
}

function signedAnew(message: OnTheWay, asker: SandboxKeys): OnTheWay {
  const body = rawMember(message.bytes.toString('utf8'), 'input') ?? '';
  return withEnvelope(message, { cainfo: signText(body, asker), signtype: 'SM2' });
}
