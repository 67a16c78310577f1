/** Evidence in the PostgreSQL journal. */
import type { StoredEntry } from '../entry.ts';
import type { EvidenceBatch, EvidenceStore } from '../evidence-types.ts';
import { toEvidence } from '../evidence-entry.ts';
import type { Vault } from '../vault.ts';
import { NUMBERS_LOCK } from './batch-statements.ts';
import type { Statement } from './connection.ts';
import { CHAIN, ENTRY_COLUMNS } from './read-statements.ts';
import type { Ask } from './reads.ts';

const BATCH = `SELECT number, first, last, header, members, signature, certificate, time_stamp AS "timeStamp"
  FROM evidence_batches`;

const named = (name: string, text: string): Statement => ({ name: `evidence-${name}`, text });

const SQL = {
  any: named('any', 'SELECT 1 FROM entries WHERE id > $1 LIMIT 1'),
  given: named('given', 'SELECT last_value AS last FROM entry_ids'),
  settled: named('settled', `SELECT pg_advisory_xact_lock(${NUMBERS_LOCK})`),
  entries: named(
    'entries',
    `SELECT ${ENTRY_COLUMNS} FROM entries AS e WHERE id > $1 AND id <= $2 ORDER BY id LIMIT $3`,
  ),
  head: named('head', 'SELECT head FROM exchanges WHERE id = $1'),
  messages: named('messages', 'SELECT id FROM exchanges WHERE message_id = $1 ORDER BY id'),
  batches: named('batches', `${BATCH} WHERE number > $1 ORDER BY number LIMIT $2`),
  cover: named('cover', `${BATCH} WHERE first <= $1 ORDER BY first DESC LIMIT 1`),
  last: named('last', `${BATCH} ORDER BY number DESC LIMIT 1`),
  count: named('count', 'SELECT count(*) AS n FROM entries WHERE id > $1'),
  archived: named('archived', 'SELECT first, last FROM archived_ranges WHERE last >= $1 AND first <= $2'),
  archive: named(
    'archive',
    `SELECT a.file FROM exchanges AS x JOIN archived_ranges AS r ON r.first <= x.head AND r.last >= x.head
     JOIN archives AS a ON a.sha256 = r.archive WHERE x.id = $1`,
  ),
  certificate: named('certificate', 'SELECT pem FROM evidence_certificates WHERE name = $1'),
  auditEnd: named('audit-end', 'SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1'),
  auditHash: named('audit-hash', 'SELECT hash FROM audit WHERE id = $1'),
  append: named(
    'append',
    `WITH added AS (
       INSERT INTO evidence_batches (number, first, last, header, members, signature, certificate, time_stamp)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING certificate),
     certified AS (
       INSERT INTO evidence_certificates (name, pem) SELECT certificate, $9 FROM added ON CONFLICT DO NOTHING)
     SELECT certificate FROM added`,
  ),
  stamp: named(
    'stamp',
    'UPDATE evidence_batches SET time_stamp = $1 WHERE number = $2 AND time_stamp IS NULL',
  ),
} as const;

type BatchRow = Omit<EvidenceBatch, 'timeStamp'> & { readonly timeStamp: Uint8Array | null };

/** Evidence through a connection that answers in order. */
export function createPostgresEvidence(ask: Ask, vault: Vault): EvidenceStore {
  return {
    async entriesAfter(entry, limit) {
      if ((await ask(SQL.any, [entry])).length === 0) return [];
      // Numbers are given under this lock, shared, until the commit: once it was free, all up to here are there.
      const [[given]] = await Promise.all([ask<{ last: number }>(SQL.given), ask(SQL.settled)]);
      const rows = await ask<StoredEntry>(SQL.entries, [entry, given?.last ?? 0, limit]);
      return rows.map((row) => toEvidence(row, vault));
    },
    async entriesOf(exchangeId) {
      const [row] = await ask<{ head: number }>(SQL.head, [exchangeId]);
      if (row === undefined) return [];
      const chain = await ask<StoredEntry>(CHAIN, [row.head]);
      return chain.toSorted((one, other) => one.id - other.id).map((stored) => toEvidence(stored, vault));
    },
    async exchangesWithMessage(messageId) {
      return (await ask<{ id: number }>(SQL.messages, [messageId])).map(({ id }) => id);
    },
    async batchesAfter(number, limit) {
      return (await ask<BatchRow>(SQL.batches, [number, limit])).map(toBatch);
    },
    async coverOf(entry) {
      const [row] = await ask<BatchRow>(SQL.cover, [entry]);
      return row === undefined || row.last < entry ? undefined : toBatch(row);
    },
    async lastBatch() {
      const [row] = await ask<BatchRow>(SQL.last);
      return row && toBatch(row);
    },
    async countAfter(entry) {
      const [row] = await ask<{ n: number }>(SQL.count, [entry]);
      return row?.n ?? 0;
    },
    async certificate(name) {
      const [row] = await ask<{ pem: string }>(SQL.certificate, [name]);
      return row?.pem;
    },
    async archivedIn(from, upTo) {
      const rows = await ask<{ first: number; last: number }>(SQL.archived, [from, upTo]);
      return rows.map(({ first, last }) => [first, last] as const);
    },
    async archiveOf(exchangeId) {
      const [row] = await ask<{ file: string }>(SQL.archive, [exchangeId]);
      return row?.file;
    },
    async auditEnd() {
      const [row] = await ask<{ id: number; hash: Buffer }>(SQL.auditEnd);
      return row && { id: row.id, hash: row.hash.toString('hex') };
    },
    async auditHash(id) {
      const [row] = await ask<{ hash: Buffer }>(SQL.auditHash, [id]);
      return row?.hash.toString('hex');
    },
    async append(batch, certificates) {
      const { number, first, last, header, members, signature, certificate, timeStamp = null } = batch;
      const values = [number, first, last, header, members, signature, certificate, timeStamp, certificates];
      return (await ask(SQL.append, values)).length > 0;
    },
    stamp: async (number, timeStamp) => void (await ask(SQL.stamp, [timeStamp, number])),
  };
}

function toBatch({ timeStamp, ...batch }: BatchRow): EvidenceBatch {
  return { ...batch, ...(timeStamp !== null && { timeStamp }) };
}
