/** Opening a journal in PostgreSQL: the right version, the right keys, a place for the days that come. */
import { randomBytes } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type pg from 'pg';
import { encodeProgress } from '../sealing-keys.ts';
import { unusable } from '../unusable.ts';
import type { Reason } from '../unusable.ts';
import { SALT_PLACE } from '../vault.ts';
import type { Vault } from '../vault.ts';
import { attachPartition, newPartition } from './archive-statements.ts';
import { schemaOf } from './connection.ts';
import type { PostgresPlace } from './connection.ts';
import { findSqlState } from './postgres-errors.ts';
import { ENTRIES_PER_DAY, MIGRATIONS } from './schema.ts';

const DAY_MS = 86_400_000;
/** Days whose partitions are there before they begin. */
const DAYS_AHEAD = 3;

/** What is known of an open journal. */
export interface Opened {
  /** Random bytes of this journal, for digests. */
  readonly salt: Uint8Array;
  /** Number of this process. */
  readonly epoch: number;
}

/**
 * Creates what is missing and brings the tables to this program's version, one process at a time.
 * @throws GatewayError `JOURNAL_UNUSABLE`.
 */
export async function openSchema(
  client: pg.Client,
  { place, vault, clock }: { readonly place: PostgresPlace; readonly vault: Vault; readonly clock: Clock },
): Promise<Opened> {
  const schema = schemaOf(place);
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw refuse(place, 'not-a-journal', { found: schema });
  try {
    return await inTransaction(client, async () => {
      await client.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`yiqiao open ${schema}`]);
      const version = await migrate(client, place);
      if (version === 0) await put(client, 'salt', randomBytes(32));
      const salt = await takeUpKeys(client, place, vault);
      await createDays(client, clock.now());
      const { rows } = await client.query<{ epoch: number }>(`SELECT nextval('epochs') AS epoch`);
      return { salt, epoch: rows[0]?.epoch ?? 0 };
    });
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    const state = findSqlState(cause);
    throw refuse(place, state === undefined ? 'not-reached' : 'not-writable', {
      cause,
      ...(state !== undefined && { found: state }),
    });
  }
}

/** A name for messages and logs: what stands in a URL besides is secret. */
export function nameOf(place: PostgresPlace): string {
  try {
    const { host, pathname } = new URL(place.url);
    return `postgres://${host}${pathname}#${schemaOf(place)}`;
  } catch {
    return `postgres#${schemaOf(place)}`;
  }
}

function refuse(
  place: PostgresPlace,
  reason: Reason,
  options: { found?: string; cause?: unknown } = {},
): GatewayError {
  return unusable(nameOf(place), reason, options);
}

/** Runs `work` in a transaction of its own. */
export async function inTransaction<T>(client: pg.Client, work: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

/** The version that was found, 0 for nothing. */
async function migrate(client: pg.Client, place: PostgresPlace): Promise<number> {
  const schema = schemaOf(place);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
  const { rows: found } = await client.query<{ tables: number; versions: boolean }>(
    `SELECT count(*)::int AS tables, bool_or(relname = 'journal_version') AS versions
     FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p')`,
    [schema],
  );
  const isEmpty = found[0]?.tables === 0;
  if (!isEmpty && found[0]?.versions !== true) throw refuse(place, 'not-a-journal');
  if (isEmpty) await client.query('CREATE TABLE journal_version (version integer NOT NULL)');
  const { rows } = await client.query<{ version: number }>('SELECT version FROM journal_version');
  const version = rows[0]?.version ?? 0;
  if (version > MIGRATIONS.length) throw refuse(place, 'newer', { found: String(version) });
  for (const step of MIGRATIONS.slice(version)) await client.query(step);
  if (version === 0) await client.query('INSERT INTO journal_version VALUES ($1)', [MIGRATIONS.length]);
  else if (version < MIGRATIONS.length)
    await client.query('UPDATE journal_version SET version = $1', [MIGRATIONS.length]);
  return version;
}

/** Checks that all keys are there, and makes the vault's the one in force. */
async function takeUpKeys(client: pg.Client, place: PostgresPlace, vault: Vault): Promise<Uint8Array> {
  const { rows } = await client.query<{ id: string }>('SELECT id FROM sealing_keys');
  const missing = rows.map(({ id }) => id).filter((id) => !vault.knows(id));
  if (missing.length > 0)
    throw refuse(place, vault.keyId === undefined ? 'key-missing' : 'key-wrong', {
      found: missing.join(' '),
    });
  const value = await find(client, 'salt');
  const keptAs = rows.length === 0 ? 'clear' : 'sealed';
  const opened = vault.open(SALT_PLACE, { keptAs, payload: value ?? new Uint8Array() });
  if (opened.condition !== 'whole') throw refuse(place, 'damaged');
  await adopt(client, vault, opened.clear);
  return opened.clear;
}

async function adopt(client: pg.Client, vault: Vault, salt: Uint8Array): Promise<void> {
  const { keyId, name } = vault;
  if (keyId === undefined || name === undefined) return;
  const inForce = await find(client, 'key');
  if (inForce !== undefined && Buffer.from(inForce).toString() === name) return;
  const { rows } = await client.query<{ last: number }>('SELECT coalesce(max(id), 0) AS last FROM entries');
  await client.query('INSERT INTO sealing_keys (id) VALUES ($1) ON CONFLICT DO NOTHING', [keyId]);
  await put(client, 'salt', Buffer.from(vault.keep(SALT_PLACE, salt).payload));
  await put(client, 'key', Buffer.from(name));
  await put(client, 'sealing', encodeProgress({ done: 0, last: rows[0]?.last ?? 0 }));
}

async function find(client: pg.Client, name: string): Promise<Uint8Array | undefined> {
  const { rows } = await client.query<{ value: Uint8Array }>('SELECT value FROM meta WHERE name = $1', [
    name,
  ]);
  return rows[0]?.value;
}

async function put(client: pg.Client, name: string, value: Uint8Array): Promise<void> {
  await client.query(
    'INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    [name, value],
  );
}

/** The number from which on the entries of a day are counted. */
function firstOfDay(time: number): number {
  return Math.floor(time / DAY_MS) * ENTRIES_PER_DAY;
}

/**
 * Partitions for today and the days that follow, added beside those that are being written; and numbers that begin with
 * today. Runs in a transaction, one process at a time.
 */
export async function createDays(client: pg.Client, now: number): Promise<void> {
  for (let ahead = 0; ahead <= DAYS_AHEAD; ahead += 1)
    await createDay(client, firstOfDay(now + ahead * DAY_MS) / ENTRIES_PER_DAY);
  await client.query(`SELECT setval('entry_ids', $1) FROM entry_ids WHERE last_value < $1`, [
    firstOfDay(now),
  ]);
}

/** The table of a day, counted from 1970 in UTC. */
export function nameOfDay(day: number): string {
  return `entries_${day}`;
}

/** The partition of a day, if there is none. */
export async function createDay(client: pg.Client, day: number): Promise<void> {
  const name = nameOfDay(day);
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [
    name,
  ]);
  if (rows[0]?.there === true) return;
  await client.query(newPartition(name));
  await client.query(attachPartition(name, day));
}
