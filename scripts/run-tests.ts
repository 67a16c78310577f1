/**
 * `npm test`: everything that can be checked without a person, each reported, none skipped because of another.
 * `--only PATH` checks one part (a package, a folder, a test file); `--json` makes the last line one object.
 * The last line is else `N passed, N failed`, where each check beside the tests counts as one.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { checksFor, privacyOf } from './testing/checks.ts';
import type { CommandCheck } from './testing/checks.ts';
import { runCommandCheck } from './testing/command-check.ts';
import { runMocha } from './testing/mocha-tests.ts';
import { root } from './testing/places.ts';

interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

const asksForJson = process.argv.includes('--json');
// With --json, standard output belongs to the object.
const stream = asksForJson ? process.stderr : process.stdout;
const say = (text: string): void => void stream.write(`${text}\n`);

const results = await runAsked();
const passed = sum('passed');
const failed = results.size === 0 ? 1 : sum('failed');
const checks = Object.fromEntries(
  [...results].map(([name, one]) => [name, { ok: one.failed === 0, ...one }]),
);
const lastLine = asksForJson
  ? JSON.stringify({ ok: failed === 0, passed, failed, checks })
  : `${passed} passed, ${failed} failed`;
// A test that hangs must not keep this process.
process.stdout.write(`${lastLine}\n`, () => process.exit(failed === 0 ? 0 : 1));

async function runAsked(): Promise<ReadonlyMap<string, Result>> {
  try {
    const { values } = parseArgs({ options: { only: { type: 'string' }, json: { type: 'boolean' } } });
    const only = values.only === undefined ? undefined : relative(root, resolve(root, values.only));
    if (only === undefined || existsSync(resolve(root, only))) return await runAll(only);
    say(`${only}: 没有这个路径 / there is no such path`);
  } catch (error) {
    say(`${String(error)}\nnpm test -- [--only PATH] [--json]`);
  }
  return new Map();
}

async function runAll(only: string | undefined): Promise<ReadonlyMap<string, Result>> {
  const all = new Map<string, Result>();
  for (const one of checksFor(only)) await check(one);
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-tests-'));
  try {
    const output = join(folder, 'output.txt');
    report('tests', await runMocha({ only, output, say }));
    await check(privacyOf(output));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return all;

  async function check(one: CommandCheck): Promise<void> {
    const { ok, output, seconds } = await runCommandCheck(one, only);
    if (!ok) say(output);
    report(one.name, { passed: ok ? 1 : 0, failed: ok ? 0 : 1, seconds });
  }

  function report(name: string, result: Result): void {
    all.set(name, result);
    const counts = name === 'tests' ? `  ${result.passed} passed, ${result.failed} failed` : '';
    say(`${result.failed === 0 ? '✔' : '✖'} ${name.padEnd(10)} ${result.seconds.toFixed(1)} s${counts}`);
  }
}

function sum(member: 'passed' | 'failed'): number {
  return [...results.values()].reduce((total, one) => total + one[member], 0);
}
