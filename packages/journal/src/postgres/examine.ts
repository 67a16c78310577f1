/** What a database server is like that a journal is kept on. Changes nothing. */
import { createConnection } from './connection.ts';
import type { PostgresPlace } from './connection.ts';
import { nameOf } from './opening.ts';

/** What was found. */
export interface PostgresExamined {
  /** Address, database and schema; nothing secret. */
  readonly name: string;
  /** For example `18.4`. */
  readonly version: string;
  readonly roundTripMs: number;
  /** `synchronous_commit` as the server has it. */
  readonly synchronousCommit: string;
  readonly maxConnections: number;
  /** How far its clock is ahead of ours, milliseconds. */
  readonly skewMs: number;
  readonly isStandby: boolean;
  /** Size of the database. */
  readonly bytes: number;
}

const WAIT_MS = 5_000;
const ROUND_TRIPS = 5;

const FIGURES = `SELECT current_setting('server_version') AS version,
  current_setting('synchronous_commit') AS "synchronousCommit",
  current_setting('max_connections')::int AS "maxConnections",
  (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
  pg_is_in_recovery() AS "isStandby", pg_database_size(current_database()) AS bytes`;

/** Connects and asks. @throws what `pg` throws when the server is not reached or refuses. */
export async function examinePostgres(place: PostgresPlace): Promise<PostgresExamined> {
  const connection = createConnection({ ...place, purpose: 'doctor', timeoutMs: WAIT_MS });
  try {
    const before = Date.now();
    const [found] = await connection.query<
      Omit<PostgresExamined, 'name' | 'roundTripMs' | 'skewMs'> & { now: number }
    >({ text: FIGURES });
    if (found === undefined) throw new Error('no answer');
    const { now, ...figures } = found;
    const skewMs = Math.round(now - (before + Date.now()) / 2);
    const began = performance.now();
    for (let round = 0; round < ROUND_TRIPS; round += 1) await connection.query({ text: 'SELECT 1' });
    const roundTripMs = (performance.now() - began) / ROUND_TRIPS;
    return { name: nameOf(place), ...figures, roundTripMs, skewMs };
  } finally {
    await connection.close();
  }
}
