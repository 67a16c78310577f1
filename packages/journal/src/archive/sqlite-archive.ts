/** Archiving of a journal in a SQLite file that nobody else has open. */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { AuditLog } from '../audit-log.ts';
import type { StoredEntry } from '../entry.ts';
import { ARCHIVED, ENTRY_COLUMNS } from '../read-statements.ts';
import { findSalt } from '../sealing-keys.ts';
import type { JournalEncryption } from '../sealing.ts';
import { toJournalError } from '../sqlite-errors.ts';
import { openJournalFile } from '../sqlite-file.ts';
import { createVault } from '../vault.ts';
import type { Vault } from '../vault.ts';
import { auditOf, journalName, recordsIn } from './archive-store.ts';
import type { ArchiveStore, DayExchange, KnownArchive } from './archive-store.ts';

/** Entries deleted in one transaction. */
const PER_STEP = 1_000;
const DAY_MS = 86_400_000;
const DAY = `e.at >= ? * ${DAY_MS} AND e.at < (? + 1) * ${DAY_MS}`;

/** Numbers that follow each other make one range. */
const RANGES = `INSERT INTO archived_ranges (first, last, archive)
  SELECT min(id), max(id), ? FROM (SELECT id, id - row_number() OVER (ORDER BY id) AS run FROM leaving) GROUP BY run`;

/** Opens a file for archiving. @throws GatewayError `JOURNAL_UNUSABLE`. */
export function openSqliteArchive({
  file,
  encryption,
}: {
  readonly file: string;
  readonly encryption: JournalEncryption | undefined;
}): ArchiveStore {
  const vault = createVault(encryption);
  return new SqliteArchive(openJournalFile(file, vault), vault);
}

class SqliteArchive implements ArchiveStore {
  readonly journal: string;
  readonly vault: Vault;
  readonly #db: DatabaseSync;
  readonly #sql: ReturnType<typeof prepare>;
  readonly #audit: AuditLog;

  constructor(db: DatabaseSync, vault: Vault) {
    const salt = findSalt(db, vault);
    assert(salt !== undefined, 'a file whose keys are not at hand is not opened');
    this.journal = journalName(salt);
    this.vault = vault;
    this.#db = db;
    db.exec('CREATE TEMP TABLE leaving (id INTEGER PRIMARY KEY)');
    this.#sql = prepare(db);
    this.#audit = new AuditLog(db);
    this.#removeArchived();
  }

  days(upTo: number): readonly number[] {
    return (this.#sql.days.all(upTo) as { day: number }[]).map(({ day }) => day);
  }

  signedUpTo(): number | undefined {
    return (this.#sql.signed.get() as { last: number | null }).last ?? undefined;
  }

  exchangesOf(day: number, after: number, limit: number): readonly DayExchange[] {
    return this.#sql.exchanges.all(after, day, day, limit) as unknown as DayExchange[];
  }

  recordsOf(day: number, after: number, limit: number): readonly StoredEntry[] {
    return this.#sql.records.all(after, day, day, limit) as unknown as StoredEntry[];
  }

  chains(heads: readonly number[]): readonly StoredEntry[] {
    return heads.flatMap((head) => this.#chain(head));
  }

  isArchived(entry: number): boolean {
    return this.#sql.archived.get(entry, entry) !== undefined;
  }

  beginDay(): void {
    this.#db.exec('DELETE FROM leaving');
  }

  leave(entries: readonly number[]): void {
    for (const id of entries) this.#sql.leave.run(id);
  }

  takeOut(archive: Parameters<ArchiveStore['takeOut']>[0]): void {
    const { sha256, dayNumber, file, entries, exchanges, at } = archive;
    this.#transact(() => {
      this.#sql.archive.run(sha256, dayNumber, file, entries, exchanges, at);
      this.#sql.ranges.run(sha256);
      this.#db.exec('DELETE FROM records WHERE entry IN (SELECT id FROM leaving)');
      this.#audit.append(auditOf('journal.archive', at, sha256));
    });
    this.#removeArchived();
  }

  find(sha256: string): KnownArchive | undefined {
    const row = this.#sql.find.get(sha256) as { file: string; restoredAt: number | null } | undefined;
    return row && { file: row.file, restored: row.restoredAt !== null };
  }

  async putBack(
    { sha256, restoredAt }: Parameters<ArchiveStore['putBack']>[0],
    read: Parameters<ArchiveStore['putBack']>[1],
  ): Promise<void> {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      this.#sql.forgetRanges.run(sha256);
      await read(async (entries) => entries.forEach((entry) => this.#insert(entry)));
      this.#sql.restored.run(restoredAt, sha256);
      // Reads are deleted by age in the order of their numbers: those that came back are looked at again.
      this.#db.exec(`DELETE FROM meta WHERE name = 'reads-expired'`);
      this.#audit.append(auditOf('journal.archive-restore', restoredAt, sha256));
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw toJournalError(error, 'write');
    }
  }

  close(): void {
    this.#db.close();
  }

  #chain(head: number): readonly StoredEntry[] {
    const entries: StoredEntry[] = [];
    for (let next: number | null = head; next !== null;) {
      const one = this.#sql.entry.get(next) as StoredEntry | undefined;
      if (one === undefined) break;
      entries.push(one);
      next = one.previous !== null && one.previous < next ? one.previous : null;
    }
    return entries;
  }

  #insert(stored: StoredEntry): void {
    const { id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs } = stored;
    this.#sql.insert.run(id, exchangeId, previous, kind, at, facts, payload, hash, payloadHash, keptAs);
    for (const { institution, kind: of, key, body } of recordsIn(stored))
      this.#sql.record.run(institution, of, key, id, ...body);
  }

  /** In small steps; what a crash left is gone on with when the file is opened for archiving again. */
  #removeArchived(): void {
    const begun = this.#sql.begun.all() as { sha256: string }[];
    for (const { sha256 } of begun) {
      for (let changes = PER_STEP; changes === PER_STEP;) {
        changes = this.#transact(() => Number(this.#sql.remove.run(sha256).changes));
      }
      this.#transact(() => this.#sql.removed.run(sha256));
    }
    if (begun.length > 0) this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  #transact<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw toJournalError(error, 'write');
    }
  }
}

function prepare(db: DatabaseSync) {
  return {
    days: db.prepare(
      `SELECT DISTINCT at / ${DAY_MS} AS day FROM entries WHERE at < ? * ${DAY_MS} ORDER BY day`,
    ),
    signed: db.prepare('SELECT max(last) AS last FROM evidence_batches'),
    exchanges: db.prepare(
      `SELECT x.id, x.state, x.odd, x.head, x.head_hash AS headHash FROM entries AS e
       JOIN exchanges AS x ON x.id = e.exchange_id AND x.head = e.id
       WHERE e.id > ? AND ${DAY} ORDER BY e.id LIMIT ?`,
    ),
    records: db.prepare(
      `SELECT ${ENTRY_COLUMNS} FROM entries AS e WHERE id > ? AND ${DAY} AND exchange_id IS NULL ORDER BY id LIMIT ?`,
    ),
    entry: db.prepare(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE id = ?`),
    archived: db.prepare(ARCHIVED),
    leave: db.prepare('INSERT INTO leaving (id) VALUES (?)'),
    archive: db.prepare(
      `INSERT INTO archives (sha256, day, file, entries, exchanges, first, last, archived_at, removed)
       SELECT ?, ?, ?, ?, ?, min(id), max(id), ?, 0 FROM leaving`,
    ),
    ranges: db.prepare(RANGES),
    find: db.prepare('SELECT file, restored_at AS restoredAt FROM archives WHERE sha256 = ?'),
    forgetRanges: db.prepare('DELETE FROM archived_ranges WHERE archive = ?'),
    restored: db.prepare('UPDATE archives SET restored_at = ? WHERE sha256 = ?'),
    insert: db.prepare(
      `INSERT INTO entries (id, exchange_id, previous, kind, at, facts, payload, hash, payload_hash, kept_as)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    record: db.prepare(
      `INSERT INTO records (institution, kind, key, entry, start, length) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (institution, kind, key) DO UPDATE
       SET entry = excluded.entry, start = excluded.start, length = excluded.length WHERE records.entry < excluded.entry`,
    ),
    begun: db.prepare('SELECT sha256 FROM archives WHERE removed = 0'),
    remove: db.prepare(
      `DELETE FROM entries WHERE id IN (SELECT e.id FROM archived_ranges AS r
         JOIN entries AS e ON e.id BETWEEN r.first AND r.last WHERE r.archive = ? LIMIT ${PER_STEP})`,
    ),
    removed: db.prepare('UPDATE archives SET removed = 1 WHERE sha256 = ?'),
  };
}
