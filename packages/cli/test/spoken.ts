/** Runs the command in this process or as one of its own, and keeps what it says. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '#internal/command.ts';

/** What a command came to. */
export interface Spoken {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process. */
export async function speak(...args: string[]): Promise<Spoken> {
  let out = '';
  let err = '';
  const code = await runCommand(args, {
    out: { write: (text) => (out += text) },
    err: { write: (text) => (err += text) },
  });
  return { code, out, err };
}

/** A command that runs as a process of its own. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves with the text so far once standard output matches. */
  said(pattern: RegExp): Promise<string>;
  readonly ended: Promise<Spoken>;
}

/** Starts a command as a process. */
export function launch(...args: string[]): Running {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, err }));
  return {
    child,
    async said(pattern) {
      while (!pattern.test(out)) {
        const over = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          ended.then(() => true),
        ]);
        assert(!over || pattern.test(out), `it ended without saying ${pattern}:\n${out}\n${err}`);
      }
      return out;
    },
    ended,
  };
}

/** The object of the last line of standard output; with `--json` there is no other line. */
export function figuresOf({ out }: Spoken): Record<string, unknown> {
  assert(out.endsWith('\n'));
  const lines = out.trimEnd().split('\n');
  assert.equal(lines.length, 1, out);
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
}

/** A fault or a deviation, as `validate` tells it. */
export interface Found {
  readonly rule: string;
  readonly at: string;
  readonly message: { readonly zh: string; readonly en: string };
}

/** Rule and place of each. */
export function placesOf(spoken: Spoken, kind: 'faults' | 'deviations'): string[] {
  return (figuresOf(spoken)[kind] as readonly Found[]).map(({ rule, at }) => `${rule} ${at}`);
}

const folders: string[] = [];
const children: ChildProcess[] = [];

/** A folder that `endAll` removes. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-cli-'));
  folders.push(folder);
  return folder;
}

/** A file with these bytes, in a folder of its own. */
export function fileWith(bytes: string | Uint8Array): string {
  const file = join(makeFolder(), 'message');
  writeFileSync(file, bytes);
  return file;
}

/** Ends what was launched and removes the folders. For `after`. */
export function endAll(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
