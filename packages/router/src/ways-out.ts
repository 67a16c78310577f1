/** What is done when an answer is missing. No message that adds to a state is ever sent twice. */
import { canReverse, GatewayError } from '@yiqiao/model';
import type { CanonicalObject, CanonicalResponse, ReversalResult } from '@yiqiao/model';
import type { OperationEntry, WayOut } from '@yiqiao/registry';
import { addHop, attemptRequest, attemptReversal, doubtOf, markUnknown } from './attempt.ts';
import type { Attempt, Doubt } from './attempt.ts';
import { encodeCanonical } from './canonical-text.ts';
import { fallsWithAnother, settleHop } from './case.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import {
  cancelStaged,
  confirmAll,
  isBeingConfirmed,
  isUnconfirmed,
  neverArrived,
  ownWaysOut,
  takeByQuery,
} from './commit.ts';
import { answerOnRecord, createCopies } from './copies.ts';
import { givenToPerson, isTurnedAway } from './further-on.ts';
import { awaitLanded, persevere } from './machine.ts';
import type { Machine, Moment } from './machine.ts';
import { awaitSoleBatch } from './matters.ts';
import { bodyOf, buildRequest, reversalBody, undoBodies } from './requests.ts';

type Take = (machine: Machine, opened: Case, hop: Hop) => Promise<HopEnd | undefined>;

const WAYS: Readonly<Record<WayOut | 'cancel', Take>> = {
  query: takeByQuery,
  cancel: cancelStaged,
  reverse: takeBackByReversal,
  undo: takeBackByUndo,
  repeat: (machine, opened, hop) => insist(machine, opened, hop, { doubtful: true }),
  anew: leaveIt,
  person: async () => ({ state: 'unresolved', reason: 'person' }),
};

/** Finds out what became of a hop whose answer is missing, by the ways out of its operation in turn. */
export async function resolveHop(machine: Machine, opened: Case, hop: Hop, doubt: Doubt): Promise<HopEnd> {
  await markUnknown(machine, opened, hop, doubt);
  for (const way of new Set([...ownWaysOut(machine, hop), ...waysOut(hop.entry)])) {
    const end = await WAYS[way](machine, opened, hop);
    if (end !== undefined) return end;
  }
  return { state: 'unresolved', reason: 'no-way-out' };
}

/** A read may be repeated; of a transaction without operation nothing is known. */
function waysOut(entry: OperationEntry | undefined): readonly WayOut[] {
  if (entry === undefined) return ['person'];
  return entry.effect === 'read' ? ['repeat'] : entry.wayOut;
}

/**
 * Takes back what was answered, newest first: a later step failed, or the caller's format cannot carry the
 * answer. False when something remains.
 */
export async function unwind(machine: Machine, opened: Case): Promise<boolean> {
  const answered = opened.hops.filter(
    (hop) => hop.purpose === 'forward' && hop.state === 'answered' && hop.entry?.effect !== 'read',
  );
  const falling: Hop[] = [];
  for (const hop of answered.reverse()) {
    if (fallsWithAnother(hop, answered)) {
      falling.push(hop);
      continue;
    }
    const end = await takeBack(machine, opened, hop);
    if (end?.state !== 'reversed') return false;
  }
  for (const hop of falling) takenBack(machine, opened, hop);
  return true;
}

/** Takes back what was answered: what was never confirmed is cancelled. */
async function takeBack(machine: Machine, opened: Case, hop: Hop): Promise<HopEnd | undefined> {
  if (isUnconfirmed(opened, hop) && !isBeingConfirmed(opened, hop)) return cancelStaged(machine, opened, hop);
  if (isUnconfirmed(opened, hop) && (await confirmAll(machine, opened)) !== undefined) return undefined;
  const reversed =
    hop.entry?.reversible === true ? await takeBackByReversal(machine, opened, hop) : undefined;
  return reversed ?? takeBackByUndo(machine, opened, hop);
}

/**
 * Sends the same message until it is answered and no earlier copy can land any more. With `doubtful` it may have
 * arrived before: a refusal then proves nothing, since what refuses may be the state that the first one made, and the
 * result is `undefined`.
 */
export async function insist(
  machine: Machine,
  opened: Case,
  hop: Hop,
  options: { readonly doubtful: boolean },
): Promise<HopEnd | undefined> {
  let { doubtful } = options;
  const known = await answerOnRecord(machine, hop);
  if (known !== undefined) return settleAttempt(machine, opened, hop, known);
  const copies = createCopies(machine, opened, hop, options);
  const result = await persevere(machine, hop.peer, async () => {
    const attempt = await attemptRequest(machine, opened, hop);
    if (attempt.kind === 'silent') return 'silent';
    if (attempt.kind === 'refused' && isTurnedAway(attempt.error)) return 'unknown';
    if (attempt.kind !== 'unknown') return attempt;
    doubtful = true;
    copies.lost();
    await markUnknown(machine, opened, hop, doubtOf(attempt));
    return 'unknown';
  });
  if (result === 'gave-up') return { state: 'unresolved', reason: 'gave-up' };
  if (result.kind === 'person') return givenToPerson(machine, opened, hop, result.error);
  if (result.kind === 'refused' && doubtful) return undefined;
  if (result.kind === 'answered') await copies.landed(result);
  return settleAttempt(machine, opened, hop, result);
}

/** Notes a definite result of a forward message. */
export function settleAttempt(
  machine: Machine,
  opened: Case,
  hop: Hop,
  result: Exclude<Attempt<CanonicalResponse>, { readonly kind: 'unknown' | 'person' }>,
): HopEnd {
  const at = machine.deps.clock.now();
  if (result.kind === 'answered') {
    settleHop(opened, hop, { state: 'answered', at, reply: result.reply, response: result.value });
    return { state: 'answered', response: result.value };
  }
  const { error } = result;
  const reply = result.kind === 'refused' ? result.reply : undefined;
  settleHop(opened, hop, { state: 'rejected', at, reply, reason: error.code });
  return { state: 'rejected', error };
}

/** 2601, repeated until the far side has spoken. */
async function takeBackByReversal(machine: Machine, opened: Case, hop: Hop): Promise<HopEnd | undefined> {
  const adapter = machine.deps.adapters.get(hop.peer);
  const body = reversalBody(hop.request);
  if (body === undefined || (adapter !== undefined && !canReverse(adapter))) return undefined;
  for (;;) {
    const arrived = await reverseOnce(machine, opened, hop, body);
    switch (arrived.result) {
      case 'reversed':
        return takenBack(machine, opened, hop);
      case 'nothing-to-reverse':
        if (hop.state === 'answered') return takenBack(machine, opened, hop);
        if (machine.untilLanded(hop, arrived.askedAt) <= 0) {
          // An answer that came after all proves that it was there.
          return hop.answeredLate === true ? undefined : neverArrived(machine, opened, hop);
        }
        await awaitLanded(machine, hop);
        break;
      case 'refused':
        return undefined;
      case 'person':
        return arrived.end;
      case 'gave-up':
        return { state: 'unresolved', reason: 'gave-up' };
    }
  }
}

/** One reversal under one message id, sent until it is answered. */
async function reverseOnce(
  machine: Machine,
  opened: Case,
  hop: Hop,
  body: CanonicalObject,
): Promise<
  | { readonly result: Exclude<ReversalResult, 'unknown'> | 'gave-up'; readonly askedAt: Moment }
  | { readonly result: 'person'; readonly end: HopEnd }
> {
  const entry = machine.deps.registry.operation('reverseTransaction');
  const request = buildRequest(hop.request, entry, body);
  const { peer, step, number: ofLeg } = hop;
  const reversal =
    pendingHop(opened, 'reverse', hop) ??
    addHop(machine, opened, { purpose: 'reverse', peer, request, step, ofLeg });
  let askedAt = machine.now();
  const arrived = await persevere(machine, peer, async () => {
    askedAt = machine.now();
    const attempt = await attemptReversal(machine, opened, reversal);
    if (attempt.kind === 'answered') return attempt.value === 'unknown' ? 'unknown' : attempt;
    return attempt.kind === 'silent' || attempt.kind === 'unknown' ? attempt.kind : attempt;
  });
  if (arrived === 'gave-up') return { result: 'gave-up', askedAt };
  if (arrived.kind === 'person')
    return { result: 'person', end: givenToPerson(machine, opened, reversal, arrived.error) };
  const result =
    arrived.kind === 'answered' ? (arrived.value as Exclude<ReversalResult, 'unknown'>) : 'refused';
  settleHop(opened, reversal, {
    state: result === 'refused' ? 'rejected' : 'answered',
    at: machine.deps.clock.now(),
    reply: arrived.reply,
    reason: result,
  });
  return { result, askedAt };
}

/**
 * The operation that undoes this one, from the request's own keys; one message per charge batch. It names no
 * message, so that it must not overtake the one it undoes: what may still be on its way is waited for.
 */
async function takeBackByUndo(machine: Machine, opened: Case, hop: Hop): Promise<HopEnd | undefined> {
  const { registry } = machine.deps;
  if (hop.entry?.undoneBy === undefined) return undefined;
  const entry = registry.operation(hop.entry.undoneBy);
  const bodies = undoBodies(registry.requestFields(entry.operation), hop.request, hop.response);
  if (bodies.length === 0) return undefined;
  if (hop.state !== 'answered') await awaitLanded(machine, hop);
  if (!(await awaitSoleBatch(machine, opened, hop))) return { state: 'unresolved', reason: 'batch-shared' };
  for (const body of bodies) {
    const result = await undoOnce(machine, opened, hop, { entry, body });
    if (result === 'gave-up') return { state: 'unresolved', reason: 'gave-up' };
    if (result === 'refused') return undefined;
  }
  return takenBack(machine, opened, hop);
}

async function undoOnce(
  machine: Machine,
  opened: Case,
  hop: Hop,
  by: { readonly entry: OperationEntry; readonly body: CanonicalObject },
): Promise<'answered' | 'refused' | 'gave-up'> {
  const same = (other: Hop): boolean => encodeCanonical(bodyOf(other.request)) === encodeCanonical(by.body);
  if (opened.hops.some((other) => isUndoOf(other, hop) && other.state === 'answered' && same(other))) {
    return 'answered';
  }
  const { peer, step, number: ofLeg } = hop;
  const request = buildRequest(hop.request, by.entry, by.body);
  const undo =
    opened.hops.find((other) => isUndoOf(other, hop) && other.state !== 'rejected' && same(other)) ??
    addHop(machine, opened, { purpose: 'undo', peer, request, step, ofLeg });
  const copies = createCopies(machine, opened, undo, { doubtful: undo.number !== undefined });
  const known = await answerOnRecord(machine, undo);
  const result =
    known ??
    (await persevere(machine, peer, async () => {
      const attempt = await attemptRequest(machine, opened, undo);
      if (attempt.kind === 'silent') return 'silent';
      if (attempt.kind !== 'unknown') return attempt.kind === 'person' ? 'gave-up' : attempt;
      copies.lost();
      return by.entry.wayOut.includes('repeat') ? 'unknown' : 'gave-up';
    }));
  if (result === 'gave-up') return 'gave-up';
  if (result.kind === 'answered' && known === undefined) await copies.landed(result);
  settleAttempt(machine, opened, undo, result);
  return result.kind === 'answered' ? 'answered' : 'refused';
}

/** A sign-in whose number nobody was told is of no use, and nothing is looked for. */
async function leaveIt(machine: Machine, opened: Case, hop: Hop): Promise<HopEnd> {
  const { transaction, messageId } = hop.request.header;
  const error = new GatewayError('DO_ANEW', { facts: { transaction, messageId, peer: hop.peer } });
  settleHop(opened, hop, { state: 'rejected', at: machine.deps.clock.now(), reason: error.code });
  return { state: 'rejected', error };
}

function isUndoOf(other: Hop, hop: Hop): boolean {
  return other.purpose === 'undo' && other.ofLeg === hop.number;
}

/** A message of this purpose that is on record without answer: it is sent again as it is. */
function pendingHop(opened: Case, purpose: Hop['purpose'], hop: Hop): Hop | undefined {
  return opened.hops.find(
    (other) =>
      other.purpose === purpose &&
      other.ofLeg === hop.number &&
      (other.state === 'sent' || other.state === 'unknown'),
  );
}

function takenBack(machine: Machine, opened: Case, hop: Hop): HopEnd {
  settleHop(opened, hop, { state: 'reversed', at: machine.deps.clock.now() });
  const { transaction, messageId } = hop.request.header;
  return { state: 'reversed', error: new GatewayError('REVERSED', { facts: { transaction, messageId } }) };
}
