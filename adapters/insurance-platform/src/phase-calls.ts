/** What confirms, cancels and asks in a two-phase form. Source: the profile's `twoPhase.calls`. */
import type { Profile } from '@yiqiao/registry';

/** One call of a two-phase form. */
export interface PhaseCall {
  /** Number of the transaction, or name of the function. */
  readonly transaction: string;
  readonly does: 'confirm' | 'cancel' | 'query';
  /** Element of the body, or `beside:NAME`, that holds the number which the answer to the original told. */
  readonly original: string;
  /** The call has arguments and no message. */
  readonly bare?: boolean;
  /** Answers to reading calls tell such a number, too; one that is not on record is theirs, and stands. */
  readonly reads?: boolean;
  /** Elements whose values make it this call; absent, it always is. */
  readonly when?: Readonly<Record<string, readonly string[]>>;
  /** Elements of the answer: `original` is the number asked for, `state` what `states` has for it, else a constant. */
  readonly answer?: Readonly<Record<string, string>>;
  readonly states?: Readonly<Record<'done' | 'notDone', string>>;
}

/** Marks an argument of the call that is no part of the message. */
export const BESIDE = 'beside:';

/** The calls of a profile; none when it is not two-phase. */
export function phaseCallsOf(profile: Profile): readonly PhaseCall[] {
  const { calls = [] } = (profile.data['twoPhase'] ?? {}) as { calls?: readonly PhaseCall[] };
  return calls;
}
