/** Reads the file of an archived day and proves it on the way. */
import { hash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { isIntact, openEntry } from '../entry.ts';
import type { StoredEntry } from '../entry.ts';
import { createVault } from '../vault.ts';
import { unusableArchive } from './archive-faults.ts';
import { parseLine } from './archive-line.ts';
import { ARCHIVE_FORMAT, formatHead, hashBlock } from './write-archive.ts';
import type { ArchiveHead, ArchiveSummary } from './write-archive.ts';

/** No line of our own is longer. */
const LINE_BYTES = 1_024;
const BLOCK = /^block ([1-9]\d{0,14}) ([1-9]\d{0,14}) ([1-9]\d{0,9}) ([0-9a-f]{64})$/;
const END = /^end (\d{1,15}) (\d{1,15}) (\d{1,15}) ([0-9a-f]{64})$/;

/**
 * Reads an archive to its end and holds every byte against the hashes, and every entry against its own chain; neither
 * journal nor key is needed. What `onEntries` is given is proved to the block, the whole when this resolves.
 * @throws GatewayError `ARCHIVE_UNUSABLE`, with the block and its bytes when something was changed.
 */
export async function readArchive(
  file: string,
  onEntries: (entries: readonly StoredEntry[]) => void | Promise<void> = () => undefined,
): Promise<ArchiveSummary> {
  const source = openSource(file);
  try {
    const head = readHead(file, source);
    const check = createChainCheck(file);
    let { sha256 } = formatHead(head);
    let blocks = 0;
    for (;;) {
      const place = `block ${blocks + 1}`;
      const from = source.position();
      const line = source.line();
      const [, number, entries, bytes, said] = BLOCK.exec(line ?? '') ?? [];
      if (number === undefined) {
        const summary = {
          ...head,
          ...check.counts(),
          sha256: endOf(line, sha256, { ...check.counts(), blocks }),
        };
        if (summary.sha256 === '' || !source.atEnd()) throw damagedAt(file, place, [from, source.position()]);
        return summary;
      }
      const packed = source.bytes(Number(bytes));
      const seen = packed && hashBlock(sha256, `${number} ${entries} ${bytes}`, packed);
      if (packed === undefined || Number(number) !== blocks + 1 || seen !== said)
        throw damagedAt(file, place, [from, from + (line?.length ?? 0) + 1 + Number(bytes)]);
      sha256 = said ?? '';
      blocks += 1;
      await onEntries(check.add(packed, Number(entries)));
    }
  } finally {
    source.close();
  }
}

/** The hash that the last line rightly says, or nothing. */
function endOf(
  line: string | undefined,
  before: string,
  { blocks, entries, exchanges }: { blocks: number; entries: number; exchanges: number },
): string {
  const said = `${blocks} ${entries} ${exchanges}`;
  const sha256 = hashBlock(before, said, new Uint8Array());
  return END.test(line ?? '') && line === `end ${said} ${sha256}` ? sha256 : '';
}

function readHead(file: string, source: Source): ArchiveHead {
  const line = source.line() ?? '';
  const json = line.slice(0, -65);
  if (!json.startsWith(`{"format":"${ARCHIVE_FORMAT}"`)) throw unusableArchive(file, 'not-an-archive');
  const broken = damagedAt(file, 'head', [0, source.position()]);
  if (line !== `${json} ${hash('sha256', json)}`) throw broken;
  try {
    const { day, journal, at } = JSON.parse(json) as ArchiveHead;
    return { day, journal, at };
  } catch {
    throw broken;
  }
}

interface ChainCheck {
  /** The entries of a block. */
  add(packed: Uint8Array, count: number): readonly StoredEntry[];
  counts(): { readonly entries: number; readonly exchanges: number };
}

/** Entries of an exchange stand together, in order, so that one goes on from the one before. */
function createChainCheck(file: string): ChainCheck {
  const vault = createVault();
  const counts = { entries: 0, exchanges: 0 };
  let last: StoredEntry | undefined;
  return {
    counts: () => counts,
    add(packed, count) {
      const entries = gunzipSync(packed).toString('utf8').trimEnd().split('\n').map(parseLine);
      if (entries.length !== count) throw unusableArchive(file, 'damaged', { found: `${count} entries` });
      for (const entry of entries) {
        const previous = last !== undefined && last.id === entry.previous ? last : undefined;
        if (!isIntact(openEntry(entry, vault), previous, entry.exchangeId))
          throw unusableArchive(file, 'damaged', { found: `entry ${entry.id}` });
        counts.entries += 1;
        if (entry.exchangeId !== null && entry.exchangeId !== last?.exchangeId) counts.exchanges += 1;
        last = entry;
      }
      return entries;
    },
  };
}

interface Source {
  /** A line without its end; `undefined` when there is none. */
  line(): string | undefined;
  /** `undefined` when there are fewer. */
  bytes(length: number): Uint8Array | undefined;
  position(): number;
  atEnd(): boolean;
  close(): void;
}

function openSource(file: string): Source {
  const handle = open(file);
  const { size } = fstatSync(handle);
  let position = 0;
  const at = (length: number): Buffer => {
    const all = Buffer.alloc(length);
    let done = 0;
    for (let read = -1; read !== 0 && done < length; done += read)
      read = readSync(handle, all, done, length - done, position + done);
    return all.subarray(0, done);
  };
  return {
    line() {
      const ahead = at(LINE_BYTES);
      const end = ahead.indexOf(10);
      position += end === -1 ? ahead.length : end + 1;
      return end === -1 ? undefined : ahead.toString('latin1', 0, end);
    },
    bytes(length) {
      if (length > size - position) return undefined;
      const found = at(length);
      position += found.length;
      return found.length === length ? found : undefined;
    },
    position: () => position,
    atEnd: () => position === size,
    close: () => closeSync(handle),
  };
}

function open(file: string): number {
  try {
    return openSync(file, 'r');
  } catch (cause) {
    throw unusableArchive(file, 'missing', { cause });
  }
}

function damagedAt(
  file: string,
  place: string,
  [from, to]: readonly [number, number],
): ReturnType<typeof unusableArchive> {
  return unusableArchive(file, 'damaged', { found: `${place}, bytes ${from}-${to}` });
}
