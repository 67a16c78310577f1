/** Tests the suite: sound systems pass shuffled, every faulty one is caught by what is meant for it and by nothing else. */
import type { Registry } from '@yiqiao/registry';
import { readFaultySystems } from '../faulty/read-faulty.ts';
import type { FaultySystem } from '../faulty/types.ts';
import { readKit } from '../kits/read-kit.ts';
import type { Kit } from '../kits/types.ts';
import { matches } from '../run/plan.ts';
import { rulesDigest } from '../run/results.ts';
import { openTaskPool } from './workers.ts';
import type { TaskPool } from './workers.ts';
import type { Scope } from './scope.ts';

/** How much is tested. */
export interface SelfOptions {
  readonly registry: Registry;
  readonly rules: string;
  readonly kits: readonly string[];
  /** Shuffled runs of the sound systems. */
  readonly shuffles: number;
  readonly seed: number;
  /** What is run against each faulty system; `touched` when absent. */
  readonly scope?: Scope;
  /** Every so many-th faulty system, so that a short test sees a part of them; all when absent. */
  readonly every?: number;
  /** Only these faulty systems, by id with `*`. */
  readonly only?: string;
  /** How many runs at once; one when absent. */
  readonly jobs?: number;
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

/** What the suite is worth in one kit. */
export interface KitCatch {
  readonly kit: string;
  /** Of the rules that were tried. */
  readonly digest: string;
  readonly requirements: number;
  readonly faultySystems: number;
  readonly caught: number;
  readonly falseFailures: number;
  readonly neverFailed: number;
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
  /** Seconds in which every kit ran once against its sound system. */
  readonly suiteSeconds: number;
  readonly faults: readonly FaultyOutcome[];
  readonly kits: readonly KitCatch[];
}

/** Runs the test of the suite. @throws RangeError for a kit that is not there, and where `only` names no system of the kits */
export async function checkSuite(options: SelfOptions): Promise<SelfReport> {
  const { registry, rules, jobs = 1 } = options;
  const kits = options.kits.map((id) => readKit(registry, id, rules));
  const pool = openTaskPool({ registry, rules, jobs });
  try {
    const { soundFailures, suiteSeconds } = await trySound(kits, { pool, options });
    const faulty = await tryFaulty(kits, { pool, options });
    return report(kits, { options, soundFailures, suiteSeconds, faulty });
  } finally {
    await pool.close();
  }
}

interface Trial {
  readonly pool: TaskPool;
  readonly options: SelfOptions;
}

interface SoundRuns {
  /** Failures of the sound system by kit. */
  readonly soundFailures: ReadonlyMap<string, number>;
  readonly suiteSeconds: number;
}

async function trySound(
  kits: readonly Kit[],
  { pool, options: { shuffles, seed, progress = () => undefined } }: Trial,
): Promise<SoundRuns> {
  const soundFailures = new Map<string, number>();
  const once = async (kit: Kit, shuffle: number): Promise<void> => {
    const bad = await pool.run({ kit: kit.id, seed: seed + shuffle });
    soundFailures.set(kit.id, (soundFailures.get(kit.id) ?? 0) + bad.length);
    progress(`sound ${kit.id} seed ${seed + shuffle}: ${bad.length === 0 ? 'passes' : bad.join(', ')}`);
  };
  let suiteSeconds = 0;
  for (let shuffle = 0; shuffle < shuffles; shuffle += 1) {
    const started = performance.now();
    await Promise.all(kits.map((kit) => once(kit, shuffle)));
    suiteSeconds = Math.round((performance.now() - started) / 100) / 10;
  }
  return { soundFailures, suiteSeconds };
}

interface FaultyRuns {
  readonly outcomes: readonly FaultyOutcome[];
  /** Requirements that were seen to fail, by kit. */
  readonly failed: ReadonlyMap<string, ReadonlySet<string>>;
}

async function tryFaulty(kits: readonly Kit[], { pool, options }: Trial): Promise<FaultyRuns> {
  const failed = new Map(kits.map(({ id }) => [id, new Set<string>()]));
  const { seed, scope = 'touched', every = 1, only: wanted = '*', progress = () => undefined } = options;
  const systems = readFaultySystems()
    .filter(({ id, kit }) => failed.has(kit) && matches(wanted, id))
    .filter((_system, at) => (at + seed) % every === 0);
  if (systems.length === 0 && options.only !== undefined)
    throw new RangeError(`no faulty system ${wanted} of ${kits.map(({ id }) => id).join(', ')}`);
  const outcomes = await Promise.all(
    systems.map(async (system) => {
      const { id, kit } = system;
      const bad = await pool.run({ kit, seed, system: id, scope });
      for (const one of bad) failed.get(kit)?.add(one);
      const outcome = judge(system, bad);
      if (isWrong(outcome)) {
        const { missed, unexpected } = outcome;
        progress(
          `faulty ${id}: missed ${missed.join(', ') || '-'}; unexpected ${unexpected.join(', ') || '-'}`,
        );
      }
      return outcome;
    }),
  );
  return { outcomes, failed };
}

function judge({ id, kit, fails, also = [] }: FaultySystem, bad: readonly string[]): FaultyOutcome {
  return {
    id,
    kit,
    missed: fails.filter((pattern) => !bad.some((one) => matches(pattern, one))),
    unexpected: bad.filter((one) => ![...fails, ...also].some((pattern) => matches(pattern, one))),
  };
}

function isWrong({ missed, unexpected }: FaultyOutcome): boolean {
  return missed.length + unexpected.length > 0;
}

interface Tried extends SoundRuns {
  readonly options: SelfOptions;
  readonly faulty: FaultyRuns;
}

function report(kits: readonly Kit[], tried: Tried): SelfReport {
  const { options, suiteSeconds, faulty } = tried;
  // When only some systems were tried, what they did not fail says nothing.
  const neverFailed = (kit: Kit): readonly string[] =>
    options.only === undefined && (options.every ?? 1) === 1
      ? [...kit.requirements.keys()].filter((id) => faulty.failed.get(kit.id)?.has(id) !== true)
      : [];
  const rows = kits.map((kit) => ({
    ...catchOf(kit, tried),
    neverFailed: neverFailed(kit).length,
  }));
  const sum = (of: (row: KitCatch) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const never = kits.flatMap((kit) => neverFailed(kit));
  const [faultySystems, caught] = [sum((row) => row.faultySystems), sum((row) => row.caught)];
  const falseFailures = sum((row) => row.falseFailures);
  return {
    ok: caught === faultySystems && falseFailures === 0 && never.length === 0,
    requirements: sum((row) => row.requirements),
    faultySystems,
    caught,
    falseFailures,
    neverFailed: never,
    soundRuns: options.shuffles * kits.length,
    suiteSeconds,
    faults: faulty.outcomes.filter((one) => isWrong(one)),
    kits: rows,
  };
}

function catchOf(kit: Kit, { soundFailures, faulty }: Tried): Omit<KitCatch, 'neverFailed'> {
  const own = faulty.outcomes.filter((one) => one.kit === kit.id);
  const unexpected = own.reduce((sum, one) => sum + one.unexpected.length, 0);
  return {
    kit: kit.id,
    digest: rulesDigest(kit),
    requirements: kit.requirements.size,
    faultySystems: own.length,
    caught: own.filter(({ missed }) => missed.length === 0).length,
    falseFailures: (soundFailures.get(kit.id) ?? 0) + unexpected,
  };
}
