/** Days of a PostgreSQL journal that are moved to files, and back: the store stays bounded, nothing is lost. */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type pg from 'pg';
import type { StoredEntry } from '../entry.ts';
import type { JournalEncryption } from '../sealing.ts';
import { unusable } from '../unusable.ts';
import { createVault } from '../vault.ts';
import { readArchive, writeArchive } from './archive-file.ts';
import type { ArchiveSummary } from './archive-file.ts';
import { createConnection } from './connection.ts';
import type { PostgresPlace } from './connection.ts';
import { firstOfDay, inTransaction, openSchema } from './opening.ts';
import { toStoreError } from './postgres-errors.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';
import { ENTRIES_PER_DAY } from './schema.ts';

/** A journal to be archived; gateways may be at work on it. */
export interface ArchivePlace {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  readonly encryption?: JournalEncryption;
}

/** A day that was moved. */
export interface ArchivedDay extends ArchiveSummary {
  readonly file: string;
  /** Entries that stay because their exchange has not ended, is with a person or goes on on a later day. */
  readonly kept: number;
}

const PAGE = 500;
const TIMEOUT_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Entries put back by one statement. */
const PER_INSERT = 200;

/**
 * Moves all whole days before a time to files in a folder, one for each, and takes them out of the journal once their file
 * has been read back. What has not ended stays.
 * @throws GatewayError `JOURNAL_UNUSABLE` | `JOURNAL_FAILED`.
 */
export function archiveDays({
  before,
  folder,
  ...where
}: ArchivePlace & { readonly before: number; readonly folder: string }): Promise<readonly ArchivedDay[]> {
  return withClient(where, async (client, journal) => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const days = (await daysOf(client)).filter((day) => (day + 1) * DAY_MS <= before);
    const archived: ArchivedDay[] = [];
    for (const day of days) {
      const one = await archiveDay(client, { day, folder, journal, now: where.clock.now() });
      if (one !== undefined) archived.push(one);
    }
    return archived;
  });
}

/**
 * Puts an archived day back, once.
 * @throws GatewayError `JOURNAL_UNUSABLE`: damaged, of another journal, or restored already.
 */
export function restoreArchive(where: ArchivePlace, file: string): Promise<ArchiveSummary> {
  return withClient(where, async (client, journal) => {
    const summary = await readArchive(file);
    if (summary.journal !== journal) throw unusable(file, 'archive-foreign', {});
    return inTransaction(client, async () => {
      const { rows } = await client.query<{ restored: boolean }>(
        `SELECT restored_at IS NOT NULL AS restored FROM archives WHERE day = $1 AND sha256 = $2 FOR UPDATE`,
        [summary.day, summary.sha256],
      );
      if (rows[0] === undefined) throw unusable(file, 'archive-foreign', {});
      if (rows[0].restored) throw unusable(file, 'archive-restored', {});
      let page: StoredEntry[] = [];
      await readArchive(file, async (entry) => {
        page.push(entry);
        if (page.length < PER_INSERT) return;
        await insert(client, page);
        page = [];
      });
      await insert(client, page);
      await client.query('UPDATE archives SET restored_at = $2 WHERE day = $1 AND restored_at IS NULL', [
        summary.day,
        where.clock.now(),
      ]);
      return summary;
    });
  });
}

async function withClient<T>(
  { place, clock, encryption }: ArchivePlace,
  work: (client: pg.Client, journal: string) => Promise<T>,
): Promise<T> {
  const connection = createConnection({ ...place, purpose: 'archive', timeoutMs: TIMEOUT_MS });
  try {
    const client = await connection.client();
    const { salt } = await openSchema(client, { place, vault: createVault(encryption), clock });
    return await work(client, createHash('sha256').update(salt).digest('hex').slice(0, 16));
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : toStoreError(cause, 'write');
  } finally {
    await connection.close();
  }
}

async function daysOf(client: pg.Client): Promise<readonly number[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'entries'::regclass`,
  );
  return rows.map(({ name }) => Number(name.slice('entries_'.length))).toSorted((one, other) => one - other);
}

/** What stays of a day: `x` is the exchange of an entry. */
const STAYS = `(x.state IN ('open', 'handed-to-person') OR x.head >= $2)`;

async function archiveDay(
  client: pg.Client,
  { day, folder, journal, now }: { day: number; folder: string; journal: string; now: number },
): Promise<ArchivedDay | undefined> {
  const first = firstOfDay(day * DAY_MS);
  const range = [first, first + ENTRIES_PER_DAY];
  const { rows } = await client.query(
    `SELECT 1 FROM entries AS e LEFT JOIN exchanges AS x ON x.id = e.exchange_id
     WHERE e.id >= $1 AND e.id < $2 AND (x.id IS NULL OR NOT ${STAYS}) LIMIT 1`,
    range,
  );
  if (rows.length === 0) return undefined;
  const name = `${new Date(day * DAY_MS).toISOString().slice(0, 10)}-${journal}-${now}.jsonl.gz`;
  const file = join(folder, name);
  const written = await writeArchive(file, { day, journal }, entriesOf(client, range));
  const read = await readArchive(file);
  if (read.sha256 !== written.sha256) throw unusable(file, 'archive-damaged', {});
  try {
    const kept = await takeOut(client, written, { range, now });
    return { ...written, file, kept };
  } catch (error) {
    rmSync(file);
    throw error;
  }
}

async function* entriesOf(client: pg.Client, [first, last]: readonly number[]): AsyncGenerator<StoredEntry> {
  for (let from = Number(first) - 1; ;) {
    const { rows } = await client.query<StoredEntry>(
      `SELECT ${ENTRY_COLUMNS} FROM entries AS e WHERE id > $1 AND id < $2 ORDER BY id LIMIT ${PAGE}`,
      [from, last],
    );
    yield* rows;
    if (rows.length < PAGE) return;
    from = rows.at(-1)?.id ?? from;
  }
}

/** The partition is replaced by one with what stays; others wait for as long as that takes. */
function takeOut(
  client: pg.Client,
  { day, entries, sha256 }: ArchiveSummary,
  { range, now }: { readonly range: readonly number[]; readonly now: number },
): Promise<number> {
  const name = `entries_${day}`;
  const [first, last] = range;
  return inTransaction(client, async () => {
    await client.query(`ALTER TABLE entries DETACH PARTITION ${name}`);
    await client.query(`ALTER TABLE ${name} RENAME TO ${name}_archived`);
    await client.query(
      `CREATE TABLE ${name} (LIKE entries INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)`,
    );
    const { rowCount } = await client.query(
      `INSERT INTO ${name} SELECT e.* FROM ${name}_archived AS e JOIN exchanges AS x ON x.id = e.exchange_id
       WHERE e.id >= $1 AND ${STAYS}`,
      [first, last],
    );
    await client.query(`DROP TABLE ${name}_archived`);
    await client.query(
      `ALTER TABLE entries ATTACH PARTITION ${name} FOR VALUES FROM (${first}) TO (${last})`,
    );
    await client.query(
      `DELETE FROM records AS r WHERE entry >= $1 AND entry < $2
       AND NOT EXISTS (SELECT 1 FROM ${name} AS e WHERE e.id = r.entry)`,
      [first, last],
    );
    await client.query(
      `INSERT INTO archives (day, first, last, entries, sha256, archived_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [day, first, last, entries, sha256, now],
    );
    return rowCount ?? 0;
  });
}

async function insert(client: pg.Client, entries: readonly StoredEntry[]): Promise<void> {
  for (const { id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs } of entries) {
    await client.query({
      name: 'restore-entry',
      text: `INSERT INTO entries (id, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING`,
      values: [id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs],
    });
  }
}
