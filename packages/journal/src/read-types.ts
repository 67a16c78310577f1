/** What can be asked of a journal. */
import type { AuditEntry, AuditQuery } from './audit-log.ts';
import type { ExchangePage, ExchangeQuery } from './search.ts';
import type { Damage, Exchange, ExchangeEnd, ExchangeKey, Found, LedgerLine, NaturalMatch } from './types.ts';

/** At once, or later: a store in the same process answers at once, one across a network does not. */
export type Awaitable<T> = T | Promise<T>;

/** The reads of a journal. They see what is committed. */
export interface JournalReads {
  /** Looks a key up; does not write. @throws GatewayError `RECORD_DAMAGED`, as `load` and `findByLeg`. */
  find(key: ExchangeKey, digest: string): Awaitable<Found>;
  /** Body of the record last written under this key. */
  findRecord(institution: string, kind: string, key: string): Awaitable<string | undefined>;
  load(exchangeId: number): Awaitable<Exchange | undefined>;
  /** Finds the exchange whose leg carried this message id to this peer. */
  findByLeg(peer: string, messageId: string): Awaitable<Exchange | undefined>;
  /** All exchanges of an institution about one matter that stand or may stand, newest first: neither rejected nor reversed. */
  findByNaturalKey(institution: string, key: string): Awaitable<readonly NaturalMatch[]>;
  /** Exchanges that have not ended, oldest first, in pages. One that is damaged is reported and left out. */
  listOpen(afterId: number, limit: number): Awaitable<readonly Exchange[]>;
  /**
   * Exchanges newest first, in pages (for people); start with `Infinity`. All, or those that are open or
   * have ended in one way. Damaged ones are left out.
   */
  list(
    beforeId: number,
    limit: number,
    state?: 'open' | ExchangeEnd['state'],
  ): Awaitable<readonly Exchange[]>;
  /** Exchanges that people look for, newest first, in pages. Damaged ones are left out. */
  search(query: ExchangeQuery): Awaitable<ExchangePage>;
  /** The audit log, newest first, in pages. */
  listAudit(query: AuditQuery): Awaitable<readonly AuditEntry[]>;
  /** Message ids of the legs written last, newest first, so that a restart mints none of them again. */
  recentMessageIds(limit: number): Awaitable<readonly string[]>;
  /** All ledger lines in order of writing. */
  ledger(): Iterable<LedgerLine> | AsyncIterable<LedgerLine>;
  /** How much there is; cheap enough to be asked all the time. */
  figures(): Awaitable<JournalFigures>;
  /** Proves that what is on record of an exchange is what was written; empty when it is. */
  checkExchange(exchangeId: number): Awaitable<readonly Damage[]>;
}

/** How much there is in a journal. */
export interface JournalFigures {
  /** Exchanges that have not ended. */
  readonly open: number;
  /** When the oldest of them was accepted, epoch milliseconds. */
  readonly oldestOpenAt?: number;
  /** Exchanges that wait for what a person finds out. */
  readonly withPerson: number;
  /** Exchanges with odd answers that nobody has looked at. */
  readonly odd: number;
  /** Size on disk. */
  readonly bytes: number;
}

/** The same from a store in this process. */
export type ReadsAtOnce = {
  readonly [Name in Exclude<keyof JournalReads, 'ledger'>]: (
    ...args: Parameters<JournalReads[Name]>
  ) => Awaited<ReturnType<JournalReads[Name]>>;
} & { ledger(): Iterable<LedgerLine> };
