/**
 * `npm run bench:his`: what the exchange tables of a HIS cost, on a real PostgreSQL and with a real store file. The poller
 * is a process of its own, whose processor time is read; the insurer answers after 20 ms, so that the polling, the
 * desk and the store are measured and not the gateway. Idle with and without NOTIFY; 500 visits a minute (each
 * registration, fees, trial, settlement: 4 rows, 7 messages) as they come; 500 visits at once.
 * `--json` prints one object as the last line. Options: `--seconds N` of each phase. Exit code 1 when a figure misses its limit.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createTableHis, exampleMap } from '../../adapters/his/test/table-rig.ts';
import type { TableHis } from '../../adapters/his/test/table-rig.ts';
import type { PollerTask } from './his-poller.ts';

const { values: options } = parseArgs({
  options: { json: { type: 'boolean', default: false }, seconds: { type: 'string', default: '20' } },
});
const seconds = Number(options.seconds);

/** What the figures may be; the visits of an hour's rush stand for one minute. */
const LIMITS = { visitsPerMinute: 500, idlePercent: 5 };
const ANSWER_MS = 20;
const BURST = 500;

interface Figures {
  readonly cpuMs: number;
  readonly active: number;
  readonly ended: number;
  readonly looks: number;
}

const folder = mkdtempSync(join(tmpdir(), 'yiqiao-his-bench-'));
const his = await createTableHis();
try {
  const idle = await measureIdle('idle', exampleMap('tables-map.json'));
  const { tables, ...rest } = exampleMap('tables-map.json');
  const { channel: _, ...polled } = tables ?? neverThere();
  const idlePolled = await measureIdle('polled', { ...rest, tables: polled });
  const paced = await measurePaced();
  const burst = await measureBurst();
  report({ idle, idlePolled, paced, burst });
} finally {
  await his.close();
  rmSync(folder, { recursive: true });
}

function neverThere(): never {
  throw new Error('the example has tables');
}

async function measureIdle(name: string, map: PollerTask['map']) {
  return withPoller(name, map, async (poller) => {
    await setTimeout(1_000);
    const before = await figuresOf(poller);
    await setTimeout(seconds * 1_000);
    const after = await figuresOf(poller);
    return {
      cpuPercent: percent(after.cpuMs - before.cpuMs, seconds * 1_000),
      looksPerSecond: round((after.looks - before.looks) / seconds),
    };
  });
}

async function measurePaced() {
  return withPoller('paced', exampleMap('tables-map.json'), async (poller) => {
    const every = 60_000 / LIMITS.visitsPerMinute;
    const before = await figuresOf(poller);
    const began = performance.now();
    const waits: Promise<number>[] = [];
    for (let at = 0; performance.now() - began < seconds * 1_000; at += 1) {
      waits.push(visitMs(his, `P${at}`));
      await setTimeout(Math.max(0, began + (at + 1) * every - performance.now()));
    }
    const tookMs = performance.now() - began;
    const backlog = await openRows();
    const took = (await Promise.all(waits)).toSorted((one, other) => one - other);
    const after = await figuresOf(poller);
    return {
      visits: took.length,
      visitsPerMinute: round((took.length / tookMs) * 60_000),
      openRowsAtEnd: backlog,
      cpuPercent: percent(after.cpuMs - before.cpuMs, tookMs),
      medianMs: round(took[took.length >> 1] ?? Number.NaN),
      p95Ms: round(took[Math.floor(took.length * 0.95)] ?? Number.NaN),
    };
  });
}

/** From the first row to the settlement's answer. */
async function visitMs(tables: TableHis, number: string): Promise<number> {
  const began = performance.now();
  const keys = await tables.visit(number);
  await untilDone(keys.at(-1) ?? '');
  return performance.now() - began;
}

async function untilDone(key: string): Promise<void> {
  for (;;) {
    const { rows } = await his.db.query<{ zt: string }>('SELECT zt FROM yb_request WHERE id = $1', [key]);
    if (rows[0]?.zt === '2') return;
    if (rows[0]?.zt === '3') throw new Error(`row ${key} was refused`);
    await setTimeout(20);
  }
}

async function measureBurst() {
  for (let at = 0; at < BURST; at += 1) await his.visit(`B${at}`);
  return withPoller('burst', exampleMap('tables-map.json'), async (poller) => {
    const began = performance.now();
    const before = await figuresOf(poller);
    while ((await openRows()) > 0) await setTimeout(50);
    const tookMs = performance.now() - began;
    const after = await figuresOf(poller);
    return {
      visits: BURST,
      seconds: round(tookMs / 1_000),
      visitsPerMinute: round((BURST / tookMs) * 60_000),
      cpuMsPerVisit: round((after.cpuMs - before.cpuMs) / BURST),
    };
  });
}

async function openRows(): Promise<number> {
  const { rows } = await his.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM yb_request WHERE zt IN ('0', '1', '4')`,
  );
  return rows[0]?.n ?? 0;
}

async function withPoller<T>(
  name: string,
  map: PollerTask['map'],
  work: (poller: ChildProcess) => Promise<T>,
): Promise<T> {
  const task: PollerTask = {
    connection: his.connection,
    store: join(folder, `${name}.store`),
    map,
    answerMs: ANSWER_MS,
  };
  const poller = fork(fileURLToPath(new URL('his-poller.ts', import.meta.url)), [JSON.stringify(task)]);
  await once(poller, 'message');
  try {
    return await work(poller);
  } finally {
    const ended = once(poller, 'exit');
    poller.send('stop');
    await ended;
  }
}

async function figuresOf(poller: ChildProcess): Promise<Figures> {
  const told = once(poller, 'message');
  poller.send('figures');
  const [figures] = (await told) as [Figures];
  return figures;
}

function percent(part: number, whole: number): number {
  return round((part / whole) * 100);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function report(figures: {
  readonly idle: { readonly cpuPercent: number };
  readonly idlePolled: { readonly cpuPercent: number };
  readonly paced: {
    readonly visitsPerMinute: number;
    readonly openRowsAtEnd: number;
    readonly visits: number;
  };
  readonly burst: { readonly visitsPerMinute: number };
}): void {
  const { idle, idlePolled, burst } = figures;
  const ok =
    Math.max(idle.cpuPercent, idlePolled.cpuPercent) <= LIMITS.idlePercent &&
    burst.visitsPerMinute >= LIMITS.visitsPerMinute;
  for (const [name, values] of Object.entries(figures)) {
    process.stdout.write(`${name.padEnd(12)} ${JSON.stringify(values)}\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ ok, limits: LIMITS, ...figures })}\n`);
  process.exitCode = ok ? 0 : 1;
}
