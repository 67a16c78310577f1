/** The exchanges that run now: one run per key, joined by everyone who asks for the same message. */
import type { ExchangeKey } from '@yiqiao/journal';
import { keyText } from './machine.ts';
import type { Ending } from './types.ts';

/** A running exchange. */
export interface Run {
  readonly key: ExchangeKey;
  readonly digest: string;
  /** Rejects when it is left for the next start, or broke. */
  readonly ending: Promise<Ending>;
  /** Whether it takes back another one. */
  readonly reverses: boolean;
  /** Another exchange at the same matter, whose end it awaits. */
  readonly waitsFor?: () => ExchangeKey | undefined;
}

/** The running exchanges. */
export interface Runs {
  find(key: ExchangeKey): Run | undefined;
  start(run: Omit<Run, 'ending'>, work: () => Promise<Ending>): Run;
  readonly size: number;
  /** Resolves when none runs any more. */
  idle(): Promise<void>;
}

/** Creates the register. `onFault` hears of runs that broke. */
export function createRuns(onFault: (error: unknown, key: ExchangeKey) => void): Runs {
  const runs = new Map<string, Run>();
  return {
    find: (key) => runs.get(keyText(key)),
    get size() {
      return runs.size;
    },
    start(plan, work) {
      const id = keyText(plan.key);
      const ending = work().finally(() => runs.delete(id));
      ending.catch((error: unknown) => onFault(error, plan.key));
      const run = { ...plan, ending };
      runs.set(id, run);
      return run;
    },
    async idle() {
      while (runs.size > 0) await Promise.allSettled([...runs.values()].map((run) => run.ending));
    },
  };
}
