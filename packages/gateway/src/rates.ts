/** How many messages a peer may send: so many per second on average, and so many at once. */
import type { Clock } from '@yiqiao/model';
import type { PeerSource } from './config-peers.ts';

/** The rates of all peers. They outlive a reload, with the settings that hold now. */
export interface Rates {
  /** Whether one more message of this peer is within its rate; counts it. */
  take(peer: string, rate: PeerSource['rate']): boolean;
}

/** Creates full buckets. */
export function createRates(clock: Clock): Rates {
  const buckets = new Map<string, { left: number; at: number }>();
  return {
    take(peer, rate) {
      if (rate === undefined) return true;
      const now = clock.now();
      const bucket = buckets.get(peer) ?? { left: rate.burst, at: now };
      const regained = (Math.max(0, now - bucket.at) / 1_000) * rate.perSecond;
      const left = Math.min(rate.burst, bucket.left + regained);
      buckets.set(peer, { left: left >= 1 ? left - 1 : left, at: now });
      return left >= 1;
    },
  };
}
