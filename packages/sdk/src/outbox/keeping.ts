/** How long a store keeps what is over: the names of jobs that are done, and the trace. */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@yiqiao/model';
import { setting } from '../settings/setting.ts';
import type { AdapterStore } from '../store/types.ts';

/** In days. */
export interface Keeping {
  /**
   * How long the id of a job that is done is known, so that it is not done again: longer than anybody repeats an event.
   * Of its contents nothing is kept in any case.
   */
  readonly keepDoneDays: number;
  /** How long events of the trace are kept. */
  readonly keepTraceDays: number;
}

/** 400 days, and ten years of trace. Project design: what is to be kept how long, the institution's own rules say. */
export const KEEPING: Keeping = { keepDoneDays: 400, keepTraceDays: 3_650 };

const days = (fallback: number) => setting.withDefault(setting.integer({ min: 31, max: 36_500 }), fallback);

/** Members of a configuration, for `readSettings`. */
export const keepingSettings = {
  keepDoneDays: days(KEEPING.keepDoneDays),
  keepTraceDays: days(KEEPING.keepTraceDays),
};

/** What was forgotten. */
export interface Forgotten {
  readonly jobs: number;
  readonly events: number;
}

const DAY_MS = 86_400_000;
const FIRST_MS = 60_000;
const PAGE = 200;

/** Forgets what is older, in small steps that give way to other work. */
export async function forgetOld(
  store: AdapterStore,
  { keep, now, signal }: { readonly keep: Keeping; readonly now: number; readonly signal: AbortSignal },
): Promise<Forgotten> {
  const walk = async (what: 'jobs' | 'events', keptDays: number): Promise<number> => {
    const before = now - keptDays * DAY_MS;
    let forgotten = 0;
    for (let after: number | undefined = 0; after !== undefined && !signal.aborted;) {
      const page = store.forgetOld(what, { before, after, limit: PAGE });
      forgotten += page.forgotten;
      after = page.next;
      await setImmediate();
    }
    return forgotten;
  };
  const jobs = await walk('jobs', keep.keepDoneDays);
  return { jobs, events: await walk('events', keep.keepTraceDays) };
}

/** Does so a minute after it is made and then daily, until the signal aborts; holds no process. */
export function forgetDaily(
  store: AdapterStore,
  { keep, clock, signal }: { readonly keep: Keeping; readonly clock: Clock; readonly signal: AbortSignal },
): void {
  const run = (): void => {
    if (signal.aborted) return;
    // A store that cannot be written at the moment is tidied tomorrow; whoever works with it hears of it.
    forgetOld(store, { keep, now: clock.now(), signal }).catch(() => {});
    timer = setTimeout(run, DAY_MS).unref();
  };
  let timer = setTimeout(run, FIRST_MS).unref();
  signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
}
