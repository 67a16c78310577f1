/** Tells the operator once when a far side closes and once when it opens again, however many messages meet it. */
import type { Clock } from '@yiqiao/model';
import type { Scheduler } from '@yiqiao/router';
import type { Logger } from 'pino';
import { closedUntil, minuteText } from './closures.ts';
import type { Closure } from './closures.ts';

const EVERY_MS = 1_000;

/** A watch that looks every second. */
export interface ClosureWatch {
  /** Looks now, e.g. after a reload. */
  look(): void;
  stop(): void;
}

/** Starts watching; the closures are read at each look. */
export function watchClosures(options: {
  closures(): readonly Closure[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}): ClosureWatch {
  const { closures, clock, scheduler, logger } = options;
  /** Closures in force, by what they say, so that a reload that changes nothing tells nothing. */
  let inForce = new Map<string, Closure>();
  let cancel = (): void => undefined;

  const look = (): void => {
    const now = clock.now();
    const found = new Map<string, Closure>();
    for (const closure of closures()) {
      const until = closedUntil(closure, now);
      if (until === undefined) continue;
      const name = JSON.stringify(closure);
      found.set(name, closure);
      if (!inForce.has(name)) logger.warn({ ...factsOf(closure), until: minuteText(until) }, 'peer closed');
    }
    for (const [name, closure] of inForce) {
      if (!found.has(name)) logger.warn(factsOf(closure), 'peer open again');
    }
    inForce = found;
  };
  const tick = (): void => {
    look();
    cancel = scheduler.after(EVERY_MS, tick);
  };
  tick();
  return { look, stop: () => cancel() };
}

function factsOf({ peer, region, reason, transactions }: Closure): Record<string, unknown> {
  return { peer, region, reason, transactions };
}
