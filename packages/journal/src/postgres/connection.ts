/** One connection to PostgreSQL that is made anew when it is lost. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { QueryResult } from 'pg';

/** Where a journal is kept. */
export interface PostgresPlace {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. A pooler between must give each connection a session of its own. */
  readonly url: string;
  /** The schema that holds the journal; created when missing. `yiqiao` when absent. */
  readonly schema?: string;
  /** Certificate authority of the server as a PEM file, when it is not one that the system trusts. */
  readonly caFile?: string;
}

/** A statement; one with a name is prepared once on each connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** What a connection is used for, and how it behaves. */
export interface ConnectionOptions extends PostgresPlace {
  readonly purpose: string;
  /** An answer that is not there by then counts as lost, and the connection with it. */
  readonly timeoutMs: number;
  /** Session settings. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Runs before anyone else on each new connection. */
  readonly begin?: (client: pg.Client) => Promise<void>;
  readonly onLost?: () => void;
}

/** A connection. */
export interface Connection {
  /** Rows of a statement. Several at once are answered in order. @throws what `pg` throws, and when it is not connected. */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** The client in use, connected; for several statements that belong together. */
  client(): Promise<pg.Client>;
  close(): Promise<void>;
}

const CONNECT_MS = 3_000;
/** A peer that is gone is noticed by then, by either side. */
const KEEPALIVE = { tcp_keepalives_idle: '5', tcp_keepalives_interval: '2', tcp_keepalives_count: '3' };
const INT8 = 20;

/** Numbers of entries and exchanges, and times, are below 2^53. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((value: never) => unknown) =>
    oid === INT8 && format !== 'binary' ? Number : (pg.types.getTypeParser(oid, format) as never),
};

/** Connects at the first use. */
export function createConnection(options: ConnectionOptions): Connection {
  let current: Promise<pg.Client> | undefined;
  let closed = false;

  const connect = async (lost: () => void): Promise<pg.Client> => {
    const client = new pg.Client(clientConfig(options));
    client.on('error', lost);
    client.on('end', lost);
    try {
      await client.connect();
      await options.begin?.(client);
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  };
  const client = (): Promise<pg.Client> => {
    if (closed) return Promise.reject(new Error('the connection is closed'));
    if (current !== undefined) return current;
    const forget = (): boolean => {
      // A client that is gone tells it late: the next one may be at work by then.
      if (current !== mine) return false;
      current = undefined;
      return true;
    };
    const mine = connect(() => {
      if (forget() && !closed) options.onLost?.();
    });
    mine.catch(forget);
    current = mine;
    return mine;
  };
  return {
    client,
    async query<Row>(statement: Statement, values: readonly unknown[] = []): Promise<readonly Row[]> {
      const connected = await client();
      const { rows } = (await connected.query({ ...statement, values: [...values] })) as QueryResult<never>;
      return rows as readonly Row[];
    },
    async close() {
      closed = true;
      const open = current;
      current = undefined;
      await open?.then((one) => one.end()).catch(() => undefined);
    },
  };
}

function clientConfig(options: ConnectionOptions): pg.ClientConfig {
  const settings = { search_path: schemaOf(options), ...KEEPALIVE, ...options.settings };
  return {
    connectionString: options.url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: options.timeoutMs,
    keepAlive: true,
    pipeline: true,
    application_name: `yiqiao ${options.purpose}`,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    types: types as pg.CustomTypesConfig,
    ...(options.caFile !== undefined && { ssl: { ca: readFileSync(options.caFile, 'utf8') } }),
  };
}

/** The schema of a place. */
export function schemaOf({ schema }: Pick<PostgresPlace, 'schema'>): string {
  return schema ?? 'yiqiao';
}
