/**
 * `npm run bench`: what a full exchange costs beside a bare proxy and the SM2 operations it cannot do without.
 * Subjects run in processes of their own, in turn, several rounds; only their CPU is counted. `--json` prints one
 * object as the last line. Options: `--rounds N`, `--count N` requests per round and subject.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compactTime, formatTime } from '@yiqiao/model';
import { writeGatewayConfig } from './gateway-config.ts';
import { percentile, runLoad, startFarSide } from './load.ts';
import { createMeasuredExchange } from './message.ts';
import { countAnswered } from './reconcile.ts';
import { startSubject } from './subjects.ts';
import type { Subject } from './subjects.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '1500' },
    concurrency: { type: 'string', default: '32' },
  },
});

interface Measured {
  readonly cpuMicros: number[];
  readonly rawSm2Micros: number[];
  readonly perSecond: number[];
  readonly latenciesMs: number[];
  sent: number;
  answered: number;
}

type Name = 'proxy' | 'passThrough' | 'full';

const folder = mkdtempSync(join(tmpdir(), 'yiqiao-bench-'));
const exchange = createMeasuredExchange();
const farSide = await startFarSide(() => exchange.answer);
const unsignedConfig = {
  folder: join(folder, 'pass'),
  farSide: farSide.url,
  keys: exchange.keys,
  signed: false,
};
const signedConfig = {
  folder: join(folder, 'full'),
  farSide: farSide.url,
  keys: exchange.keys,
  signed: true,
};
const subjects: Record<Name, Subject> = {
  proxy: await startSubject('proxy', farSide.url),
  passThrough: await startSubject('gateway', writeGatewayConfig(unsignedConfig)),
  full: await startSubject('gateway', writeGatewayConfig(signedConfig)),
};
/** A reading transaction without canonical operation: it passes through in its national form. */
const TRANSACTIONS: Record<Name, '2207' | '1321'> = { proxy: '2207', passThrough: '1321', full: '2207' };

const fresh = (): Measured => ({
  cpuMicros: [],
  rawSm2Micros: [],
  perSecond: [],
  latenciesMs: [],
  sent: 0,
  answered: 0,
});
const results: Record<Name, Measured> = { proxy: fresh(), passThrough: fresh(), full: fresh() };
let serial = 0;

/** One round of one subject; the first is a warm-up and not counted. */
async function runRound(name: Name, count: number, counted: boolean): Promise<void> {
  const subject = subjects[name];
  const at = { stamp: compactTime(Date.now()), time: formatTime(Date.now()) };
  const rawSm2 = name === 'full' ? await subject.sm2(150) : 0;
  const before = await subject.cpu();
  const load = await runLoad({
    url: subject.url,
    count,
    concurrency: Number(options.concurrency),
    body: () => exchange.request((serial += 1), at, TRANSACTIONS[name]),
    expect: (answer) => answer.includes('"setl_id":"A0000002601010000001"') && /"infcode":0/.test(answer),
  });
  const cpu = (await subject.cpu()) - before;
  const result = results[name];
  result.sent += count;
  result.answered += load.expected;
  if (!counted) return;
  result.cpuMicros.push(cpu / count);
  result.rawSm2Micros.push(rawSm2);
  result.perSecond.push(count / load.seconds);
  for (const latency of load.latenciesMs) result.latenciesMs.push(latency);
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function figures(name: Name) {
  const { cpuMicros, perSecond, latenciesMs } = results[name];
  const latencies = Float64Array.from(latenciesMs);
  return {
    requestsPerSecond: Math.round(median(perSecond)),
    cpuMicrosPerRequest: Math.round(median(cpuMicros)),
    p50: Number(percentile(latencies, 0.5).toFixed(2)),
    p95: Number(percentile(latencies, 0.95).toFixed(2)),
    p99: Number(percentile(latencies, 0.99).toFixed(2)),
  };
}

const names: Name[] = ['proxy', 'passThrough', 'full'];
const rounds = Number(options.rounds);
for (let round = 0; round <= rounds; round += 1) {
  for (const name of names) await runRound(name, round === 0 ? 500 : Number(options.count), round > 0);
  process.stderr.write(round === 0 ? 'warm-up done\n' : `round ${round} of ${rounds}\n`);
}
for (const name of names) await subjects[name].stop();
const sent = names.reduce((sum, name) => sum + results[name].sent, 0);
const reconciled =
  names.every((name) => results[name].answered === results[name].sent) &&
  farSide.received() === sent &&
  (await countAnswered(join(signedConfig.folder, 'journal.sqlite'))) === results.full.sent;
await farSide.close();
rmSync(folder, { recursive: true });

const bare = median(results.proxy.cpuMicros);
const full = median(results.full.cpuMicros);
const sm2 = median(results.full.rawSm2Micros);
const report = {
  ok: reconciled,
  reconciled,
  efficiency: Number(((bare + sm2) / full).toFixed(3)),
  overhead: Number(((full - sm2) / bare).toFixed(2)),
  sm2Micros: Math.round(sm2),
  proxy: figures('proxy'),
  passThrough: figures('passThrough'),
  full: figures('full'),
};
if (options.json) {
  process.stdout.write(`${JSON.stringify(report)}\n`);
} else {
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  if (!reconciled) process.stdout.write('VOID: not every exchange reconciled\n');
}
process.exitCode = report.ok ? 0 : 1;
