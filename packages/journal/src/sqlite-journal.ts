/** The journal of one gateway process, in one SQLite file. */
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { checkExchange } from './check.ts';
import { createGroupCommit } from './group-commit.ts';
import type { GroupCommit, Passenger } from './group-commit.ts';
import { KeptRecords } from './kept-records.ts';
import { Reads } from './reads.ts';
import { createKeyOfRecord } from './record-key.ts';
import { toJournalError } from './sqlite-errors.ts';
import { openJournalFile, saltOf } from './sqlite-file.ts';
import { createTransactions } from './sqlite-transactions.ts';
import type {
  ExchangeEnd,
  ExchangeKey,
  Journal,
  LedgerLine,
  LegOutcome,
  NewExchange,
  NewLeg,
  NewRecord,
  Resolution,
} from './types.ts';
import { Writes } from './writes.ts';

/** How long kept records wait for a write that takes them along. */
const KEEP_WAIT_MS = 100;

/** What a SQLite journal is made of. */
export interface SqliteJournalOptions {
  /** Path of the file; it and its directory are created when missing. One process at a time may use it. */
  readonly file: string;
  readonly clock: Clock;
  /**
   * Hears of every batch that could not be written (`JOURNAL_FAILED`), of a write that broke a rule
   * (`INTERNAL`), of a damaged exchange and of kept records given up. Those who wait are told as well.
   */
  readonly onError?: (error: GatewayError) => void;
}

/**
 * Opens or creates a journal.
 * @throws GatewayError `JOURNAL_UNUSABLE`: in use, not a journal, newer, damaged or not writable.
 */
export function createSqliteJournal({ file, clock, onError }: SqliteJournalOptions): Journal {
  return createJournalOn(openJournalFile(file), { clock, onError: onError ?? (() => undefined) });
}

/** The journal on an open file, which it closes. */
export function createJournalOn(db: DatabaseSync, options: JournalOptions): Journal {
  return new SqliteJournal(db, options);
}

type JournalOptions = Required<Omit<SqliteJournalOptions, 'file'>>;

class SqliteJournal implements Journal {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #onError: (error: GatewayError) => void;
  readonly #reads: Reads;
  readonly #writes: Writes;
  readonly #commits: GroupCommit;
  readonly #kept = new KeptRecords();
  #keepTimer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(db: DatabaseSync, { clock, onError }: JournalOptions) {
    const keyOf = createKeyOfRecord(saltOf(db));
    this.#db = db;
    this.#clock = clock;
    this.#onError = onError;
    this.#writes = new Writes(db, keyOf);
    this.#reads = new Reads({ db, keyOf, onUnreadable: (id, cause) => this.#reportUnreadable(id, cause) });
    this.#commits = createGroupCommit({
      transaction: createTransactions(db),
      passenger: () => this.#keptPassenger(),
      onError,
    });
  }

  find(key: ExchangeKey, digest: string): ReturnType<Journal['find']> {
    return reading(() => this.#reads.find(key, digest));
  }

  open(exchange: NewExchange, leg: NewLeg): Promise<number> {
    return this.#submit(() => this.#writes.open({ exchange, leg }));
  }

  addLeg(exchangeId: number, leg: NewLeg): Promise<number> {
    return this.#submit(() => this.#writes.addLeg(exchangeId, leg));
  }

  settleLeg(exchangeId: number, outcome: LegOutcome): Promise<void> {
    return this.#submit(() => this.#writes.settleLeg(exchangeId, outcome));
  }

  end(exchangeId: number, end: ExchangeEnd, legs: readonly LegOutcome[] = []): Promise<number | undefined> {
    return this.#submit(() => this.#writes.end(exchangeId, end, legs));
  }

  resolve(exchangeId: number, resolution: Resolution): Promise<void> {
    return this.#submit(() => this.#writes.resolve(exchangeId, resolution));
  }

  bury(key: ExchangeKey, at: number): Promise<void> {
    return this.#submit(() => this.#writes.bury(key, at));
  }

  keep(records: readonly NewRecord[]): void {
    if (this.#closed) return this.#onError(closedError());
    const givenUp = this.#kept.add(records);
    if (givenUp > 0)
      this.#onError(new GatewayError('JOURNAL_FAILED', { facts: { recordsGivenUp: givenUp } }));
    this.#keepTimer ??= setTimeout(() => {
      this.#keepTimer = undefined;
      this.#commits.flush();
    }, KEEP_WAIT_MS).unref();
  }

  findRecord(institution: string, kind: string, key: string): string | undefined {
    return (
      this.#kept.find(institution, kind, key) ?? reading(() => this.#reads.findRecord(institution, kind, key))
    );
  }

  load(exchangeId: number): ReturnType<Journal['load']> {
    return reading(() => this.#reads.load(exchangeId));
  }

  findByLeg(peer: string, messageId: string): ReturnType<Journal['findByLeg']> {
    return reading(() => this.#reads.findByLeg(peer, messageId));
  }

  listOpen(afterId: number, limit: number): ReturnType<Journal['listOpen']> {
    return reading(() => this.#reads.listOpen(afterId, limit));
  }

  list(...page: Parameters<Journal['list']>): ReturnType<Journal['list']> {
    return reading(() => this.#reads.list(...page));
  }

  recentMessageIds(limit: number): ReturnType<Journal['recentMessageIds']> {
    return reading(() => this.#reads.recentMessageIds(limit));
  }

  *ledger(): Generator<LedgerLine> {
    try {
      yield* this.#reads.ledger();
    } catch (cause) {
      throw toJournalError(cause, 'read');
    }
  }

  checkExchange(exchangeId: number): ReturnType<Journal['checkExchange']> {
    return reading(() => checkExchange(this.#reads, exchangeId));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#keepTimer);
    this.#commits.flush();
    try {
      this.#db.close();
    } catch (cause) {
      throw toJournalError(cause, 'close');
    }
  }

  #submit<T>(apply: () => T): Promise<T> {
    return this.#closed ? Promise.reject(closedError()) : this.#commits.submit(apply);
  }

  #keptPassenger(): Passenger | undefined {
    const records = this.#db.isOpen ? this.#kept.all() : [];
    if (records.length === 0) return undefined;
    const at = this.#clock.now();
    return {
      apply: () => this.#writes.keep(records, at),
      settled: () => this.#kept.settle(records),
    };
  }

  #reportUnreadable(exchange: number, cause: unknown): void {
    this.#onError(new GatewayError('JOURNAL_FAILED', { facts: { doing: 'read', exchange } }, { cause }));
  }
}

function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw toJournalError(cause, 'read');
  }
}

function closedError(): GatewayError {
  return new GatewayError('JOURNAL_FAILED', { facts: { reason: 'the journal is closed' } });
}
