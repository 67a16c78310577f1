/** The check of a whole journal file: every entry, every exchange, every reference. It never writes. */
import type { DatabaseSync } from 'node:sqlite';
import { AuditLog } from './audit-log.ts';
import { checkExchange } from './check.ts';
import { damageOf } from './damage.ts';
import type { FileDamage } from './damage.ts';
import { isIntact, openEntry } from './entry.ts';
import type { Entry, StoredEntry } from './entry.ts';
import { createIndexKeys } from './index-keys.ts';
import { findImpossible } from './order.ts';
import { ENTRY_COLUMNS } from './read-statements.ts';
import { Reads } from './reads.ts';
import { findSalt } from './sealing-keys.ts';
import type { JournalEncryption } from './sealing.ts';
import { isCorruption } from './sqlite-errors.ts';
import { openJournalToRead } from './sqlite-file.ts';
import { createVault } from './vault.ts';
import type { Vault } from './vault.ts';

/** What a check came to; sound when `damage` is empty. */
export interface JournalReport {
  readonly exchanges: number;
  readonly entries: number;
  /** Exchanges that have not ended. */
  readonly open: number;
  /** Entries whose contents are sealed with a key that is not at hand: all but the contents was checked. */
  readonly closed: number;
  /** The first thousand. */
  readonly damage: readonly FileDamage[];
  /** How much there is in all. */
  readonly damaged: number;
  /** Entries that lie in archives. */
  readonly archived: number;
  /** When an exchange was last accepted or ended, epoch milliseconds; absent when there is none. */
  readonly lastAt?: number;
}

const LAST_AT = 'SELECT max(max(accepted_at, coalesce(ended_at, 0))) AS n FROM exchanges';
const ARCHIVED_ENTRIES = 'SELECT coalesce(sum(last - first + 1), 0) AS n FROM archived_ranges';
const ARCHIVED_LINE = `SELECT 1 FROM (SELECT last FROM archived_ranges WHERE first <= l.entry ORDER BY first DESC LIMIT 1)
  WHERE last >= l.entry`;
const PAGE = 500;
const MOST_LISTED = 1_000;

/**
 * Checks a journal file that no gateway has open. Without its keys, sealed contents are held against a checksum only.
 * @throws GatewayError `JOURNAL_UNUSABLE`: missing, in use, not a journal, of another version, other keys.
 */
export function checkJournalFile(file: string, encryption?: JournalEncryption): JournalReport {
  const vault = createVault(encryption);
  const db = openJournalToRead(file, vault);
  try {
    return new FileCheck(db, vault).run();
  } finally {
    db.close();
  }
}

class FileCheck {
  readonly #db: DatabaseSync;
  readonly #vault: Vault;
  readonly #reads: Reads;
  readonly #damage: FileDamage[] = [];
  #damaged = 0;
  /** Entries that belong to a chain or to no exchange. */
  #accounted = 0;
  #closed = 0;

  constructor(db: DatabaseSync, vault: Vault) {
    const salt = findSalt(db, vault);
    this.#db = db;
    this.#vault = vault;
    this.#reads = new Reads({
      db,
      vault,
      ...(salt !== undefined && { keys: createIndexKeys(salt) }),
      onUnreadable: () => undefined,
    });
  }

  run(): JournalReport {
    let exchanges = 0;
    let open = 0;
    this.#part(() => this.#checkPages());
    this.#part(() => {
      for (const { id, state } of this.#pages<{ id: number; state: string }>(
        'SELECT id, state FROM exchanges',
      )) {
        exchanges += 1;
        if (state === 'open') open += 1;
        this.#accounted += this.#checkOne(id).length;
      }
    });
    this.#part(() => this.#checkKept());
    const entries = this.#part(() => this.#count('SELECT count(*) AS n FROM entries')) ?? this.#accounted;
    if (entries !== this.#accounted) this.#part(() => this.#findStrays());
    this.#part(() => this.#checkReferences());
    this.#part(() => this.#checkAudit());
    const lastAt = this.#part(() => this.#count(LAST_AT)) ?? 0;
    return {
      exchanges,
      entries,
      open,
      closed: this.#closed,
      damage: this.#damage,
      damaged: this.#damaged,
      archived: this.#part(() => this.#count(ARCHIVED_ENTRIES)) ?? 0,
      ...(lastAt > 0 && { lastAt }),
    };
  }

  /** A part that meets a damaged page ends there; the others are checked all the same. */
  #part<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (!isCorruption(error)) throw error;
      this.#report({ kind: 'page-damaged', found: (error as Error).message });
      return undefined;
    }
  }

  #report(damage: Omit<FileDamage, 'message'>): void {
    this.#damaged += 1;
    if (this.#damage.length < MOST_LISTED) this.#damage.push(damageOf(damage));
  }

  #checkPages(): void {
    const rows = this.#db.prepare('PRAGMA integrity_check(100)').all() as { integrity_check: string }[];
    for (const { integrity_check: found } of rows) {
      if (found !== 'ok') this.#report({ kind: 'page-damaged', found });
    }
  }

  /** The entries of its chain. */
  #checkOne(id: number): readonly Entry[] {
    const row = this.#reads.row(id);
    if (row === undefined) return [];
    const { peer, institution, messageId, transaction } = row;
    const exchange = { id, transaction, key: { peer, institution, messageId } };
    const { entries, missing } = this.#reads.chain(row.head);
    this.#closed += entries.filter(({ condition }) => condition === 'closed').length;
    for (const { kind, entry } of this.#damageOfExchange(id)) {
      this.#report({ kind, exchange, ...(entry > 0 && { entry }) });
    }
    const impossible = missing === undefined ? findImpossible(entries) : undefined;
    if (impossible !== undefined) this.#report({ kind: 'order-impossible', exchange, entry: impossible });
    return entries;
  }

  #damageOfExchange(id: number): ReturnType<typeof checkExchange> {
    try {
      return checkExchange(this.#reads, id);
    } catch (error) {
      if (isCorruption(error)) throw error;
      // The hashes fit and yet the entries make no exchange: only what the tables say can be wrong.
      return [{ entry: 0, kind: 'state-differs' }];
    }
  }

  #checkKept(): void {
    const kept = this.#pages<StoredEntry>(`SELECT ${ENTRY_COLUMNS} FROM entries WHERE exchange_id IS NULL`);
    for (const stored of kept) {
      const entry = openEntry(stored, this.#vault);
      if (entry.condition === 'closed') this.#closed += 1;
      this.#accounted += 1;
      if (!isIntact(entry, undefined, null)) this.#report({ kind: 'entry-changed', entry: entry.id });
    }
  }

  /** Only when the numbers do not add up: it keeps all numbers of entries in memory. */
  #findStrays(): void {
    const chained = new Set<number>();
    for (const { head } of this.#pages<{ id: number; head: number }>('SELECT id, head FROM exchanges')) {
      for (const { id } of this.#reads.chain(head).entries) chained.add(id);
    }
    const all = this.#pages<{ id: number; exchangeId: number }>(
      'SELECT id, exchange_id AS exchangeId FROM entries WHERE exchange_id IS NOT NULL',
    );
    for (const { id, exchangeId } of all) {
      if (!chained.has(id)) this.#report({ kind: 'entry-stray', entry: id, exchange: { id: exchangeId } });
    }
  }

  #checkReferences(): void {
    const broken = this.#db.prepare('PRAGMA foreign_key_check').all() as {
      table: string;
      rowid: number | null;
    }[];
    for (const { table, rowid } of broken) {
      this.#report({ kind: 'reference-broken', found: `${table} ${rowid ?? ''}`.trim() });
    }
    const lines = this.#db
      .prepare(
        `SELECT l.entry, l.exchange_id AS id FROM ledger AS l LEFT JOIN entries AS e ON e.id = l.entry
         WHERE (e.id IS NULL AND NOT EXISTS (${ARCHIVED_LINE})) OR e.kind <> 'ended' OR e.exchange_id <> l.exchange_id`,
      )
      .all() as { entry: number; id: number }[];
    for (const { entry, id } of lines) {
      this.#report({ kind: 'reference-broken', found: 'ledger', entry, exchange: { id } });
    }
    const records = this.#db
      .prepare(
        'SELECT DISTINCT r.entry FROM records AS r LEFT JOIN entries AS e ON e.id = r.entry WHERE e.id IS NULL',
      )
      .all() as { entry: number }[];
    for (const { entry } of records) this.#report({ kind: 'reference-broken', found: 'records', entry });
  }

  #checkAudit(): void {
    for (const { kind, entry } of new AuditLog(this.#db).check().damage) {
      this.#report({ kind: 'audit-damaged', entry, found: kind });
    }
  }

  #count(sql: string): number {
    return (this.#db.prepare(sql).get() as { n: number }).n;
  }

  /** All rows of a query by their `id`, a page at a time. */
  *#pages<T extends { readonly id: number }>(query: string): Generator<T> {
    const joined = query.includes(' WHERE ') ? 'AND' : 'WHERE';
    const statement = this.#db.prepare(`${query} ${joined} id > ? ORDER BY id LIMIT ${PAGE}`);
    for (let last = 0; ;) {
      const page = statement.all(last) as unknown as T[];
      yield* page;
      if (page.length < PAGE) return;
      last = page.at(-1)?.id ?? last;
    }
  }
}
