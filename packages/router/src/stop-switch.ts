/** Pauses that end when the program stops, and the signal that ends calls. */
import { GatewayError } from '@yiqiao/model';
import type { Scheduler } from './types.ts';

/** Ends what waits. An exchange that is left stays open on record; the next start goes on with it. */
export interface StopSwitch {
  /** @throws GatewayError `EXCHANGE_IN_PROGRESS` when the program stops meanwhile or has stopped. */
  pause(delayMs: number): Promise<void>;
  /** @throws GatewayError `EXCHANGE_IN_PROGRESS` when no call may begin any more. */
  assertCallsAllowed(): void;
  /** Ends all pauses, now and from now on. */
  endPauses(): void;
  /** True once pauses have ended. */
  readonly stopping: boolean;
  /** Aborts all calls. */
  abortCalls(): void;
  readonly signal: AbortSignal;
}

/** Longest delay that timers take. */
const LONGEST_MS = 2 ** 31 - 1;

/** Creates the switch; it is on until it is switched off. */
export function createStopSwitch(scheduler: Scheduler): StopSwitch {
  const controller = new AbortController();
  const sleepers = new Set<() => void>();
  let pausing = true;
  return {
    signal: controller.signal,
    get stopping() {
      return !pausing;
    },
    pause(delayMs) {
      if (!pausing) return Promise.reject(left());
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const cancel = scheduler.after(Math.min(Math.max(delayMs, 0), LONGEST_MS), () => {
        sleepers.delete(wake);
        resolve();
      });
      const wake = (): void => {
        cancel();
        reject(left());
      };
      sleepers.add(wake);
      return promise;
    },
    assertCallsAllowed() {
      if (controller.signal.aborted) throw left();
    },
    endPauses() {
      pausing = false;
      for (const wake of sleepers) wake();
      sleepers.clear();
    },
    abortCalls() {
      controller.abort();
    },
  };
}

function left(): GatewayError {
  return new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { stopping: true } });
}
