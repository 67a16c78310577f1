/**
 * `npm run bench:mapping`: what mapping costs beside JSONata and beside code written by hand, whether ten times the
 * rows take ten times as long in every shape of bytes, and what all profiles cost at start. Everything in one run, the
 * candidates in turn, with the young heap that a gateway has. Times are processor time, the collector's threads
 * included; ratios are taken within each round, where the machine is as busy for both, and of the rounds the median counts.
 * `--json` prints one object as the last line. Options: `--rounds N`, `--rows N`, the smaller count.
 * Exit code 1 when a figure misses its limit.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import { compileNationalMap } from '../../packages/mapping/src/index.ts';
import { createRegistry } from '../../packages/registry/src/index.ts';
import { handWrittenUpload } from './mapping-by-hand.ts';
import { rowsOf, SHAPES } from './mapping-lines.ts';
import { asText, jsonataUpload, plainUpload, readUploads, uploadOf } from './mapping-upload.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    rows: { type: 'string', default: '1000' },
  },
});
const rounds = Number(options.rounds);
const few = Number(options.rows);

/** Runs of the small message before time is taken; compiling counts as processor time. */
const WARM_UP = 200;

/** Processor time that a turn lasts at least: what the engine does beside the work weighs little then. */
const TURN_MS = 20;

/** Lines of the fee upload, and how many uploads are mapped in turn: a result is never that of the same objects. */
const LINES = 100;
const UPLOADS = 8;

/** What the figures may be. */
const LIMITS = { timesFasterThanJsonata: 100, timesHandWritten: 1.5, tenTimesRows: 11, startAllMs: 500 };

const registry = createRegistry();

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

/** Processor time in milliseconds of one run, from so many in a row: what else the machine does is not in it. */
function worked(times: number, work: (run: number) => void): number {
  const before = process.cpuUsage();
  for (let run = 0; run < times; run += 1) work(run);
  return elapsed(before) / times;
}

/** As `worked`, for work that has to be waited for. */
async function awaited(times: number, work: (run: number) => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let run = 0; run < times; run += 1) await work(run);
  return elapsed(before) / times;
}

function elapsed(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Collects what an earlier turn left young, and nothing else: a full collection throws away compiled code that knows
 * objects which are gone, and the next turns would be charged with compiling it anew.
 */
function settle(): void {
  globalThis.gc?.({ type: 'minor' });
}

/** Calls each in turn, every second round in the opposite order. */
async function inTurn(turns: readonly (() => number | Promise<number>)[]): Promise<number[][]> {
  const found: number[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const times: number[] = [];
    const order = turns.map((_, index) => (round % 2 === 0 ? index : turns.length - 1 - index));
    for (const index of order) {
      settle();
      times[index] = (await turns[index]?.()) ?? Number.NaN;
    }
    found.push(times);
  }
  return found;
}

/** Of the rounds the median of one turn, and of what it takes of another. */
const timeOf = (found: readonly number[][], turn: number): number =>
  median(found.map((times) => times[turn] ?? Number.NaN));
const ratioOf = (found: readonly number[][], turn: number, base: number): number =>
  median(found.map((times) => (times[turn] ?? Number.NaN) / (times[base] ?? Number.NaN)));

async function measureUpload() {
  const derived = registry.nationalMap('uploadOutpatientFees');
  const { request } = compileNationalMap(derived);
  const uploads = readUploads(registry, { lines: LINES, count: UPLOADS });
  const plain = uploads.map(plainUpload);
  const viaJsonata = jsonataUpload(derived);
  const one = (run: number) => uploads[run % UPLOADS] ?? {};
  const { body } = request.toModel(one(0));
  assert.deepEqual(handWrittenUpload(one(0)).body, body);
  assert.deepEqual(JSON.parse(JSON.stringify(await viaJsonata(plain[0] ?? {}))), asText(body));
  const use = (mapped: CanonicalObject): void => {
    assert.equal((mapped['feeLines'] as readonly unknown[]).length, LINES);
  };
  const map = (run: number): void => use(request.toModel(one(run)).body);
  const byHand = (run: number): void => use(handWrittenUpload(one(run)).body);
  const query = async (run: number): Promise<void> =>
    use((await viaJsonata(plain[run % UPLOADS] ?? {})) as CanonicalObject);
  worked(WARM_UP * 10, map);
  worked(WARM_UP * 10, byHand);
  await awaited(WARM_UP / 10, query);
  const often = Math.ceil(TURN_MS / worked(WARM_UP, map));
  const seldom = Math.ceil(TURN_MS / (await awaited(1, query)));
  const found = await inTurn([
    () => worked(often, map),
    () => worked(often, byHand),
    () => awaited(seldom, query),
  ]);
  return {
    lines: LINES,
    mappingMs: timeOf(found, 0),
    handMs: timeOf(found, 1),
    jsonataMs: timeOf(found, 2),
    timesFasterThanJsonata: ratioOf(found, 2, 0),
    timesHandWritten: ratioOf(found, 0, 1),
  };
}

/** Time of ten times the rows over that of the rows: of each codec alone, and of fee uploads the whole way. */
async function measureRows() {
  const found = [];
  for (const shape of SHAPES) {
    const [small, large] = [rowsOf(registry, shape, few), rowsOf(registry, shape, few * 10)];
    found.push({ codec: shape.codec, ...(await ratios({ small, large })) });
  }
  const { request } = compileNationalMap(registry.nationalMap('uploadOutpatientFees'));
  const [small, large] = [uploadOf(registry, request, few), uploadOf(registry, request, few * 10)];
  return [...found, { codec: '2204 bytes to model and back', ...(await ratios({ small, large })) }];
}

interface Work {
  read(): void;
  write(): void;
}

/** Whether a message is more than its codec takes: then there is no time to tell. */
function isRefused(work: () => void): boolean {
  try {
    work();
    return false;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return true;
  }
}

/** Ten times as many small ones in a row as large ones, so that both turns last as long. */
async function ratios({ small, large }: { small: Work; large: Work }) {
  const of = async (name: 'read' | 'write'): Promise<number> => {
    if (isRefused(() => large[name]())) return Infinity;
    worked(WARM_UP / 4, () => small[name]());
    const turns = Math.ceil(
      TURN_MS /
        Math.max(
          worked(1, () => large[name]()),
          1,
        ),
    );
    const found = await inTurn([
      () => worked(turns * 10, () => small[name]()),
      () => worked(turns, () => large[name]()),
    ]);
    return ratioOf(found, 1, 0);
  };
  return { read: await of('read'), write: await of('write') };
}

interface Start {
  readonly processor: number;
  readonly clock: number;
  readonly open: number;
}

function startOf(script: string, what: string): Start {
  return JSON.parse(execFileSync(process.execPath, [script, what], { encoding: 'utf8' })) as Start;
}

/** In processes of their own, in turn. */
function measureStart() {
  const script = fileURLToPath(new URL('mapping-start.ts', import.meta.url));
  const found: Record<'none' | 'lazy' | 'all', Start[]> = { none: [], lazy: [], all: [] };
  for (let round = 0; round < Math.min(rounds, 7); round += 1) {
    for (const what of ['none', 'lazy', 'all'] as const) found[what].push(startOf(script, what));
  }
  const of = (what: 'none' | 'lazy' | 'all', name: keyof Start): number =>
    median(found[what].map((one) => one[name]));
  return {
    profiles: of('all', 'open'),
    noneMs: of('none', 'processor'),
    lazyMoreMs: of('lazy', 'processor') - of('none', 'processor'),
    allMoreMs: of('all', 'processor') - of('none', 'processor'),
    allMoreByTheClockMs: of('all', 'clock') - of('none', 'clock'),
  };
}

const show = (value: number): string => value.toFixed(value < 10 ? 2 : 1);

const upload = await measureUpload();
console.error(
  `2204, ${upload.lines} lines: mapping ${show(upload.mappingMs)} ms, by hand ${show(upload.handMs)} ms, ` +
    `JSONata ${show(upload.jsonataMs)} ms: ${show(upload.timesFasterThanJsonata)} × JSONata, ` +
    `${show(upload.timesHandWritten)} × by hand`,
);
const rows = await measureRows();
for (const { codec, read, write } of rows) {
  console.error(`${few * 10} rows over ${few}, ${codec}: reading ${show(read)}, writing ${show(write)}`);
}
const start = measureStart();
console.error(
  `start: none ${show(start.noneMs)} ms, lazily +${show(start.lazyMoreMs)} ms, ` +
    `all ${start.profiles} profiles +${show(start.allMoreMs)} ms (by the clock +${show(start.allMoreByTheClockMs)} ms)`,
);
const missed = [
  ...(upload.timesFasterThanJsonata >= LIMITS.timesFasterThanJsonata ? [] : ['timesFasterThanJsonata']),
  ...(upload.timesHandWritten <= LIMITS.timesHandWritten ? [] : ['timesHandWritten']),
  ...rows.flatMap(({ codec, read, write }) => [
    ...(read <= LIMITS.tenTimesRows ? [] : [`rows ${codec} read`]),
    ...(write <= LIMITS.tenTimesRows ? [] : [`rows ${codec} write`]),
  ]),
  ...(start.allMoreMs <= LIMITS.startAllMs ? [] : ['startAllMs']),
  ...(start.lazyMoreMs < start.allMoreMs ? [] : ['startLazily']),
];
for (const one of missed) console.error(`missed: ${one}`);
const ok = missed.length === 0;
if (options.json) console.log(JSON.stringify({ ok, upload, rows, start, limits: LIMITS, missed }));
process.exitCode = ok ? 0 : 1;
