/**
 * `npm run bench:reconcile`: what it costs to reconcile three books of a million rows, beside `sort` and `join` on the
 * same files, and in how much memory. All in one run, the candidates in turn; of the turns the best counts.
 * `--json` prints one object as the last line. Options: `--rows N`, `--rounds N`.
 * Exit code 1 when a figure misses its limit or a planted difference is not found.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reconcileDay } from '@yiqiao/reconciliation';
import type { SideFile } from '@yiqiao/reconciliation';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rows: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    /** Reconciles the files of a folder and prints what it took; run by this script. */
    child: { type: 'string' },
  },
});

/** What the figures may be. */
const LIMITS = { timesSortAndJoin: 3, megabytes: 640 };

const DAY = '2026-11-21';
const SIDES = ['gateway', 'his', 'platform'] as const;
const COLUMNS = {
  settlementId: '结算ID',
  visitId: '就诊ID',
  personNumber: '人员编号',
  insuranceType: '险种',
  clearingType: '清算类别',
  settledAt: '结算时间',
  total: '医疗费总额',
  fundPaid: '基金支付总额',
  accountPaid: '个人账户支出',
  cashPaid: '现金支付',
  refund: '退费标志',
} as const;

/** One row in a thousand differs in the platform's books. */
const ONE_IN = 1_000;

interface Taken {
  readonly ms: number;
  readonly megabytes: number;
  readonly agreed: number;
  readonly differing: number;
}

const book = (folder: string, side: string): SideFile => ({
  file: join(folder, `${side}.csv`),
  columns: COLUMNS,
});

async function reconcileIn(folder: string): Promise<Taken> {
  const began = performance.now();
  const { agreed, differing } = await reconcileDay({
    day: DAY,
    gateway: book(folder, 'gateway'),
    his: book(folder, 'his'),
    platform: book(folder, 'platform'),
    onItem: () => undefined,
  });
  const ms = performance.now() - began;
  return { ms, megabytes: process.resourceUsage().maxRSS / 1_024, agreed, differing };
}

/** The order of a side is its own: nobody exports by settlement id. */
function writeBook(folder: string, side: number, rows: number): void {
  const fd = openSync(join(folder, `${SIDES[side]}.csv`), 'w');
  const step = [7_919, 104_729, 1_299_709][side] ?? 1;
  let text = `${Object.values(COLUMNS).join(',')}\n`;
  for (let index = 0; index < rows; index += 1) {
    const n = (index * step) % rows;
    const fen = 10_000 + (n % 90_000) + (side === 2 && n % ONE_IN === 0 ? 1 : 0);
    const yuan = (part: number): string => `${Math.floor(part / 100)}.${String(part % 100).padStart(2, '0')}`;
    const id = String(n).padStart(16, '0');
    text += `5300002026${id},MD00${id},5300000000000000${id.slice(6)},310,11,${DAY} 10:00:00,${yuan(fen)},${yuan(fen - 3_000)},0.00,30.00,0\n`;
    if (text.length < 1 << 20) continue;
    writeSync(fd, text);
    text = '';
  }
  writeSync(fd, text);
  closeSync(fd);
}

function sortAndJoin(folder: string): number {
  const began = performance.now();
  const script = `for f in gateway his platform; do sort -t, -k1,1 $f.csv > $f.sorted; done
    join -t, gateway.sorted his.sorted > two && join -t, two platform.sorted > three`;
  execFileSync('sh', ['-c', script], { cwd: folder, env: { ...process.env, LC_ALL: 'C', TMPDIR: folder } });
  return performance.now() - began;
}

/** In a process of its own, so that its memory is told apart. */
function reconcileApart(folder: string): Taken {
  const script = fileURLToPath(import.meta.url);
  const out = execFileSync(process.execPath, [script, '--child', folder], {
    env: { ...process.env, TMPDIR: folder },
  });
  return JSON.parse(out.toString()) as Taken;
}

function measure(): boolean {
  const rows = Number(options.rows);
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-bench-reconcile-'));
  try {
    SIDES.forEach((_, side) => writeBook(folder, side, rows));
    const turns = Array.from({ length: Number(options.rounds) }, () => ({
      tools: sortAndJoin(folder),
      ours: reconcileApart(folder),
    }));
    const tools = Math.min(...turns.map((turn) => turn.tools));
    const ours = Math.min(...turns.map((turn) => turn.ours.ms));
    const figures = {
      rows,
      sortAndJoinMs: Math.round(tools),
      reconcileMs: Math.round(ours),
      timesSortAndJoin: Number((ours / tools).toFixed(2)),
      megabytes: Math.round(Math.max(...turns.map((turn) => turn.ours.megabytes))),
      differing: turns[0]?.ours.differing ?? 0,
    };
    const isRight = turns.every(
      (turn) =>
        turn.ours.differing === Math.ceil(rows / ONE_IN) && turn.ours.agreed + turn.ours.differing === rows,
    );
    const ok =
      isRight && figures.timesSortAndJoin <= LIMITS.timesSortAndJoin && figures.megabytes <= LIMITS.megabytes;
    if (!options.json) {
      process.stdout.write(
        `${rows} rows a side: ${figures.reconcileMs} ms, sort and join ${figures.sortAndJoinMs} ms: ` +
          `${figures.timesSortAndJoin} times (at most ${LIMITS.timesSortAndJoin}); ` +
          `${figures.megabytes} MB (at most ${LIMITS.megabytes}); ${figures.differing} differences found\n`,
      );
    } else process.stdout.write(`${JSON.stringify({ ok, ...figures, limits: LIMITS })}\n`);
    return ok;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (options.child !== undefined) process.stdout.write(JSON.stringify(await reconcileIn(options.child)));
else if (!measure()) process.exitCode = 1;
