/** What the durable journal costs: beside one that keeps nothing, and in writes that an exchange waits for. */
import { inBenchPlace, isAnswered, median } from './bench-place.ts';
import type { PartResult, Size } from './bench-place.ts';
import { runLoad } from './load.ts';

const AIM = 0.8;
const MOST_WRITES = { writing: 2, reading: 0 } as const;

/** Throughput with the journal on disk over throughput with one in memory, in rounds that take turns. */
export function measureDurable(size: Size): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const subjects = {
      durable: await place.startGateway('gateway', 'durable'),
      off: await place.startGateway('gateway-in-memory', 'off'),
    };
    const perSecond = { durable: [] as number[], off: [] as number[] };
    let failed = 0;
    for (let round = 0; round <= size.rounds; round += 1) {
      for (const name of ['durable', 'off'] as const) {
        const bodies = place.requests(size.count);
        const { seconds, expected } = await runLoad({
          ...size,
          url: subjects[name].url,
          body: (index) => bodies[index] ?? '',
          expect: isAnswered,
        });
        failed += size.count - expected;
        if (round > 0) perSecond[name].push(size.count / seconds);
      }
    }
    const [durable, off] = [median(perSecond.durable), median(perSecond.off)];
    const figures = { durable: Math.round(durable), off: Math.round(off) };
    return {
      ok: failed === 0,
      figures: { ...figures, ratio: Number((durable / off).toFixed(3)), aim: AIM, failed },
    };
  });
}

/** Durable writes that one exchange waits for, counted with one exchange at a time. */
export function measureWrites({ count }: Size): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const writing = await place.startGateway('gateway-counting', 'writing');
    const reading = await place.startGateway('gateway-counting', 'reading', { signed: false });
    const perExchange = async (subject: typeof writing, transaction: '2207' | '1321'): Promise<number> => {
      const bodies = place.requests(Math.min(count, 200), transaction);
      const before = await subject.writes();
      const { expected } = await runLoad({
        url: subject.url,
        count: bodies.length,
        concurrency: 1,
        body: (index) => bodies[index] ?? '',
        expect: isAnswered,
      });
      return expected === bodies.length ? ((await subject.writes()) - before) / expected : Number.NaN;
    };
    const figures = {
      writing: await perExchange(writing, '2207'),
      reading: await perExchange(reading, '1321'),
    };
    const ok = figures.writing <= MOST_WRITES.writing && figures.reading <= MOST_WRITES.reading;
    return { ok, figures: { ...figures, most: MOST_WRITES } };
  });
}
