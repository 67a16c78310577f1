/** One message to one far side: on record before it leaves, and what came of it. */
import assert from 'node:assert/strict';
import { formatTime, GatewayError } from '@yiqiao/model';
import type {
  Adapter,
  AdapterWithQuery,
  AdapterWithReversal,
  AdapterWithTwoPhase,
  CallContext,
  CanonicalRequest,
  CanonicalResponse,
  CommitResult,
  QueryResult,
  ReversalResult,
  SentRecord,
  StagedMessage,
  Transcript,
} from '@yiqiao/model';
import type { NewExchange, NewLeg } from '@yiqiao/journal';
import { withMirrorChecked } from './cancel-mirror.ts';
import { settleHop, toLeg, toLegOutcome } from './case.ts';
import type { Case, Hop } from './case.ts';
import { persist, toGatewayError } from './machine.ts';
import type { Machine } from './machine.ts';
import { withCallersNumber } from './own-number.ts';
import { operationOf } from './requests.ts';
import type { Events } from './types.ts';

/** What came of sending a message. */
export type Attempt<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly reply: Transcript | undefined }
  /** The message was refused: nothing was done. */
  | { readonly kind: 'refused'; readonly error: GatewayError; readonly reply: Transcript | undefined }
  /** No byte left. */
  | { readonly kind: 'silent'; readonly error: GatewayError }
  /** A gateway further on has given it to a person, or tells what the person found out. */
  | { readonly kind: 'person'; readonly error: GatewayError }
  /** It may have been done. */
  | { readonly kind: 'unknown'; readonly error: GatewayError; readonly reply: Transcript | undefined };

/** What a new hop is made from; `request` is the message of the hop before, whose id is replaced. */
export interface NewHop {
  readonly purpose: NewLeg['purpose'];
  readonly peer: string;
  readonly request: CanonicalRequest;
  readonly step: number;
  readonly ofLeg?: number | undefined;
  readonly recordAfter?: string | undefined;
  /** Keeps 交易时间 of the request; a message of our own gets the present time. */
  readonly keepsTime?: boolean;
}

/** Adds a hop with a message id of its own. Nothing is sent yet. */
export function addHop(machine: Machine, opened: Case, plan: NewHop): Hop {
  const { purpose, peer, request, step, ofLeg, recordAfter } = plan;
  const now = machine.deps.clock.now();
  const messageId = machine.deps.mintMessageId(request.header.institutionCode);
  const time = plan.keepsTime === true ? request.header.time : formatTime(now);
  const hop: Hop = {
    purpose,
    peer,
    request: { header: { ...request.header, messageId, time }, content: request.content },
    entry: machine.deps.registry.findOperation(request.header.transaction),
    step,
    ...(ofLeg !== undefined && { ofLeg }),
    ...(recordAfter !== undefined && { recordAfter }),
    sentAt: now,
    state: 'sent',
  };
  opened.hops.push(hop);
  return hop;
}

/** Sends a hop's request and awaits the answer. */
export async function attemptRequest(
  machine: Machine,
  opened: Case,
  hop: Hop,
): Promise<Attempt<CanonicalResponse>> {
  const result = await attempt(machine, opened, hop, (adapter, context) =>
    adapter.execute(hop.request, {
      ...context,
      noteLate: (late) => void machine.noteLate(opened, hop, late),
    }),
  );
  if (result.kind !== 'answered') return result;
  const answered = await withMirrorChecked(machine, opened, hop, result.value);
  reportDeviations(machine.deps.events, hop, answered);
  const { messageId: passedOn } = hop.request.header;
  const callers = opened.accepted.key.messageId;
  return { ...result, value: withCallersNumber(answered, { passedOn, callers }) };
}

/** Sends a hop's request as a reversal. The adapter must be able to; what it never sent is not unknown. */
export function attemptReversal(machine: Machine, opened: Case, hop: Hop): Promise<Attempt<ReversalResult>> {
  return attempt(machine, opened, hop, async (adapter, context, notes) =>
    sentOrUnreached(await (adapter as AdapterWithReversal).reverse(hop.request, context), notes),
  );
}

/** Sends the confirmation or cancellation of a computed message. */
export function attemptCommit(
  machine: Machine,
  opened: Case,
  leg: Hop,
  message: StagedMessage,
): Promise<Attempt<CommitResult>> {
  return attempt(machine, opened, leg, async (adapter, context, notes) => {
    if (!('confirm' in adapter)) throw new GatewayError('UPSTREAM_UNREACHABLE');
    const twoPhase = adapter as AdapterWithTwoPhase;
    return sentOrUnreached(
      leg.purpose === 'confirm'
        ? await twoPhase.confirm(message, context)
        : await twoPhase.cancel(message, context),
      notes,
    );
  });
}

function sentOrUnreached<T extends string>(result: T, notes: CallNotes): T {
  if (result === 'unknown' && !notes.recorded) throw new GatewayError('UPSTREAM_UNREACHABLE');
  // What the far side has no words for (a cancellation without number) has not left either.
  if (result === 'refused' && !notes.recorded) throw new GatewayError('FORMAT_LIMIT');
  return result;
}

/** Asks what became of a hop. The question changes nothing and is not put on record. */
export function attemptQuery(machine: Machine, opened: Case, hop: Hop): Promise<Attempt<QueryResult>> {
  return attempt(machine, opened, hop, (adapter, context) => {
    const asking = { ...context, resolving: true, recordSent: async () => undefined };
    return (adapter as AdapterWithQuery).query(sentRecordOf(hop), asking);
  });
}

/** What is known of a message whose answer is missing. */
export function sentRecordOf({ request, sentAt, commitKey }: Hop): SentRecord {
  return { request, sentAt, ...(commitKey !== undefined && { commitKey }) };
}

async function attempt<T>(
  machine: Machine,
  opened: Case,
  hop: Hop,
  send: (adapter: Adapter, context: CallContext, notes: CallNotes) => Promise<T>,
): Promise<Attempt<T>> {
  const adapter = machine.deps.adapters.get(hop.peer);
  if (adapter === undefined) {
    return { kind: 'silent', error: new GatewayError('ROUTE_MISSING', { facts: { peer: hop.peer } }) };
  }
  const notes: CallNotes = { recorded: false, failure: undefined, reply: undefined };
  try {
    const value = await send(adapter, createContext(machine, opened, hop, notes), notes);
    assert(hop.number !== undefined, 'an adapter awaits recordSent before the first byte leaves');
    return { kind: 'answered', value, reply: notes.reply };
  } catch (error) {
    return classify(machine, opened, { hop, notes, error });
  }
}

/** What a call brings to light besides its result. */
interface CallNotes {
  /** Whether the message was about to leave. */
  recorded: boolean;
  /** Why the message could not be put on record. */
  failure: GatewayError | undefined;
  reply: Transcript | undefined;
}

function createContext(machine: Machine, opened: Case, hop: Hop, notes: CallNotes): CallContext {
  const { clock, policy } = machine.deps;
  return {
    deadline: clock.now() + policy.replyTimeoutMs(hop.peer, operationOf(hop.request)),
    signal: machine.stop.signal,
    resolving: isResolving(hop),
    ...(hop.commitKey !== undefined && { commitKey: hop.commitKey }),
    async recordSent(sent, commitKey) {
      try {
        if (commitKey !== undefined) hop.commitKey = commitKey;
        await recordSent(machine, opened, hop, sent);
        notes.recorded = true;
      } catch (error) {
        notes.failure = toGatewayError(error);
        throw error;
      }
    },
    noteReply(reply) {
      notes.reply = reply;
    },
  };
}

/** A first message of the caller may be refused unsent; anything else is owed, and so is a 2601 of the caller. */
function isResolving(hop: Hop): boolean {
  const reverses = operationOf(hop.request) === 'reverseTransaction';
  return hop.purpose !== 'forward' || hop.number !== undefined || reverses;
}

/** A repeated message is on record already, word for word; while it is open, it is sent by whoever is at the exchange. */
async function recordSent(machine: Machine, opened: Case, hop: Hop, sent: Transcript): Promise<void> {
  const { clock, elapsed, journal, events } = machine.deps;
  hop.sentAt = clock.now();
  hop.sentElapsed = elapsed.now();
  if (hop.number !== undefined) {
    if (opened.id !== undefined && opened.isOver !== true) await machine.claims.assertOurs(opened.id);
    return;
  }
  const leg = toLeg(hop, sent);
  if (opened.id === undefined) {
    opened.id = await journal.open(acceptedOf(opened), leg, opened.since);
    hop.number = 1;
    const { key, transaction } = opened.accepted;
    events.onStateChange?.({ key, exchangeId: opened.id, transaction, state: 'sent' });
  } else {
    hop.number = await addLeg(machine, opened, opened.id, leg);
  }
}

function acceptedOf({ accepted, naturalKeys, reverses }: Case): NewExchange {
  if (naturalKeys === undefined && reverses === undefined) return accepted;
  return { ...accepted, ...(naturalKeys && { naturalKeys }), ...(reverses !== undefined && { reverses }) };
}

/** The outcomes that are not written yet go with it; one that fails stays for the next write. */
async function addLeg(machine: Machine, opened: Case, id: number, leg: NewLeg): Promise<number> {
  const { journal } = machine.deps;
  const outcomes = opened.outcomes;
  opened.outcomes = [];
  const writes = outcomes.map((outcome) => journal.settleLeg(id, toLegOutcome(outcome)));
  const [added, ...settled] = await Promise.allSettled([journal.addLeg(id, leg), ...writes]);
  opened.outcomes.push(...outcomes.filter((_, index) => settled[index]?.status === 'rejected'));
  if (added.status === 'rejected') throw added.reason;
  return added.value;
}

interface Failure {
  readonly hop: Hop;
  readonly notes: CallNotes;
  readonly error: unknown;
}

function classify(machine: Machine, opened: Case, { hop, notes, error }: Failure): Attempt<never> {
  const { failure, reply } = notes;
  if (failure !== undefined) {
    const kind = failure.code === 'JOURNAL_FAILED' ? 'silent' : 'refused';
    return { kind, error: failure, reply: undefined };
  }
  const known = toGatewayError(error);
  if (known !== error) machine.deps.events.onTrouble?.(error, opened.accepted.key);
  if (known.code === 'HANDED_TO_PERSON' || known.code === 'CONFIRMED_BY_PERSON')
    return { kind: 'person', error: known };
  if (known.code === 'UPSTREAM_UNREACHABLE' || known.code === 'SIGNER_UNAVAILABLE')
    return { kind: 'silent', error: known };
  if (known.kind.outcome === 'rejected') return { kind: 'refused', error: known, reply };
  return { kind: hop.number === undefined ? 'refused' : 'unknown', error: known, reply };
}

/** Tells what is odd about an answer, if anything is. */
export function reportDeviations(events: Events, hop: Hop, response: CanonicalResponse): void {
  if (response.deviations.length === 0) return;
  events.onDeviations?.(hop.peer, hop.request.header.transaction, response.deviations);
}

/** Why an outcome is not known, with the answer that could not be used: a person may read more out of it. */
export interface Doubt {
  readonly reason: string;
  readonly why?: string;
  readonly reply?: Transcript | undefined;
}

/** The doubt that an attempt leaves. */
export function doubtOf({ error, reply }: Extract<Attempt<unknown>, { readonly kind: 'unknown' }>): Doubt {
  const why = error.details.facts?.['why'];
  return { reason: error.code, ...(typeof why === 'string' && { why }), reply };
}

/** Puts on record that the outcome of a message is not known. */
export async function markUnknown(machine: Machine, opened: Case, hop: Hop, doubt: Doubt): Promise<void> {
  const { id, accepted } = opened;
  if (hop.state === 'unknown' || id === undefined) return;
  const { reason, why, reply } = doubt;
  settleHop(opened, hop, { state: 'unknown', at: machine.deps.clock.now(), reason, reply });
  const { key, transaction } = accepted;
  machine.deps.events.onStateChange?.({
    key,
    exchangeId: id,
    transaction,
    state: 'unknown',
    reason,
    farPeer: hop.peer,
    ...(why !== undefined && { why }),
  });
  for (const outcome of opened.outcomes.splice(0)) {
    await persist(machine, key, () => machine.deps.journal.settleLeg(id, toLegOutcome(outcome)));
  }
}
