/** What is odd about an answer: delivered as it came, kept with its exchange, and looked at by a person. */
import type { Deviation } from '@yiqiao/model';
import type { Entry } from './entry.ts';
import type { EndedFacts, OutcomeFacts } from './facts.ts';
import { textAt } from './payload.ts';
import type { Payload, Span } from './payload.ts';

/** Where something is odd, in terms that name no person. */
export type OddPlace = Pick<Deviation, 'rule' | 'at'>;

/** One thing that is odd; only rule and place once the messages have been deleted. */
export interface Oddity extends OddPlace, Partial<Omit<Deviation, keyof OddPlace>> {}

/** What is odd about one answer. It changes no outcome. */
export interface OddAnswer {
  /** What was found here; empty when only somebody further on found something. */
  readonly found: readonly Oddity[];
  /** How many more were found than are kept. */
  readonly more?: number;
  /** What a gateway further on says that it has found: it is listed there. */
  readonly furtherOn?: readonly OddPlace[];
}

/** A person has looked at what is odd about an exchange. */
export interface Look {
  /** What they found, in their own words. */
  readonly reason: string;
  readonly operator: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** What an exchange says of its odd answers. */
export interface OddStanding {
  /** When the first was written that nobody has looked at, epoch milliseconds; absent when there is none. */
  readonly oddSince?: number;
  /** Who has looked, oldest first. */
  readonly looks?: readonly Look[];
}

/** Whether what is odd about an exchange waits for somebody to look at it; `null` when nothing is odd. */
export type OddState = 'waiting' | 'looked' | null;

/** Facts of an odd answer: rules and places; texts and values lie in the payload, and go with it. */
export interface OddFacts {
  readonly named: readonly OddPlace[];
  readonly more?: number;
  readonly furtherOn?: readonly OddPlace[];
  /** JSON text of `OddAnswer.found`. */
  readonly told: Span;
}

/** Facts of `looked`; the time is the entry's. */
export interface LookedFacts {
  readonly reason: Span;
  readonly operator: string;
}

/** Facts of an odd answer; what may tell of a person goes to the payload. */
export function oddFacts({ found, more, furtherOn }: OddAnswer, payload: Payload): OddFacts {
  return {
    named: found.map(placeOf),
    ...(more !== undefined && { more }),
    ...(furtherOn !== undefined && { furtherOn: furtherOn.map(placeOf) }),
    told: payload.add(JSON.stringify(found)),
  };
}

/** The odd answer that an entry tells of. */
export function oddAt({ named, told, ...rest }: OddFacts, entry: Entry): OddAnswer {
  const whole = entry.condition === 'whole';
  return { found: whole ? (JSON.parse(textAt(entry.content, told)) as readonly Oddity[]) : named, ...rest };
}

/** What an exchange says of its odd answers after one more entry. */
export function foldOdd(before: OddStanding, facts: unknown, entry: Entry): OddStanding {
  if (entry.kind === 'looked') {
    const { reason, operator } = facts as LookedFacts;
    const look: Look = { reason: textAt(entry.content, reason), operator, at: entry.at };
    return { looks: [...(before.looks ?? []), look] };
  }
  if (before.oddSince !== undefined || !tellsOdd(facts, entry)) return before;
  return { ...before, oddSince: entry.at };
}

/** Whether anything is odd about answers that are written together. */
export function isOddHere(answers: readonly (Pick<OddAnswer, 'found'> | undefined)[]): boolean {
  return answers.some((answer) => answer !== undefined && answer.found.length > 0);
}

/** Where an exchange stands with its odd answers. */
export function oddState({ oddSince, looks }: OddStanding): OddState {
  if (oddSince !== undefined) return 'waiting';
  return looks === undefined ? null : 'looked';
}

function tellsOdd(facts: unknown, { kind }: Entry): boolean {
  if (kind === 'leg-settled') return isNamed((facts as OutcomeFacts).odd);
  if (kind !== 'ended') return false;
  const { odd, legs } = facts as EndedFacts;
  return isNamed(odd) || legs.some((leg) => isNamed(leg.odd));
}

function isNamed(odd: OddFacts | undefined): boolean {
  return odd !== undefined && odd.named.length > 0;
}

function placeOf({ rule, at }: OddPlace): OddPlace {
  return { rule, at };
}
