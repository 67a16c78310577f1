/** The statements of archiving in PostgreSQL. */
import type pg from 'pg';
import { recordsIn } from '../archive/archive-store.ts';
import type { StoredEntry } from '../entry.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';
import { ENTRIES_PER_DAY } from './schema.ts';

export const PARTITIONS = `SELECT relname AS name FROM pg_inherits JOIN pg_class ON oid = inhrelid
  WHERE inhparent = 'entries'::regclass`;
export const SIGNED = 'SELECT max(last) AS last FROM evidence_batches';
export const EXCHANGES = `SELECT x.id, x.state, x.odd, x.head, x.head_hash AS "headHash" FROM entries AS e
  JOIN exchanges AS x ON x.id = e.exchange_id AND x.head = e.id
  WHERE e.id > $1 AND e.id < $2 ORDER BY e.id LIMIT $3`;
export const RECORDS = `SELECT ${ENTRY_COLUMNS} FROM entries AS e
  WHERE e.id > $1 AND e.id < $2 AND e.exchange_id IS NULL ORDER BY e.id LIMIT $3`;
export const CHAINS = `WITH RECURSIVE e AS (
     SELECT * FROM entries WHERE id = ANY ($1::bigint[])
     UNION ALL
     SELECT before.* FROM e JOIN entries AS before ON before.id = e.previous WHERE e.previous < e.id
   ) SELECT ${ENTRY_COLUMNS} FROM e`;
export const BEGIN_DAY = 'TRUNCATE leaving';
export const LEAVE = 'INSERT INTO leaving SELECT unnest($1::bigint[])';
export const ARCHIVE = `INSERT INTO archives (sha256, day, file, entries, exchanges, first, last, archived_at, removed)
  SELECT $1, $2, $3, $4, $5, min(id), max(id), $6, false FROM leaving`;
/** Numbers that follow each other make one range. */
export const RANGES = `INSERT INTO archived_ranges (first, last, archive)
  SELECT min(id), max(id), $1 FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM leaving) AS l GROUP BY run`;
export const FORGET_RECORDS = 'DELETE FROM records WHERE entry IN (SELECT id FROM leaving)';
export const COUNTS = `SELECT count(*) FILTER (WHERE l.id IS NULL) AS stays, count(l.id) AS leaves
  FROM entries AS e LEFT JOIN leaving AS l ON l.id = e.id WHERE e.id >= $1 AND e.id < $2`;
export const FIND = 'SELECT file, restored_at IS NOT NULL AS restored FROM archives WHERE sha256 = $1';
export const FORGET_RANGES = 'DELETE FROM archived_ranges WHERE archive = $1';
export const RESTORED = 'UPDATE archives SET restored_at = $1 WHERE sha256 = $2';
export const LOOK_AGAIN = `DELETE FROM meta WHERE name = 'reads-expired'`;
export const BEGUN = 'SELECT sha256 FROM archives WHERE NOT removed';
export const REMOVE = `DELETE FROM entries WHERE id IN (SELECT e.id FROM archived_ranges AS r
  JOIN entries AS e ON e.id BETWEEN r.first AND r.last WHERE r.archive = $1 LIMIT 2000) RETURNING 1`;
export const REMOVED = 'UPDATE archives SET removed = true WHERE sha256 = $1';
export const AUDIT_END = 'SELECT id, hash FROM audit_end FOR UPDATE';
export const INSERT_AUDIT = 'INSERT INTO audit (id, facts, hash) VALUES ($1, $2, $3)';
export const MOVE_AUDIT_END = `INSERT INTO audit_end VALUES (1, $1, $2)
  ON CONFLICT (one) DO UPDATE SET id = excluded.id, hash = excluded.hash`;

const INSERT = {
  name: 'restore-entry',
  text: `INSERT INTO entries (id, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
};
const INSERT_RECORD = {
  name: 'restore-record',
  text: `INSERT INTO records (institution, kind, key, entry, start, length) VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (institution, kind, key) DO UPDATE
    SET entry = excluded.entry, start = excluded.start, length = excluded.length WHERE records.entry < excluded.entry`,
};

/** A table like those of the days, for entries to be attached. */
export function newPartition(name: string): string {
  return `CREATE TABLE ${name} (LIKE entries INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)`;
}

/** Makes a table the one of a day. */
export function attachPartition(name: string, day: number): string {
  const first = day * ENTRIES_PER_DAY;
  return `ALTER TABLE entries ATTACH PARTITION ${name} FOR VALUES FROM (${first}) TO (${first + ENTRIES_PER_DAY})`;
}

/** Puts entries back with the records that they were the source of, all on their way at once. */
export async function insertEntries(client: pg.Client, entries: readonly StoredEntry[]): Promise<void> {
  const all = entries.flatMap((entry) => {
    const { id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs } = entry;
    const values = [id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs];
    const records = recordsIn(entry).map(({ institution, kind: of, key, body }) =>
      client.query({ ...INSERT_RECORD, values: [institution, of, key, id, ...body] }),
    );
    return [client.query({ ...INSERT, values }), ...records];
  });
  const failed = (await Promise.allSettled(all)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}
