/** What the durable journal costs: beside one that keeps nothing, encrypted beside clear, and in writes that an exchange waits for. */
import { inBenchPlace, isAnswered, median } from './bench-place.ts';
import type { BenchPlace, PartResult, Size } from './bench-place.ts';
import { runLoad } from './load.ts';
import type { Subject } from './subjects.ts';

const AIM = 0.8;
const ENCRYPTION_AIM = 0.85;
const MOST_WRITES = { writing: 2, reading: 0 } as const;

/** Throughput with the journal on disk over throughput with one in memory, in rounds that take turns. */
export function measureDurable(size: Size): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const { failed, perSecond } = await runInTurn(place, size, {
      durable: await place.startGateway('gateway', 'durable'),
      off: await place.startGateway('gateway-in-memory', 'off'),
    });
    const { durable = 0, off = 0 } = perSecond;
    const figures = { durable: Math.round(durable), off: Math.round(off) };
    return {
      ok: failed === 0,
      figures: { ...figures, ratio: Number((durable / off).toFixed(3)), aim: AIM, failed },
    };
  });
}

/** Throughput with contents encrypted, by either algorithm, over throughput with them clear. */
export function measureEncryption(size: Size): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const encrypted = (algorithm: string): Promise<Subject> => {
      const journal = `, encryption: { algorithm: ${algorithm}, key: { file: journal.key } }`;
      return place.startGateway('gateway', algorithm, { journal });
    };
    const { failed, perSecond, cpuMicros } = await runInTurn(place, size, {
      clear: await place.startGateway('gateway', 'clear'),
      aes: await encrypted('aes-256-gcm'),
      sm4: await encrypted('sm4-ctr-hmac-sm3'),
    });
    const { clear = 0, aes = 0, sm4 = 0 } = perSecond;
    const ratio = Number((aes / clear).toFixed(3));
    const figures = { clear: Math.round(clear), aes: Math.round(aes), sm4: Math.round(sm4) };
    const nationalRatio = Number((sm4 / clear).toFixed(3));
    const cpu = (name: string): number => Math.round(cpuMicros[name] ?? 0);
    const micros = { clear: cpu('clear'), aes: cpu('aes'), sm4: cpu('sm4') };
    return {
      ok: failed === 0,
      figures: {
        ...figures,
        cpuMicros: micros,
        ratio,
        nationalRatio,
        aim: ENCRYPTION_AIM,
        met: ratio >= ENCRYPTION_AIM,
        failed,
      },
    };
  });
}

/** What can be measured: one process, or several behind one address. */
export type Measurable = Pick<Subject, 'url' | 'cpu'> & { readonly urls?: readonly string[] };

/** Medians of throughput and of CPU time for one request, of subjects that take turns; the first round is a warm-up. */
export async function runInTurn(
  place: Pick<BenchPlace, 'requests'>,
  size: Size,
  subjects: Readonly<Record<string, Measurable>>,
): Promise<{
  readonly failed: number;
  readonly perSecond: Readonly<Record<string, number>>;
  readonly cpuMicros: Readonly<Record<string, number>>;
}> {
  const measured = Object.entries(subjects).map(([name, subject]) => ({
    name,
    subject,
    perSecond: [] as number[],
    micros: [] as number[],
  }));
  let failed = 0;
  for (let round = 0; round <= size.rounds; round += 1) {
    // Whoever is first in each round has the worse place.
    const first = round % measured.length;
    const inOrder = [...measured.slice(first), ...measured.slice(0, first)];
    for (const { subject, perSecond, micros } of inOrder) {
      const bodies = place.requests(size.count);
      const before = await subject.cpu();
      const { seconds, expected } = await runLoad({
        ...size,
        url: subject.url,
        ...(subject.urls && { urls: subject.urls }),
        body: (index) => bodies[index] ?? '',
        expect: isAnswered,
      });
      failed += size.count - expected;
      if (round === 0) continue;
      perSecond.push(size.count / seconds);
      micros.push(((await subject.cpu()) - before) / size.count);
    }
  }
  return {
    failed,
    perSecond: Object.fromEntries(measured.map(({ name, perSecond }) => [name, median(perSecond)])),
    cpuMicros: Object.fromEntries(measured.map(({ name, micros }) => [name, median(micros)])),
  };
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
