/** The journal of one gateway process, in one SQLite file. */
import assert from 'node:assert/strict';
import type { DatabaseSync } from 'node:sqlite';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { AuditLog } from './audit-log.ts';
import { copyOpenFile } from './backup.ts';
import type { NewAuditEntry } from './audit-log.ts';
import { checkExchange } from './check.ts';
import type { EvidenceStore } from './evidence-types.ts';
import { createGroupCommit } from './group-commit.ts';
import type { GroupCommit, Passenger } from './group-commit.ts';
import { KeptRecords } from './kept-records.ts';
import { createIndexKeys } from './index-keys.ts';
import type { Look } from './odd-answer.ts';
import { Reads } from './reads.ts';
import { findSalt } from './sealing-keys.ts';
import type { JournalEncryption } from './sealing.ts';
import { createSearch } from './search.ts';
import type { ExchangePage, ExchangeQuery, IdPage } from './search.ts';
import { createSqliteEvidence } from './sqlite-evidence.ts';
import { toJournalError } from './sqlite-errors.ts';
import { openJournalFile } from './sqlite-file.ts';
import { createTransactions } from './sqlite-transactions.ts';
import type { JournalFigures, ReadsAtOnce } from './read-types.ts';
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
import { Upkeep } from './upkeep.ts';
import type { Maintenance, Retention, Step } from './upkeep.ts';
import { createVault } from './vault.ts';
import type { Vault } from './vault.ts';
import { createSqliteWrites } from './write-statements.ts';
import { Writes } from './writes.ts';

/** How long kept records wait for a write that takes them along. */
const KEEP_WAIT_MS = 100;

/** Between two steps of upkeep. */
const UPKEEP_PAUSE_MS = 2;

/** What a SQLite journal is made of. */
export interface SqliteJournalOptions {
  /** Path of the file; it and its directory are created when missing. One process at a time may use it. */
  readonly file: string;
  readonly clock: Clock;
  /** Absent: contents lie clear in the file. */
  readonly encryption?: JournalEncryption;
  /**
   * Hears of every batch that could not be written (`JOURNAL_FAILED`), of a write that broke a rule
   * (`INTERNAL`), once of each damaged exchange that is met (`RECORD_DAMAGED`) and of kept records given up. Those who wait are told as well.
   */
  readonly onError?: (error: GatewayError) => void;
}

/**
 * Opens or creates a journal. With another key than before, everything is sealed with it by `maintain`.
 * @throws GatewayError `JOURNAL_UNUSABLE`: in use, not a journal, newer, damaged, not writable, or encrypted with a
 *   key that is not given; then nothing was changed.
 */
export function createSqliteJournal(options: SqliteJournalOptions): SqliteJournal {
  const { file, clock, encryption, onError = () => undefined } = options;
  const vault = createVault(encryption);
  return createJournalOn(openJournalFile(file, vault), { clock, vault, onError });
}

/** A journal that looks after itself. */
export interface MaintainedJournal extends Journal, Upkept {}

/** A journal that can be copied while it is written to. */
export interface CopiedJournal {
  /**
   * Copies everything into another file while exchanges go on, and resolves with its size in bytes once it is on disk.
   * The copy is a journal like any other, sealed with the same keys.
   * @throws GatewayError `JOURNAL_UNUSABLE`: there is a file of that name already. `JOURNAL_FAILED`.
   */
  backUp(file: string): Promise<number>;
}

/** The same in one file. */
export type SqliteJournal = AtOnce & CopiedJournal & Omit<MaintainedJournal, keyof AtOnce>;

interface AtOnce extends ReadsAtOnce {
  keep(records: readonly NewRecord[]): void;
}

interface Upkept {
  /**
   * Seals everything with the key in force and deletes what `retention` does not keep, in small steps between other
   * writes; a crash loses nothing, the next call goes on. Resolves when nothing is left to do, or on `close`. With
   * `rewrite` the whole file, if it is one, is written anew at the end: nobody else can use it meanwhile.
   * @throws GatewayError `JOURNAL_FAILED`.
   */
  maintain(retention?: Retention, options?: { readonly rewrite?: boolean }): Promise<Maintenance>;
}

/** The journal on an open file, which it closes. */
export function createJournalOn(db: DatabaseSync, options: JournalOptions): SqliteJournal {
  return new JournalOnFile(db, options);
}

type JournalOptions = Required<Omit<SqliteJournalOptions, 'file' | 'encryption'>> & { readonly vault: Vault };

class JournalOnFile implements MaintainedJournal, CopiedJournal, ReadsAtOnce {
  readonly evidence: EvidenceStore;
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #onError: (error: GatewayError) => void;
  readonly #reads: Reads;
  readonly #writes: Writes;
  readonly #commits: GroupCommit;
  readonly #audit: AuditLog;
  readonly #upkeep: Upkeep;
  readonly #search: (query: ExchangeQuery) => IdPage;
  readonly #kept = new KeptRecords();
  readonly #unreadable = new Set<number>();
  #keepTimer: NodeJS.Timeout | undefined;
  #closed = false;
  /** While a copy is made the file stays as it is: what is written lies in the log beside it. */
  #copying = false;

  constructor(db: DatabaseSync, { clock, vault, onError }: JournalOptions) {
    const salt = findSalt(db, vault);
    assert(salt !== undefined, 'a file whose keys are not at hand is not opened');
    const keys = createIndexKeys(salt);
    this.#db = db;
    this.#clock = clock;
    this.#onError = onError;
    this.#writes = new Writes(createSqliteWrites(db), { vault, keys });
    const onUnreadable = (id: number, cause: unknown): void => this.#reportUnreadable(id, cause);
    this.#reads = new Reads({ db, vault, keys, onUnreadable });
    this.#upkeep = new Upkeep(db, { vault, onError });
    this.#audit = new AuditLog(db);
    this.#search = createSearch(db);
    const submit = <T>(write: () => T): Promise<T> => this.#submit(write);
    this.evidence = createSqliteEvidence({ db, vault, submit });
    this.#commits = createGroupCommit({
      transaction: createTransactions(db),
      passenger: () => this.#keptPassenger(),
      onError,
    });
  }

  find(key: ExchangeKey, digest: string): ReturnType<ReadsAtOnce['find']> {
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

  resolve(exchangeId: number, resolution: Resolution, audit?: NewAuditEntry): ReturnType<Journal['resolve']> {
    return this.#submit(() => {
      this.#writes.resolve(exchangeId, resolution);
      return audit === undefined ? undefined : this.#audit.append(audit);
    });
  }

  look(exchangeId: number, look: Look, audit?: NewAuditEntry): ReturnType<Journal['look']> {
    return this.#submit(() => {
      this.#writes.look(exchangeId, look);
      return audit === undefined ? undefined : this.#audit.append(audit);
    });
  }

  appendAudit(entry: NewAuditEntry): ReturnType<Journal['appendAudit']> {
    return this.#submit(() => this.#audit.append(entry));
  }

  listAudit(query: Parameters<Journal['listAudit']>[0]): ReturnType<ReadsAtOnce['listAudit']> {
    return reading(() => this.#audit.list(query));
  }

  async checkAudit(known?: Parameters<Journal['checkAudit']>[0]): ReturnType<Journal['checkAudit']> {
    try {
      return await this.#audit.checkInSteps(known);
    } catch (cause) {
      throw toJournalError(cause, 'read');
    }
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

  load(exchangeId: number): ReturnType<ReadsAtOnce['load']> {
    return reading(() => this.#reads.load(exchangeId));
  }

  findByLeg(peer: string, messageId: string): ReturnType<ReadsAtOnce['findByLeg']> {
    return reading(() => this.#reads.findByLeg(peer, messageId));
  }
  findByNaturalKey(institution: string, key: string): ReturnType<ReadsAtOnce['findByNaturalKey']> {
    return reading(() => this.#reads.findByNaturalKey(institution, key));
  }

  listOpen(afterId: number, limit: number): ReturnType<ReadsAtOnce['listOpen']> {
    return reading(() => this.#reads.listOpen(afterId, limit));
  }

  list(...page: Parameters<Journal['list']>): ReturnType<ReadsAtOnce['list']> {
    return reading(() => this.#reads.list(...page));
  }

  search(query: ExchangeQuery): ExchangePage {
    return reading(() => {
      const { ids, next } = this.#search(query);
      return { exchanges: this.#reads.readable(ids), ...(next !== undefined && { next }) };
    });
  }

  recentMessageIds(limit: number): ReturnType<ReadsAtOnce['recentMessageIds']> {
    return reading(() => this.#reads.recentMessageIds(limit));
  }

  *ledger(): Generator<LedgerLine> {
    try {
      yield* this.#reads.ledger();
    } catch (cause) {
      throw toJournalError(cause, 'read');
    }
  }

  figures(): JournalFigures {
    return reading(() => this.#reads.figures());
  }

  checkExchange(exchangeId: number): ReturnType<ReadsAtOnce['checkExchange']> {
    return reading(() => checkExchange(this.#reads, exchangeId));
  }

  async maintain(retention: Retention = {}, { rewrite = false } = {}): Promise<Maintenance> {
    const sum = { sealed: 0, expired: 0, damaged: 0 };
    const steps: Step[] = [
      () => this.#upkeep.sealNext(),
      ...this.#upkeep.expire(retention, this.#clock.now()),
    ];
    for (const step of steps) {
      for (let more = true; more && !this.#closed;) {
        const { did, more: further } = await this.#submit(step);
        for (const [name, count] of Object.entries(did)) sum[name as keyof Maintenance] += count;
        more = further;
        // Others come first.
        if (more) await new Promise((resolve) => setTimeout(resolve, UPKEEP_PAUSE_MS));
      }
    }
    if ((rewrite || sum.sealed + sum.expired > 0) && !this.#closed && !this.#copying)
      this.#leaveNothing(rewrite);
    return sum;
  }

  async backUp(file: string): Promise<number> {
    if (this.#closed) throw closedError();
    if (this.#copying)
      throw new GatewayError('JOURNAL_FAILED', { facts: { reason: 'a copy is being made' } });
    this.#copying = true;
    try {
      return await copyOpenFile(this.#db, file);
    } catch (cause) {
      throw cause instanceof GatewayError ? cause : toJournalError(cause, 'write');
    } finally {
      this.#copying = false;
    }
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

  /** What was replaced still lies in the write-ahead log, and in space that older versions freed. */
  #leaveNothing(rewrite: boolean): void {
    try {
      if (rewrite) this.#db.exec('VACUUM');
      this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    } catch (cause) {
      throw toJournalError(cause, 'write');
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

  /** Once for each exchange, however often it is met. */
  #reportUnreadable(exchange: number, cause: unknown): void {
    if (this.#unreadable.has(exchange)) return;
    this.#unreadable.add(exchange);
    this.#onError(toJournalError(cause, 'read'));
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
