/** Numbers a HIS mints. */
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { stamp } from '../china-time.ts';

/** Mints numbers that never repeat within one HIS. */
export interface MessageNumbers {
  /** yyyyMMddHHmmss + 4 digits. */
  next(): string;
}

/** Makes them. When the clock stands still or steps back, the numbers run ahead of it. */
export function createMessageNumbers(clock: Clock = systemClock): MessageNumbers {
  let secondMs = 0;
  let serial = 0;
  return {
    next() {
      const nowMs = Math.floor(clock.now() / 1000) * 1000;
      if (nowMs > secondMs) [secondMs, serial] = [nowMs, 0];
      serial += 1;
      if (serial > 9999) [secondMs, serial] = [secondMs + 1000, 1];
      return `${stamp(secondMs)}${String(serial).padStart(4, '0')}`;
    },
  };
}
