/** Whoever drives a target that is a client: a person at a counter, or a program. */
import type { Bilingual, Template } from '../kits/types.ts';
import type { ScenarioResult } from '../run/results.ts';

/** What is to be done, or answered with yes or no. */
export interface Prompt {
  readonly scenario: string;
  readonly text: Bilingual;
  readonly kind: 'deed' | 'question';
  readonly act: string;
  readonly with: Readonly<Record<string, Template>>;
}

/** `done` to a deed, `yes` or `no` to a question; `skip`: the scenario ends without verdict. */
export type Reaction = 'done' | 'yes' | 'no' | 'skip';

/** Drives the target. */
export interface Cashier {
  ask(prompt: Prompt): Promise<Reaction>;
  /** After each scenario: go on, or do it again. Goes on when absent. */
  ended?(result: ScenarioResult): Promise<'next' | 'again'>;
}
