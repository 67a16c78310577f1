/** Evidence in the SQLite file of the journal. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredEntry } from './entry.ts';
import type {
  AuditEnd,
  EvidenceBatch,
  EvidenceEntry,
  EvidenceReader,
  EvidenceStore,
} from './evidence-types.ts';
import { toEvidence } from './evidence-entry.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';
import type { Vault } from './vault.ts';

/** Batches are appended; a time-stamp comes once and later. */
export const EVIDENCE_TABLES = `
CREATE TABLE evidence_batches (
  number INTEGER PRIMARY KEY,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  header TEXT NOT NULL,
  members BLOB NOT NULL,
  signature BLOB NOT NULL,
  certificate TEXT NOT NULL,
  time_stamp BLOB
) STRICT;
CREATE UNIQUE INDEX evidence_by_entry ON evidence_batches (first);
CREATE TRIGGER evidence_is_not_updated
  BEFORE UPDATE OF number, first, last, header, members, signature, certificate ON evidence_batches
  BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER time_stamps_are_not_updated
  BEFORE UPDATE OF time_stamp ON evidence_batches WHEN old.time_stamp IS NOT NULL
  BEGIN SELECT RAISE(ABORT, 'evidence is never changed'); END;
CREATE TRIGGER evidence_is_not_deleted BEFORE DELETE ON evidence_batches
  BEGIN SELECT RAISE(ABORT, 'evidence is never deleted'); END;
CREATE TABLE evidence_certificates (
  name TEXT PRIMARY KEY,
  pem TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

const BATCH = `SELECT number, first, last, header, members, signature, certificate, time_stamp AS timeStamp
  FROM evidence_batches`;

type BatchRow = Omit<EvidenceBatch, 'timeStamp'> & { readonly timeStamp: Uint8Array | null };

/** What evidence is kept on. */
export interface SqliteEvidenceParts {
  readonly db: DatabaseSync;
  readonly vault: Vault;
  /** Runs a write inside a transaction and resolves when it is on disk. */
  submit<T>(write: () => T): Promise<T>;
}

/** Evidence on an open file. */
export function createSqliteEvidence(parts: SqliteEvidenceParts): EvidenceStore {
  const { db, submit } = parts;
  const insert = db.prepare(
    `INSERT INTO evidence_batches (number, first, last, header, members, signature, certificate, time_stamp)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const insertCertificate = db.prepare(
    'INSERT INTO evidence_certificates (name, pem) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const stamp = db.prepare(
    'UPDATE evidence_batches SET time_stamp = ? WHERE number = ? AND time_stamp IS NULL',
  );
  return {
    ...createSqliteEvidenceReader(parts),
    append: (batch, certificates) =>
      submit(() => {
        const { number, first, last, header, members, signature, certificate, timeStamp = null } = batch;
        const { changes } = insert.run(
          number,
          first,
          last,
          header,
          members,
          signature,
          certificate,
          timeStamp,
        );
        if (changes > 0) insertCertificate.run(certificate, certificates);
        return changes > 0;
      }),
    stamp: (number, timeStamp) => submit(() => void stamp.run(timeStamp, number)),
  };
}

/** The reading half, which needs no transactions. */
export function createSqliteEvidenceReader(parts: Pick<SqliteEvidenceParts, 'db' | 'vault'>): EvidenceReader {
  const { db, vault } = parts;
  const entries = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id > ? ORDER BY id LIMIT ?`);
  const entry = db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ?`);
  const head = db.prepare('SELECT head FROM exchanges WHERE id = ?');
  const batches = db.prepare(`${BATCH} WHERE number > ? ORDER BY number LIMIT ?`);
  const cover = db.prepare(`${BATCH} WHERE first <= ? ORDER BY first DESC LIMIT 1`);
  const last = db.prepare(`${BATCH} ORDER BY number DESC LIMIT 1`);
  const count = db.prepare('SELECT count(*) AS n FROM entries WHERE id > ?');
  const certificate = db.prepare('SELECT pem FROM evidence_certificates WHERE name = ?');
  const audit = db.prepare('SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1');
  const auditById = db.prepare('SELECT hash FROM audit WHERE id = ?');
  const archived = db.prepare('SELECT first, last FROM archived_ranges WHERE last >= ? AND first <= ?');
  const archive = db.prepare(
    `SELECT a.file FROM exchanges AS x JOIN archived_ranges AS r ON r.first <= x.head AND r.last >= x.head
     JOIN archives AS a ON a.sha256 = r.archive WHERE x.id = ?`,
  );
  const messages = db.prepare('SELECT id FROM exchanges WHERE message_id = ? ORDER BY id');
  const chain = (exchangeId: number): StoredEntry[] => {
    const found: StoredEntry[] = [];
    const row = head.get(exchangeId) as { head: number } | undefined;
    for (let next: number | null = row?.head ?? null; next !== null;) {
      const one = entry.get(next) as StoredEntry | undefined;
      if (one === undefined) break;
      found.unshift(one);
      next = one.previous !== null && one.previous < next ? one.previous : null;
    }
    return found;
  };
  return {
    entriesAfter: promised((after: number, limit: number) => all(entries, after, limit, vault)),
    entriesOf: promised((id: number) => chain(id).map((one) => toEvidence(one, vault))),
    exchangesWithMessage: promised((id: string) =>
      (messages.all(id) as { id: number }[]).map((one) => one.id),
    ),
    batchesAfter: promised((number: number, limit: number) =>
      (batches.all(number, limit) as unknown as BatchRow[]).map(toBatch),
    ),
    coverOf: promised((covered: number) => {
      const found = cover.get(covered) as BatchRow | undefined;
      return found === undefined || found.last < covered ? undefined : toBatch(found);
    }),
    lastBatch: promised(() => {
      const found = last.get() as BatchRow | undefined;
      return found && toBatch(found);
    }),
    countAfter: promised((after: number) => (count.get(after) as { n: number }).n),
    certificate: promised((name: string) => (certificate.get(name) as { pem: string } | undefined)?.pem),
    archivedIn: promised((from: number, upTo: number) =>
      (archived.all(from, upTo) as { first: number; last: number }[]).map(
        (one) => [one.first, one.last] as const,
      ),
    ),
    archiveOf: promised((id: number) => (archive.get(id) as { file: string } | undefined)?.file),
    auditEnd: promised((): AuditEnd | undefined => {
      const found = audit.get() as { id: number; hash: Uint8Array } | undefined;
      return found && { id: found.id, hash: Buffer.from(found.hash).toString('hex') };
    }),
    auditHash: promised((id: number) => {
      const found = auditById.get(id) as { hash: Uint8Array } | undefined;
      return found && Buffer.from(found.hash).toString('hex');
    }),
  };
}

function all(statement: StatementSync, after: number, limit: number, vault: Vault): readonly EvidenceEntry[] {
  const rows = statement.all(after, limit) as unknown as StoredEntry[];
  return rows.map((row) => toEvidence(row, vault));
}

/** A synchronous read as the contract has it; what it throws rejects. */
function promised<A extends unknown[], T>(read: (...args: A) => T): (...args: A) => Promise<T> {
  return (...args) => Promise.resolve().then(() => read(...args));
}

function toBatch({ timeStamp, ...batch }: BatchRow): EvidenceBatch {
  return { ...batch, ...(timeStamp !== null && { timeStamp }) };
}
