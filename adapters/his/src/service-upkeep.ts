/** What the service does from time to time: its range of message ids is prolonged, what is old is forgotten. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@yiqiao/model';
import type { AdapterStore, ServiceLog } from '@yiqiao/sdk';
import { forgetOld } from './course/upkeep.ts';
import { PROLONG_MS } from './process-slot.ts';
import type { ProcessSlot } from './process-slot.ts';

const DAY_MS = 86_400_000;

/** The upkeep of one service; it holds no process. */
export interface Upkeep {
  start(): void;
  stop(): void;
  /** Whether our range of message ids is still ours. */
  isOurs(): boolean;
}

/** Makes it. */
export function createUpkeep(parts: {
  readonly store: AdapterStore;
  readonly clock: Clock;
  readonly log: ServiceLog;
  readonly slot: ProcessSlot;
  /** How long visits and orders are remembered. */
  readonly keepDays: number;
}): Upkeep {
  const { store, clock, log, slot, keepDays } = parts;
  const timers: NodeJS.Timeout[] = [];
  let isOurs = true;
  const prolong = (): void => {
    try {
      isOurs = slot.prolong();
      if (!isOurs) log.warn('his.slot-lost');
    } catch (error) {
      log.error('his.slot', error);
    }
  };
  const forget = (): void => {
    forgetOld(store, { before: clock.now() - keepDays * DAY_MS, pause: setImmediate })
      .then((forgotten) => log.info('his.upkeep', forgotten))
      .catch((error: unknown) => log.error('his.upkeep', error));
  };
  return {
    start() {
      timers.push(setInterval(prolong, PROLONG_MS), setInterval(forget, DAY_MS));
      for (const timer of timers) timer.unref();
    },
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
    isOurs: () => isOurs,
  };
}
