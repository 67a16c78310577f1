/** Timers of the machine. */
import type { Scheduler } from '@yiqiao/router';

/** `setTimeout` that does not keep a stopping process alive. */
export const systemScheduler: Scheduler = {
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
