/** The journal of several gateway processes, in one schema of a PostgreSQL database. */
import { setTimeout } from 'node:timers/promises';
import { GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type pg from 'pg';
import type { AuditEntry, AuditQuery, AuditReport, KnownAudit, NewAuditEntry } from '../audit-log.ts';
import type { EvidenceStore } from '../evidence-types.ts';
import { createIndexKeys } from '../index-keys.ts';
import type { IndexKeys } from '../index-keys.ts';
import { KeptRecords } from '../kept-records.ts';
import type { JournalEncryption } from '../sealing.ts';
import type { ExchangePage, ExchangeQuery } from '../search.ts';
import type { Look } from '../odd-answer.ts';
import type { SharedWork } from '../shared-work.ts';
import type { MaintainedJournal } from '../sqlite-journal.ts';
import type {
  ExchangeEnd,
  ExchangeKey,
  Journal,
  LegOutcome,
  NewExchange,
  NewLeg,
  NewRecord,
  Resolution,
} from '../types.ts';
import { unusable } from '../unusable.ts';
import type { Maintenance, Retention } from '../upkeep.ts';
import { createVault } from '../vault.ts';
import type { Vault } from '../vault.ts';
import { Writes } from '../writes.ts';
import { checkAudit, listAudit } from './audit.ts';
import type { Batch, Needs } from './batch.ts';
import { openClaims } from './claims.ts';
import type { Claims } from './claims.ts';
import { createCommits } from './commits.ts';
import type { Commits } from './commits.ts';
import { createConnection } from './connection.ts';
import type { Connection, PostgresPlace } from './connection.ts';
import { createPostgresEvidence } from './evidence.ts';
import { createDays, inTransaction, nameOf, openSchema } from './opening.ts';
import { toStoreError } from './postgres-errors.ts';
import { PostgresReads } from './reads.ts';
import type { Ask } from './reads.ts';
import { search } from './search.ts';
import { maintain } from './upkeep.ts';

const READ_MS = 10_000;
const WRITE_MS = 10_000;
const UPKEEP_MS = 60_000;
const DAYS_EVERY_MS = 600_000;
/** A transaction whose process is gone holds up nobody for longer. */
const SETTINGS = {
  idle_in_transaction_session_timeout: '10000',
  lock_timeout: '8000',
  synchronous_commit: 'on',
};

/** What a PostgreSQL journal is made of. */
export interface PostgresJournalOptions {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  /** Absent: contents lie clear in the database. */
  readonly encryption?: JournalEncryption;
  /** As in the SQLite journal. */
  readonly onError?: (error: GatewayError) => void;
}

/**
 * Opens or creates a journal that several processes may have open.
 * @throws GatewayError `JOURNAL_UNUSABLE`: not reached, not a journal, newer, encrypted with a key that is not given, too
 *   many processes; then nothing was changed.
 */
export async function createPostgresJournal(options: PostgresJournalOptions): Promise<MaintainedJournal> {
  const { place, clock, encryption, onError = () => undefined } = options;
  const vault = createVault(encryption);
  const writer = createConnection({ ...place, purpose: 'writes', timeoutMs: WRITE_MS, settings: SETTINGS });
  const reader = createConnection({ ...place, purpose: 'reads', timeoutMs: READ_MS });
  try {
    const client = await writer.client().catch((cause: unknown) => {
      throw unusable(nameOf(place), 'not-reached', { cause });
    });
    const { salt, epoch } = await openSchema(client, { place, vault, clock });
    const journal = new PostgresJournal({ place, clock, vault, onError, writer, reader, epoch, salt });
    await journal.join();
    return journal;
  } catch (error) {
    await Promise.all([writer.close(), reader.close()]);
    throw error;
  }
}

interface Parts extends Required<Pick<PostgresJournalOptions, 'place' | 'clock' | 'onError'>> {
  readonly vault: Vault;
  readonly writer: Connection;
  readonly reader: Connection;
  readonly epoch: number;
  readonly salt: Uint8Array;
}

class PostgresJournal implements MaintainedJournal {
  readonly evidence: EvidenceStore;
  readonly #parts: Parts;
  readonly #ask: Ask;
  readonly #keys: IndexKeys;
  readonly #reads: PostgresReads;
  readonly #commits: Commits;
  readonly #kept = new KeptRecords();
  readonly #unreadable = new Set<number>();
  readonly #closing = new AbortController();
  #keeping: Promise<void> | undefined;
  #claims: Claims | undefined;
  #days: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    const { clock, onError, reader, vault, writer, epoch, salt } = parts;
    this.#parts = parts;
    this.#ask = (statement, values) => reader.query(statement, values);
    this.#keys = createIndexKeys(salt);
    this.#reads = new PostgresReads({
      ask: this.#ask,
      vault,
      keys: this.#keys,
      onUnreadable: (id, cause) => this.#reportUnreadable(id, cause),
    });
    this.evidence = createPostgresEvidence(async (statement, values) => {
      return reading(reader.query(statement, values));
    }, vault);
    this.#commits = createCommits({
      connection: writer,
      epoch,
      onError,
      createDays: (client) => inTransaction(client, () => createDays(client, clock.now())),
    });
  }

  /** Becomes one of the processes that are at work. @throws GatewayError `JOURNAL_UNUSABLE`. */
  async join(): Promise<void> {
    const { place, epoch, clock, onError } = this.#parts;
    this.#claims = await openClaims({ place, epoch, clock, ask: this.#ask, onError }).catch(
      (cause: unknown) => {
        throw unusable(nameOf(place), 'not-reached', { cause });
      },
    );
    if (this.#claims === undefined) throw unusable(nameOf(place), 'too-many', {});
    this.#days = this.#keepDays();
  }

  get shared(): SharedWork {
    if (this.#claims === undefined) throw new GatewayError('INTERNAL', { facts: { reason: 'not joined' } });
    return this.#claims;
  }

  open(exchange: NewExchange, leg: NewLeg, since?: number): Promise<number> {
    return this.#commits.submit({
      needs: { keys: [exchange.key], entries: 1 },
      apply: (batch) => this.#writes(batch).open({ exchange, leg }),
      ...(since !== undefined && { check: () => this.#assertStill(since) }),
    });
  }

  addLeg(exchangeId: number, leg: NewLeg): Promise<number> {
    return this.#write({ exchanges: [exchangeId], entries: 1 }, (writes) => writes.addLeg(exchangeId, leg));
  }

  settleLeg(exchangeId: number, outcome: LegOutcome): Promise<void> {
    return this.#write({ exchanges: [exchangeId], entries: 1 }, (writes) =>
      writes.settleLeg(exchangeId, outcome),
    );
  }

  end(exchangeId: number, end: ExchangeEnd, legs: readonly LegOutcome[] = []): Promise<number | undefined> {
    const { followUp, reverses } = end;
    const needs: Needs = {
      exchanges: reverses === undefined ? [exchangeId] : [exchangeId, reverses],
      keys: followUp === undefined ? [] : [followUp.exchange.key],
      entries: 3,
    };
    return this.#write(needs, (writes) => writes.end(exchangeId, end, legs));
  }

  resolve(exchangeId: number, resolution: Resolution, audit?: NewAuditEntry): ReturnType<Journal['resolve']> {
    const needs = { exchanges: [exchangeId], entries: 1, audit: audit !== undefined };
    return this.#write(needs, (writes, batch) => {
      writes.resolve(exchangeId, resolution);
      return audit === undefined ? undefined : batch.appendAudit(audit);
    });
  }

  look(exchangeId: number, look: Look, audit?: NewAuditEntry): ReturnType<Journal['look']> {
    const needs = { exchanges: [exchangeId], entries: 1, audit: audit !== undefined };
    return this.#write(needs, (writes, batch) => {
      writes.look(exchangeId, look);
      return audit === undefined ? undefined : batch.appendAudit(audit);
    });
  }

  bury(key: ExchangeKey, at: number): Promise<void> {
    return this.#write({ keys: [key], entries: 1 }, (writes) => writes.bury(key, at));
  }

  async keep(records: readonly NewRecord[]): Promise<void> {
    const { onError } = this.#parts;
    if (this.#closing.signal.aborted)
      return onError(new GatewayError('JOURNAL_FAILED', { facts: { reason: 'the journal is closed' } }));
    const givenUp = this.#kept.add(records);
    if (givenUp > 0) onError(new GatewayError('JOURNAL_FAILED', { facts: { recordsGivenUp: givenUp } }));
    this.#keeping ??= this.#writeKept();
    await this.#keeping;
  }

  async findRecord(institution: string, kind: string, key: string): Promise<string | undefined> {
    return this.#kept.find(institution, kind, key) ?? reading(this.#reads.findRecord(institution, kind, key));
  }

  find(key: ExchangeKey, digest: string): ReturnType<PostgresReads['find']> {
    return reading(this.#reads.find(key, digest));
  }

  load(exchangeId: number): ReturnType<PostgresReads['load']> {
    return reading(this.#reads.load(exchangeId));
  }

  findByLeg(peer: string, messageId: string): ReturnType<PostgresReads['findByLeg']> {
    return reading(this.#reads.findByLeg(peer, messageId));
  }

  findByNaturalKey(institution: string, key: string): ReturnType<PostgresReads['findByNaturalKey']> {
    return reading(this.#reads.findByNaturalKey(institution, key));
  }

  listOpen(afterId: number, limit: number): ReturnType<PostgresReads['listOpen']> {
    return reading(this.#reads.listOpen(afterId, limit));
  }

  list(...page: Parameters<PostgresReads['list']>): ReturnType<PostgresReads['list']> {
    return reading(this.#reads.list(...page));
  }

  search(query: ExchangeQuery): Promise<ExchangePage> {
    return reading(search(this.#ask, query, (ids) => this.#reads.readable(ids)));
  }

  recentMessageIds(limit: number): ReturnType<PostgresReads['recentMessageIds']> {
    return reading(this.#reads.recentMessageIds(limit));
  }

  ledger(): ReturnType<PostgresReads['ledger']> {
    return this.#reads.ledger();
  }

  checkExchange(exchangeId: number): ReturnType<PostgresReads['checkExchange']> {
    return reading(this.#reads.checkExchange(exchangeId));
  }

  figures(): ReturnType<PostgresReads['figures']> {
    return reading(this.#reads.figures(this.#parts.clock.now()));
  }

  appendAudit(entry: NewAuditEntry): Promise<AuditEntry> {
    return this.#write({ entries: 0, audit: true }, (_writes, batch) => batch.appendAudit(entry));
  }

  listAudit(query: AuditQuery): Promise<readonly AuditEntry[]> {
    return reading(listAudit(this.#ask, query));
  }

  checkAudit(known?: KnownAudit): Promise<AuditReport> {
    return reading(checkAudit(this.#ask, known));
  }

  async maintain(retention: Retention = {}): Promise<Maintenance> {
    const { clock, onError, vault } = this.#parts;
    const { signal } = this.#closing;
    return this.#beside('upkeep', (client) =>
      maintain({ client, vault, onError, signal, now: () => clock.now() }, retention),
    );
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    await this.#keeping;
    await this.#commits.close();
    await this.#days;
    await this.#claims?.close();
    await Promise.all([this.#parts.writer.close(), this.#parts.reader.close()]);
  }

  #write<T>(needs: Needs, apply: (writes: Writes, batch: Batch) => T): Promise<T> {
    return this.#commits.submit({ needs, apply: (batch) => apply(this.#writes(batch), batch) });
  }

  #writes(batch: Batch): Writes {
    return new Writes(batch, { vault: this.#parts.vault, keys: this.#keys });
  }

  #assertStill(since: number): void {
    if (this.#claims?.generation === since) return;
    throw new GatewayError('JOURNAL_FAILED', { facts: { reason: 'the store was lost meanwhile' } });
  }

  /** All that waits, in one turn; what cannot be written now travels with the next one. */
  async #writeKept(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#keeping = undefined;
    const records = this.#kept.all();
    if (records.length === 0) return;
    const at = this.#parts.clock.now();
    try {
      await this.#write({ entries: 1 }, (writes) => writes.keep(records, at));
      this.#kept.settle(records);
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'INTERNAL') this.#kept.settle(records);
    }
  }

  /** Room for the entries of the days that come, long before they do. */
  async #keepDays(): Promise<void> {
    const { signal } = this.#closing;
    const { clock, onError } = this.#parts;
    const begin = (client: pg.Client): Promise<void> =>
      inTransaction(client, () => createDays(client, clock.now()));
    while (!signal.aborted) {
      await setTimeout(DAYS_EVERY_MS, undefined, { ref: false, signal }).catch(() => undefined);
      if (!signal.aborted) await this.#beside('days', begin).catch(onError);
    }
  }

  /** On a connection of its own: it may take long. @throws GatewayError `JOURNAL_FAILED`. */
  async #beside<T>(purpose: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
    const { place } = this.#parts;
    const connection = createConnection({ ...place, purpose, timeoutMs: UPKEEP_MS, settings: SETTINGS });
    try {
      return await work(await connection.client());
    } catch (cause) {
      throw toStoreError(cause, 'write');
    } finally {
      await connection.close();
    }
  }

  /** Once for each exchange, however often it is met. */
  #reportUnreadable(exchange: number, cause: unknown): void {
    if (this.#unreadable.has(exchange)) return;
    this.#unreadable.add(exchange);
    this.#parts.onError(toStoreError(cause, 'read'));
  }
}

async function reading<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (cause) {
    throw toStoreError(cause, 'read');
  }
}
