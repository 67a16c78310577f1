/** What the entries of an exchange add up to. */
import assert from 'node:assert/strict';
import type { Transcript } from '@yiqiao/model';
import type { Entry } from './entry.ts';
import type {
  AcceptedFacts,
  EndedFacts,
  LegFacts,
  OutcomeFacts,
  ResolvedFacts,
  ReversedFacts,
  SentFacts,
  StoredTranscript,
} from './facts.ts';
import { foldOdd, oddAt } from './odd-answer.ts';
import type { OddStanding } from './odd-answer.ts';
import { bytesAt, textAt } from './payload.ts';
import type { Span } from './payload.ts';
import type { Exchange, Leg } from './types.ts';

/** Canonical request of a leg whose messages have been deleted. */
const NO_MEMBERS = '{}';

type Changes = Omit<Exchange, 'id' | 'state' | 'legs' | keyof OddStanding> & {
  readonly end?: Exchange['state'];
};

/** The exchange that its entries, oldest first, tell of. Text that is no JSON throws a SyntaxError. */
export function foldEntries(id: number, entries: readonly Entry[]): Exchange {
  const legs: Leg[] = [];
  let changes: Changes | undefined;
  let odd: OddStanding = {};
  for (const entry of entries) {
    const facts: unknown = JSON.parse(entry.facts);
    odd = foldOdd(odd, facts, entry);
    if (entry.kind === 'accepted') changes = accept(facts as AcceptedFacts, entry, legs);
    else if (entry.kind === 'sent') legs.push(toLeg((facts as SentFacts).leg, entry, legs.length + 1));
    else if (entry.kind === 'leg-settled') settle(facts as OutcomeFacts, entry, legs);
    else if (entry.kind === 'ended') changes = finish(changes, facts as EndedFacts, entry, legs);
    else if (entry.kind === 'reversed') changes = reverse(changes, facts as ReversedFacts);
    else if (entry.kind === 'resolved') changes = resolve(changes, facts as ResolvedFacts, entry);
  }
  assert(changes !== undefined, 'an exchange begins with its acceptance');
  const { end, ...rest } = changes;
  return { id, ...rest, ...odd, state: end ?? openState(legs), legs };
}

function openState(legs: readonly Leg[]): 'sent' | 'unknown' {
  return legs.some((leg) => leg.state === 'unknown') ? 'unknown' : 'sent';
}

function accept(facts: AcceptedFacts, entry: Entry, legs: Leg[]): Changes {
  const { leg, received, about, ...exchange } = facts;
  legs.push(toLeg(leg, entry, 1));
  return {
    ...exchange,
    received: toTranscript(received, entry),
    ...(about !== undefined && entry.condition === 'whole' && { naturalKeys: keysAt(about, entry) }),
    ...(entry.condition === 'expired' && { expired: true }),
  };
}

function toLeg(facts: LegFacts, entry: Entry, number: number): Leg {
  const request = entry.condition === 'whole' ? textAt(entry.content, facts.request) : NO_MEMBERS;
  return { ...facts, number, state: 'sent', request, sent: toTranscript(facts.sent, entry) };
}

function settle(facts: OutcomeFacts, entry: Entry, legs: Leg[]): void {
  const leg = legs[facts.leg - 1];
  assert(leg !== undefined, 'only a leg on record is settled');
  const whole = entry.condition === 'whole';
  legs[facts.leg - 1] = {
    ...leg,
    state: facts.state,
    settledAt: facts.at,
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.reply !== undefined && whole && { reply: toTranscript(facts.reply, entry) }),
    ...(facts.response !== undefined && whole && { response: textAt(entry.content, facts.response) }),
    ...(facts.odd !== undefined && { odd: oddAt(facts.odd, entry) }),
  };
}

function finish(changes: Changes | undefined, facts: EndedFacts, entry: Entry, legs: Leg[]): Changes {
  assert(changes !== undefined, 'an exchange is accepted before it ends');
  for (const outcome of facts.legs) settle(outcome, entry, legs);
  return {
    ...changes,
    end: facts.state,
    endedAt: entry.at,
    // Nobody is told an empty answer.
    ...(facts.reply !== undefined &&
      entry.condition === 'whole' && { reply: toTranscript(facts.reply, entry) }),
    ...(facts.reason !== undefined && { reason: facts.reason }),
    ...(facts.settlement !== undefined && { settlement: facts.settlement }),
    ...(facts.odd !== undefined && { odd: oddAt(facts.odd, entry) }),
  };
}

function reverse(changes: Changes | undefined, facts: ReversedFacts): Changes {
  assert(changes?.end !== undefined, 'an exchange ends before it is reversed by another');
  return { ...changes, end: 'reversed', reversedBy: facts.by };
}

function resolve(changes: Changes | undefined, facts: ResolvedFacts, entry: Entry): Changes {
  assert(changes?.end !== undefined, 'an exchange is handed over before a person resolves it');
  const reason = typeof facts.reason === 'string' ? facts.reason : textAt(entry.content, facts.reason);
  return { ...changes, end: facts.as, resolution: { ...facts, reason, at: entry.at } };
}

function keysAt(about: Span, entry: Entry): readonly string[] {
  return JSON.parse(textAt(entry.content, about)) as readonly string[];
}

function toTranscript(stored: StoredTranscript, entry: Entry): Transcript {
  return { bytes: bytesAt(entry.content, stored.span), contentType: stored.type };
}
