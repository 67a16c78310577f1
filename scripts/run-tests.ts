/**
 * `npm test`: everything that can be checked without a person, each reported, none skipped because of another.
 * `--only PATH` checks one part (a package, a folder, a test file); `--json` makes the last line one object.
 * The last line is else `N passed, N failed`, where each check beside the tests counts as one.
 */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checksFor } from './testing/checks.ts';
import { runCommandCheck } from './testing/command-check.ts';
import { runMocha } from './testing/mocha-tests.ts';
import { root } from './testing/places.ts';

interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, json: { type: 'boolean', default: false } },
  allowPositionals: false,
});
const only = values.only === undefined ? undefined : relative(root, resolve(root, values.only));
// With --json, standard output belongs to the object.
const stream = values.json ? process.stderr : process.stdout;
const say = (text: string): void => void stream.write(`${text}\n`);

const results =
  only === undefined || existsSync(resolve(root, only)) ? await runAll() : new Map<string, Result>();
if (results.size === 0) say(`${values.only ?? ''}: 没有这个路径 / there is no such path`);
const passed = sum('passed');
const failed = results.size === 0 ? 1 : sum('failed');
if (values.json) {
  const checks = Object.fromEntries(
    [...results].map(([name, one]) => [name, { ok: one.failed === 0, ...one }]),
  );
  process.stdout.write(`${JSON.stringify({ ok: failed === 0, passed, failed, checks })}\n`);
} else {
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}
process.exitCode = failed === 0 ? 0 : 1;

async function runAll(): Promise<ReadonlyMap<string, Result>> {
  const all = new Map<string, Result>();
  for (const check of checksFor(only)) {
    const { ok, output, seconds } = await runCommandCheck(check, only);
    if (!ok) say(output);
    report(check.name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, seconds });
  }
  report('tests', await runMocha({ only, say }));
  return all;

  function report(name: string, result: Result): void {
    all.set(name, result);
    const counts = name === 'tests' ? `  ${result.passed} passed, ${result.failed} failed` : '';
    say(`${result.failed === 0 ? '✔' : '✖'} ${name.padEnd(10)} ${result.seconds.toFixed(1)} s${counts}`);
  }
}

function sum(member: 'passed' | 'failed'): number {
  return [...results.values()].reduce((total, one) => total + one[member], 0);
}
