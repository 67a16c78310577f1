/** What checks look at and say, and how they read places. */
import type { Registry } from '@yiqiao/registry';
import type { Bilingual, Expectation } from '../kits/types.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import type { Lookup } from './fill.ts';
import type { SuiteSigning } from './inputs.ts';
import { textOf } from './own-reading.ts';

/** What a check looks at. */
export interface CheckMatter {
  readonly registry: Registry;
  readonly profile: string;
  readonly exchange: Exchange;
  readonly exchanges: Exchanges;
  readonly lookup: Lookup;
  /** Epoch milliseconds of the suite's clock. */
  readonly now: number;
  readonly signing: SuiteSigning | undefined;
  /** Members that identify a person, beside those of the national form. */
  readonly personal?: ReadonlySet<string>;
}

/** `error`: the suite's two ways of reckoning disagree. */
export type CheckResult =
  { readonly outcome: 'pass' } | { readonly outcome: 'fail' | 'error'; readonly why: Bilingual };

/** It holds. */
export const PASS: CheckResult = { outcome: 'pass' };
/** It does not hold, and why. */
export const fail = (zh: string, en: string): CheckResult => ({ outcome: 'fail', why: { zh, en } });

/** An expectation by its name. */
export type Of<Name extends Expectation['check']> = Extract<Expectation, { check: Name }>;
/** The text at a place; empty where nothing is. */
export function textAt(matter: CheckMatter, place: string): string {
  return textOf(matter.exchanges.value(place));
}

/** A place with `*` stands for that member of every row of the list. */
export function rowsOf(place: string, { exchanges }: CheckMatter): readonly string[] {
  const [list = '', member] = place.split('.*.');
  if (member === undefined) return [place];
  const rows = exchanges.value(list);
  const count = Array.isArray(rows) ? rows.length : 1;
  return Array.from({ length: count }, (_row, at) => `${list}.${at}.${member}`);
}
