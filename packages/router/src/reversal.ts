/** 2601 sent by a caller: it joins the original's resolver, or takes an ended original back. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalRequest, Content } from '@yiqiao/model';
import type { Exchange, ExchangeKey, Leg } from '@yiqiao/journal';
import { addHop } from './attempt.ts';
import { isCancelled } from './cancelled.ts';
import { decodeCanonical } from './canonical-text.ts';
import type { Case, Hop } from './case.ts';
import { finishAnswered, finishUndone } from './finish.ts';
import type { Caller } from './finish.ts';
import { findReversed } from './follow-up.ts';
import { ORIGINAL_WITH_PERSON } from './further-on.ts';
import { persist, toGatewayError } from './machine.ts';
import type { Machine } from './machine.ts';
import { bodyOf, originalOf, reversalBody, reversalSuccess } from './requests.ts';
import type { OriginalName } from './requests.ts';
import { canTakeBackSteps, takeBackSteps } from './reverse-steps.ts';
import type { Run } from './runs.ts';
import type { Ending, Incoming } from './types.ts';
import { insist } from './ways-out.ts';

/** What a reversal needs of the other exchanges. */
export interface Originals {
  /** Reversals of one original, one at a time. */
  inTurn<T>(original: ExchangeKey, work: () => Promise<T>): Promise<T>;
  findRun(key: ExchangeKey): Run | undefined;
  /** Goes on with an open exchange that nobody is working on. */
  resume(exchange: Exchange): Run;
  /** Puts on record that the original must not be done any more. */
  bury(key: ExchangeKey): Promise<void>;
}

/** Does what a 2601 asks, and ends its exchange. */
export async function reverseOriginal(
  machine: Machine,
  opened: Case,
  incoming: Incoming,
  originals: Originals,
): Promise<Ending> {
  let asked: CanonicalRequest;
  let name: OriginalName;
  try {
    asked = await buildAsked(incoming);
    name = nameOriginal(asked, incoming);
  } catch (error) {
    return finishUndone(machine, opened, { state: 'rejected', error: toGatewayError(error) }, incoming);
  }
  const key = { ...incoming.key, messageId: name.messageId };
  return originals.inTurn(key, async () => {
    const target = await findTarget(machine, key, name, originals);
    if ('error' in target) {
      return finishUndone(machine, opened, { state: 'rejected', error: target.error }, incoming);
    }
    if ('steps' in target) return takeBackSteps(machine, opened, target.steps, incoming);
    if (target.leg === undefined) return finishAnswered(machine, opened, [reversalSuccess('')], incoming);
    return forwardReversal(machine, opened, { asked, leg: target.leg, incoming });
  });
}

async function buildAsked(incoming: Incoming): Promise<CanonicalRequest> {
  const [step] = incoming.steps;
  if (step === undefined) throw new GatewayError('INTERNAL', { facts: { steps: 0 } });
  return step.build([]);
}

/** A reversal of itself would wait for itself. */
function nameOriginal(asked: CanonicalRequest, incoming: Incoming): OriginalName {
  const name = originalOf(asked);
  if (name === undefined || name.messageId === incoming.key.messageId) {
    throw new GatewayError('ORIGINAL_NOT_FOUND', { facts: { transaction: incoming.transaction } });
  }
  return name;
}

/** Without `leg`, nothing remains of the original: taking it back has succeeded. */
type Target =
  | { readonly error: GatewayError }
  | { readonly leg: Leg | undefined }
  /** Several messages, taken back one by one. */
  | { readonly steps: Exchange };

async function findTarget(
  machine: Machine,
  key: ExchangeKey,
  name: OriginalName,
  originals: Originals,
): Promise<Target> {
  const facts = { originalMessageId: name.messageId, originalTransaction: name.transaction };
  const run = originals.findRun(key);
  if (run?.reverses === true) return { error: new GatewayError('NOT_REVERSIBLE', { facts }) };
  await run?.ending.catch(() => undefined);
  const exchange = await findEnded(machine, key, originals);
  if (exchange === undefined) return { error: await buryOriginal(key, facts, originals) };
  const forwards = exchange.legs.filter((leg) => leg.purpose === 'forward');
  if (
    name.transaction !== exchange.transaction &&
    forwards.every((leg) => leg.transaction !== name.transaction)
  ) {
    return { error: new GatewayError('ORIGINAL_NOT_FOUND', { facts }) };
  }
  if (exchange.state === 'rejected' || exchange.state === 'reversed') return { leg: undefined };
  if (exchange.expired === true) return { error: new GatewayError('NOT_REVERSIBLE', { facts }) };
  const [leg] = forwards;
  const entry = leg && machine.deps.registry.findOperation(leg.transaction);
  if (entry !== undefined && exchange.state === 'answered' && (await isCancelled(machine, entry, exchange))) {
    return { error: new GatewayError('ORIGINAL_CANCELLED', { facts }) };
  }
  if (forwards.length > 1 && canTakeBackSteps(machine, exchange)) return { steps: exchange };
  return entry?.reversible === true && forwards.length === 1
    ? { leg }
    : { error: new GatewayError('NOT_REVERSIBLE', { facts }) };
}

/** The original with its end; `undefined` when it is not on record. */
async function findEnded(
  machine: Machine,
  key: ExchangeKey,
  originals: Originals,
): Promise<Exchange | undefined> {
  const found = await machine.deps.journal.find(key, '');
  if (!('exchange' in found)) return undefined;
  const { exchange } = found;
  if (exchange.state !== 'sent' && exchange.state !== 'unknown') return exchange;
  await originals.resume(exchange).ending;
  return machine.deps.journal.load(exchange.id);
}

async function buryOriginal(
  key: ExchangeKey,
  facts: Readonly<Record<string, string>>,
  originals: Originals,
): Promise<GatewayError> {
  try {
    await originals.bury(key);
  } catch (error) {
    return toGatewayError(error);
  }
  return new GatewayError(isOfAnother(key) ? 'ORIGINAL_NOT_OWN' : 'ORIGINAL_NOT_FOUND', { facts });
}

/** 发送方报文ID: twelve characters of the institution, fourteen of time, four of number. Source: envelope.json, msgid. */
const NATIONAL_MESSAGE_ID = /^([A-Z][0-9A-Z]{11})\d{14}\d{4}$/;

/** Only a message id in the national form tells whose it is. */
function isOfAnother({ institution, messageId }: ExchangeKey): boolean {
  const owner = NATIONAL_MESSAGE_ID.exec(messageId)?.[1];
  return (
    owner !== undefined &&
    NATIONAL_MESSAGE_ID.test(`${institution}${'0'.repeat(18)}`) &&
    owner !== institution
  );
}

/** The 2601 in the words of the next hop: its message id and number of the original. */
function forwardReversal(
  machine: Machine,
  opened: Case,
  what: {
    readonly asked: CanonicalRequest;
    readonly leg: Leg;
    readonly incoming: Incoming;
  },
): Promise<Ending> {
  const { asked, leg, incoming } = what;
  const { transaction } = machine.deps.registry.operation('reverseTransaction');
  // The predecessor's 1301 names no person; the message it takes back did.
  const original = reversalBody(decodeCanonical(leg.request) as CanonicalRequest);
  const names = { originalMessageId: leg.messageId, originalTransaction: leg.transaction };
  const request: CanonicalRequest = {
    header: { ...asked.header, transaction },
    content: { ...asked.content, body: { ...original, ...bodyOf(asked), ...names } } as Content,
  };
  addHop(machine, opened, { purpose: 'forward', peer: leg.peer, request, step: 0, keepsTime: true });
  return concludeReversal(machine, opened, { doubtful: false, caller: incoming });
}

/**
 * Sends the 2601 of an exchange until it is answered, and ends the exchange. A refusal says nothing of an original that
 * is with a person: the 2601 then waits for what the person finds out.
 */
export async function concludeReversal(
  machine: Machine,
  opened: Case,
  how: { readonly doubtful: boolean; readonly caller?: Caller },
): Promise<Ending> {
  const { caller, doubtful } = how;
  const [hop] = opened.hops as [Hop];
  const end = await insist(machine, opened, hop, { doubtful });
  if (end?.state === 'answered') return finishAnswered(machine, opened, [end.response], caller);
  const refused = end === undefined || end.state === 'rejected';
  if (refused && hop.number !== undefined && (await isWithPerson(machine, opened, hop)))
    return finishUndone(machine, opened, { state: 'unresolved', reason: ORIGINAL_WITH_PERSON }, caller);
  return finishUndone(machine, opened, end ?? { state: 'unresolved', reason: 'refused-after-doubt' }, caller);
}

async function isWithPerson(machine: Machine, { accepted }: Case, hop: Hop): Promise<boolean> {
  const original = await persist(machine, accepted.key, () => findReversed(machine, hop.request, hop.peer));
  return original?.state === 'handed-to-person';
}
