/** What can be asked of a PostgreSQL journal. An exchange is folded from its entries, as in every journal. */
import { archivedExchange } from '../archived-exchange.ts';
import { checkChain } from '../check.ts';
import { openEntry } from '../entry.ts';
import type { Entry, StoredEntry } from '../entry.ts';
import type { ExchangeRow } from '../exchange-row.ts';
import { damagedRecord, foldRow } from '../fold-row.ts';
import type { Chain } from '../fold-row.ts';
import type { AcceptedFacts } from '../facts.ts';
import type { IndexKeys } from '../index-keys.ts';
import { textAt } from '../payload.ts';
import type { JournalFigures } from '../read-types.ts';
import type {
  Damage,
  Exchange,
  ExchangeEnd,
  ExchangeKey,
  Found,
  LedgerLine,
  Leg,
  NaturalMatch,
} from '../types.ts';
import type { Vault } from '../vault.ts';
import type { Statement } from './connection.ts';
import * as sql from './read-statements.ts';

/** Asks a statement; at any time, from any connection. */
export type Ask = <Row>(statement: Statement, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** What the reads need. */
export interface ReadParts {
  readonly ask: Ask;
  readonly vault: Vault;
  readonly keys: IndexKeys;
  /** Hears of an exchange that is left out of a list because it cannot be read. */
  readonly onUnreadable: (exchangeId: number, cause: unknown) => void;
}

/** Lines fetched at once. */
const LEDGER_PAGE = 500;
const SIZE_EVERY_MS = 30_000;
/** Above every number: PostgreSQL knows no infinite ones. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/** The reads of a journal in PostgreSQL. */
export class PostgresReads {
  readonly #parts: ReadParts;
  #size: { readonly bytes: number; readonly at: number } | undefined;

  constructor(parts: ReadParts) {
    this.#parts = parts;
  }

  /** See `JournalReads`. */
  async find({ peer, institution, messageId }: ExchangeKey, digest: string): Promise<Found> {
    const [row] = await this.#parts.ask<ExchangeRow>(sql.BY_KEY, [peer, institution, messageId]);
    if (row === undefined) return { status: 'new' };
    if (row.state === 'buried') return { status: 'tombstone' };
    return { status: row.digest === digest ? 'known' : 'conflict', exchange: await this.#fold(row) };
  }

  /** See `JournalReads`. */
  async findRecord(institution: string, kind: string, key: string): Promise<string | undefined> {
    const { ask, keys, vault } = this.#parts;
    const [found] = await ask<StoredEntry & { start: number; length: number }>(sql.RECORD, [
      institution,
      kind,
      keys.ofRecord(kind, key),
    ]);
    if (found === undefined) return undefined;
    const entry = openEntry(found, vault);
    if (entry.condition === 'expired') return undefined;
    if (entry.condition !== 'whole') throw damagedRecord(entry.exchangeId ?? 0, entry.id);
    return textAt(entry.content, [found.start, found.length]);
  }

  /** See `JournalReads`. */
  async load(exchangeId: number): Promise<Exchange | undefined> {
    const row = await this.row(exchangeId);
    return row === undefined || row.state === 'buried' ? undefined : this.#fold(row);
  }

  /** See `JournalReads`. */
  async findByLeg(peer: string, messageId: string): Promise<Exchange | undefined> {
    const [row] = await this.#parts.ask<{ id: number }>(sql.BY_LEG, [peer, messageId]);
    return row === undefined ? undefined : this.load(row.id);
  }

  /** See `JournalReads`. */
  async findByNaturalKey(institution: string, key: string): Promise<readonly NaturalMatch[]> {
    const { ask, keys } = this.#parts;
    const rows = await ask<Omit<NaturalMatch, 'key'> & ExchangeKey>(sql.BY_NATURAL_KEY, [
      institution,
      keys.ofMatter(key),
    ]);
    return rows.map(({ id, transaction, state, ...found }) => ({ id, transaction, state, key: found }));
  }

  /** See `JournalReads`. */
  listOpen(afterId: number, limit: number): Promise<readonly Exchange[]> {
    return this.#collect(afterId, limit, (from, count) => this.#parts.ask(sql.OPEN_IDS, [from, count]));
  }

  /** See `JournalReads`. */
  list(beforeId: number, limit: number, state?: 'open' | ExchangeEnd['state']): Promise<readonly Exchange[]> {
    return this.#collect(Math.min(beforeId, NO_BOUND), limit, (from, count) =>
      state === undefined
        ? this.#parts.ask(sql.IDS, [from, count])
        : this.#parts.ask(sql.IDS_IN_STATE, [state, from, count]),
    );
  }

  /** The exchanges of these numbers that can be read. */
  async readable(ids: readonly number[]): Promise<readonly Exchange[]> {
    const all = await Promise.all(ids.map((id) => this.#tryLoad(id)));
    return all.filter((exchange) => exchange !== undefined);
  }

  /** See `JournalReads`. */
  async recentMessageIds(limit: number): Promise<readonly string[]> {
    const rows = await this.#parts.ask<{ messageId: string }>(sql.RECENT_MESSAGE_IDS, [limit]);
    return rows.map(({ messageId }) => messageId);
  }

  /** See `JournalReads`. */
  async *ledger(): AsyncGenerator<LedgerLine> {
    for (let last = 0; ;) {
      const page = await this.#parts.ask<LedgerLine & { entry: number }>(sql.LEDGER_LINES, [
        last,
        LEDGER_PAGE,
      ]);
      for (const { entry, ...line } of page) {
        last = entry;
        yield line;
      }
      if (page.length < LEDGER_PAGE) return;
    }
  }

  /** See `JournalReads`. */
  async checkExchange(exchangeId: number): Promise<readonly Damage[]> {
    const { ask, keys } = this.#parts;
    const row = await this.row(exchangeId);
    if (row === undefined) return [];
    const chain = await this.#chain(row);
    if (await this.#isArchived(chain)) return [];
    const told = chain.entries.flatMap(legOf);
    const [legs, matters, lines] = await Promise.all([
      ask<LegName>(sql.LEGS_OF, [
        exchangeId,
        told.map(({ peer }) => peer),
        told.map(({ messageId }) => messageId),
      ]),
      ask<{ key: string }>(sql.MATTERS_OF, [exchangeId, row.institution, this.#mattersOf(chain)]),
      ask<LedgerLine & { entry: number }>(sql.LEDGER_LINES_OF, [chain.entries.map(({ id }) => id)]),
    ]);
    return checkChain(row, chain, {
      hasLegMessage: (leg) => legs.some((one) => one.peer === leg.peer && one.messageId === leg.messageId),
      hasNaturalKey: (key) => matters.some((one) => one.key === keys.ofMatter(key)),
      ledgerLine: (entry) => lineOf(lines.find((line) => line.entry === entry)),
    });
  }

  /** See `JournalReads`. */
  async figures(now: number): Promise<JournalFigures> {
    const { ask } = this.#parts;
    if (this.#size === undefined || Math.abs(now - this.#size.at) > SIZE_EVERY_MS) {
      const [row] = await ask<{ bytes: number }>(sql.SIZE);
      this.#size = { bytes: row?.bytes ?? 0, at: now };
    }
    const [row] = await ask<{ open: number; oldestOpenAt: number | null; withPerson: number; odd: number }>(
      sql.FIGURES,
    );
    const { open = 0, oldestOpenAt = null, withPerson = 0, odd = 0 } = row ?? {};
    return { open, ...(oldestOpenAt !== null && { oldestOpenAt }), withPerson, odd, bytes: this.#size.bytes };
  }

  /** What the tables say of an exchange or a tombstone. */
  async row(exchangeId: number): Promise<ExchangeRow | undefined> {
    if (!Number.isSafeInteger(exchangeId)) return undefined;
    const [row] = await this.#parts.ask<ExchangeRow>(sql.BY_ID, [exchangeId]);
    return row;
  }

  async #fold(row: ExchangeRow): Promise<Exchange> {
    const chain = await this.#chain(row);
    if (chain.missing === undefined) return foldRow(row, chain);
    if (await this.#isArchived(chain)) return archivedExchange(row);
    // What was put back between the two looks is there now.
    return foldRow(row, await this.#chain(row));
  }

  async #chain({ head }: Pick<ExchangeRow, 'head'>): Promise<Chain> {
    const { ask, vault } = this.#parts;
    const known = new Map<number, StoredEntry>();
    for (const entry of await ask<StoredEntry>(sql.CHAIN, [head])) known.set(entry.id, entry);
    const entries: Entry[] = [];
    for (let next: number | null = head; next !== null;) {
      const stored = known.get(next);
      // A chain leads back; one that does not could lead round for ever.
      if (stored === undefined || (stored.previous ?? 0) >= next)
        return { entries: entries.toReversed(), missing: next };
      entries.push(openEntry(stored, vault));
      next = stored.previous;
    }
    return { entries: entries.toReversed() };
  }

  /** Whether what is missing lies in a file. */
  async #isArchived({ missing }: Chain): Promise<boolean> {
    return missing !== undefined && (await this.#parts.ask(sql.ARCHIVED, [missing])).length > 0;
  }

  #mattersOf({ entries: [first] }: Chain): readonly string[] {
    const { about } = JSON.parse(first?.facts ?? '{}') as Partial<AcceptedFacts>;
    if (first?.condition !== 'whole' || about === undefined) return [];
    const keys = JSON.parse(textAt(first.content, about)) as readonly string[];
    return keys.map((key) => this.#parts.keys.ofMatter(key));
  }

  /** Goes on past exchanges that cannot be read: one that is damaged must not hide the others. */
  async #collect(
    start: number,
    limit: number,
    idsFrom: (start: number, limit: number) => Promise<readonly { readonly id: number }[]>,
  ): Promise<readonly Exchange[]> {
    const found: Exchange[] = [];
    let from = start;
    while (found.length < limit) {
      const wanted = limit - found.length;
      const ids = await idsFrom(from, wanted);
      found.push(...(await this.readable(ids.map(({ id }) => id))));
      from = ids.at(-1)?.id ?? from;
      if (ids.length < wanted) break;
    }
    return found;
  }

  async #tryLoad(id: number): Promise<Exchange | undefined> {
    try {
      return await this.load(id);
    } catch (cause) {
      // A store that is not reached hides nothing: the list itself fails.
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'RECORD_DAMAGED')) throw cause;
      this.#parts.onUnreadable(id, cause);
      return undefined;
    }
  }
}

type LegName = Pick<Leg, 'peer' | 'messageId'>;

/** The leg that an entry begins. */
function legOf({ facts }: Entry): readonly LegName[] {
  const { leg } = JSON.parse(facts) as { readonly leg?: LegName | number };
  return typeof leg === 'object' ? [leg] : [];
}

function lineOf(found: (LedgerLine & { readonly entry: number }) | undefined): LedgerLine | undefined {
  if (found === undefined) return undefined;
  const { entry: _entry, ...line } = found;
  return line;
}
