/**
 * `npm run chaos -- --exchanges N --seed S --store sqlite --json [--out DIR] [--blind-resend] [--spoil-reversals]`:
 * cashiers, three gateways and a core under faults that follow from the seed; then all books are compared. Exit
 * code 1 when something was lost, doubled or left, the books differ, less than half was answered, or a kind of
 * fault did not occur.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createChance } from './chance.ts';
import { run } from './run.ts';
import { reportOf } from './report.ts';
import { writeLedgers } from './ledger-files.ts';

const { values: options } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    'spoil-reversals': { type: 'boolean', default: false },
    'blind-resend': { type: 'boolean', default: false },
  },
});

if (options.store !== 'sqlite') throw new Error('the only store is sqlite');
const folder = mkdtempSync(join(tmpdir(), 'yiqiao-chaos-'));
try {
  const chance = createChance(Number(options.seed));
  const exchanges = Number(options.exchanges);
  const result = await run({
    chance,
    exchanges,
    blind: options['blind-resend'],
    spoilsReversals: options['spoil-reversals'],
    folder,
  });
  if (options.out !== undefined) {
    mkdirSync(options.out, { recursive: true });
    writeLedgers(options.out, result.books);
  }
  const { report, details } = reportOf(result, chance.seed);
  for (const line of details) process.stderr.write(`${line}\n`);
  process.stdout.write(`${options.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
