/** `npm run conformance:self`: is the suite right? `--json`, `--short`, `--shuffles N`, `--seed N`, `--kit K`, `--only SYSTEM`. */
import { parseArgs } from 'node:util';
import { createRegistry } from '@yiqiao/registry';
import { kitIds } from './kits/read-kit.ts';
import { checkSuite } from './self/self-check.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    shuffles: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
    kit: { type: 'string', multiple: true },
    only: { type: 'string' },
  },
});

const started = performance.now();
const report = await checkSuite({
  registry: createRegistry(),
  rules: '2026-11',
  kits: values.kit ?? kitIds(),
  shuffles: Number(values.shuffles),
  seed: Number(values.seed),
  short: values.short,
  ...(values.only !== undefined && { only: values.only }),
  progress: (text) => void process.stderr.write(`${text}\n`),
});
const seconds = Math.round((performance.now() - started) / 100) / 10;
const { requirements, faultySystems, caught, falseFailures, neverFailed } = report;
if (values.json) process.stdout.write(`${JSON.stringify({ ...report, seconds })}\n`);
else {
  process.stdout.write(
    `requirements ${requirements}, faulty systems ${faultySystems}, caught ${caught}, false failures ${falseFailures}, ` +
      `never failed ${neverFailed.length}, ${seconds} s\n${neverFailed.map((id) => `  ${id}\n`).join('')}`,
  );
}
process.exitCode = report.ok ? 0 : 1;
