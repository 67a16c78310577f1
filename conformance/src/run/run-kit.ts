/** Runs a kit against a target, and makes the results. */
import { formatTime, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { openCounterparts } from '../counterparts/open-counterparts.ts';
import type { Counterparts } from '../counterparts/open-counterparts.ts';
import type { Bilingual, Kit } from '../kits/types.ts';
import type { Cashier } from '../listen/cashier.ts';
import { catchRateOf } from '../report/catch-rate.ts';
import { playRecordings } from '../series/play-recordings.ts';
import type { Recording } from '../series/recordings.ts';
import { createTongue } from '../tongues/create-tongue.ts';
import type { Inputs } from './inputs.ts';
import { findWaiverFaults, judgeRequirements } from './judge-run.ts';
import type { Judged, Played } from './judge-run.ts';
import { keepExchange } from './keep-exchange.ts';
import { findLikelyCause, isTimely } from './likely-cause.ts';
import { createOwnRecord } from './own-record.ts';
import type { Carried, Owner } from './own-record.ts';
import { planScenarios, selectRequirements } from './plan.ts';
import type { Selection } from './plan.ts';
import { createGoneWatch, play } from './play.ts';
import type { GoneWatch } from './play.ts';
import { countStatuses, rulesDigest } from './results.ts';
import type { RunResults, ScenarioResult } from './results.ts';
import { scenarioResult } from './scenario-result.ts';
import { restartByCommand } from './restart.ts';
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
  /** Keep all messages, masked, not only those of findings. */
  readonly keepAll?: boolean;
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
    record: createOwnRecord(ownerOf(registry, inputs)),
    next: () => (serial += 1),
    watch: gone.watch,
  };
  const played = await playAll(options, { bench, gone, close: () => counterparts.close() });
  const judged = judgedOf(options, { bench, played, startedAt });
  const requirements = judgeRequirements(judged);
  const waiverFaults = options.only === undefined ? findWaiverFaults(judged, requirements) : [];
  const counts = countStatuses(requirements);
  const failed = counts.fail > 0 || waiverFaults.length > 0 || gone.why() !== undefined;
  const why = gone.why();
  const digest = rulesDigest(kit);
  const catchRate = catchRateOf(kit.id, digest);
  const matrix = kit.matrix.filter(({ requirement }) => requirements.some(({ id }) => id === requirement));
  return {
    form: 'yiqiao-conformance-results-1',
    kit: kit.id,
    title: kit.title,
    profile: { id: kit.profile, remark: PROFILE_REMARK },
    rules: { version: options.rules, digest },
    suite: SUITE_VERSION,
    target: options.target,
    seed,
    startedAt: formatTime(startedAt),
    ms: Math.round(performance.now() - started),
    verdict:
      counts.error > 0 || !(gone.everAnswered() || (options.recordings ?? []).length > 0)
        ? 'error'
        : failed
          ? 'fail'
          : 'pass',
    ...(why !== undefined && { targetGone: why }),
    counts,
    ...(catchRate !== undefined && { catchRate }),
    requirements,
    scenarios: played.map((one) => scenarioResult(one, options.keepAll === true ? judged.keep : undefined)),
    waiverFaults,
    ...(matrix.length > 0 && { matrix }),
  };
}

/** Plays what is wanted, or what was recorded; servers that were opened here are closed, whatever happens. */
async function playAll(
  options: RunOptions,
  { bench, gone, close }: { bench: Bench; gone: GoneWatch; close: () => Promise<void> },
): Promise<readonly Played[]> {
  try {
    return options.recordings === undefined
      ? await play(planScenarios(options.kit, options), { bench, options, gone })
      : playRecordings(options.recordings, bench);
  } finally {
    if (options.counterparts === undefined) await close();
  }
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
        timely: isTimely(requirement),
        json: bench.tongue.notJson !== true,
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

function ownerOf(registry: Registry, { values }: Inputs): Owner {
  const { institution, carried } = values as {
    readonly institution?: { readonly code?: string };
    readonly carried?: Carried;
  };
  return { registry, institution: institution?.code ?? '', carried };
}
