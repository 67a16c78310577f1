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

/** The whole number of an option. @throws RangeError for what is none, or less than this */
function numberOf(name: 'every' | 'shuffles' | 'seed' | 'jobs', least: number): number {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < least)
    throw new RangeError(`--${name} wants a whole number from ${least}, not ${values[name]}`);
  return number;
}

const isWhole =
  values.kit === undefined && values.only === undefined && !values.short && values.every === '1';
if (values.keep && !isWhole)
  throw new Error('--keep wants the whole suite: no --short, --every, --kit, --only');

const started = performance.now();
const report = await checkSuite({
  registry: createRegistry(),
  rules: RULES,
  kits: values.kit ?? [...kitIds(), ...editionIds()],
  shuffles: numberOf('shuffles', 0),
  seed: numberOf('seed', 0),
  scope: values.whole ? 'whole' : values.short ? 'meant' : 'touched',
  every: numberOf('every', 1),
  jobs: numberOf('jobs', 1),
  ...(values.only !== undefined && { only: values.only }),
  progress: (text) => void process.stderr.write(`${text}\n`),
});
const seconds = Math.round((performance.now() - started) / 100) / 10;
const { requirements, faultySystems, caught, falseFailures, neverFailed, suiteSeconds } = report;
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
