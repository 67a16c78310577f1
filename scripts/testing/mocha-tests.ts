/** Runs the tests in a process of their own, and keeps what they and their gateways write. */
import { fork } from 'node:child_process';
import { closeSync, globSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { TestMessage } from './mocha-process.ts';
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

/**
 * Runs all test files, or those below a path. Failures are told through `say` when they happen; `output` is a new file
 * for everything that the tests, and what they start, write to standard output and standard error.
 */
export async function runMocha(options: {
  readonly only: string | undefined;
  readonly output: string;
  readonly say: (text: string) => void;
}): Promise<TestResult> {
  const { only, output, say } = options;
  const started = performance.now();
  const files = globSync(PATTERNS, { cwd: root })
    .filter((file) => only === undefined || file === only || file.startsWith(`${only}/`))
    .toSorted();
  const { passed, failed } =
    files.length === 0 ? { passed: 0, failed: 0 } : await runFiles(files, output, say);
  if (passed + failed === 0) say('没有可运行的测试 / there was no test to run');
  return {
    passed,
    failed: passed === 0 ? Math.max(failed, 1) : failed,
    seconds: secondsSince(started),
  };
}

function runFiles(
  files: readonly string[],
  output: string,
  say: (text: string) => void,
): Promise<{ passed: number; failed: number }> {
  const counts = { passed: 0, failed: 0 };
  const into = openSync(output, 'w', 0o600);
  const child = fork(join(root, 'scripts/testing/mocha-process.ts'), files, {
    stdio: ['ignore', into, into, 'ipc'],
    // Gateways that tests start are to say all they can, so that it is scanned.
    env: { ...process.env, YIQIAO_TEST_LOG: 'debug' },
  });
  closeSync(into);
  return new Promise((resolve) => {
    let ended = false;
    let seenAt = performance.now();
    const watch = setInterval(() => {
      showProgress(counts);
      if (performance.now() - seenAt > SILENCE_MS) end('测试停滞 / the tests hang');
    }, PROGRESS_MS);
    const end = (complaint?: string): void => {
      if (ended) return;
      ended = true;
      clearInterval(watch);
      clearProgress();
      if (complaint !== undefined) counts.failed += 1;
      if (complaint !== undefined) say(complaint);
      child.kill();
      resolve(counts);
    };
    child.on('message', (message: TestMessage) => {
      seenAt = performance.now();
      if ('passed' in message) counts.passed += 1;
      if ('failed' in message) {
        counts.failed += 1;
        clearProgress();
        say(message.failed);
      }
      if ('done' in message) end();
    });
    child.once('exit', (code) => end(`测试进程中断 / the tests ended with ${String(code)}`));
  });
}

function showProgress(counts: { passed: number; failed: number }): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${counts.passed} passed, ${counts.failed} failed …`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}
