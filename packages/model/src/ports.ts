/** What everything else receives as arguments, so that tests can hold it still. */

/** Time. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };
