/** Does something from time to time, one round after the other, never two at once. */

/** A round that failed. */
export interface PollProblem {
  readonly error: unknown;
  /** How many in a row have failed. */
  readonly failures: number;
}

/** What is done, and how often. */
export interface PollerOptions {
  /** From the end of one round to the beginning of the next. */
  readonly intervalMs: number;
  /** After failures the interval doubles up to this; 60 s when absent. */
  readonly longestMs?: number;
  readonly poll: (signal: AbortSignal) => Promise<void>;
  readonly onProblem?: (problem: PollProblem) => void;
}

/** A poller. */
export interface Poller {
  start(): void;
  /** Does a round now, or waits for the one under way. */
  once(): Promise<void>;
  /** Aborts the signal of a round under way and waits for its end. */
  stop(): Promise<void>;
}

const LONGEST_MS = 60_000;

/** Creates a poller; nothing is done before `start` or `once`. */
export function createPoller(options: PollerOptions): Poller {
  const { intervalMs, longestMs = LONGEST_MS, poll, onProblem } = options;
  const stopping = new AbortController();
  let failures = 0;
  let round: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStarted = false;

  const run = async (): Promise<void> => {
    try {
      await poll(stopping.signal);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!stopping.signal.aborted) onProblem?.({ error, failures });
    } finally {
      round = undefined;
      schedule();
    }
  };
  const schedule = (): void => {
    clearTimeout(timer);
    if (!isStarted || stopping.signal.aborted) return;
    const wait =
      failures === 0 ? intervalMs : Math.min(intervalMs * 2 ** failures, Math.max(longestMs, intervalMs));
    timer = setTimeout(() => void once(), wait).unref();
  };
  const once = (): Promise<void> => {
    clearTimeout(timer);
    if (stopping.signal.aborted) return Promise.resolve();
    round ??= run();
    return round;
  };
  return {
    start() {
      if (isStarted) return;
      isStarted = true;
      void once();
    },
    once,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await round;
    },
  };
}
