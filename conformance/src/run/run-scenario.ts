/** Runs the steps of one scenario and notes what each requirement showed. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { askCashier } from '../listen/ask-cashier.ts';
import type { Cashier } from '../listen/cashier.ts';
import { judgeScenarioSeries } from '../series/judge-heard.ts';
import { armFault } from '../counterparts/arm-fault.ts';
import { hear } from '../counterparts/hear.ts';
import { lookAtBooks } from '../counterparts/look-at-books.ts';
import type { Counterpart } from '../counterparts/open-counterparts.ts';
import type {
  Bilingual,
  BooksStep,
  Kit,
  PromptStep,
  Scenario,
  SendStep,
  Step,
  TogetherStep,
} from '../kits/types.ts';
import type { Tongue } from '../tongues/tongue.ts';
import { createExchanges } from './exchanges.ts';
import type { Exchange } from './exchanges.ts';
import type { Inputs } from './inputs.ts';
import { judgeHeard, judgeStep } from './judge-step.ts';
import type { Court, Speaking } from './judge-step.ts';
import { createLookup } from './lookup.ts';
import type { OwnRecord } from './own-record.ts';
import { RestartFailed } from './restart.ts';
import { createSpeech } from './speak.ts';
import type { Speech } from './speak.ts';

/** Everything that stays the same over a run. */
export interface Bench {
  readonly kit: Kit;
  readonly target: string;
  readonly inputs: Inputs;
  readonly tongue: Tongue;
  readonly counterparts: Readonly<Record<string, Counterpart>>;
  /** Drives a target that is a client. */
  readonly cashier?: Cashier;
  /** What was heard before a break. */
  readonly history?: readonly Exchange[];
  /** Starts the target anew and waits until it takes connections. */
  readonly restart: () => Promise<void>;
  readonly registry: Registry;
  readonly clock: Clock;
  /** What the target settled in this run. */
  readonly record: OwnRecord;
  /** The next number of the run, for message ids and names that must be new. */
  readonly next: () => number;
  /** Told of each exchange: decides when a target counts as gone. */
  readonly watch: (exchange: Exchange) => void;
}

/** What one step showed of a requirement. */
export interface Observation {
  readonly requirement: string;
  readonly outcome: 'pass' | 'fail' | 'error';
  readonly why?: Bilingual;
  /** Place in the scenario's list of exchanges. */
  readonly exchange: number;
}

/** What a scenario gave. */
export interface ScenarioRun {
  readonly observations: readonly Observation[];
  readonly exchanges: readonly Exchange[];
  /** The steps ended early: this requirement was not met, and what stands after it was not reached. */
  readonly stoppedBy?: string;
  /** The suite itself failed, or the target could not be started anew. */
  readonly error?: Bilingual;
}

/** Runs setup, steps and, whatever became of them, teardown. Never throws. */
export async function runScenario(scenario: Scenario, bench: Bench): Promise<ScenarioRun> {
  const course = createCourse(scenario.id, bench);
  let ended: Pick<ScenarioRun, 'stoppedBy' | 'error'> = {};
  try {
    for (const step of [...(scenario.setup ?? []), ...scenario.steps]) {
      const stoppedBy = await course.take(step);
      if (stoppedBy === undefined) continue;
      ended = { stoppedBy };
      break;
    }
  } catch (error) {
    ended = { error: asText(error) };
  }
  for (const step of scenario.teardown ?? []) await course.tidy(step);
  for (const counterpart of Object.values(bench.counterparts)) counterpart.disarm();
  const { observations, exchanges } = judgeScenarioSeries(bench, {
    exchanges: course.all,
    listening: course.listening,
  });
  return { observations: [...course.observations, ...observations], exchanges, ...ended };
}

function asText(error: unknown): Bilingual {
  if (error instanceof RestartFailed) return error.why;
  const text = error instanceof Error ? error.message : String(error);
  return { zh: `测试套件自身出错：${text}`, en: `the suite itself failed: ${text}` };
}

interface Course {
  readonly observations: readonly Observation[];
  readonly all: readonly Exchange[];
  /** Messages that each counterpart had heard before, by name. */
  readonly listening: ReadonlyMap<string, number>;
  /** Takes a step; the requirement at which the scenario ends, when it does. */
  take(step: Step): Promise<string | undefined>;
  /** Takes a step of the teardown; nothing is noted, and what fails is left. */
  tidy(step: Step): Promise<void>;
}

function createCourse(scenario: string, bench: Bench): Course {
  const observations: Observation[] = [];
  const all: Exchange[] = [];
  const exchanges = createExchanges();
  const lookup = createLookup({ ...bench, exchanges });
  const { kit } = bench;
  const listening = new Map(
    Object.entries(bench.counterparts).map(([name, { heard }]) => [name, heard.length]),
  );
  const speech = createSpeech(bench, { exchanges, lookup });

  function finish(step: Speaking, done: Exchange): Exchange {
    bench.watch(done);
    return enter(step, done);
  }

  function enter(step: Speaking, done: Exchange): Exchange {
    keep(done);
    if (step.to === undefined) bench.record.note(done);
    return done;
  }

  function keep(done: Exchange): void {
    exchanges.add(done);
    all.push(done);
  }

  const note: Court['note'] = (requirement, shown, of = all.at(-1)) => {
    const exchange = of === undefined ? -1 : all.indexOf(of);
    // A kit of older rules may lack a requirement that a scenario also shows.
    if (kit.requirements.has(requirement)) observations.push({ requirement, exchange, ...shown });
  };

  const court: Court = { ...bench, exchanges, lookup, note };

  const wasAccepted = (name: string): boolean => exchanges.answer(name)?.success === true;
  const skipped = (step: Step): boolean =>
    ('when' in step && step.when !== undefined && !wasAccepted(step.when)) ||
    ('unless' in step && step.unless !== undefined && wasAccepted(step.unless));

  const desk: Desk = { scenario, bench, court, speech, listening, keep, enter, finish };
  return {
    observations,
    all,
    listening,
    take: async (step) => {
      if ('together' in step) return await takeAtOnce(step.together, desk);
      if (skipped(step)) return undefined;
      return 'copies' in step ? await takeAtOnce([step], desk) : await takeStep(step, desk);
    },
    async tidy(step) {
      if (!isSaid(step) || skipped(step)) return;
      try {
        await tidyStep(step, desk);
      } catch {
        // What a teardown lacks, because its scenario did not come that far, it cannot undo.
      }
    },
  };
}

/** Whether a step sends one message, or asks the cashier for it. */
function isSaid(step: Step): step is Speaking | PromptStep {
  return 'send' in step || 'replay' in step || 'raw' in step || 'prompt' in step;
}

/** What a step is taken with. */
interface Desk {
  readonly scenario: string;
  readonly bench: Bench;
  readonly court: Court;
  readonly speech: Speech;
  readonly listening: Course['listening'];
  /** Keeps an exchange; `enter`: one with the target; `finish`: one that tells whether the target is there. */
  readonly keep: (done: Exchange) => void;
  readonly enter: (step: Speaking, done: Exchange) => Exchange;
  readonly finish: (step: Speaking, done: Exchange) => Exchange;
}

async function takeStep(
  step: Exclude<Step, TogetherStep>,
  { scenario, bench, court, speech, listening, keep, finish }: Desk,
): Promise<string | undefined> {
  const { lookup, note } = court;
  if ('wait' in step) return await pause(step.wait);
  if ('restart' in step) return await restarted(bench);
  if ('fault' in step) return await armFault(step, { bench, lookup });
  if ('books' in step) return await judgeBooks(step, { ...court, bench });
  if ('prompt' in step) return await askCashier(step, { scenario, cashier: bench.cashier, lookup, note });
  if (!('heard' in step)) return judgeStep(step, finish(step, await speech.say(step)), court);
  const since = listening.get(step.heard) ?? 0;
  const { last, missing } = await hear(step, { bench, lookup, since });
  if (last !== undefined) keep(last);
  return judgeHeard(step, { seen: last, missing }, court);
}

async function takeAtOnce(
  steps: readonly SendStep[],
  { bench, court, speech, enter }: Desk,
): Promise<string | undefined> {
  const done = await speech.sayAtOnce(steps);
  // All are there before the first is judged: what is expected of one may name another.
  for (const [step, one] of done) enter(step, one);
  // Silence to several at once is one silence: a target counts as gone after several in a row.
  const [, watched] = done.find(([, { reply }]) => reply.came) ?? done[0] ?? [];
  if (watched !== undefined) bench.watch(watched);
  const courtOf = (one: Exchange): Court => ({
    ...court,
    note: (requirement, shown) => court.note(requirement, shown, one),
  });
  return done.map(([step, one]) => judgeStep(step, one, courtOf(one))).find((one) => one !== undefined);
}

async function tidyStep(
  step: Speaking | PromptStep,
  { scenario, bench, court, speech, finish }: Desk,
): Promise<void> {
  if (!('prompt' in step)) finish(step, await speech.say(step));
  else {
    const { lookup } = court;
    await askCashier(step, { scenario, cashier: bench.cashier, lookup, note: () => undefined });
  }
}

/** Notes whether the books of a counterpart are as a step has them. */
async function judgeBooks(
  step: BooksStep,
  matter: Pick<Court, 'exchanges' | 'lookup' | 'note'> & { readonly bench: Bench },
): Promise<string | undefined> {
  const why = await lookAtBooks(step, matter);
  matter.note(step.requirement, why === undefined ? { outcome: 'pass' } : { outcome: 'fail', why });
  return why === undefined ? undefined : step.requirement;
}

async function pause(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return undefined;
}

async function restarted(bench: Bench): Promise<undefined> {
  await bench.restart();
  return undefined;
}
