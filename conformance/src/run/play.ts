/** Plays the scenarios of a run and says why one is not played. */
import type { Bilingual, Scenario } from '../kits/types.ts';
import type { Exchange } from './exchanges.ts';
import { personsOf } from './inputs.ts';
import type { Played } from './judge-run.ts';
import type { RunOptions } from './run-kit.ts';
import { runScenario } from './run-scenario.ts';
import type { Bench, ScenarioRun } from './run-scenario.ts';
import { firstFailure, scenarioResult } from './scenario-result.ts';

/** As many exchanges without an answer in a row, and a target counts as gone. */
const GONE_AFTER = 5;

/** Whether a target still answers. */
export interface GoneWatch {
  readonly watch: (exchange: Exchange) => void;
  readonly why: () => Bilingual | undefined;
  readonly everAnswered: () => boolean;
}

/** Makes the watch of a run. */
export function createGoneWatch(): GoneWatch {
  let [row, answered] = [0, false];
  let why: Bilingual | undefined;
  return {
    watch({ reply }) {
      if (reply.came) [row, answered] = [0, true];
      else if (reply.failure !== 'abandoned') row += 1;
      if (!reply.came && row >= GONE_AFTER) why = reply.text;
    },
    why: () => why,
    everAnswered: () => answered,
  };
}

/** What scenarios are played with. */
export interface Stage {
  readonly bench: Bench;
  readonly options: RunOptions;
  readonly gone: GoneWatch;
}

/** One after the other; how each ended is told by `onScenario` at once. */
export async function play(scenarios: readonly Scenario[], stage: Stage): Promise<readonly Played[]> {
  const { options, gone } = stage;
  const played: Played[] = [];
  for (const scenario of scenarios) {
    const because = whyNotNow(scenario, { abilities: abilitiesOf(options), played, gone: gone.why() });
    const one: Played =
      because === undefined ? { scenario, run: await runOnce(scenario, stage) } : { scenario, because };
    played.push(one);
    options.onScenario?.(scenarioResult(one), { at: played.length, of: scenarios.length });
  }
  return played;
}

/** Runs a scenario unless it was done before a break; again for as long as the cashier wants it. */
async function runOnce(scenario: Scenario, { bench, options }: Stage): Promise<ScenarioRun> {
  const before = options.resumed?.get(scenario.id);
  if (before !== undefined) return before;
  let run = await runScenario(scenario, bench);
  while ((await options.cashier?.ended?.(scenarioResult({ scenario, run }))) === 'again')
    run = await runScenario(scenario, bench);
  options.onPlayed?.({ scenario, run });
  return run;
}

/** What was declared, and what follows from the inputs. */
function abilitiesOf({ inputs, restart, cashier }: RunOptions): readonly string[] {
  const { abilities, signing, protection, targets } = inputs;
  return [
    ...abilities,
    ...(signing === undefined && protection === undefined ? [] : ['signing']),
    ...(restart === undefined && inputs.restart === undefined ? [] : ['restart']),
    ...(cashier === undefined ? [] : ['cashier']),
    ...Object.keys(targets ?? {}),
    ...personsOf(inputs).map((name) => `person:${name}`),
  ];
}

function whyNotNow(
  { needs = [], dependsOn = [] }: Scenario,
  at: {
    readonly abilities: readonly string[];
    readonly played: readonly Played[];
    readonly gone: Bilingual | undefined;
  },
): Bilingual | undefined {
  const lacking = needs.find((ability) => !at.abilities.includes(ability));
  if (lacking !== undefined)
    return { zh: `目标未声明能力：${lacking}`, en: `the target does not declare the ability ${lacking}` };
  const { gone } = at;
  if (gone !== undefined)
    return { zh: `目标已无应答：${gone.zh}`, en: `the target no longer answers: ${gone.en}` };
  const unmet = dependsOn.find((id) => {
    const before = at.played.find(({ scenario }) => scenario.id === id);
    return before?.run === undefined || firstFailure(before.run) !== undefined;
  });
  return unmet === undefined
    ? undefined
    : { zh: `所依赖的场景 ${unmet} 未通过`, en: `scenario ${unmet}, on which it depends, did not pass` };
}
