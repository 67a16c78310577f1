/** Runs the tests: mocha in two processes, so that a file that fails to load or dies takes only itself along. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { root, secondsSince } from './places.ts';

const PATTERNS = [
  'packages/*/test/**/*.test.ts',
  'adapters/*/test/**/*.test.ts',
  'conformance/test/**/*.test.ts',
  'scripts/*/test/**/*.test.ts',
];
const PROGRESS_MS = 500;
/** Longer than any test may take: what is silent for so long hangs while it loads or ends. */
const SILENCE_MS = 180_000;

/** What came of the tests; a file that fails to load is one failed test, and so is having run none. */
export interface TestResult {
  readonly passed: number;
  readonly failed: number;
  readonly seconds: number;
}

/** Runs all test files, or those below a path. Failures are told through `say` when they happen. */
export async function runMocha(options: {
  readonly only: string | undefined;
  readonly say: (text: string) => void;
}): Promise<TestResult> {
  const { only, say } = options;
  const started = performance.now();
  const files = globSync(PATTERNS, { cwd: root })
    .filter((file) => only === undefined || file === only || file.startsWith(`${only}/`))
    .toSorted();
  const { passed, failed } = files.length === 0 ? { passed: 0, failed: 0 } : await runFiles(files, say);
  if (passed + failed === 0) say('没有可运行的测试 / there was no test to run');
  return {
    passed,
    failed: passed === 0 ? Math.max(failed, 1) : failed,
    seconds: secondsSince(started),
  };
}

function runFiles(
  files: readonly string[],
  say: (text: string) => void,
): Promise<{ passed: number; failed: number }> {
  const settings = JSON.parse(readFileSync(join(root, '.mocharc.json'), 'utf8')) as Mocha.MochaOptions;
  const counts = { passed: 0, failed: 0 };
  const mocha = new Mocha({ ...settings, parallel: true, jobs: 2, reporter: createReporter(counts, say) });
  for (const file of files) mocha.addFile(join(root, file));
  return new Promise((resolve) => {
    let seen = -1;
    let seenAt = performance.now();
    const watch = setInterval(() => {
      showProgress(counts);
      const now = performance.now();
      if (counts.passed + counts.failed !== seen) [seen, seenAt] = [counts.passed + counts.failed, now];
      if (now - seenAt > SILENCE_MS) end('测试停滞 / the tests hang');
    }, PROGRESS_MS);
    const end = (complaint?: string): void => {
      clearInterval(watch);
      clearProgress();
      if (complaint !== undefined) counts.failed += 1;
      if (complaint !== undefined) say(complaint);
      resolve(counts);
    };
    mocha.run(() => end());
  });
}

function createReporter(
  counts: { passed: number; failed: number },
  say: (text: string) => void,
): Mocha.ReporterConstructor {
  return class extends Mocha.reporters.Base {
    constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
      super(runner, options);
      runner.on('pass', () => (counts.passed += 1));
      runner.on('fail', (test, error: Error) => {
        counts.failed += 1;
        clearProgress();
        say(`✖ ${test.fullTitle()}\n${indent(error.stack ?? error.message)}\n`);
      });
    }
  };
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}

function showProgress(counts: { passed: number; failed: number }): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${counts.passed} passed, ${counts.failed} failed …`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
