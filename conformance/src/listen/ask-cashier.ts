/** A step that somebody at the target takes, or a question to them. */
import type { Bilingual, PromptStep, Template } from '../kits/types.ts';
import { fill } from '../run/fill.ts';
import type { Lookup } from '../run/fill.ts';
import { textOf } from '../run/own-reading.ts';
import type { OwnValue } from '../run/own-reading.ts';
import type { Observation } from '../run/run-scenario.ts';
import type { Cashier } from './cashier.ts';

/** What asking is done with. */
export interface Asking {
  readonly scenario: string;
  readonly cashier: Cashier | undefined;
  readonly lookup: Lookup;
  readonly note: (requirement: string, shown: Pick<Observation, 'outcome' | 'why'>) => void;
}

/**
 * Asks, and notes what an answer shows.
 * @returns the requirement at which the scenario ends, when it does
 * @throws Error when nobody is there to be asked
 */
export async function askCashier(step: PromptStep, asking: Asking): Promise<string | undefined> {
  const { scenario, cashier, lookup, note } = asking;
  if (cashier === undefined) throw new Error('nobody drives the target: run with --listen');
  const { prompt, act, wanted, requirement } = step;
  const text = { zh: filled(prompt.zh, lookup), en: filled(prompt.en, lookup) };
  const reaction = await cashier.ask({
    scenario,
    text,
    kind: wanted === undefined ? 'deed' : 'question',
    act,
    with: fill(step.with ?? {}, lookup) as Readonly<Record<string, Template>>,
  });
  if (reaction === 'skip') return SKIPPED;
  if (wanted === undefined || requirement === undefined) return undefined;
  note(requirement, reaction === wanted ? { outcome: 'pass' } : { outcome: 'fail', why: whyOf(text) });
  return undefined;
}

/** Stands where a requirement would: the cashier left a step out. */
const SKIPPED = '收银员跳过的一步 a step that the cashier skipped';

function filled(text: string, lookup: Lookup): string {
  return textOf(fill(text, lookup) as OwnValue);
}

function whyOf({ zh, en }: Bilingual): Bilingual {
  return { zh: `收银员的回答不合要求：${zh}`, en: `the cashier's answer is not as it should be: ${en}` };
}
