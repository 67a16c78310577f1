/** Runs the steps of one scenario and notes what each requirement showed. */
import { formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Bilingual, Kit, Scenario, Step, Template } from '../kits/types.ts';
import { createExchanges } from './exchanges.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import { fill } from './fill.ts';
import type { Inputs } from './inputs.ts';
import { judgeStep } from './judge-step.ts';
import type { Court, Speaking } from './judge-step.ts';
import { createLookup } from './lookup.ts';
import { textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import { post } from './post.ts';
import type { AnswerReader } from './read-answer.ts';
import type { SignMembers } from './signatures.ts';
import { writeRaw, writeStep } from './write-message.ts';
import type { Writing, Written } from './write-message.ts';

/** Everything that stays the same over a run. */
export interface Bench {
  readonly kit: Kit;
  readonly target: string;
  readonly inputs: Inputs;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly read: AnswerReader;
  readonly sign: SignMembers;
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
  /** The suite itself failed. */
  readonly error?: Bilingual;
}

/** Runs setup, steps and, whatever became of them, teardown. Never throws. */
export async function runScenario(scenario: Scenario, bench: Bench): Promise<ScenarioRun> {
  const course = createCourse(bench);
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
  return { observations: course.observations, exchanges: course.all, ...ended };
}

function asText(error: unknown): Bilingual {
  const text = error instanceof Error ? error.message : String(error);
  return { zh: `测试套件自身出错：${text}`, en: `the suite itself failed: ${text}` };
}

interface Course {
  readonly observations: readonly Observation[];
  readonly all: readonly Exchange[];
  /** Takes a step; the requirement at which the scenario ends, when it does. */
  take(step: Step): Promise<string | undefined>;
  /** Takes a step of the teardown; nothing is noted, and what fails is left. */
  tidy(step: Step): Promise<void>;
}

function createCourse(bench: Bench): Course {
  const observations: Observation[] = [];
  const all: Exchange[] = [];
  const exchanges = createExchanges();
  const lookup = createLookup({ ...bench, exchanges });
  const { kit, inputs, clock, sign } = bench;
  const writing: Writing = {
    messages: kit.messages,
    lookup,
    sign,
    clock,
    nextMsgid: () => {
      const digits = formatTime(clock.now()).replaceAll(/\D/g, '');
      return `${textOf(lookup('institution.code') as OwnValue)}${digits}${String(bench.next() % 10_000).padStart(4, '0')}`;
    },
  };

  async function exchange(step: Speaking): Promise<Exchange> {
    const written = write(step, writing, exchanges);
    const abandon = 'abandon' in step && step.abandon === true;
    const reply = await post(bench.target, written.bytes, { ...inputs.limits, abandon });
    const done: Exchange = {
      name: step.as ?? written.infno,
      infno: written.infno,
      msgid: written.msgid,
      at: formatTime(clock.now()),
      sent: written.bytes,
      reply,
      ...(reply.came && { read: bench.read(reply.bytes) }),
    };
    exchanges.add(done);
    all.push(done);
    bench.watch(done);
    return done;
  }

  function note(requirement: string, shown: Omit<Observation, 'requirement' | 'exchange'>): void {
    // A kit of older rules may lack a requirement that a scenario also shows.
    if (kit.requirements.has(requirement))
      observations.push({ requirement, exchange: all.length - 1, ...shown });
  }

  const court: Court = { ...bench, exchanges, lookup, note };

  const skipped = (step: Step): boolean =>
    'when' in step && step.when !== undefined && exchanges.answer(step.when)?.success !== true;

  return {
    observations,
    all,
    async take(step) {
      if ('wait' in step) return await pause(step.wait);
      if ('fault' in step) return await armFault(bench.target, fill(step.fault, lookup), inputs);
      return skipped(step) ? undefined : judgeStep(step, await exchange(step), court);
    },
    async tidy(step) {
      if ('wait' in step || 'fault' in step || skipped(step)) return;
      try {
        await exchange(step);
      } catch {
        // What a teardown lacks, because its scenario did not come that far, it cannot undo.
      }
    },
  };
}

function write(step: Speaking, writing: Writing, exchanges: Exchanges): Written {
  if ('send' in step) return writeStep(step, writing);
  if ('raw' in step) return writeRaw(step, writing);
  const first = exchanges.find(step.replay);
  if (first === undefined) throw new Error(`there is no exchange ${step.replay} to repeat`);
  return { infno: first.infno, msgid: first.msgid, bytes: first.sent };
}

async function pause(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return undefined;
}

/** Arms a fault at the control door that the sandbox's systems have. */
async function armFault(target: string, fault: Template, { limits }: Inputs): Promise<undefined> {
  const reply = await post(new URL('/faults', target).href, Buffer.from(JSON.stringify(fault)), limits);
  if (!reply.came || reply.status >= 300) throw new Error('the target did not take the fault');
  return undefined;
}
