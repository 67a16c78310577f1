/** Runs the examples against a sandbox: each signs a call, has it answered and verifies the answer. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startWorld } from '../../packages/cli/src/world.ts';
import { EXAMPLES } from './languages.ts';
import type { Example } from './languages.ts';

/** What became of one example. */
export type Outcome =
  | { readonly name: string; readonly state: 'good' }
  | { readonly name: string; readonly state: 'failed'; readonly said: string }
  | { readonly name: string; readonly state: 'not tried'; readonly missing: string };

const run = promisify(execFile);
const TIME_MS = 60_000;
/** What every example prints in the end. The person is the sandbox's. */
const EXPECTED = 'psn_no 33010000000000000000000004\nsignature good\n';

/** Tries all, or those named. */
export async function runExamples(root: string, names: readonly string[] = []): Promise<readonly Outcome[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'yiqiao-examples-'));
  const folder = join(scratch, 'sandbox');
  const world = await startWorld({ folder, ports: 'free', logLevel: 'silent' });
  const keys = ['his-530000.key.pem', '530000.pub.pem'].map((name) => join(folder, name));
  const outcomes: Outcome[] = [];
  try {
    for (const example of EXAMPLES) {
      if (names.length > 0 && !names.includes(example.name)) continue;
      const place = { cwd: join(root, 'docs/clients', example.name), scratch };
      outcomes.push(await tryExample(example, [world.gateways.national.url, ...keys], place));
    }
  } finally {
    await world.close();
    rmSync(scratch, { recursive: true });
  }
  return outcomes;
}

async function tryExample(
  example: Example,
  args: readonly string[],
  { cwd, scratch }: { readonly cwd: string; readonly scratch: string },
): Promise<Outcome> {
  const { name } = example;
  const missing = example.missing();
  if (missing !== undefined) return { name, state: 'not tried', missing };
  let said = '';
  try {
    const commands = example.commands(scratch);
    for (const [index, [program = '', ...first]] of commands.entries()) {
      const all = index === commands.length - 1 ? [...first, ...args] : first;
      said = (await run(program, all, { cwd, timeout: TIME_MS })).stdout;
    }
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    return { name, state: 'failed', said: `${message}\n${stdout}${stderr}` };
  }
  return said === EXPECTED ? { name, state: 'good' } : { name, state: 'failed', said };
}
