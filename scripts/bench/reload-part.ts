/** What reloads of the configuration do to the messages that are under way. */
import { inBenchPlace, isAnswered } from './bench-place.ts';
import type { PartResult, Size } from './bench-place.ts';
import { runLoad } from './load.ts';

/** Reloads again and again while messages pass; none of them may fail. */
export function measureReloads({
  count,
  concurrency,
  reloads,
}: Size & { reloads: number }): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const subject = await place.startGateway('gateway', 'reloaded');
    let done = 0;
    let messages = 0;
    let failed = 0;
    while (done < reloads) {
      const bodies = place.requests(count);
      let loading = true;
      const load = runLoad({
        url: subject.url,
        count,
        concurrency,
        body: (index) => bodies[index] ?? '',
        expect: isAnswered,
      }).finally(() => (loading = false));
      while (loading && done < reloads) {
        await subject.reload();
        done += 1;
      }
      messages += count;
      failed += count - (await load).expected;
    }
    return { ok: failed === 0, figures: { reloads: done, messages, failed } };
  });
}
