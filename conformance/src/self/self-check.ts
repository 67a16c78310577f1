/** Tests the suite: sound systems pass shuffled, every faulty one is caught by what is meant for it and by nothing else. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createSandboxKeys } from '@yiqiao/sandbox';
import { openCounterparts } from '../counterparts/open-counterparts.ts';
import { readFaultySystems } from '../faulty/read-faulty.ts';
import type { FaultySystem } from '../faulty/types.ts';
import { readKit } from '../kits/read-kit.ts';
import type { Kit } from '../kits/types.ts';
import { readInputs } from '../run/inputs.ts';
import { matches } from '../run/plan.ts';
import { runKit } from '../run/run-kit.ts';
import type { RunResults } from '../run/results.ts';
import { startSystem } from '../systems/start-system.ts';

/** How much is tested. */
export interface SelfOptions {
  readonly registry: Registry;
  readonly rules: string;
  readonly kits: readonly string[];
  /** Shuffled runs of the sound systems. */
  readonly shuffles: number;
  readonly seed: number;
  /** Only the requirements that a faulty system must fail are run against it: what else it fails stays unseen. */
  readonly short?: boolean;
  /** Only these faulty systems, by id with `*`. */
  readonly only?: string;
  readonly progress?: (text: string) => void;
}

/** What became of one faulty system. */
export interface FaultyOutcome {
  readonly id: string;
  readonly kit: string;
  /** Patterns of requirements that it should have failed and did not. */
  readonly missed: readonly string[];
  /** Requirements that it failed and was not meant to. */
  readonly unexpected: readonly string[];
}

/** The verdict over the suite. */
export interface SelfReport {
  readonly ok: boolean;
  readonly requirements: number;
  readonly faultySystems: number;
  readonly caught: number;
  /** Failures of sound systems, and undeclared ones of faulty systems. */
  readonly falseFailures: number;
  readonly neverFailed: readonly string[];
  readonly soundRuns: number;
  readonly faults: readonly FaultyOutcome[];
}

/** 2026-11-20 10:00:00 in China. */
const CLOCK: Clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };

/** Runs the test of the suite. */
export async function checkSuite(options: SelfOptions): Promise<SelfReport> {
  const { registry, rules, kits, progress = () => undefined } = options;
  const outcomes: FaultyOutcome[] = [];
  const failed = new Set<string>();
  const read = new Map(kits.map((id) => [id, readKit(registry, id, rules)]));
  let soundFailures = 0;
  for (const kit of read.values()) {
    for (let shuffle = 0; shuffle < options.shuffles; shuffle += 1) {
      const bad = failures(await tryKit(kit, { registry, rules, seed: options.seed + shuffle }));
      soundFailures += bad.length;
      progress(
        `sound ${kit.id} seed ${options.seed + shuffle}: ${bad.length === 0 ? 'passes' : bad.join(', ')}`,
      );
    }
  }
  for (const system of readFaultySystems()) {
    const kit = read.get(system.kit);
    if (kit === undefined || !matches(options.only ?? '*', system.id)) continue;
    const only = options.short === true ? system.fails : undefined;
    const bad = failures(
      await tryKit(kit, { registry, rules, seed: options.seed, only, change: system.change }),
    );
    for (const id of bad) failed.add(id);
    const outcome = judge(system, bad);
    outcomes.push(outcome);
    const { missed, unexpected } = outcome;
    if (missed.length + unexpected.length > 0)
      progress(
        `faulty ${system.id}: missed ${missed.join(', ') || '-'}; unexpected ${unexpected.join(', ') || '-'}`,
      );
  }
  const requirements = [...read.values()].flatMap((kit) => [...kit.requirements.keys()]);
  const neverFailed = options.only === undefined ? requirements.filter((id) => !failed.has(id)) : [];
  const caught = outcomes.filter(({ missed }) => missed.length === 0).length;
  const falseFailures = soundFailures + outcomes.reduce((sum, { unexpected }) => sum + unexpected.length, 0);
  return {
    ok: caught === outcomes.length && falseFailures === 0 && neverFailed.length === 0,
    requirements: requirements.length,
    faultySystems: outcomes.length,
    caught,
    falseFailures,
    neverFailed,
    soundRuns: options.shuffles * read.size,
    faults: outcomes.filter(({ missed, unexpected }) => missed.length + unexpected.length > 0),
  };
}

function judge({ id, kit, fails, also = [] }: FaultySystem, bad: readonly string[]): FaultyOutcome {
  return {
    id,
    kit,
    missed: fails.filter((pattern) => !bad.some((one) => matches(pattern, one))),
    unexpected: bad.filter((one) => ![...fails, ...also].some((pattern) => matches(pattern, one))),
  };
}

/** Requirements that were not met; an error of the suite counts as one. */
function failures({ requirements }: RunResults): readonly string[] {
  return requirements.filter(({ status }) => ['fail', 'warn', 'error'].includes(status)).map(({ id }) => id);
}

interface How {
  readonly registry: Registry;
  readonly rules: string;
  readonly seed: number;
  readonly only?: readonly string[] | undefined;
  /** What makes the system faulty. */
  readonly change?: unknown;
}

/** One run of a kit against its system. */
async function tryKit(kit: Kit, { registry, rules, seed, only, change }: How): Promise<RunResults> {
  const inputs = readInputs(kit.profile);
  const suiteKeys = createSandboxKeys();
  const counterparts = await openCounterparts(kit, { clock: CLOCK });
  const world = { registry, clock: CLOCK, kit, inputs, counterparts, suiteKeys };
  const system = await startSystem(world, change);
  const { restart } = system;
  try {
    return await runKit({
      registry,
      kit,
      rules,
      target: system.url,
      inputs: { ...inputs, ...system.inputs },
      clock: CLOCK,
      seed,
      counterparts,
      ...(restart !== undefined && { restart }),
      ...(only !== undefined && { only }),
    });
  } finally {
    await system.stop();
    await counterparts.close();
  }
}
