/** Runs one check as a process of its own. */
import { spawn } from 'node:child_process';
import type { CommandCheck } from './checks.ts';
import { root, secondsSince } from './places.ts';

/** How a check ended; `output` is worth showing when it failed. */
export interface CheckResult {
  readonly ok: boolean;
  readonly output: string;
  readonly seconds: number;
}

/** Resolves whatever happens: a program that cannot be run is a failed check. */
export async function runCommandCheck(check: CommandCheck, only: string | undefined): Promise<CheckResult> {
  const started = performance.now();
  const { code, output } = await runNode(check.command);
  const seconds = secondsSince(started);
  if (code === 0 || only === undefined || !check.keepLinesOf) return { ok: code === 0, output, seconds };
  const kept = output.split('\n').filter((line) => line.startsWith(only));
  return { ok: kept.length === 0, output: kept.join('\n'), seconds };
}

function runNode(command: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => resolve({ code: 1, output: error.message }));
    child.once('close', (code) =>
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8').trim() }),
    );
  });
}
