/** Faulty gateways: what goes wrong on the way to the far side and back. */
import { child, leaf, verifyText } from '@yiqiao/sandbox';
import { editMessage, findMessage } from '../../counterparts/edit-message.ts';
import type { PassingAnswer } from '../../counterparts/line.ts';
import { envelopeOf, infnoOf, isSuccess, msgidOf, underNumber, withEnvelope } from '../on-the-way.ts';
import { madeUp, refusal } from './answers.ts';
import type { BehaviourWorld, LineBehaviour } from './answers.ts';

type Came = PassingAnswer | 'silence' | undefined;

/** After so long a far side counts as silent; shorter than a gateway waits, longer than an answer takes. */
const SILENCE_MS = 300;

/** An answer that takes so long was held back by a scenario. */
const SLOW_MS = 90;

/** A page of more bytes is one of those that scenarios send to be too large. */
const LARGE = 100_000;

/** By name. `about`: the transactions concerned, unless it says otherwise. */
export const FAR_SIDE_BEHAVIOURS: Readonly<Record<string, LineBehaviour>> = {
  /** `about`: what came, then transactions. */
  forges: (world) => async (message, go) => {
    const [kind = '', ...transactions] = world.about;
    if (!transactions.includes(infnoOf(message))) return await go(message);
    const came = await (kind === 'silent' ? orSilence(go(message)) : go(message));
    return isOfKind(kind, came, world) ? madeUp(message, world.signers.teller) : came;
  },
  'refuses-the-lost':
    ({ about, signers }) =>
    async (message, go) => {
      const came = await go(message);
      if (came !== undefined || !about.includes(infnoOf(message))) return came;
      return refusal('对方无应答', signers.teller);
    },
  'refuses-the-slow':
    ({ about, signers }) =>
    async (message, go) => {
      if (!about.includes(infnoOf(message))) return await go(message);
      const came = await orSilence(go(message));
      return came === 'silence' ? refusal('对方应答超时', signers.teller) : came;
    },
  'sends-again':
    ({ about }) =>
    async (message, go) => {
      const came = await go(message);
      if (came !== undefined || !about.includes(infnoOf(message))) return came;
      return await go(underNumber(message, 9_999));
    },
  'sends-twice':
    ({ about }) =>
    async (message, go) => {
      const came = await go(message);
      if (about.includes(infnoOf(message))) await go(message);
      return came;
    },
  swallows:
    ({ about, signers }) =>
    async (message, go) =>
      about.includes(infnoOf(message)) ? madeUp(message, signers.teller) : await go(message),
  /** A record of what nobody has decided yet. */
  'records-early': () => async (message, go) => {
    const came = await go(message);
    if (infnoOf(message) !== '2206') return came;
    await go(withEnvelope(underNumber(message, 9_997), { infno: '2207' }));
    return came;
  },
  'swallows-after-first': ({ about, signers }) => {
    const tried = new Set<string>();
    return async (message, go) => {
      const id = msgidOf(message);
      if (about.includes(infnoOf(message)) && tried.has(id)) return madeUp(message, signers.teller);
      tried.add(id);
      return await go(message);
    };
  },
  /** Every try bears a number of its own. */
  'renames-repetitions': ({ about }) => {
    const tried = new Set<string>();
    return async (message, go) => {
      const isRepeated = about.includes(infnoOf(message)) && tried.has(msgidOf(message));
      tried.add(msgidOf(message));
      return await go(isRepeated ? underNumber(message, 9_998) : message);
    };
  },
  relabels:
    ({ signers }) =>
    async (message, go) => {
      const came = await go(message);
      if (!isSuccess(came) || infnoOf(message) !== '2207') return came;
      const asked = envelopeOf(message);
      const data = child(child(asked, 'input'), 'data');
      const set = {
        'output.setlinfo.medins_setl_id': msgidOf(message),
        'output.setlinfo.mdtrt_id': leaf(data, 'mdtrt_id'),
      };
      return { ...came, bytes: editMessage(came.bytes, { set }, { body: 'output', keys: signers.teller }) };
    },
  'cuts-the-slow': () => async (message, go) => {
    const began = performance.now();
    const came = await go(message);
    if (came === undefined || performance.now() - began < SLOW_MS || infnoOf(message) !== '1101') return came;
    return { ...came, bytes: came.bytes.subarray(0, came.bytes.length / 8) };
  },
  sulks: ({ signers }) => {
    let offended = false;
    return async (message, go) => {
      if (offended) return refusal('对方曾出错，暂停服务', signers.teller);
      const came = await go(message);
      offended = came?.status === 500;
      return came;
    };
  },
  /** `about`: expressions; an answer that one of them fits is told as a refusal. */
  'refuses-answers':
    ({ about, signers }) =>
    async (message, go) => {
      const came = await go(message);
      const text = came?.bytes.toString('utf8') ?? '';
      return about.some((pattern) => new RegExp(pattern, 'u').test(text))
        ? refusal('应答不合规', signers.teller)
        : came;
    },
};

async function orSilence(came: Promise<PassingAnswer | undefined>): Promise<Came> {
  const { promise, resolve } = Promise.withResolvers<'silence'>();
  const timer = setTimeout(() => resolve('silence'), SILENCE_MS);
  try {
    return await Promise.race([came, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function isOfKind(kind: string, came: Came, { signers }: BehaviourWorld): boolean {
  if (came === undefined) return kind === 'closed';
  if (came === 'silence') return kind === 'silent';
  const { status, bytes, cutAfter } = came;
  if (cutAfter !== undefined) return kind === 'half';
  if (status >= 300) return kind === (status < 400 ? 'redirect' : 'http-500');
  if (bytes.length === 0) return kind === 'empty';
  if (bytes[0] === 0x3c) return kind === (bytes.length > LARGE ? 'large-page' : 'page');
  const envelope = findMessage(bytes);
  if (envelope === undefined) return kind === 'garbled';
  const body = JSON.stringify(envelope['output'] ?? null);
  const verifying = { ...signers.teller, peerPublicKey: signers.teller.publicKey };
  return kind === 'stranger' && !verifyText(body, leaf(envelope, 'cainfo'), verifying);
}
