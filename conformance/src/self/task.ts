/** One task of the test of the suite: a kit against its system, sound or faulty. */
import type { Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createSandboxKeys } from '@yiqiao/sandbox';
import { openCounterparts } from '../counterparts/open-counterparts.ts';
import { readFaultySystems } from '../faulty/read-faulty.ts';
import type { FaultySystem } from '../faulty/types.ts';
import { readKit } from '../kits/read-kit.ts';
import type { Kit } from '../kits/types.ts';
import { readInputs } from '../run/inputs.ts';
import { runKit } from '../run/run-kit.ts';
import type { RunResults } from '../run/results.ts';
import { scenariosFor } from './scope.ts';
import type { Scope } from './scope.ts';
import { startSystem } from '../systems/start-system.ts';
import type { StartedSystem } from '../systems/system.ts';

/** What is to be run. */
export interface Task {
  readonly kit: string;
  readonly seed: number;
  /** The faulty system by its id; the sound one when absent. */
  readonly system?: string;
  /** Of a faulty system; the whole kit when absent. */
  readonly scope?: Scope;
  /** Only these requirements or scenarios, by id with `*`. */
  readonly only?: readonly string[];
}

/** Requirements that were not met; an error of the suite counts as one. */
export type TaskOutcome = readonly string[];

/** Makes a runner of tasks; kits and faulty systems are read once. */
export function createTaskRunner(registry: Registry, rules: string): (task: Task) => Promise<TaskOutcome> {
  const kits = new Map<string, Kit>();
  let systems: ReadonlyMap<string, FaultySystem> | undefined;
  const systemOf = (id: string): FaultySystem => {
    systems ??= new Map(readFaultySystems().map((system) => [system.id, system]));
    const found = systems.get(id);
    if (found === undefined) throw new RangeError(`no faulty system ${id}`);
    return found;
  };
  return async ({ kit: id, seed, system: name, scope = 'whole', only: chosen }) => {
    const kit = kits.get(id) ?? readKit(registry, id, rules);
    kits.set(id, kit);
    const system = name === undefined ? undefined : systemOf(name);
    const only = chosen ?? (system === undefined ? undefined : scenariosFor(system, kit, { scope, seed }));
    return failures(await tryKit(kit, { registry, rules, seed, only, change: system?.change }));
  };
}

function failures({ requirements }: RunResults): TaskOutcome {
  return requirements.filter(({ status }) => ['fail', 'warn', 'error'].includes(status)).map(({ id }) => id);
}

/** 2026-11-20 10:00:00 in China. */
const CLOCK: Clock = { now: () => Date.UTC(2026, 10, 20, 2, 0, 0) };

interface How {
  readonly registry: Registry;
  readonly rules: string;
  readonly seed: number;
  readonly only: readonly string[] | undefined;
  readonly change: unknown;
}

/** One run of a kit against its system. */
async function tryKit(kit: Kit, { registry, rules, seed, only, change }: How): Promise<RunResults> {
  const inputs = readInputs(kit.profile);
  const suiteKeys = createSandboxKeys();
  const counterparts = await openCounterparts(kit, { clock: CLOCK, signing: suiteKeys });
  const world = { registry, clock: CLOCK, kit, inputs, counterparts, suiteKeys };
  let system: StartedSystem | undefined;
  try {
    system = await startSystem(world, change);
    const { restart, cashier } = system;
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
      ...(cashier !== undefined && { cashier }),
      ...(only !== undefined && { only }),
    });
  } finally {
    await system?.stop();
    await counterparts.close();
  }
}
