/** What a province that has died costs all others behind the same hub. */
import { inBenchPlace, isAnswered, median } from './bench-place.ts';
import type { BenchPlace, PartResult, Size } from './bench-place.ts';
import { runLoad, startFarSide } from './load.ts';
import type { Subject } from './subjects.ts';

const MOST_LOSS = 0.05;
/** The province's share of the traffic: four callers, each with a request every 50 ms. */
const PROVINCE = { region: '510000', insured: '510100', callers: 4, pauseMs: 50 } as const;

/** Throughput of the others while the province answers and while it does not, in rounds that take turns. */
export async function measureDeadProvince(size: Size): Promise<PartResult> {
  let answer = '';
  const province = await startFarSide(() => answer);
  const result = await inBenchPlace(async (place) => {
    ({ answer } = place.exchange);
    const subject = await place.startGateway('gateway', 'hub', {
      province: { region: PROVINCE.region, url: province.url },
    });
    const perSecond = { alive: [] as number[], dead: [] as number[] };
    let failed = 0;
    for (let round = 0; round <= size.rounds; round += 1) {
      for (const state of ['alive', 'dead'] as const) {
        province.silence(state === 'dead');
        const { seconds, expected } = await runBeside(place, subject, size);
        failed += size.count - expected;
        if (round > 0) perSecond[state].push(size.count / seconds);
      }
    }
    province.silence(false);
    const [alive, dead] = [median(perSecond.alive), median(perSecond.dead)];
    const figures = { alive: Math.round(alive), dead: Math.round(dead) };
    const loss = Number((1 - dead / alive).toFixed(3));
    return { ok: failed === 0, figures: { ...figures, loss, most: MOST_LOSS, failed } };
  });
  await province.close();
  return result;
}

/** The others at full speed, and the province’s callers beside them until the others are done. */
async function runBeside(
  place: BenchPlace,
  { url }: Subject,
  { count, concurrency }: Size,
): ReturnType<typeof runLoad> {
  const done = new AbortController();
  const others = place.requests(count);
  const beside = place.requests(count, '2207', PROVINCE.insured);
  const theirs = runLoad({
    url,
    count: beside.length,
    concurrency: PROVINCE.callers,
    body: (index) => beside[index] ?? '',
    expect: () => true,
    pauseMs: PROVINCE.pauseMs,
    signal: done.signal,
  });
  const load = await runLoad({
    url,
    count,
    concurrency,
    body: (index) => others[index] ?? '',
    expect: isAnswered,
  });
  done.abort();
  await theirs;
  return load;
}
