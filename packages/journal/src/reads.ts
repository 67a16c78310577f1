/** What can be asked. Reads see what is committed; an exchange is folded from its entries. */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { archivedExchange } from './archived-exchange.ts';
import { openEntry } from './entry.ts';
import type { Entry, StoredEntry } from './entry.ts';
import type { ExchangeRow } from './exchange-row.ts';
import { damagedRecord, foldRow } from './fold-row.ts';
import type { Chain } from './fold-row.ts';
import type { IndexKeys } from './index-keys.ts';
import { textAt } from './payload.ts';
import { prepareReads } from './read-statements.ts';
import type { ReadStatements } from './read-statements.ts';
import type { JournalFigures } from './read-types.ts';
import type { Exchange, ExchangeEnd, ExchangeKey, Found, LedgerLine, NaturalMatch } from './types.ts';
import type { Vault } from './vault.ts';

/** Lines fetched at once, so that no read stays open between two of them. */
const LEDGER_PAGE = 500;

type NaturalRow = Omit<NaturalMatch, 'key'> & ExchangeKey;

/** What the reads need. */
export interface ReadsOptions {
  readonly db: DatabaseSync;
  readonly vault: Vault;
  /** Absent when the journal's salt is sealed with a key that is not at hand. */
  readonly keys?: IndexKeys;
  /** Hears of an exchange that is left out of a list because it cannot be read. */
  readonly onUnreadable: (exchangeId: number, cause: unknown) => void;
}

/** The reads of a journal, on an open file. */
export class Reads {
  readonly #sql: ReadStatements;
  readonly #vault: Vault;
  readonly #keys: IndexKeys | undefined;
  readonly #onUnreadable: ReadsOptions['onUnreadable'];

  constructor({ db, vault, keys, onUnreadable }: ReadsOptions) {
    this.#sql = prepareReads(db);
    this.#vault = vault;
    this.#keys = keys;
    this.#onUnreadable = onUnreadable;
  }

  /** See `Journal.find`. */
  find(key: ExchangeKey, digest: string): Found {
    const row = this.#sql.byKey.get(key.peer, key.institution, key.messageId) as ExchangeRow | undefined;
    if (row === undefined) return { status: 'new' };
    if (row.state === 'buried') return { status: 'tombstone' };
    return { status: row.digest === digest ? 'known' : 'conflict', exchange: this.#fold(row) };
  }

  /** See `Journal.findRecord`. */
  findRecord(institution: string, kind: string, key: string): string | undefined {
    const row = this.#sql.record.get(institution, kind, this.#indexKeys().ofRecord(kind, key));
    if (row === undefined) return undefined;
    const { entry: id, start, length } = row as { entry: number; start: number; length: number };
    const entry = this.#entry(id);
    if (entry?.condition === 'expired') return undefined;
    if (entry === undefined || entry.condition !== 'whole') throw damagedRecord(entry?.exchangeId ?? 0, id);
    return textAt(entry.content, [start, length]);
  }

  /** See `Journal.load`. */
  load(exchangeId: number): Exchange | undefined {
    const row = this.row(exchangeId);
    return row === undefined || row.state === 'buried' ? undefined : this.#fold(row);
  }

  /** See `Journal.findByLeg`. */
  findByLeg(peer: string, messageId: string): Exchange | undefined {
    const row = this.#sql.byLeg.get(peer, messageId) as { id: number } | undefined;
    return row === undefined ? undefined : this.load(row.id);
  }

  /** See `Journal.findByNaturalKey`. */
  findByNaturalKey(institution: string, key: string): readonly NaturalMatch[] {
    const rows = this.#sql.byNaturalKey.all(
      institution,
      this.#indexKeys().ofMatter(key),
    ) as unknown as NaturalRow[];
    return rows.map(({ id, transaction, state, ...found }) => ({ id, transaction, state, key: found }));
  }

  /** See `Journal.listOpen`. */
  listOpen(afterId: number, limit: number): readonly Exchange[] {
    return this.#collect(afterId, limit, (from, count) => this.#sql.openIds.all(from, count));
  }

  /** See `Journal.recentMessageIds`. */
  recentMessageIds(limit: number): readonly string[] {
    const rows = this.#sql.recentMessageIds.all(limit) as { messageId: string }[];
    return rows.map(({ messageId }) => messageId);
  }

  /** See `Journal.list`. */
  list(beforeId: number, limit: number, state?: 'open' | ExchangeEnd['state']): readonly Exchange[] {
    return this.#collect(beforeId, limit, (from, count) => this.#idsBefore(from, count, state));
  }

  /** The exchanges of these numbers that can be read. */
  readable(ids: readonly number[]): readonly Exchange[] {
    return ids.flatMap((id) => this.#tryLoad(id) ?? []);
  }

  /** See `Journal.ledger`. */
  *ledger(): Generator<LedgerLine> {
    for (let last = 0; ;) {
      const page = this.#sql.ledgerLines.all(last, LEDGER_PAGE) as unknown as (LedgerLine & {
        entry: number;
      })[];
      for (const { entry, ...line } of page) {
        last = entry;
        yield line;
      }
      if (page.length < LEDGER_PAGE) return;
    }
  }

  /** See `Journal.figures`. */
  figures(): JournalFigures {
    const { oldestOpenAt, ...counts } = this.#sql.figures.get() as Omit<JournalFigures, 'oldestOpenAt'> & {
      readonly oldestOpenAt: number | null;
    };
    return { ...counts, ...(oldestOpenAt !== null && { oldestOpenAt }) };
  }

  /** What the tables say of an exchange or a tombstone. */
  row(exchangeId: number): ExchangeRow | undefined {
    return this.#sql.byId.get(exchangeId) as ExchangeRow | undefined;
  }

  /** The entries from `head` back to the first, oldest first; `missing` names one that is not there. */
  chain(head: number): Chain {
    const entries: Entry[] = [];
    let next: number | null = head;
    while (next !== null) {
      const entry: Entry | undefined = this.#entry(next);
      // A chain leads back; one that does not could lead round for ever.
      if (entry === undefined || (entry.previous ?? 0) >= next)
        return { entries: entries.toReversed(), missing: next };
      entries.push(entry);
      next = entry.previous;
    }
    return { entries: entries.toReversed() };
  }

  /** Whether what is missing of a chain lies in a file. */
  isArchived({ missing }: Chain): boolean {
    return missing !== undefined && this.#sql.archived.get(missing, missing) !== undefined;
  }

  /** The ledger line written with an entry. */
  ledgerLine(entry: number): LedgerLine | undefined {
    return this.#sql.ledgerLine.get(entry) as LedgerLine | undefined;
  }

  /** Whether an exchange is found by this leg. */
  hasLegMessage(exchangeId: number, leg: { readonly peer: string; readonly messageId: string }): boolean {
    return this.#sql.legMessage.get(leg.peer, leg.messageId, exchangeId) !== undefined;
  }

  /** Whether an exchange is found by what it is about, as far as that can be told. */
  hasNaturalKey({ id, institution }: Pick<ExchangeRow, 'id' | 'institution'>, key: string): boolean {
    if (this.#keys === undefined) return true;
    return this.#sql.naturalKey.get(institution, this.#keys.ofMatter(key), id) !== undefined;
  }

  #entry(id: number): Entry | undefined {
    const stored = this.#sql.entry.get(id) as StoredEntry | undefined;
    return stored === undefined ? undefined : openEntry(stored, this.#vault);
  }

  #indexKeys(): IndexKeys {
    assert(this.#keys !== undefined, 'nothing is looked up in a journal that is only checked');
    return this.#keys;
  }

  #idsBefore(from: number, count: number, state?: 'open' | ExchangeEnd['state']): readonly unknown[] {
    if (state === undefined) return this.#sql.ids.all(from, count);
    if (state === 'handed-to-person') return this.#sql.handedOverIds.all(from, count);
    return this.#sql.idsInState.all(state, from, count);
  }

  #fold(row: ExchangeRow): Exchange {
    const chain = this.chain(row.head);
    return this.isArchived(chain) ? archivedExchange(row) : foldRow(row, chain);
  }

  /** Goes on past exchanges that cannot be read: one that is damaged must not hide the others. */
  #collect(
    start: number,
    limit: number,
    idsFrom: (start: number, limit: number) => readonly unknown[],
  ): readonly Exchange[] {
    const found: Exchange[] = [];
    let from = start;
    while (found.length < limit) {
      const wanted = limit - found.length;
      const ids = idsFrom(from, wanted) as readonly { readonly id: number }[];
      for (const { id } of ids) {
        from = id;
        const exchange = this.#tryLoad(id);
        if (exchange !== undefined) found.push(exchange);
      }
      if (ids.length < wanted) break;
    }
    return found;
  }

  #tryLoad(id: number): Exchange | undefined {
    try {
      return this.load(id);
    } catch (cause) {
      this.#onUnreadable(id, cause);
      return undefined;
    }
  }
}
