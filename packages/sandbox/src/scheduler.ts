/** Waiting, as an argument, so that tests need not wait. */
import { setTimeout as wait } from 'node:timers/promises';

/** Waits. */
export interface Scheduler {
  /** Resolves after so many milliseconds. */
  wait(ms: number): Promise<void>;
}

/** Real time. `holdsProcess`: whether a pending wait keeps the process alive. */
export function createScheduler({ holdsProcess }: { readonly holdsProcess: boolean }): Scheduler {
  return {
    async wait(ms) {
      await wait(ms, undefined, { ref: holdsProcess });
    },
  };
}
