/**
 * Exchange tables in PostgreSQL: the HIS inserts rows, the adapter claims them, carries the orders out and writes the
 * answers back. Any number of pollers may look at one table; a row whose poller died is taken again and, through the
 * store that they share, goes on with the same messages.
 */
import { randomUUID } from 'node:crypto';
import { GatewayError } from '@yiqiao/model';
import pg from 'pg';
import type { Client, Pool } from 'pg';
import type { Desk } from '../course/desk.ts';
import type { CompiledMap } from '../map/compiled-map.ts';
import type { TableMap } from '../map/map-types.ts';
import { readOrder } from '../map/read-order.ts';
import { stateOf, writeReply } from '../map/write-reply.ts';
import type { Ended } from '../map/write-reply.ts';
import { checkTables } from './check-tables.ts';
import { createTableRows } from './table-rows.ts';
import type { ClaimedRow, RowEnd, TableRows } from './table-rows.ts';

/** What the poller is made with. */
export interface ExchangeTablesOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly connection: string;
  readonly map: CompiledMap;
  readonly desk: Pick<Desk, 'perform'>;
  /** Orders at a time; 16 when absent. */
  readonly concurrency?: number;
  /** How long a row of a poller that has fallen silent is left alone; 60 s when absent. */
  readonly leaseMs?: number;
  /** When an order whose outcome is unknown is asked about again; 5 s when absent. Each wait doubles, up to 60 times it. */
  readonly retryMs?: number;
  /** Waits between looks at an idle table: they double from the first to the longest; 50 ms and 2 s when absent. */
  readonly idleMs?: { readonly first: number; readonly longest: number };
  /** Hears of what could not be done; no contents. */
  readonly onProblem?: (event: string, error: unknown) => void;
}

/** A poller. */
export interface ExchangeTables {
  /** Checks the tables and begins. @throws GatewayError `CONFIG_INVALID` when the database lacks what the map names. */
  start(): Promise<void>;
  /**
   * Takes nothing more and ends when what it has is written back, at the latest after `graceMs` (30 s when absent);
   * what is not written back then is taken again when its lease ends.
   */
  stop(graceMs?: number): Promise<void>;
  /** Orders under way, done since the start, and looks at the table. */
  figures(): { readonly active: number; readonly ended: number; readonly looks: number };
}

const GRACE_MS = 30_000;
const LEASE_MS = 60_000;
const CONCURRENCY = 16;

const RAW = { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig;

/** Makes it. @throws GatewayError `CONFIG_INVALID` when the map has no tables. */
export function createExchangeTables(options: ExchangeTablesOptions): ExchangeTables {
  const { map } = options;
  const { tables } = map.vendor;
  if (tables !== undefined) return new Poller(options, tables);
  throw new GatewayError('CONFIG_INVALID', { facts: { map: map.vendor.id, missing: 'tables' } });
}

class Poller implements ExchangeTables {
  readonly #options: ExchangeTablesOptions;
  readonly #tables: TableMap;
  readonly #pool: Pool;
  readonly #rows: TableRows;
  readonly #active = new Map<string, Promise<void>>();
  readonly #bell = createBell();
  #isRunning = false;
  #ended = 0;
  #looks = 0;
  #loop: Promise<void> = Promise.resolve();
  #listener: Client | undefined;
  #prolonging: NodeJS.Timeout | undefined;

  constructor(options: ExchangeTablesOptions, tables: TableMap) {
    const { connection, map, leaseMs = LEASE_MS, onProblem } = options;
    this.#options = options;
    this.#tables = tables;
    this.#pool = createPool(connection, onProblem);
    const owner = `${process.pid}-${randomUUID().slice(0, 13)}`;
    this.#rows = createTableRows({ pool: this.#pool, map, tables, owner, leaseMs });
  }

  async start(): Promise<void> {
    const { map, leaseMs = LEASE_MS } = this.#options;
    const client = await this.#pool.connect();
    try {
      await checkTables(client, map, this.#tables);
    } finally {
      client.release();
    }
    this.#isRunning = true;
    await this.#listen();
    this.#prolonging = setInterval(() => void this.#prolong(), leaseMs / 3);
    this.#prolonging.unref();
    this.#loop = this.#poll();
  }

  async stop(graceMs = GRACE_MS): Promise<void> {
    this.#isRunning = false;
    this.#bell.ring();
    await this.#loop;
    await within(Promise.all(this.#active.values()), graceMs);
    clearInterval(this.#prolonging);
    await this.#listener?.end();
    await this.#pool.end();
  }

  figures(): ReturnType<ExchangeTables['figures']> {
    return { active: this.#active.size, ended: this.#ended, looks: this.#looks };
  }

  async #poll(): Promise<void> {
    const { concurrency = CONCURRENCY, idleMs = { first: 50, longest: 2_000 } } = this.#options;
    let waitMs = idleMs.first;
    while (this.#isRunning) {
      const found = await this.#look(concurrency - this.#active.size);
      waitMs = found > 0 ? idleMs.first : Math.min(waitMs * 2, idleMs.longest);
      // A table that is full of work is looked at again as soon as there is room.
      if (found === 0 || this.#active.size >= concurrency) {
        if (await this.#bell.wait(waitMs)) waitMs = idleMs.first;
      }
    }
  }

  /** Hears of new rows; when the connection breaks, polling goes on and the next look that succeeds listens again. */
  async #listen(): Promise<void> {
    const { channel } = this.#tables;
    if (channel === undefined || this.#listener !== undefined) return;
    const client = new pg.Client({ connectionString: this.#options.connection });
    const lose = (): void => {
      if (this.#listener === client) this.#listener = undefined;
    };
    client.on('error', lose);
    client.on('end', lose);
    client.on('notification', this.#bell.ring);
    await client.connect();
    await client.query(`LISTEN ${client.escapeIdentifier(channel)}`);
    this.#listener = client;
  }

  async #look(room: number): Promise<number> {
    if (room <= 0) return 0;
    this.#looks += 1;
    try {
      const claimed = await this.#rows.claim(room);
      for (const row of claimed) this.#begin(row);
      await this.#listen();
      return claimed.length;
    } catch (error) {
      this.#options.onProblem?.('his.tables.look', error);
      return 0;
    }
  }

  #begin(row: ClaimedRow): void {
    const work = carryOut(row, this.#options, this.#rows)
      .catch((error: unknown) => this.#options.onProblem?.('his.tables.row', error))
      .then(() => {
        this.#active.delete(row.key);
        this.#ended += 1;
        // The next order of the visit may have been waiting for this one.
        this.#bell.ring();
      });
    this.#active.set(row.key, work);
  }

  async #prolong(): Promise<void> {
    if (this.#active.size === 0) return;
    await this.#rows
      .prolong([...this.#active.keys()])
      .catch((error: unknown) => this.#options.onProblem?.('his.tables.prolong', error));
  }
}

function createPool(connection: string, onProblem: ExchangeTablesOptions['onProblem']): Pool {
  const pool = new pg.Pool({ connectionString: connection, max: 4, types: RAW });
  // A connection that breaks while nobody uses it; the next query opens another.
  pool.on('error', (error) => onProblem?.('his.tables.connection', error));
  return pool;
}

async function carryOut(row: ClaimedRow, options: ExchangeTablesOptions, rows: TableRows): Promise<void> {
  const { map, desk } = options;
  const { tables } = map.vendor;
  try {
    if (row.action === undefined) throw new GatewayError('TRANSACTION_UNKNOWN', { facts: { row: row.key } });
    const order = readOrder(map, row.action, row.message);
    // The row's key is the order's number: the same row is the same order, whoever takes it.
    const reply = await desk.perform({ ...order, order: `${tables?.table ?? ''}/${row.key}` });
    await rows.end(row.key, endOf(options, row, { reply }));
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) options.onProblem?.('his.tables.order', thrown);
    const error =
      thrown instanceof GatewayError ? thrown : new GatewayError('INTERNAL', {}, { cause: thrown });
    await rows.end(row.key, endOf(options, row, { error }));
  }
}

const LONGEST_WAIT = 60;

function endOf(
  options: ExchangeTablesOptions,
  { action = 'settle', attempt }: ClaimedRow,
  ended: Ended,
): RowEnd {
  const { map, retryMs = 5_000 } = options;
  const written = writeReply(map, action, ended);
  if ('reply' in ended) return { status: 'done', written, waitMs: 0 };
  // Another order of the visit is under way: this one waits for it.
  const waits = ended.error.code === 'VISIT_BUSY' || stateOf(ended.error) === 'unknown';
  const waitMs = retryMs * Math.min(2 ** (attempt - 1), LONGEST_WAIT);
  return { status: waits ? 'unknown' : 'refused', written, waitMs };
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(timer);
}

interface Bell {
  ring(): void;
  /** Whether it rang before the time was over. */
  wait(ms: number): Promise<boolean>;
}

function createBell(): Bell {
  let wake: ((rang: boolean) => void) | undefined;
  let isRinging = false;
  return {
    ring() {
      isRinging = true;
      wake?.(true);
    },
    async wait(ms) {
      const rang =
        isRinging ||
        (await new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => resolve(false), ms);
          wake = (value) => {
            clearTimeout(timer);
            resolve(value);
          };
        }));
      wake = undefined;
      isRinging = false;
      return rang;
    },
  };
}
