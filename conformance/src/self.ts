/**
 * `npm run conformance:self`: is the suite right? Each faulty system meets what it must fail and a choice of what its
 * change touches; with `--whole` its whole kit, with `--short` only what it must fail. `--keep` writes what the suite is
 * worth into catch-rate.json.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createRegistry } from '@yiqiao/registry';
import { editionIds } from './kits/editions.ts';
import { kitIds } from './kits/read-kit.ts';
import { CATCH_RATE_FILE } from './report/catch-rate.ts';
import { checkSuite } from './self/self-check.ts';

const RULES = '2026-11';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    whole: { type: 'boolean', default: false },
    every: { type: 'string', default: '1' },
    shuffles: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    kit: { type: 'string', multiple: true },
    only: { type: 'string' },
    jobs: { type: 'string', default: String(2 * availableParallelism()) },
    keep: { type: 'boolean', default: false },
  },
});

const started = performance.now();
const report = await checkSuite({
  registry: createRegistry(),
  rules: RULES,
  kits: values.kit ?? [...kitIds(), ...editionIds()],
  shuffles: Number(values.shuffles),
  seed: Number(values.seed),
  scope: values.whole ? 'whole' : values.short ? 'meant' : 'touched',
  every: Number(values.every),
  jobs: Number(values.jobs),
  ...(values.only !== undefined && { only: values.only }),
  progress: (text) => void process.stderr.write(`${text}\n`),
});
const seconds = Math.round((performance.now() - started) / 100) / 10;
const { requirements, faultySystems, caught, falseFailures, neverFailed, suiteSeconds } = report;
const isWhole =
  values.kit === undefined && values.only === undefined && !values.short && values.every === '1';
if (values.keep && !isWhole)
  throw new Error('--keep wants the whole suite: no --short, --every, --kit, --only');
if (values.keep)
  writeFileSync(CATCH_RATE_FILE, `${JSON.stringify({ rules: RULES, kits: report.kits }, undefined, 2)}\n`);
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, seconds })}\n`);
else {
  process.stdout.write(
    `requirements ${requirements}, faulty systems ${faultySystems}, caught ${caught}, false failures ${falseFailures}, ` +
      `never failed ${neverFailed.length}; all kits once ${suiteSeconds} s, everything ${seconds} s\n` +
      neverFailed.map((id) => `  ${id}\n`).join(''),
  );
}
process.exitCode = report.ok ? 0 : 1;
