/**
 * `npm run bench:store`: what the journal in PostgreSQL costs, and what several nodes bring. Everything runs in one run
 * and is told as ratios. `--json` prints one object as the last line. Options: `--only PART` (store, nodes,
 * signing, verification; may be repeated), `--rounds N`, `--count N` requests per round, `--concurrency N`,
 * `--entries N` to verify.
 */
import { parseArgs } from 'node:util';
import type { PartResult, Size } from './bench-place.ts';
import { measureSigning, measureVerification } from './evidence-part.ts';
import { measureNodes, measureStore } from './store-part.ts';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    rounds: { type: 'string', default: '5' },
    count: { type: 'string', default: '1500' },
    concurrency: { type: 'string', default: '32' },
    entries: { type: 'string', default: '1000000' },
  },
});
const size: Size = {
  rounds: Number(options.rounds),
  count: Number(options.count),
  concurrency: Number(options.concurrency),
};
const PARTS: Readonly<Record<string, () => Promise<PartResult>>> = {
  store: () => measureStore(size),
  nodes: () => measureNodes(size),
  signing: () => measureSigning(size),
  verification: () => measureVerification(Number(options.entries)),
};

const asked = options.only ?? Object.keys(PARTS);
let ok = asked.length > 0;
const report: Record<string, unknown> = {};
for (const name of asked) {
  const measure = PARTS[name];
  if (measure === undefined) throw new Error(`--only: one of ${Object.keys(PARTS).join(', ')}`);
  process.stderr.write(`${name} …\n`);
  const part = await measure();
  ok &&= part.ok;
  report[name] = { ok: part.ok, ...part.figures };
}
const all = { ok, ...report };
process.stdout.write(`${options.json ? JSON.stringify(all) : JSON.stringify(all, null, 2)}\n`);
process.exitCode = ok ? 0 : 1;
