/** Wrong tokens, counted by address: a few may be mistakes, more are refused unread for a while. */
import type { Clock } from '@yiqiao/model';

/** So many wrong tokens may come from one address at once … */
const AT_ONCE = 10;
/** … and one more each time this has passed. */
const ANOTHER_AFTER_MS = 6_000;
/** Addresses remembered; the oldest is forgotten first. */
const MOST_ADDRESSES = 10_000;

/** The count. */
export interface Attempts {
  /** Milliseconds until a token from this address is looked at again; 0: now. */
  waitFor(address: string): number;
  /** Counts a wrong one; tells whether the address is refused from now on. */
  wrong(address: string): boolean;
}

interface Count {
  readonly left: number;
  readonly at: number;
}

/** Creates an empty count. */
export function createAttempts(clock: Clock): Attempts {
  const counts = new Map<string, Count>();
  const leftOf = (address: string): number => {
    const count = counts.get(address);
    if (count === undefined) return AT_ONCE;
    const regained = Math.max(0, clock.now() - count.at) / ANOTHER_AFTER_MS;
    return Math.min(AT_ONCE, count.left + regained);
  };
  return {
    waitFor(address) {
      const left = leftOf(address);
      return left >= 1 ? 0 : Math.ceil((1 - left) * ANOTHER_AFTER_MS);
    },
    wrong(address) {
      const left = leftOf(address) - 1;
      counts.delete(address);
      counts.set(address, { left, at: clock.now() });
      const [oldest] = counts.keys();
      if (counts.size > MOST_ADDRESSES && oldest !== undefined) counts.delete(oldest);
      return left < 1;
    },
  };
}
