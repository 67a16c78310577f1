/** What confirms, cancels and asks in a two-phase form. Source: the profile's `twoPhase`. */
import { hash } from 'node:crypto';
import { leafText } from '@yiqiao/model';
import type { Operation, WireObject, WireValue } from '@yiqiao/model';
import type { Profile } from '@yiqiao/registry';

/** One call of a two-phase form. */
export interface PhaseCall {
  /** Number of the transaction, or name of the function. */
  readonly transaction: string;
  /** `begin` is asked for the number before the message that bears it. */
  readonly does: 'begin' | 'confirm' | 'cancel' | 'query';
  /**
   * Elements of the body, or `beside:NAME`, that hold the number: what the answer to the original told, or what the
   * original bore itself (then in the order of `messageId`'s `of`).
   */
  readonly original: string | readonly string[];
  /** The call has arguments and no message. */
  readonly bare?: boolean;
  /** Answers to reading calls tell such a number, too. */
  readonly reads?: boolean;
  /** Elements whose values make it this call; absent, it always is. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  /** Elements of the answer: `original` is the number asked for, `state` what `states` has for it, else a constant. */
  readonly answer?: Readonly<Record<string, string>>;
  readonly states?: Readonly<Record<'done' | 'notDone', string>>;
  /** `cancel`: what stands is not taken back by it, and these elements tell so. */
  readonly standing?: Readonly<Record<string, string>>;
  /** `begin`: how many digits the number has that we give. */
  readonly digits?: number;
  /** Towards a far side: further elements → what they hold. */
  readonly fill?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  /** Towards a far side: words of its answer, and what a confirmation or cancellation came to. */
  readonly results?: Words<'done' | 'nothing-there' | 'refused' | 'unknown'>;
  /** Towards a far side, of a question: words of its answer, and what became of the message. */
  readonly tells?: Words<'done' | 'staged' | 'not-done'>;
}

/** Meanings of the words that stand `at` a path of an answer's body; without it, of the answer's code. */
export type Words<Meaning extends string> = Readonly<Partial<Record<Meaning, readonly string[]>>> & {
  readonly at?: string;
};

/** The member `twoPhase` of a profile, as far as a program reads it. */
export interface TwoPhaseForm {
  readonly calls: readonly PhaseCall[];
  /** Operations that wait for their confirmation; absent, every one that writes. */
  readonly operations?: readonly Operation[];
  /** Elements of an answer under which it is named later, beside the one that `original` has. */
  readonly key: readonly string[];
  /** Elements of an answer that tell the number which a confirmation has under another name; the first that is there. */
  readonly told: readonly string[];
  /** Elements of the message itself by which the far side knows it, whether or not its answer arrives. */
  readonly own: readonly string[];
}

/** Marks an argument of the call that is no part of the message. */
export const BESIDE = 'beside:';

/** The two-phase part of a profile; without calls when it is not two-phase. */
export function twoPhaseOf(profile: Profile): TwoPhaseForm {
  const given = (profile.data['twoPhase'] ?? {}) as Partial<TwoPhaseForm> & { key?: unknown };
  const { calls = [], told = [], own = [], operations } = given;
  const key = typeof given.key === 'string' ? [given.key] : (given.key ?? []);
  return { calls, told, own, key, ...(operations === undefined ? {} : { operations }) };
}

/** The calls of a profile; none when it is not two-phase. */
export function phaseCallsOf(profile: Profile): readonly PhaseCall[] {
  return twoPhaseOf(profile).calls;
}

/** Names of the numbers in a call. */
export function namesOf({ original }: PhaseCall): readonly string[] {
  return [original].flat().map(nameOf);
}

/** A name without the mark of an argument. */
export function nameOf(place: string): string {
  return place.startsWith(BESIDE) ? place.slice(BESIDE.length) : place;
}

/** The text at a path of a body, `LIST.NAME` in the first row; empty when there is none. */
export function textAtPath(body: WireObject | null, path: string): string {
  let value: WireValue | undefined = body ?? undefined;
  for (const name of path.split('.')) {
    const holder: WireValue | undefined = isRows(value) ? value[0] : value;
    if (typeof holder !== 'object' || holder === null || isRows(holder)) return '';
    value = Object.hasOwn(holder, name) ? (holder as WireObject)[name] : undefined;
  }
  return leafText(value) ?? '';
}

function isRows(value: WireValue | undefined): value is readonly WireValue[] {
  return Array.isArray(value);
}

/** How a caller that gives no message id gets one. Source: the profile's `messageId.whenEmpty`. */
export interface MessageIdRule {
  /** `digest`: the same content is the same message. `key`: the same values of the elements `of` are. `mint`: a new one. */
  readonly way: 'digest' | 'key' | 'mint';
  /** Elements that must be there for the rule to hold. */
  readonly when?: readonly string[];
  readonly of?: readonly string[];
}

/** The rules of a profile, in the order in which they are tried. */
export function messageIdRules(profile: Profile): readonly MessageIdRule[] {
  const { whenEmpty = [] } = (profile.data['messageId'] ?? {}) as { whenEmpty?: readonly MessageIdRule[] };
  return whenEmpty;
}

/** Whether messages of a profile are numbered by elements of their own. */
export function isKeyed(profile: Profile): boolean {
  return messageIdRules(profile).some(({ way }) => way === 'key');
}

/** Message id of the message that bears these values. */
export function keyedId(values: readonly string[]): string {
  return `K${hash('sha256', JSON.stringify(values), 'hex').slice(0, 29)}`;
}
