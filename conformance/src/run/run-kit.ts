/** Runs a kit against a target on mocha, and makes the results. */
import Mocha from 'mocha';
import { formatTime, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { openCounterparts } from '../counterparts/open-counterparts.ts';
import type { Counterparts } from '../counterparts/open-counterparts.ts';
import type { Bilingual, Kit, Scenario } from '../kits/types.ts';
import type { Cashier } from '../listen/cashier.ts';
import { playRecordings } from '../series/play-recordings.ts';
import type { Recording } from '../series/recordings.ts';
import { createTongue } from '../tongues/create-tongue.ts';
import type { Exchange } from './exchanges.ts';
import { personsOf } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import { findWaiverFaults, judgeRequirements } from './judge-run.ts';
import type { Judged, Played } from './judge-run.ts';
import { keepExchange } from './keep-exchange.ts';
import { findLikelyCause } from './likely-cause.ts';
import { child, leaf } from './own-reading.ts';
import { createOwnRecord } from './own-record.ts';
import type { Carried, Owner } from './own-record.ts';
import { planScenarios, selectRequirements } from './plan.ts';
import type { Selection } from './plan.ts';
import { countStatuses, rulesDigest } from './results.ts';
import type { RunResults, ScenarioResult } from './results.ts';
import { restartByCommand } from './restart.ts';
import { runScenario } from './run-scenario.ts';
import type { Bench, ScenarioRun } from './run-scenario.ts';
import type { Waiver } from './waivers.ts';

/** What a run needs. */
export interface RunOptions extends Selection {
  readonly registry: Registry;
  readonly kit: Kit;
  readonly rules: string;
  readonly target: string;
  readonly inputs: Inputs;
  readonly clock?: Clock;
  readonly waivers?: readonly Waiver[];
  /** Options of the command that repeats a requirement, beside kit, target and seed. */
  readonly again?: string;
  /** Keep the bytes of failing exchanges, unmasked. */
  readonly exact?: boolean;
  /** The servers that the suite plays, when they were opened before the target was started. */
  readonly counterparts?: Counterparts;
  /** Starts the target anew; by the command of the inputs when absent. */
  readonly restart?: () => Promise<void>;
  /** Drives a target that is a client. */
  readonly cashier?: Cashier;
  /** In place of a target: what was recorded of one. */
  readonly recordings?: readonly Recording[];
  /** Scenarios that were done before a break. */
  readonly resumed?: ReadonlyMap<string, ScenarioRun>;
  /** How the command that repeats a requirement names the target; `--target URL` when absent. */
  readonly aimed?: string;
  /** Told of each scenario that was done, with everything that was seen. */
  readonly onPlayed?: (played: Played) => void;
  /** Told of each scenario as it ends. */
  readonly onScenario?: (result: ScenarioResult, place: { readonly at: number; readonly of: number }) => void;
}

/** Ids of requirements about times: signatures, tokens, dates. */
const TIMELY = /sign|nonce|token|clock|time|date|month|range|day/;

/** As many exchanges without an answer in a row, and a target counts as gone. */
const GONE_AFTER = 5;

/** Runs a kit. What a target does ends in the results; only a faulty kit or fault of the suite throws. */
export async function runKit(options: RunOptions): Promise<RunResults> {
  const { kit, registry, clock = systemClock, inputs, seed } = options;
  const startedAt = clock.now();
  const started = performance.now();
  const gone = createGoneWatch();
  let serial = 0;
  const counterparts = options.counterparts ?? (await openOwn(kit, { inputs, clock }));
  const bench: Bench = {
    kit,
    target: options.target,
    inputs,
    registry,
    clock,
    tongue: createTongue({ registry, kit, inputs, clock }),
    counterparts: counterparts.of,
    ...(options.cashier !== undefined && { cashier: options.cashier }),
    history: [...(options.resumed?.values() ?? [])].flatMap(({ exchanges }) => exchanges),
    restart: options.restart ?? (() => restartByCommand(options.target, inputs)),
    record: createOwnRecord(ownerOf(inputs)),
    next: () => (serial += 1),
    watch: gone.watch,
  };
  const played =
    options.recordings === undefined
      ? await play(planScenarios(kit, options), { bench, options, gone })
      : playRecordings(options.recordings, bench);
  if (options.counterparts === undefined) await counterparts.close();
  const judged = judgedOf(options, { bench, played, startedAt });
  const requirements = judgeRequirements(judged);
  const waiverFaults = options.only === undefined ? findWaiverFaults(judged, requirements) : [];
  const counts = countStatuses(requirements);
  const failed = counts.fail > 0 || waiverFaults.length > 0 || gone.why() !== undefined;
  const why = gone.why();
  const matrix = kit.matrix.filter(({ requirement }) => requirements.some(({ id }) => id === requirement));
  return {
    form: 'yiqiao-conformance-results-1',
    kit: kit.id,
    title: kit.title,
    profile: { id: kit.profile, remark: PROFILE_REMARK },
    rules: { version: options.rules, digest: rulesDigest(kit) },
    suite: SUITE_VERSION,
    target: options.target,
    seed,
    startedAt: formatTime(startedAt),
    ms: Math.round(performance.now() - started),
    verdict: counts.error > 0 || !gone.everAnswered() ? 'error' : failed ? 'fail' : 'pass',
    ...(why !== undefined && { targetGone: why }),
    counts,
    requirements,
    scenarios: played.map((one) => scenarioResult(one)),
    waiverFaults,
    ...(matrix.length > 0 && { matrix }),
  };
}

/** The servers that the suite plays, for a target that was told where they are. */
function openOwn(
  kit: Kit,
  { inputs: { ports, host, signing }, clock }: Pick<Bench, 'inputs' | 'clock'>,
): Promise<Counterparts> {
  return openCounterparts(kit, {
    clock,
    ...(ports !== undefined && { ports }),
    ...(host !== undefined && { host }),
    ...(signing !== undefined && { signing }),
  });
}

function judgedOf(
  options: RunOptions,
  {
    bench,
    played,
    startedAt,
  }: { readonly bench: Bench; readonly played: readonly Played[]; readonly startedAt: number },
): Judged {
  const { kit, registry, inputs, seed } = options;
  return {
    kit,
    wanted: selectRequirements(kit, options),
    played,
    waivers: options.waivers ?? [],
    today: formatTime(startedAt).slice(0, 10),
    keep: (exchange) =>
      keepExchange(exchange, {
        registry,
        exact: options.exact ?? false,
        ...(bench.tongue.personal !== undefined && { personal: bench.tongue.personal }),
      }),
    causeOf: (exchange, requirement) =>
      findLikelyCause(exchange, {
        registry,
        profile: kit.profile,
        signing: inputs.signing,
        timely: TIMELY.test(requirement),
      }),
    again: (id) =>
      `yiqiao conformance run --kit ${kit.id} ${options.aimed ?? `--target ${options.target}`} --only ${id} --seed ${seed}${options.again ?? ''}`,
  };
}

const SUITE_VERSION = '0.1.0';

const PROFILE_REMARK: Bilingual = {
  zh: '结论只针对此接口方案及其可信度；国家与省之间 V2.0 层没有公开文本，本结论不代表符合 V2.0。',
  en: 'The verdict is about this profile and its confidence; the V2.0 layer between nation and province is not public, and nothing here says that it is met.',
};

function ownerOf({ values }: Inputs): Owner {
  const { institution, carried } = values as {
    readonly institution?: { readonly code?: string };
    readonly carried?: Carried;
  };
  return { institution: institution?.code ?? '', carried };
}

interface GoneWatch {
  readonly watch: (exchange: Exchange) => void;
  readonly why: () => Bilingual | undefined;
  readonly everAnswered: () => boolean;
}

function createGoneWatch(): GoneWatch {
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

interface Stage {
  readonly bench: Bench;
  readonly options: RunOptions;
  readonly gone: GoneWatch;
}

/** One mocha test for each scenario, one after the other. */
async function play(scenarios: readonly Scenario[], stage: Stage): Promise<readonly Played[]> {
  const { bench, options, gone } = stage;
  const played: Played[] = [];
  const mocha = new Mocha({ reporter: SilentReporter, timeout: 0 });
  const suite = Mocha.Suite.create(mocha.suite, bench.kit.id);
  for (const scenario of scenarios) {
    const test = new Mocha.Test(scenario.id, async function (this: Mocha.Context) {
      const because = whyNotNow(scenario, { abilities: abilitiesOf(options), played, gone: gone.why() });
      const one: Played =
        because === undefined ? { scenario, run: await runOnce(scenario, stage) } : { scenario, because };
      played.push(one);
      options.onScenario?.(scenarioResult(one), { at: played.length, of: scenarios.length });
      if (because !== undefined) this.skip();
      const failed = firstFailure(one.run);
      if (failed !== undefined) throw new Error(failed.en);
    });
    suite.addTest(test);
  }
  await new Promise<void>((resolve) => mocha.run(() => resolve()));
  mocha.dispose();
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

/** Progress is told by `onScenario`, results by `runKit`. */
class SilentReporter extends Mocha.reporters.Base {}

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

function firstFailure(run: ScenarioRun | undefined): Bilingual | undefined {
  if (run?.error !== undefined) return run.error;
  return run?.observations.find(({ outcome }) => outcome !== 'pass')?.why;
}

function scenarioResult({ scenario, run, because }: Played): ScenarioResult {
  const { id, title } = scenario;
  const failure = firstFailure(run);
  const isError =
    run?.error !== undefined || run?.observations.some(({ outcome }) => outcome === 'error') === true;
  const why = because ?? failure;
  const status = because !== undefined ? 'skip' : failure === undefined ? 'pass' : isError ? 'error' : 'fail';
  return {
    id,
    title,
    status,
    exchanges: (run?.exchanges ?? []).map((exchange) => brief(exchange)),
    ...(why !== undefined && { because: why }),
  };
}

function brief({ infno, msgid, at, reply, read }: Exchange): ScenarioResult['exchanges'][number] {
  const setlId = read?.state === 'read' ? leaf(child(read.answer.output, 'setlinfo'), 'setl_id') : '';
  return {
    infno,
    msgid,
    at,
    ms: reply.ms,
    ...(setlId !== '' && { setlId }),
    ...(read?.state === 'read' && { infcode: read.answer.code }),
  };
}
