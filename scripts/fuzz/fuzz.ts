/**
 * `npm run fuzz -- --minutes N --seed S --json [--inputs N] [--only TARGET] [--out DIR] [--replay FILE]`: hostile input
 * for codecs, maps, signatures and a gateway. Exit code 1 when something crashed, hung or leaked. See README.md.
 */
import { parseArgs } from 'node:util';
import { createRegistry } from '@yiqiao/registry';
import { readInput, saveFinding } from './finding.ts';
import type { FindingKind } from './finding.ts';
import { createLeakSearch } from './people.ts';
import { judge, run } from './run.ts';
import type { RunResult } from './run.ts';
import type { Target } from './target.ts';
import { createTargets } from './targets.ts';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true },
    out: { type: 'string' },
    replay: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const started = performance.now();
const seed = positive('seed', options.seed);
const registry = createRegistry();
const find = createLeakSearch(registry);
const replayed = options.replay === undefined ? undefined : readInput(options.replay);
const targets = await createTargets(registry, replayed === undefined ? options.only : [replayed.target]);
const result = await runAsked(targets);
for (const target of targets) await target.close?.();

const shown = new Set<string>();
for (const finding of result.findings) {
  const key = `${finding.kind} ${finding.input.target} ${finding.why.split('\n').slice(0, 3).join('\n')}`;
  if (!shown.has(key)) process.stderr.write(`${key}\n${JSON.stringify(finding.input.about)}\n`);
  shown.add(key);
  if (options.out !== undefined) saveFinding(options.out, finding);
}
const count = (kind: FindingKind): number => result.findings.filter((one) => one.kind === kind).length;
const report = {
  ok: result.findings.length === 0 && Object.values(result.inputs).every((inputs) => inputs > 0),
  inputs: Object.values(result.inputs).reduce((sum, inputs) => sum + inputs, 0),
  crashes: count('crash'),
  hangs: count('hang'),
  leaks: count('leak'),
  seed,
  seconds: Math.round((performance.now() - started) / 1_000),
  targets: result.inputs,
};
process.stdout.write(`${options.json ? JSON.stringify(report) : JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.ok ? 0 : 1;

async function runAsked([first, ...others]: readonly Target[]): Promise<RunResult> {
  if (first === undefined) throw new Error('--only: there is no such target');
  if (replayed !== undefined)
    return { inputs: { [first.name]: 1 }, findings: await judge(first, replayed, find) };
  const inputs = options.inputs === undefined ? Infinity : positive('inputs', options.inputs);
  const until =
    options.inputs === undefined ? started + positive('minutes', options.minutes) * 60_000 : Infinity;
  return run([first, ...others], { seed, limits: { inputs, until }, find });
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new Error(`--${name} is a positive number`);
  return number;
}
