/** Writes the file of an archived day. */
import { hash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { StoredEntry } from '../entry.ts';
import { formatLine } from './archive-line.ts';

/** What the first line says. */
export interface ArchiveHead {
  /** The day in UTC, `yyyy-MM-dd`. */
  readonly day: string;
  /** Digest of the salt of the journal that it was made from. */
  readonly journal: string;
  /** When it was made, epoch milliseconds. */
  readonly at: number;
}

/** What an archive holds. */
export interface ArchiveSummary extends ArchiveHead {
  readonly entries: number;
  readonly exchanges: number;
  /** SHA-256 that everything before hangs on: 64 hexadecimal digits. It names the archive. */
  readonly sha256: string;
}

/** Begins every archive. */
export const ARCHIVE_FORMAT = 'yiqiao journal archive 1';

/** Of lines before they are compressed; a change in the file is told to the block. */
const BLOCK_BYTES = 262_144;

/**
 * Writes an archive: a line that says what it is, blocks of compressed lines, each with a hash that goes on from the one
 * before, and a line at the end. There is no file of that name before all of it is on disk, and none without entries.
 */
export async function writeArchive(
  file: string,
  head: ArchiveHead,
  entries: AsyncIterable<StoredEntry>,
): Promise<ArchiveSummary> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.partial`;
  rmSync(partial, { force: true });
  const handle = openSync(partial, 'wx', 0o600);
  try {
    const summary = await writeAll(handle, head, entries);
    if (summary.entries === 0) return summary;
    fsyncSync(handle);
    renameSync(partial, file);
    syncFolder(dirname(file));
    return summary;
  } finally {
    closeSync(handle);
    rmSync(partial, { force: true });
  }
}

/** The first line, without its end. */
export function formatHead({ day, journal, at }: ArchiveHead): {
  readonly text: string;
  readonly sha256: string;
} {
  const json = JSON.stringify({ format: ARCHIVE_FORMAT, day, journal, at });
  const sha256 = hash('sha256', json);
  return { text: `${json} ${sha256}`, sha256 };
}

/** The hash of a block: over the one before, what its own line says, and its bytes. */
export function hashBlock(before: string, counts: string, bytes: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(`${before} ${counts}\n`), bytes]));
}

async function writeAll(
  handle: number,
  head: ArchiveHead,
  entries: AsyncIterable<StoredEntry>,
): Promise<ArchiveSummary> {
  const { text, sha256 } = formatHead(head);
  writeSync(handle, `${text}\n`);
  const chain = { sha256, blocks: 0 };
  const counts = { entries: 0, exchanges: 0 };
  const lines = { list: [] as string[], bytes: 0 };
  const flush = (): void => {
    if (lines.list.length === 0) return;
    const bytes = gzipSync(`${lines.list.join('\n')}\n`);
    chain.blocks += 1;
    const said = `${chain.blocks} ${lines.list.length} ${bytes.length}`;
    chain.sha256 = hashBlock(chain.sha256, said, bytes);
    writeSync(handle, `block ${said} ${chain.sha256}\n`);
    for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
    lines.list = [];
    lines.bytes = 0;
  };
  let exchange: number | null = null;
  for await (const entry of entries) {
    const line = formatLine(entry);
    lines.list.push(line);
    lines.bytes += line.length;
    counts.entries += 1;
    if (entry.exchangeId !== null && entry.exchangeId !== exchange) counts.exchanges += 1;
    exchange = entry.exchangeId;
    if (lines.bytes >= BLOCK_BYTES) flush();
  }
  flush();
  const said = `${chain.blocks} ${counts.entries} ${counts.exchanges}`;
  const end = hashBlock(chain.sha256, said, new Uint8Array());
  writeSync(handle, `end ${said} ${end}\n`);
  return { ...head, ...counts, sha256: end };
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
