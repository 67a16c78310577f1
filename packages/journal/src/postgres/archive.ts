/** Archiving of a journal in PostgreSQL, while gateways may be at work on it. */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '@yiqiao/model';
import { GatewayError } from '@yiqiao/model';
import type pg from 'pg';
import { auditOf, journalName } from '../archive/archive-store.ts';
import type { ArchiveStore, DayExchange, KnownArchive } from '../archive/archive-store.ts';
import { sealAudit } from '../audit-log.ts';
import type { AuditRow } from '../audit-log.ts';
import type { StoredEntry } from '../entry.ts';
import type { JournalEncryption } from '../sealing.ts';
import { createVault } from '../vault.ts';
import type { Vault } from '../vault.ts';
import * as sql from './archive-statements.ts';
import { NUMBERS_LOCK } from './batch-statements.ts';
import { createConnection } from './connection.ts';
import type { Connection, PostgresPlace, Statement } from './connection.ts';
import { createDay, inTransaction, nameOfDay, openSchema } from './opening.ts';
import { isRace, toStoreError } from './postgres-errors.ts';
import { ARCHIVED } from './read-statements.ts';
import { ENTRIES_PER_DAY } from './schema.ts';
import { UPKEEP_LOCK } from './upkeep.ts';

const TIMEOUT_MS = 3_600_000;
/** A partition that readers do not let go of is asked for again so often, a second apart. */
const MOST_TRIES = 30;

/** Opens a journal for archiving. Upkeep and other archiving wait for each other. @throws GatewayError `JOURNAL_UNUSABLE`. */
export async function openPostgresArchive(options: {
  readonly place: PostgresPlace;
  readonly clock: Clock;
  readonly encryption: JournalEncryption | undefined;
}): Promise<ArchiveStore> {
  const { place, clock, encryption } = options;
  const connection = createConnection({ ...place, purpose: 'archive', timeoutMs: TIMEOUT_MS });
  const vault = createVault(encryption);
  try {
    const client = await connection.client();
    const { salt } = await openSchema(client, { place, vault, clock });
    await client.query(`SELECT pg_advisory_lock(${UPKEEP_LOCK})`);
    // From here on no entry can get a number of an earlier day.
    await inTransaction(client, () => client.query(`SELECT pg_advisory_xact_lock(${NUMBERS_LOCK})`));
    await client.query('CREATE TEMP TABLE leaving (id bigint PRIMARY KEY)');
    const store = new PostgresArchive({ client, connection, vault, journal: journalName(salt) });
    await store.removeArchived();
    return store;
  } catch (cause) {
    await connection.close();
    throw cause instanceof GatewayError ? cause : toStoreError(cause, 'write');
  }
}

interface Parts {
  readonly client: pg.Client;
  readonly connection: Connection;
  readonly vault: Vault;
  readonly journal: string;
}

class PostgresArchive implements ArchiveStore {
  readonly journal: string;
  readonly vault: Vault;
  readonly #client: pg.Client;
  readonly #connection: Connection;

  constructor({ client, connection, vault, journal }: Parts) {
    this.journal = journal;
    this.vault = vault;
    this.#client = client;
    this.#connection = connection;
  }

  async days(upTo: number): Promise<readonly number[]> {
    const rows = await this.#ask<{ name: string }>(sql.PARTITIONS);
    const days = rows.map(({ name }) => Number(name.slice('entries_'.length)));
    return days.filter((day) => day < upTo).toSorted((one, other) => one - other);
  }

  async signedUpTo(): Promise<number | undefined> {
    const [row] = await this.#ask<{ last: number | null }>(sql.SIGNED);
    return row?.last ?? undefined;
  }

  exchangesOf(day: number, after: number, limit: number): Promise<readonly DayExchange[]> {
    return this.#ask(sql.EXCHANGES, [Math.max(after, firstOf(day) - 1), firstOf(day + 1), limit]);
  }

  recordsOf(day: number, after: number, limit: number): Promise<readonly StoredEntry[]> {
    return this.#ask(sql.RECORDS, [Math.max(after, firstOf(day) - 1), firstOf(day + 1), limit]);
  }

  chains(heads: readonly number[]): Promise<readonly StoredEntry[]> {
    return this.#ask(sql.CHAINS, [heads]);
  }

  async isArchived(entry: number): Promise<boolean> {
    return (await this.#ask(ARCHIVED, [entry])).length > 0;
  }

  async beginDay(): Promise<void> {
    await this.#ask(sql.BEGIN_DAY);
  }

  async leave(entries: readonly number[]): Promise<void> {
    await this.#ask(sql.LEAVE, [entries]);
  }

  async takeOut(archive: Parameters<ArchiveStore['takeOut']>[0]): Promise<void> {
    const { sha256, dayNumber, file, entries, exchanges, at } = archive;
    const values = [sha256, dayNumber, file, entries, exchanges, at];
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#change(async () => {
          await this.#ask(sql.ARCHIVE, values);
          await this.#ask(sql.RANGES, [sha256]);
          await this.#ask(sql.FORGET_RECORDS);
          await this.#audit('journal.archive', at, sha256);
          await this.#replacePartition(dayNumber);
        });
        break;
      } catch (error) {
        if (tries === MOST_TRIES || !(error instanceof GatewayError && isRace(error.cause))) throw error;
        await setTimeout(1_000);
      }
    }
    await this.removeArchived();
  }

  async find(sha256: string): Promise<KnownArchive | undefined> {
    const [row] = await this.#ask<KnownArchive>(sql.FIND, [sha256]);
    return row;
  }

  async putBack(
    { sha256, dayNumber, restoredAt }: Parameters<ArchiveStore['putBack']>[0],
    read: Parameters<ArchiveStore['putBack']>[1],
  ): Promise<void> {
    await this.#change(async () => {
      await this.#ask(sql.FORGET_RANGES, [sha256]);
      const days = new Set([dayNumber]);
      await createDay(this.#client, dayNumber);
      await read(async (entries) => {
        for (const day of entries.map(({ id }) => Math.floor(id / ENTRIES_PER_DAY))) {
          if (!days.has(day)) await createDay(this.#client, day);
          days.add(day);
        }
        await sql.insertEntries(this.#client, entries);
      });
      await this.#ask(sql.RESTORED, [restoredAt, sha256]);
      // Reads are deleted by age in the order of their numbers: those that came back are looked at again.
      await this.#ask(sql.LOOK_AGAIN);
      await this.#audit('journal.archive-restore', restoredAt, sha256);
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** In small steps; what a crash left is gone on with when the journal is opened for archiving again. */
  async removeArchived(): Promise<void> {
    for (const { sha256 } of await this.#ask<{ sha256: string }>(sql.BEGUN)) {
      for (let removed = 1; removed > 0;) removed = (await this.#ask(sql.REMOVE, [sha256])).length;
      await this.#ask(sql.REMOVED, [sha256]);
    }
  }

  /**
   * A partition of which little stays is replaced by one with what stays, or dropped: that takes no longer however much
   * leaves. Nobody adds to a day that is over, and upkeep waits. Others wait while it changes places.
   */
  async #replacePartition(day: number): Promise<void> {
    const range = [firstOf(day), firstOf(day + 1)];
    const [counts] = await this.#ask<{ stays: number; leaves: number }>(sql.COUNTS, range);
    if (counts === undefined || counts.stays > counts.leaves) return;
    const name = nameOfDay(day);
    await this.#client.query(`SET LOCAL lock_timeout = '2s'`);
    if (counts.stays > 0) {
      await this.#client.query(sql.newPartition(`${name}_kept`));
      await this.#client.query(
        `INSERT INTO ${name}_kept SELECT e.* FROM ${name} AS e WHERE NOT EXISTS (SELECT 1 FROM leaving AS l WHERE l.id = e.id)`,
      );
    }
    await this.#client.query(`ALTER TABLE entries DETACH PARTITION ${name}`);
    await this.#client.query(`DROP TABLE ${name}`);
    if (counts.stays === 0) return;
    await this.#client.query(`ALTER TABLE ${name}_kept RENAME TO ${name}`);
    await this.#client.query(sql.attachPartition(name, day));
  }

  async #audit(...what: Parameters<typeof auditOf>): Promise<void> {
    const [end] = await this.#ask<Pick<AuditRow, 'id' | 'hash'>>(sql.AUDIT_END);
    const { id, facts, hash } = sealAudit(auditOf(...what), end);
    await this.#ask(sql.INSERT_AUDIT, [id, facts, hash]);
    await this.#ask(sql.MOVE_AUDIT_END, [id, hash]);
  }

  async #ask<Row>(statement: string | Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const text = typeof statement === 'string' ? statement : statement.text;
    try {
      return (await this.#client.query({ text, values: [...values] })).rows as Row[];
    } catch (cause) {
      throw toStoreError(cause, 'write');
    }
  }

  async #change(work: () => Promise<void>): Promise<void> {
    try {
      await inTransaction(this.#client, work);
    } catch (cause) {
      throw toStoreError(cause, 'write');
    }
  }
}

function firstOf(day: number): number {
  return day * ENTRIES_PER_DAY;
}
