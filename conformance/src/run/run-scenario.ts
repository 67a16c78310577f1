/** Runs the steps of one scenario and notes what each requirement showed. */
import { formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Fault } from '@yiqiao/sandbox';
import { askCashier } from '../listen/ask-cashier.ts';
import type { Cashier } from '../listen/cashier.ts';
import { judgeScenarioSeries } from '../series/judge-heard.ts';
import { hear } from '../counterparts/hear.ts';
import type { StageFault } from '../counterparts/stage.ts';
import { lookAtBooks } from '../counterparts/look-at-books.ts';
import type { Counterpart } from '../counterparts/open-counterparts.ts';
import type { Bilingual, BooksStep, FaultStep, Kit, Scenario, SendStep, Step } from '../kits/types.ts';
import type { Tongue, Writing, Written } from '../tongues/tongue.ts';
import { createExchanges } from './exchanges.ts';
import type { Exchange, Exchanges } from './exchanges.ts';
import { fill } from './fill.ts';
import type { Lookup } from './fill.ts';
import type { Inputs } from './inputs.ts';
import { judgeHeard, judgeStep } from './judge-step.ts';
import type { Court, Speaking } from './judge-step.ts';
import { createLookup } from './lookup.ts';
import { textOf } from './own-reading.ts';
import type { OwnValue } from './own-reading.ts';
import type { OwnRecord } from './own-record.ts';
import { post } from './post.ts';

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
  /** The suite itself failed. */
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
  const { kit, inputs, clock, tongue } = bench;
  const listening = new Map(
    Object.entries(bench.counterparts).map(([name, { heard }]) => [name, heard.length]),
  );
  const writing: Writing = { lookup, nextMsgid: () => mintMsgid(bench, lookup) };

  async function exchange(step: Speaking): Promise<Exchange> {
    return finish(step, await converse(step, write(step, { tongue, writing, exchanges })));
  }

  async function converse(step: Speaking, written: Written): Promise<Exchange> {
    const { path = '', headers = {} } = written;
    const abandon = 'abandon' in step && step.abandon === true;
    const url = path === '' ? addressOf(step, bench) : new URL(path, addressOf(step, bench)).href;
    const reply = await post(url, written.bytes, { ...inputs.limits, abandon, headers });
    return {
      name: step.as ?? written.infno,
      ...written,
      at: formatTime(clock.now()),
      sent: written.bytes,
      reply,
      ...(reply.came && { read: tongue.read(reply, written) }),
    };
  }

  function finish(step: Speaking, done: Exchange): Exchange {
    keep(done);
    bench.watch(done);
    if (step.to === undefined) bench.record.note(done);
    return done;
  }

  /** Everything is written before the first byte leaves. */
  async function exchangeAtOnce(
    steps: readonly SendStep[],
  ): Promise<readonly (readonly [SendStep, Exchange])[]> {
    const written = steps.flatMap((step) => {
      const message = write(step, { tongue, writing, exchanges });
      return Array.from({ length: step.copies ?? 1 }, (_copy, at) => ({
        step: at === 0 ? step : { ...step, as: `${step.as ?? step.send}#${at + 1}` },
        message,
      }));
    });
    return await Promise.all(
      written.map(async ({ step, message }) => [step, await converse(step, message)] as const),
    );
  }

  async function takeAtOnce(steps: readonly SendStep[]): Promise<string | undefined> {
    const done = await exchangeAtOnce(steps);
    // All are there before the first is judged: what is expected of one may name another.
    for (const [step, one] of done) finish(step, one);
    const courtOf = (one: Exchange): Court => ({
      ...court,
      note: (requirement, shown) => note(requirement, shown, all.indexOf(one)),
    });
    return done.map(([step, one]) => judgeStep(step, one, courtOf(one))).find((one) => one !== undefined);
  }

  function keep(done: Exchange): void {
    exchanges.add(done);
    all.push(done);
  }

  function note(
    requirement: string,
    shown: Omit<Observation, 'requirement' | 'exchange'>,
    exchange = all.length - 1,
  ): void {
    // A kit of older rules may lack a requirement that a scenario also shows.
    if (kit.requirements.has(requirement)) observations.push({ requirement, exchange, ...shown });
  }

  const court: Court = { ...bench, exchanges, lookup, note };

  async function judgeBooks(step: BooksStep): Promise<string | undefined> {
    const why = await lookAtBooks(step, { bench, exchanges, lookup });
    note(step.requirement, why === undefined ? { outcome: 'pass' } : { outcome: 'fail', why });
    return why === undefined ? undefined : step.requirement;
  }

  const wasAccepted = (name: string): boolean => exchanges.answer(name)?.success === true;
  const skipped = (step: Step): boolean =>
    ('when' in step && step.when !== undefined && !wasAccepted(step.when)) ||
    ('unless' in step && step.unless !== undefined && wasAccepted(step.unless));

  return {
    observations,
    all,
    listening,
    async take(step) {
      if ('wait' in step) return await pause(step.wait);
      if ('restart' in step) return await restarted(bench);
      if ('fault' in step) return await armFault(step, { bench, lookup });
      if ('together' in step) return await takeAtOnce(step.together);
      if (skipped(step)) return undefined;
      if ('books' in step) return await judgeBooks(step);
      if ('prompt' in step) return await askCashier(step, { scenario, cashier: bench.cashier, lookup, note });
      if ('copies' in step) return await takeAtOnce([step]);
      if (!('heard' in step)) return judgeStep(step, await exchange(step), court);
      const since = listening.get(step.heard) ?? 0;
      const { last, missing } = await hear(step, { bench, lookup, since });
      if (last !== undefined) keep(last);
      return judgeHeard(step, { seen: last, missing }, court);
    },
    async tidy(step) {
      if ('wait' in step || 'fault' in step || 'restart' in step || 'heard' in step || skipped(step)) return;
      if ('books' in step || 'together' in step) return;
      try {
        if ('prompt' in step) {
          await askCashier(step, { scenario, cashier: bench.cashier, lookup, note: () => undefined });
          return;
        }
        await exchange(step);
      } catch {
        // What a teardown lacks, because its scenario did not come that far, it cannot undo.
      }
    },
  };
}

/** 发送方报文ID: institution, time of the suite's clock, four digits. */
function mintMsgid({ clock, next }: Bench, lookup: Lookup): string {
  const digits = formatTime(clock.now()).replaceAll(/\D/g, '');
  return `${textOf(lookup('institution.code') as OwnValue)}${digits}${String(next() % 10_000).padStart(4, '0')}`;
}

function write(
  step: Speaking,
  { tongue, writing, exchanges }: { tongue: Tongue; writing: Writing; exchanges: Exchanges },
): Written {
  if ('send' in step) return tongue.write(step, writing);
  if ('raw' in step) return tongue.writeRaw(step, writing);
  const first = exchanges.find(step.replay);
  if (first === undefined) throw new Error(`there is no exchange ${step.replay} to repeat`);
  const { infno, msgid, sent, clear, path, headers } = first;
  return {
    infno,
    msgid,
    bytes: sent,
    ...(clear !== undefined && { clear }),
    ...(path !== undefined && { path }),
    ...(headers !== undefined && { headers }),
  };
}

/** Address of a step's target. @throws Error for a name that the inputs do not have */
function addressOf({ to }: Speaking, { target, inputs }: Bench): string {
  if (to === undefined) return target;
  const found = inputs.targets?.[to];
  if (found === undefined) throw new Error(`the inputs have no target ${to}`);
  return found;
}

async function pause(ms: number): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return undefined;
}

async function restarted(bench: Bench): Promise<undefined> {
  await bench.restart();
  return undefined;
}

/** Arms a fault at a counterpart, or at the control door that the sandbox's systems have. */
async function armFault(
  { fault: template, at }: FaultStep,
  { bench, lookup }: { readonly bench: Bench; readonly lookup: Lookup },
): Promise<undefined> {
  const fault = fill(template, lookup);
  if (at !== undefined) {
    const counterpart = bench.counterparts[at];
    if (counterpart === undefined) throw new Error(`there is no counterpart ${at}`);
    const { kind } = fault as { readonly kind?: string };
    if (kind === 'none') counterpart.disarm();
    else counterpart.arm(fault as unknown as Fault | StageFault);
    return undefined;
  }
  const { target, inputs } = bench;
  const reply = await post(
    new URL('/faults', target).href,
    Buffer.from(JSON.stringify(fault)),
    inputs.limits,
  );
  if (!reply.came || reply.status >= 300) throw new Error('the target did not take the fault');
  return undefined;
}
