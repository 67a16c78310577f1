/**
 * `npm run bench:mapping`: what mapping costs beside JSONata and beside code written by hand, whether ten times the
 * rows take ten times as long in every shape of bytes, and what all profiles cost at start. Everything in one run, the
 * candidates in turn, with the young heap that a gateway has; of the turns the best counts, of the starts the median; rows
 * are told by processor time.
 * `--json` prints one object as the last line. Options: `--rounds N`, `--rows N`, the smaller count.
 * Exit code 1 when a figure misses its limit.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GatewayError } from '@yiqiao/model';
import { compileNationalMap } from '../../packages/mapping/src/index.ts';
import { createRegistry } from '../../packages/registry/src/index.ts';
import { rowsOf, SHAPES } from './mapping-lines.ts';
import { asText, feeUpload, handWrittenUpload, jsonataUpload, plainUpload } from './mapping-upload.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '9' },
    rows: { type: 'string', default: '1000' },
  },
});
const rounds = Number(options.rounds);
const few = Number(options.rows);

/** Runs of the small message before time is taken; compiling counts as processor time. */
const WARM_UP = 200;

/** Processor time that a turn lasts at least: what the engine does beside the work weighs little then. */
const TURN_MS = 20;

/** What the figures may be. */
const LIMITS = { timesFasterThanJsonata: 100, timesHandWritten: 1.5, tenTimesRows: 11, startAllMs: 500 };

const registry = createRegistry();

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

/** Milliseconds of one run of `work`, from so many in a row. */
async function timed(times: number, work: () => unknown): Promise<number> {
  const began = performance.now();
  for (let count = 0; count < times; count += 1) await work();
  return (performance.now() - began) / times;
}

/** As `timed`, for work that is done when it returns: nothing may be added to it by waiting. */
function timedNow(times: number, work: () => void): number {
  const began = performance.now();
  for (let count = 0; count < times; count += 1) work();
  return (performance.now() - began) / times;
}

async function measureUpload() {
  const derived = registry.nationalMap('uploadOutpatientFees');
  const { request } = compileNationalMap(derived);
  const upload = feeUpload(100);
  const plain = plainUpload(upload);
  const viaJsonata = jsonataUpload(derived);
  const { body } = request.toModel(upload);
  assert.deepEqual(handWrittenUpload(upload).body, body);
  assert.deepEqual(JSON.parse(JSON.stringify(await viaJsonata(plain))), asText(body));
  const best = { mapping: Infinity, hand: Infinity, jsonata: Infinity };
  // Short turns, many of them: whatever else the machine does cannot slow all turns of one candidate alone.
  for (let turn = 0; turn < rounds * 20; turn += 1) {
    best.mapping = Math.min(
      best.mapping,
      timedNow(20, () => void request.toModel(upload)),
    );
    best.hand = Math.min(
      best.hand,
      timedNow(20, () => void handWrittenUpload(upload)),
    );
    best.jsonata = Math.min(best.jsonata, await timed(1, () => viaJsonata(plain)));
  }
  const { mapping: mappingMs, hand: handMs, jsonata: jsonataMs } = best;
  return {
    lines: 100,
    mappingMs,
    handMs,
    jsonataMs,
    timesFasterThanJsonata: jsonataMs / mappingMs,
    timesHandWritten: mappingMs / handMs,
  };
}

/** Time of ten times the rows over that of the rows, reading and writing; also of the mapping itself. */
function measureRows() {
  const found = SHAPES.map((shape) => {
    const [small, large] = [rowsOf(registry, shape, few), rowsOf(registry, shape, few * 10)];
    return { codec: shape.codec, ...ratios({ small, large }) };
  });
  const { request } = compileNationalMap(registry.nationalMap('uploadOutpatientFees'));
  const [small, large] = [feeUpload(few), feeUpload(few * 10)].map((upload) => {
    const { body, carried, dialect } = request.toModel(upload);
    return {
      read: () => void request.toModel(upload),
      write: () => void request.toWire({ body, carried, dialect }),
    };
  });
  assert(small !== undefined && large !== undefined);
  return [...found, { codec: 'mapping of 2204', ...ratios({ small, large }) }];
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

/** Processor time in milliseconds, the collector's threads included: what else the machine does is not in it. */
function worked(times: number, work: () => void): number {
  const before = process.cpuUsage();
  for (let count = 0; count < times; count += 1) work();
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

/** Ten times as many small ones in a row as large ones, so that both turns last as long. */
function ratios({ small, large }: { small: Work; large: Work }): { read: number; write: number } {
  const of = (name: 'read' | 'write'): number => {
    if (isRefused(() => large[name]())) return Infinity;
    for (let count = 0; count < WARM_UP; count += 1) small[name]();
    const once = worked(1, () => large[name]());
    const turns = Math.ceil(TURN_MS / Math.max(once, 1));
    const best = { small: Infinity, large: Infinity };
    for (let round = 0; round < rounds; round += 1) {
      settle();
      best.small = Math.min(best.small, worked(turns * 10, () => small[name]()) / (turns * 10));
      settle();
      best.large = Math.min(best.large, worked(turns, () => large[name]()) / turns);
    }
    return best.large / best.small;
  };
  return { read: of('read'), write: of('write') };
}

/** In processes of their own, in turn. */
function measureStart() {
  const script = fileURLToPath(new URL('mapping-start.ts', import.meta.url));
  const run = (what: string): number =>
    Number(execFileSync(process.execPath, [script, what], { encoding: 'utf8' }));
  const found: Record<'none' | 'lazy' | 'all', number[]> = { none: [], lazy: [], all: [] };
  for (let round = 0; round < Math.min(rounds, 5); round += 1) {
    for (const what of ['none', 'lazy', 'all'] as const) found[what].push(run(what));
  }
  const none = median(found.none);
  return {
    profiles: registry.profiles().length,
    noneMs: none,
    lazyMoreMs: median(found.lazy) - none,
    allMoreMs: median(found.all) - none,
  };
}

const upload = await measureUpload();
const rows = measureRows();
const start = measureStart();
const missed = [
  ...(upload.timesFasterThanJsonata >= LIMITS.timesFasterThanJsonata ? [] : ['timesFasterThanJsonata']),
  ...(upload.timesHandWritten <= LIMITS.timesHandWritten ? [] : ['timesHandWritten']),
  ...rows.flatMap(({ codec, read, write }) => [
    ...(read <= LIMITS.tenTimesRows ? [] : [`rows ${codec} read`]),
    ...(write <= LIMITS.tenTimesRows ? [] : [`rows ${codec} write`]),
  ]),
  ...(start.allMoreMs <= LIMITS.startAllMs ? [] : ['startAllMs']),
];
const show = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
console.error(
  `2204, ${upload.lines} lines: mapping ${show(upload.mappingMs)} ms, by hand ${show(upload.handMs)} ms, ` +
    `JSONata ${show(upload.jsonataMs)} ms: ${show(upload.timesFasterThanJsonata)} × JSONata, ` +
    `${show(upload.timesHandWritten)} × by hand`,
);
for (const { codec, read, write } of rows) {
  console.error(`${few * 10} rows over ${few}, ${codec}: reading ${show(read)}, writing ${show(write)}`);
}
console.error(
  `start: none ${show(start.noneMs)} ms, lazily +${show(start.lazyMoreMs)} ms, all ${start.profiles} profiles +${show(start.allMoreMs)} ms`,
);
for (const one of missed) console.error(`missed: ${one}`);
const ok = missed.length === 0;
if (options.json) console.log(JSON.stringify({ ok, upload, rows, start, limits: LIMITS, missed }));
process.exitCode = ok ? 0 : 1;
