/** An exchange in memory while it runs: what is on record of it, and what is about to be. */
import type { CanonicalRequest, CanonicalResponse, CommitKey, GatewayError, Transcript } from '@yiqiao/model';
import type { Exchange, ExchangeKey, Leg, LegOutcome, LegState, NewExchange, NewLeg } from '@yiqiao/journal';
import type { OperationEntry } from '@yiqiao/registry';
import { decodeCanonical, encodeCanonical } from './canonical-text.ts';
import { oddOf } from './odd-answers.ts';
import { operationOf } from './requests.ts';
import type { ExchangeDeps, Incoming } from './types.ts';

/** When a message left for the far side. */
export interface Sent {
  /** Epoch milliseconds. */
  sentAt: number;
  /** The same by the clock that only goes forward; absent when that was before the start. */
  sentElapsed?: number;
}

/** One message to one far side; a leg once it is on record. `sentAt` is that of the last copy. */
export interface Hop extends Sent {
  readonly purpose: NewLeg['purpose'];
  readonly peer: string;
  readonly request: CanonicalRequest;
  readonly entry: OperationEntry | undefined;
  readonly step: number;
  readonly ofLeg?: number;
  /** The care place's core, when it is to be told the answer. */
  readonly recordAfter?: string;
  /** Its number as a leg, from 1; absent until it is on record. */
  number?: number;
  state: LegState;
  response?: CanonicalResponse;
  /** Numbers by which a two-phase far side knows it even when its answer is lost; on record with it. */
  commitKey?: CommitKey;
  reason?: string;
  /** Epoch milliseconds when its outcome was last put on record by an earlier run. */
  readonly notedAt?: number;
  /** An answer came after it had been given up. */
  answeredLate?: boolean;
}

/** An exchange. Confined to the one run that works on it. */
export interface Case {
  readonly accepted: NewExchange;
  /** What it is about, once its first message has been built. */
  naturalKeys?: readonly string[];
  /** Another exchange at the same matter, whose end is awaited before anything is sent. */
  waitsFor?: ExchangeKey;
  /** The `generation` of the claims under which its message and its matter were taken. */
  since?: number;
  /** Id of the exchange that it takes back step by step. */
  reverses?: number;
  /** Steps it has in all. */
  readonly steps: number;
  /** Absent until it is on record. */
  id?: number;
  /** It has ended: what is sent of it again only asks what became of it. */
  readonly isOver?: true;
  readonly hops: Hop[];
  /** Outcomes of legs that the next write takes along. */
  outcomes: PendingOutcome[];
}

/** An outcome before it is written; the answer becomes text only where the record needs it. */
export type PendingOutcome = Omit<LegOutcome, 'response'> & { readonly response?: CanonicalResponse };

/** An outcome as written. */
export function toLegOutcome({ response, ...outcome }: PendingOutcome): LegOutcome {
  return response === undefined ? outcome : { ...outcome, response: encodeCanonical(response) };
}

/** An outcome whose exchange ends with a reply on record: nobody will write that reply from the answer again. */
export function withoutResponse(pending: PendingOutcome): LegOutcome {
  const { leg, state, at, reply, reason, odd } = pending;
  return {
    leg,
    state,
    at,
    ...(reply && { reply }),
    ...(reason !== undefined && { reason }),
    ...(odd && { odd }),
  };
}

/** How a forward message ended; `unresolved` is left to a person. */
export type HopEnd =
  | { readonly state: 'answered'; readonly response: CanonicalResponse }
  | { readonly state: 'rejected' | 'reversed'; readonly error: GatewayError }
  | { readonly state: 'unresolved'; readonly reason: string };

/** Joins the operations of the steps, so that a restart knows how many there were. */
const STEP_MARK = '+';

/** The case of an incoming message. */
export function createCase(incoming: Incoming, acceptedAt: number): Case {
  const { key, digest, transaction, received, steps } = incoming;
  const operation = steps.map((step) => step.operation ?? step.transaction).join(STEP_MARK);
  const accepted = { key, digest, transaction, operation, received, acceptedAt };
  return { accepted, steps: steps.length, hops: [], outcomes: [] };
}

/** The case of an exchange on record. @throws SyntaxError when a leg's text is damaged. */
export function restoreCase(deps: ExchangeDeps, exchange: Exchange): Case {
  return {
    accepted: exchange,
    steps: exchange.operation.split(STEP_MARK).length,
    id: exchange.id,
    ...(!isOpen(exchange) && { isOver: true }),
    ...(exchange.reverses !== undefined && { reverses: exchange.reverses }),
    hops: exchange.legs.map((leg) => restoreHop(deps, leg)),
    outcomes: [],
  };
}

/** A request on record, with the numbers of a two-phase far side that were known before it left. */
interface RecordedRequest extends CanonicalRequest {
  readonly commitKey?: CommitKey;
}

function restoreHop(deps: ExchangeDeps, leg: Leg): Hop {
  const { purpose, peer, step, ofLeg, number, sentAt, state, reason, settledAt } = leg;
  const { commitKey, ...request } = decodeCanonical<RecordedRequest>(leg.request);
  return {
    purpose,
    peer,
    request,
    entry: deps.registry.findOperation(leg.transaction),
    step,
    number,
    sentAt,
    state,
    ...(commitKey !== undefined && { commitKey }),
    ...(ofLeg !== undefined && { ofLeg }),
    ...(reason !== undefined && { reason }),
    ...(settledAt !== undefined && { notedAt: settledAt }),
    ...(leg.response !== undefined && { response: decodeCanonical<CanonicalResponse>(leg.response) }),
  };
}

/** Forward messages in order of their steps. */
export function forwardHops(opened: Case): readonly Hop[] {
  return opened.hops.filter((hop) => hop.purpose === 'forward');
}

/** Whether a message needs no undoing of its own once one of the others is undone. */
export function fallsWithAnother({ entry }: Hop, others: readonly Hop[]): boolean {
  const holder = entry?.fallsWith;
  return holder !== undefined && others.some((other) => other.entry?.operation === holder);
}

/** The leg of a hop, for the record. */
export function toLeg(hop: Hop, sent: Transcript): NewLeg {
  return {
    purpose: hop.purpose,
    peer: hop.peer,
    messageId: hop.request.header.messageId,
    transaction: hop.request.header.transaction,
    operation: operationOf(hop.request) ?? '',
    step: hop.step,
    ...(hop.ofLeg !== undefined && { ofLeg: hop.ofLeg }),
    request: encodeCanonical({ ...hop.request, commitKey: hop.commitKey }),
    sent,
    sentAt: hop.sentAt,
  };
}

/** How a hop ended, with what is known of it. */
export interface HopOutcome {
  readonly state: LegState;
  readonly at: number;
  readonly reply?: Transcript | undefined;
  readonly response?: CanonicalResponse;
  readonly reason?: string;
}

/** Notes how a hop ended; the next write of the exchange takes it along. */
export function settleHop(opened: Case, hop: Hop, outcome: HopOutcome): void {
  hop.state = outcome.state;
  if (outcome.response !== undefined) hop.response = outcome.response;
  if (outcome.reason !== undefined) hop.reason = outcome.reason;
  if (hop.number === undefined) return;
  const odd = oddIn(hop, outcome.response);
  opened.outcomes.push({
    leg: hop.number,
    state: outcome.state,
    at: outcome.at,
    ...(outcome.reply !== undefined && { reply: outcome.reply }),
    ...(outcome.reason !== undefined && { reason: outcome.reason }),
    ...(outcome.response !== undefined && { response: outcome.response }),
    ...(odd !== undefined && { odd }),
  });
}

/** What is odd about the answer of a message that may have changed something; of a mere question nobody has to know. */
export function oddIn({ entry }: Hop, response: CanonicalResponse | undefined): LegOutcome['odd'] {
  return response === undefined || entry?.effect === 'read' ? undefined : oddOf(response);
}

/** Whether an exchange has not ended. */
export function isOpen({ state }: Exchange): boolean {
  return state === 'sent' || state === 'unknown';
}
