/** The file of an archived day: gzip, a line of JSON for each entry, the hash of all lines at the end. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { EntryKind, StoredEntry } from '../entry.ts';
import { unusable } from '../unusable.ts';
import type { KeptAs } from '../vault.ts';

/** What the first line says. */
export interface ArchiveHead {
  /** Days since 1970, UTC. */
  readonly day: number;
  /** Digest of the salt of the journal that it was made from. */
  readonly journal: string;
}

/** What an archive holds. */
export interface ArchiveSummary extends ArchiveHead {
  readonly entries: number;
  /** SHA-256 over all lines before the last: 64 hexadecimal digits. */
  readonly sha256: string;
}

const FORMAT = 'yiqiao journal archive 1';

interface Line {
  readonly i: number;
  readonly x: number | null;
  readonly p: number | null;
  readonly k: EntryKind;
  readonly a: number;
  readonly f: string;
  readonly c: KeptAs;
  readonly h: string;
  readonly d: string;
  readonly b: string;
}

/** Writes an archive and resolves once it is on disk. */
export async function writeArchive(
  file: string,
  head: ArchiveHead,
  entries: AsyncIterable<StoredEntry>,
): Promise<ArchiveSummary> {
  const hash = createHash('sha256');
  let count = 0;
  const lines = async function* (): AsyncGenerator<string> {
    const add = (value: object): string => {
      const line = `${JSON.stringify(value)}\n`;
      hash.update(line);
      return line;
    };
    yield add({ format: FORMAT, ...head });
    for await (const entry of entries) {
      count += 1;
      yield add(toLine(entry));
    }
    yield `${JSON.stringify({ entries: count, sha256: hash.copy().digest('hex') })}\n`;
  };
  await pipeline(Readable.from(lines()), createGzip(), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  const handle = await open(file, 'r');
  await handle.sync();
  await handle.close();
  return { ...head, entries: count, sha256: hash.digest('hex') };
}

/**
 * Reads an archive to its end, entry by entry. What it says is proven only when the end has been reached.
 * @throws GatewayError `JOURNAL_UNUSABLE`: it is not as it was written, or no archive.
 */
export async function readArchive(
  file: string,
  onEntry: (entry: StoredEntry) => void | Promise<void> = () => undefined,
): Promise<ArchiveSummary> {
  const hash = createHash('sha256');
  let head: ArchiveHead | undefined;
  let end: Pick<ArchiveSummary, 'entries' | 'sha256'> | undefined;
  let count = 0;
  try {
    const input = createReadStream(file).pipe(createGunzip());
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      const value = JSON.parse(text) as (ArchiveHead & { format?: string }) | Line | NonNullable<typeof end>;
      if (end !== undefined) throw new RangeError('lines after the end');
      if ('sha256' in value) {
        end = value;
        continue;
      }
      hash.update(`${text}\n`);
      if (head === undefined) {
        if (!('day' in value) || value.format !== FORMAT) throw new RangeError('another format');
        head = { day: value.day, journal: value.journal };
      } else {
        count += 1;
        await onEntry(toEntry(value as Line));
      }
    }
  } catch (cause) {
    throw unusable(file, 'archive-damaged', { cause });
  }
  const sha256 = hash.digest('hex');
  if (head === undefined || end?.sha256 !== sha256 || end.entries !== count)
    throw unusable(file, 'archive-damaged', {});
  return { ...head, entries: count, sha256 };
}

function toLine(entry: StoredEntry): Line {
  const base64 = (bytes: Uint8Array | null): string => Buffer.from(bytes ?? []).toString('base64');
  const { id: i, exchangeId: x, previous: p, kind: k, at: a, facts: f, keptAs: c } = entry;
  return {
    i,
    x,
    p,
    k,
    a,
    f,
    c,
    h: base64(entry.hash),
    d: base64(entry.payloadHash),
    b: base64(entry.payload),
  };
}

function toEntry({ i, x, p, k, a, f, c, h, d, b }: Line): StoredEntry {
  const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
  return {
    id: i,
    exchangeId: x,
    previous: p,
    kind: k,
    at: a,
    facts: f,
    keptAs: c,
    hash: bytes(h),
    payloadHash: bytes(d),
    payload: bytes(b),
  };
}
