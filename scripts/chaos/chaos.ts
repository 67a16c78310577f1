/**
 * `npm run chaos -- --exchanges N --seed S --store sqlite|postgres --nodes N --json [--out DIR] [--blind-resend] [--spoil-reversals]`:
 * a HIS, three gateways (with `postgres` of N nodes each, two unless said otherwise) and two cores under faults that follow from the seed; then all books are compared. Exit
 * code 1 when something was lost, doubled or left, the books differ, less than half was answered, or a kind of
 * fault did not occur. See README.md.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeLedgers } from './ledgers.ts';
import { reportOf } from './report.ts';
import { run } from './run.ts';
import { STORES } from './store.ts';

const { values: options } = parseArgs({
  options: {
    exchanges: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    store: { type: 'string', default: 'sqlite' },
    nodes: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
    'spoil-reversals': { type: 'boolean', default: false },
    'blind-resend': { type: 'boolean', default: false },
  },
});

const store = STORES.find((name) => name === options.store);
if (store === undefined) throw new Error(`--store is one of ${STORES.join(', ')}`);
const nodes = positive('nodes', options.nodes ?? (store === 'sqlite' ? '1' : '2'));
if (store === 'sqlite' && nodes > 1) throw new Error('a file has one node: --nodes needs --store postgres');
const folder = mkdtempSync(join(tmpdir(), 'yiqiao-chaos-'));
try {
  const result = await run({
    seed: positive('seed', options.seed),
    exchanges: positive('exchanges', options.exchanges),
    blind: options['blind-resend'],
    spoilsReversals: options['spoil-reversals'],
    store,
    nodes,
    folder,
  });
  if (options.out !== undefined) {
    mkdirSync(options.out, { recursive: true });
    writeLedgers(options.out, result.ledgers);
  }
  const { report, details } = reportOf(result);
  // What went wrong is in the files of the parties.
  if (options.out !== undefined && !report.ok)
    cpSync(folder, join(options.out, 'files'), { recursive: true });
  for (const line of details) process.stderr.write(`${line}\n`);
  process.stdout.write(`${options.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
  process.exitCode = report.ok ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} is a positive whole number`);
  return number;
}
