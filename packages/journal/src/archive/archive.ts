/** Days of a journal that are moved to files, and back: the store stays bounded, nothing is lost. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Clock } from '@yiqiao/model';
import { isIntact, openEntry } from '../entry.ts';
import type { Entry, StoredEntry } from '../entry.ts';
import type { JournalEncryption } from '../sealing.ts';
import { findKeyId } from '../sealing.ts';
import { openPostgresArchive } from '../postgres/archive.ts';
import type { PostgresPlace } from '../postgres/connection.ts';
import { unusableArchive } from './archive-faults.ts';
import type { ArchiveStore, DayExchange } from './archive-store.ts';
import { readArchive } from './read-archive.ts';
import { openSqliteArchive } from './sqlite-archive.ts';
import { writeArchive } from './write-archive.ts';
import type { ArchiveSummary } from './write-archive.ts';

/** A journal to be archived: a file that no gateway has open, or a schema that gateways may be at work on. */
export interface ArchivePlace {
  readonly place: { readonly file: string } | PostgresPlace;
  readonly clock: Clock;
  readonly encryption?: JournalEncryption;
}

/** A day that was moved. */
export interface ArchivedDay extends ArchiveSummary {
  readonly file: string;
  /** Exchanges and records of the day that stay: not ended, with a person, odd and not looked at, or in no signed batch yet. */
  readonly kept: number;
  /** Those that stay because something of them is not as it was written. */
  readonly damaged: number;
}

const PAGE = 200;
const DAY_MS = 86_400_000;

/**
 * Moves all whole days (UTC) before a time to files in a folder, one for each: exchanges whose last entry is of the day
 * with all their entries, and records of reads. They are taken out of the journal once their file is on disk and has been
 * read back. A day of which nothing can leave makes no file.
 * @throws GatewayError `JOURNAL_UNUSABLE` | `JOURNAL_FAILED` | `ARCHIVE_UNUSABLE`.
 */
export async function archiveDays({
  before,
  folder,
  ...where
}: ArchivePlace & { readonly before: number; readonly folder: string }): Promise<readonly ArchivedDay[]> {
  const store = await openStore(where);
  try {
    const upTo = Math.floor(Math.min(before, where.clock.now()) / DAY_MS);
    const archived: ArchivedDay[] = [];
    for (const day of await store.days(upTo)) {
      const one = await archiveDay(store, { day, folder, at: where.clock.now() });
      if (one !== undefined) archived.push(one);
    }
    return archived;
  } finally {
    await store.close();
  }
}

/**
 * Puts an archived day back, once; what is sealed with an earlier key is sealed with the one in force.
 * @throws GatewayError `ARCHIVE_UNUSABLE`: changed, of another journal, restored already, sealed with a key that is not
 *   at hand; then nothing was changed. `JOURNAL_UNUSABLE` | `JOURNAL_FAILED`.
 */
export async function restoreArchive(where: ArchivePlace, file: string): Promise<ArchiveSummary> {
  const summary = await readArchive(file);
  const store = await openStore(where);
  try {
    const known = await store.find(summary.sha256);
    if (summary.journal !== store.journal) throw unusableArchive(file, 'foreign');
    if (known === undefined) throw unusableArchive(file, 'unknown');
    if (known.restored) throw unusableArchive(file, 'restored');
    const archive = {
      ...summary,
      dayNumber: Date.parse(summary.day) / DAY_MS,
      restoredAt: where.clock.now(),
    };
    await store.putBack(archive, async (put) => {
      const again = await readArchive(file, (entries) =>
        put(entries.map((entry) => sealAnew(entry, store, file))),
      );
      if (again.sha256 !== summary.sha256) throw unusableArchive(file, 'damaged');
    });
    return summary;
  } finally {
    await store.close();
  }
}

function openStore({ place, clock, encryption }: ArchivePlace): Promise<ArchiveStore> | ArchiveStore {
  return 'url' in place
    ? openPostgresArchive({ place, clock, encryption })
    : openSqliteArchive({ file: place.file, encryption });
}

interface Tally {
  kept: number;
  damaged: number;
}

async function archiveDay(
  store: ArchiveStore,
  { day, folder, at }: { readonly day: number; readonly folder: string; readonly at: number },
): Promise<ArchivedDay | undefined> {
  const head = { day: new Date(day * DAY_MS).toISOString().slice(0, 10), journal: store.journal };
  const nameOf = (time: number): string =>
    join(folder, `${head.day}-${store.journal}-${time}.yiqiao-archive`);
  let made = at;
  while (existsSync(nameOf(made))) made += 1;
  const file = nameOf(made);
  const tally: Tally = { kept: 0, damaged: 0 };
  await store.beginDay();
  const written = await writeArchive(file, { ...head, at: made }, leaving(store, day, tally));
  if (written.entries === 0) return undefined;
  const read = await readArchive(file);
  if (read.sha256 !== written.sha256) throw unusableArchive(file, 'damaged');
  // From here on the file may be the only place of what is in it, whatever becomes of the commit: it stays.
  await store.takeOut({ ...written, file: basename(file), dayNumber: day });
  return { ...written, ...tally, file };
}

/** What leaves, an exchange after the other. */
async function* leaving(store: ArchiveStore, day: number, tally: Tally): AsyncGenerator<StoredEntry> {
  const signed = (await store.signedUpTo()) ?? Number.MAX_SAFE_INTEGER;
  for (let after = 0; ;) {
    const page = await store.exchangesOf(day, after, PAGE);
    const ready = page.filter(
      ({ state, odd, head }) =>
        state !== 'open' && state !== 'handed-to-person' && odd !== 'waiting' && head <= signed,
    );
    tally.kept += page.length - ready.length;
    const byId = new Map(
      (await store.chains(ready.map(({ head }) => head))).map((entry) => [entry.id, entry]),
    );
    const whole: StoredEntry[] = [];
    for (const exchange of ready) {
      const chain = await chainOf(store, exchange, byId);
      if (chain === undefined) tally.damaged += 1;
      else whole.push(...chain);
    }
    await store.leave(whole.map(({ id }) => id));
    yield* whole;
    if (page.length < PAGE) break;
    after = page.at(-1)?.head ?? after;
  }
  for (let after = 0; ;) {
    const page = await store.recordsOf(day, after, PAGE);
    const ready = page.filter(({ id }) => id <= signed);
    const whole = ready.filter((entry) => isIntact(openEntry(entry, store.vault), undefined, null));
    tally.kept += page.length - ready.length;
    tally.damaged += ready.length - whole.length;
    await store.leave(whole.map(({ id }) => id));
    yield* whole;
    if (page.length < PAGE) return;
    after = page.at(-1)?.id ?? after;
  }
}

/** Oldest first; `undefined` when it is damaged. What an earlier archive has of it is not missing. */
async function chainOf(
  store: ArchiveStore,
  { id, head, headHash }: DayExchange,
  byId: ReadonlyMap<number, StoredEntry>,
): Promise<readonly StoredEntry[] | undefined> {
  const chain: Entry[] = [];
  for (let next: number | null = head; next !== null;) {
    const stored = byId.get(next);
    if (stored === undefined) {
      if (!(await store.isArchived(next))) return undefined;
      break;
    }
    if ((stored.previous ?? 0) >= next) return undefined;
    chain.unshift(openEntry(stored, store.vault));
    next = stored.previous;
  }
  const isWhole =
    chain.every((entry, index) => isIntact(entry, chain[index - 1], id)) &&
    Buffer.compare(chain.at(-1)?.hash ?? new Uint8Array(), headHash) === 0;
  return isWhole ? chain : undefined;
}

function sealAnew(entry: StoredEntry, { vault }: ArchiveStore, file: string): StoredEntry {
  if (entry.keptAs === 'expired' || vault.isCurrent(entry)) return entry;
  const opened = vault.open(entry.id, entry);
  if (opened.condition !== 'whole') {
    const keyId = findKeyId(entry.payload);
    const isStrange = keyId !== undefined && !vault.knows(keyId);
    throw isStrange
      ? unusableArchive(file, 'key-missing', { found: keyId })
      : unusableArchive(file, 'damaged', { found: `entry ${entry.id}` });
  }
  return { ...entry, ...vault.keep(entry.id, opened.clear) };
}
