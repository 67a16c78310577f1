/** What a rule says of a message, and what it needs for that. */
import type { Registry } from '@yiqiao/registry';
import type { Bilingual } from '../kits/types.ts';
import type { ReadRequest } from './record.ts';
import type { SeriesRule } from './types.ts';

/** `undefined`: there was no occasion. `error`: the suite's own fault. */
export type RuleVerdict =
  { readonly outcome: 'pass' } | { readonly outcome: 'fail' | 'error'; readonly why: Bilingual } | undefined;

/** A rule of this kind. */
export type RuleNamed<Name extends SeriesRule['rule']> = Extract<SeriesRule, { rule: Name }>;

/** What rules are judged with. */
export interface SeriesMatter {
  readonly registry: Registry;
  readonly profile: string;
  /** Whether a signature is good, by either implementation; absent: the client's key is not known. */
  readonly verifies?: (
    text: string,
    request: Extract<ReadRequest, { state: 'read' }>,
  ) => { readonly byOwn: boolean; readonly byProduct: boolean };
}

/** As it should be. */
export const GOOD: RuleVerdict = { outcome: 'pass' };

/** Not as it should be. */
export function bad(zh: string, en: string): RuleVerdict {
  return { outcome: 'fail', why: { zh, en } };
}

/** The suite's own fault. */
export function wrong(zh: string, en: string): RuleVerdict {
  return { outcome: 'error', why: { zh, en } };
}
