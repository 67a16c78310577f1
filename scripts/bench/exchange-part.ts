/** What a full exchange costs beside a bare proxy and the SM2 operations it cannot do without. */
import { join } from 'node:path';
import { inBenchPlace, isAnswered, median } from './bench-place.ts';
import type { BenchPlace, PartResult, Size } from './bench-place.ts';
import { percentile, runLoad } from './load.ts';
import { countAnswered } from './reconcile.ts';
import { startSubject } from './subjects.ts';
import type { Subject } from './subjects.ts';

const NAMES = ['proxy', 'passThrough', 'full'] as const;
type Name = (typeof NAMES)[number];

/** A reading transaction without canonical operation: it passes through in its national form. */
const TRANSACTIONS: Record<Name, '2207' | '1321'> = { proxy: '2207', passThrough: '1321', full: '2207' };

interface Measured {
  readonly cpuMicros: number[];
  readonly rawSm2Micros: number[];
  readonly perSecond: number[];
  readonly latenciesMs: number[];
  sent: number;
  answered: number;
}

/** Measures the three subjects in turn; the first round is a warm-up and not counted. */
export function measureExchange(size: Size): Promise<PartResult> {
  return inBenchPlace(async (place) => {
    const subjects: Record<Name, Subject> = {
      proxy: await startSubject('proxy', place.farSide.url),
      passThrough: await place.startGateway('gateway', 'pass', { signed: false }),
      full: await place.startGateway('gateway', 'full'),
    };
    const fresh = (): Measured => ({
      cpuMicros: [],
      rawSm2Micros: [],
      perSecond: [],
      latenciesMs: [],
      sent: 0,
      answered: 0,
    });
    const results: Record<Name, Measured> = { proxy: fresh(), passThrough: fresh(), full: fresh() };
    for (let round = 0; round <= size.rounds; round += 1) {
      for (const name of NAMES) {
        const count = round === 0 ? Math.ceil(size.count / 3) : size.count;
        await runRound(
          place,
          { name, subject: subjects[name], result: results[name] },
          { ...size, count },
          round > 0,
        );
      }
    }
    for (const name of NAMES) await subjects[name].stop();
    return report(results, {
      received: place.farSide.received(),
      onRecord: await countAnswered(join(place.folder, 'full', 'journal.sqlite')),
    });
  });
}

async function runRound(
  place: BenchPlace,
  { name, subject, result }: { name: Name; subject: Subject; result: Measured },
  { count, concurrency }: Size,
  counted: boolean,
): Promise<void> {
  const bodies = place.requests(count, TRANSACTIONS[name]);
  const rawSm2 = name === 'full' ? await subject.sm2(150) : 0;
  const before = await subject.cpu();
  const load = await runLoad({
    url: subject.url,
    count,
    concurrency,
    body: (index) => bodies[index] ?? '',
    expect: isAnswered,
  });
  const cpu = (await subject.cpu()) - before;
  result.sent += count;
  result.answered += load.expected;
  if (!counted) return;
  result.cpuMicros.push(cpu / count);
  result.rawSm2Micros.push(rawSm2);
  result.perSecond.push(count / load.seconds);
  for (const latency of load.latenciesMs) result.latenciesMs.push(latency);
}

function figuresOf({ cpuMicros, perSecond, latenciesMs }: Measured): Record<string, number> {
  const latencies = Float64Array.from(latenciesMs);
  return {
    requestsPerSecond: Math.round(median(perSecond)),
    cpuMicrosPerRequest: Math.round(median(cpuMicros)),
    p50: Number(percentile(latencies, 0.5).toFixed(2)),
    p95: Number(percentile(latencies, 0.95).toFixed(2)),
    p99: Number(percentile(latencies, 0.99).toFixed(2)),
  };
}

function report(
  results: Record<Name, Measured>,
  { received, onRecord }: { received: number; onRecord: number },
): PartResult {
  const sent = NAMES.reduce((sum, name) => sum + results[name].sent, 0);
  const reconciled =
    NAMES.every((name) => results[name].answered === results[name].sent) &&
    received === sent &&
    onRecord === results.full.sent;
  const bare = median(results.proxy.cpuMicros);
  const full = median(results.full.cpuMicros);
  const sm2 = median(results.full.rawSm2Micros);
  return {
    ok: reconciled,
    figures: {
      reconciled,
      efficiency: Number(((bare + sm2) / full).toFixed(3)),
      overhead: Number(((full - sm2) / bare).toFixed(2)),
      sm2Micros: Math.round(sm2),
      proxy: figuresOf(results.proxy),
      passThrough: figuresOf(results.passThrough),
      full: figuresOf(results.full),
    },
  };
}
