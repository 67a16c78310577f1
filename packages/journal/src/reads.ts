/** What can be asked. Reads see what is committed; an exchange is folded from its entries. */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import type { Entry } from './entry.ts';
import { foldEntries } from './fold.ts';
import { prepareReads } from './read-statements.ts';
import type { ReadStatements } from './read-statements.ts';
import type { KeyOfRecord } from './record-key.ts';
import type { Exchange, ExchangeEnd, ExchangeKey, Found, LedgerLine } from './types.ts';

/** Lines fetched at once, so that no read stays open between two of them. */
const LEDGER_PAGE = 500;

/** What the tables say of an exchange. */
export interface ExchangeRow {
  readonly id: number;
  readonly peer: string;
  readonly institution: string;
  readonly messageId: string;
  readonly digest: string;
  readonly transaction: string;
  readonly state: string;
  readonly endedAt: number | null;
  readonly legs: number;
  /** Its last entry. */
  readonly head: number;
  readonly headHash: Uint8Array;
}

/** What the reads need. */
export interface ReadsOptions {
  readonly db: DatabaseSync;
  readonly keyOf: KeyOfRecord;
  /** Hears of an exchange that is left out of a list because it cannot be read. */
  readonly onUnreadable: (exchangeId: number, cause: unknown) => void;
}

/** The reads of a journal, on an open file. */
export class Reads {
  readonly #sql: ReadStatements;
  readonly #keyOf: KeyOfRecord;
  readonly #onUnreadable: ReadsOptions['onUnreadable'];

  constructor({ db, keyOf, onUnreadable }: ReadsOptions) {
    this.#sql = prepareReads(db);
    this.#keyOf = keyOf;
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
    const row = this.#sql.record.get(institution, kind, this.#keyOf(kind, key));
    return row?.body as string | undefined;
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

  /** What the tables say of an exchange or a tombstone. */
  row(exchangeId: number): ExchangeRow | undefined {
    return this.#sql.byId.get(exchangeId) as ExchangeRow | undefined;
  }

  /** The entries from `head` back to the first, oldest first; `missing` names one that is not there. */
  chain(head: number): { readonly entries: readonly Entry[]; readonly missing?: number } {
    const entries: Entry[] = [];
    let next: number | null = head;
    while (next !== null) {
      const entry = this.#sql.entry.get(next) as Entry | undefined;
      // A chain leads back; one that does not could lead round for ever.
      if (entry === undefined || (entry.previous ?? 0) >= next)
        return { entries: entries.toReversed(), missing: next };
      entries.push(entry);
      next = entry.previous;
    }
    return { entries: entries.toReversed() };
  }

  /** The ledger line written with an entry. */
  ledgerLine(entry: number): LedgerLine | undefined {
    return this.#sql.ledgerLine.get(entry) as LedgerLine | undefined;
  }

  /** Whether an exchange is found by this leg. */
  hasLegMessage(exchangeId: number, leg: { readonly peer: string; readonly messageId: string }): boolean {
    return this.#sql.legMessage.get(leg.peer, leg.messageId, exchangeId) !== undefined;
  }

  #idsBefore(from: number, count: number, state?: 'open' | ExchangeEnd['state']): readonly unknown[] {
    if (state === undefined) return this.#sql.ids.all(from, count);
    if (state === 'handed-to-person') return this.#sql.handedOverIds.all(from, count);
    return this.#sql.idsInState.all(state, from, count);
  }

  #fold(row: ExchangeRow): Exchange {
    const { entries, missing } = this.chain(row.head);
    assert(missing === undefined, `entry ${missing} of exchange ${row.id} is missing`);
    return foldEntries(row.id, entries);
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
