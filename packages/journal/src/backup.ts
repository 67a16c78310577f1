/** A copy of a journal file, made while it is written to. */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { unusable } from './unusable.ts';

/** As `openJournalFile` sets it. */
export const CHECKPOINT_PAGES = 2_000;

const run = promisify(execFile);

/** Runs in a process of its own: closing the file in this one would release the lock that keeps others out of it. */
const COPY = 'require("node:fs").copyFileSync(process.argv[1], process.argv[2])';

/**
 * Copies an open journal into a file of its own, which is complete, on disk and readable by its owner alone when this
 * resolves; until then there is none of that name. The copy holds what was on record at the call: from then on
 * everything goes to the write-ahead log alone until the copy is there. Nobody may move the log into the file meanwhile.
 * Resolves with its size in bytes.
 * @throws GatewayError `JOURNAL_UNUSABLE` when there is a file already; an Error of the system when it cannot be written.
 */
export async function copyOpenFile(db: DatabaseSync, file: string): Promise<number> {
  if (existsSync(file)) throw unusable(file, 'exists', {});
  const source = db.location();
  if (source === null) throw new Error('a journal in memory has no file');
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0');
    await run(process.execPath, ['-e', COPY, source, partial]);
    chmodSync(partial, 0o600);
    syncToDisk(partial);
    renameSync(partial, file);
    syncToDisk(dirname(file));
  } finally {
    rmSync(partial, { force: true });
    if (db.isOpen) db.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  }
  return statSync(file).size;
}

function syncToDisk(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
