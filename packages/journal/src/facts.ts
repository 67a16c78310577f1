/** What the entries say: JSON facts beside a payload of bytes that the facts point into. */
import { oddFacts } from './odd-answer.ts';
import type { OddFacts } from './odd-answer.ts';
import type { Payload, Span } from './payload.ts';
import type {
  ExchangeEnd,
  ExchangeKey,
  LegOutcome,
  NewExchange,
  NewLeg,
  Resolution,
  SettlementLine,
} from './types.ts';
import type { Transcript } from '@yiqiao/model';

/** A transcript whose bytes are in the payload. */
export interface StoredTranscript {
  readonly type: string;
  readonly span: Span;
}

/** Facts of a leg; with its number except for the first one. */
export interface LegFacts extends Omit<NewLeg, 'request' | 'sent'> {
  readonly request: Span;
  readonly sent: StoredTranscript;
}

/** Facts of `accepted`: the exchange and its first leg. */
export interface AcceptedFacts extends Omit<NewExchange, 'received'> {
  /** The natural keys as JSON text. In entries of file version 4 and before they stand in `naturalKeys`. */
  readonly about?: Span;
  readonly received: StoredTranscript;
  readonly leg: LegFacts;
}

/** Facts of `sent`: a further leg. */
export interface SentFacts {
  readonly leg: LegFacts;
}

/** Facts of `leg-settled`. */
export interface OutcomeFacts extends Omit<LegOutcome, 'reply' | 'response' | 'odd'> {
  readonly odd?: OddFacts;
  readonly reply?: StoredTranscript;
  readonly response?: Span;
}

/** A record; `key` is already digested where it identifies a person. */
export interface RecordFacts {
  readonly institution: string;
  readonly kind: string;
  readonly key: string;
  readonly body: Span;
}

/** Facts of `ended`. `followUp` is the id of the exchange opened with it. */
export interface EndedFacts {
  readonly state: ExchangeEnd['state'];
  readonly reply?: StoredTranscript;
  readonly reason?: string;
  readonly settlement?: SettlementLine;
  readonly odd?: OddFacts;
  readonly reverses?: number;
  readonly followUp?: number;
  readonly legs: readonly OutcomeFacts[];
  readonly records: readonly RecordFacts[];
}

/** Facts of `reversed`: the exchange that reversed this one. */
export interface ReversedFacts {
  readonly by: number;
}

/** Facts of `resolved`; the time is the entry's. */
export interface ResolvedFacts extends Omit<Resolution, 'at' | 'reason'> {
  /** People write names; before file version 5 the text itself stood here. */
  readonly reason: Span | string;
}

/** Facts of `buried`. */
export interface BuriedFacts {
  readonly key: ExchangeKey;
}

/** Facts of `kept`. */
export interface KeptFacts {
  readonly records: readonly RecordFacts[];
}

/** Facts of a leg; its bytes go to the payload. */
export function legFacts(leg: NewLeg, payload: Payload): LegFacts {
  return {
    purpose: leg.purpose,
    peer: leg.peer,
    messageId: leg.messageId,
    transaction: leg.transaction,
    operation: leg.operation,
    step: leg.step,
    ...(leg.ofLeg !== undefined && { ofLeg: leg.ofLeg }),
    sentAt: leg.sentAt,
    request: payload.add(leg.request),
    sent: storeTranscript(leg.sent, payload),
  };
}

/** Facts of an opening; its bytes go to the payload. */
export function acceptedFacts(exchange: NewExchange, leg: NewLeg, payload: Payload): AcceptedFacts {
  const { peer, institution, messageId } = exchange.key;
  return {
    key: { peer, institution, messageId },
    digest: exchange.digest,
    transaction: exchange.transaction,
    operation: exchange.operation,
    acceptedAt: exchange.acceptedAt,
    ...(exchange.naturalKeys !== undefined && { about: payload.add(JSON.stringify(exchange.naturalKeys)) }),
    ...(exchange.reverses !== undefined && { reverses: exchange.reverses }),
    received: storeTranscript(exchange.received, payload),
    leg: legFacts(leg, payload),
  };
}

/** Facts of a leg's outcome; its bytes go to the payload. */
export function outcomeFacts(outcome: LegOutcome, payload: Payload): OutcomeFacts {
  return {
    leg: outcome.leg,
    state: outcome.state,
    at: outcome.at,
    ...(outcome.reason !== undefined && { reason: outcome.reason }),
    ...(outcome.reply !== undefined && { reply: storeTranscript(outcome.reply, payload) }),
    ...(outcome.response !== undefined && { response: payload.add(outcome.response) }),
    ...(outcome.odd !== undefined && { odd: oddFacts(outcome.odd, payload) }),
  };
}

/** What of an end goes into its facts as it is. */
export function endFacts(end: ExchangeEnd, payload: Payload): Omit<EndedFacts, 'legs' | 'records'> {
  return {
    state: end.state,
    ...(end.reason !== undefined && { reason: end.reason }),
    ...(end.settlement !== undefined && { settlement: settlementFacts(end.settlement) }),
    ...(end.reverses !== undefined && { reverses: end.reverses }),
    ...(end.reply !== undefined && { reply: storeTranscript(end.reply, payload) }),
    ...(end.odd !== undefined && { odd: oddFacts(end.odd, payload) }),
  };
}

function settlementFacts(line: SettlementLine): SettlementLine {
  const { settlementId, visitId, institution, total, fundPaid, accountPaid, cashPaid } = line;
  return { settlementId, visitId, institution, total, fundPaid, accountPaid, cashPaid };
}

function storeTranscript(transcript: Transcript, payload: Payload): StoredTranscript {
  return { type: transcript.contentType, span: payload.add(transcript.bytes) };
}
