/**
 * What became of a batch whose commit was under way when the connection broke. Numbers of transactions and of entries may
 * be given once more after a crash of the server; the hash of an entry, which is over random bytes, never comes twice.
 */
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import type { Batch } from './batch.ts';
import type { Connection } from './connection.ts';

/** The session of a connection at the server. */
export interface Session {
  readonly pid: number;
  readonly startedAt: string;
}

const AGAIN_MS = 250;
const SESSION = `SELECT pid, backend_start::text AS "startedAt" FROM pg_stat_activity WHERE pid = pg_backend_pid()`;
/** What is left of a session on a server that still runs is ended first: it might commit after we have looked. */
const END = {
  name: 'end-session',
  text: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1 AND backend_start = $2::timestamptz`,
};
const ENTRY = { name: 'fate-of-entry', text: 'SELECT hash FROM entries WHERE id = $1' };
const AUDIT = { name: 'fate-of-audit', text: 'SELECT hash FROM audit WHERE id = $1' };

const sessions = new WeakMap<pg.Client, Promise<Session>>();

/** Asked for once on each connection. */
export function sessionOf(client: pg.Client): Promise<Session> {
  let session = sessions.get(client);
  if (session === undefined) {
    session = client.query<Session>(SESSION).then(({ rows: [row] }) => row ?? { pid: 0, startedAt: 'epoch' });
    sessions.set(client, session);
  }
  return session;
}

/**
 * Whether the batch is on record. Asks until the store can tell: neither "written" nor "not written" may be guessed.
 * @throws what the connection throws, once the journal is being closed.
 */
export async function isOnRecord(of: {
  readonly connection: Connection;
  readonly batch: Batch;
  readonly session: Session;
  readonly isClosed: () => boolean;
}): Promise<boolean> {
  const { connection, batch, session, isClosed } = of;
  const [entry] = batch.entries;
  const [audit] = batch.audit;
  const [statement, written] = entry === undefined ? [AUDIT, audit] : [ENTRY, entry];
  for (;;) {
    try {
      const left = await connection.query(END, [session.pid, session.startedAt]);
      if (left.length === 0) {
        const [row] = await connection.query<{ hash: Uint8Array }>(statement, [written?.id ?? 0]);
        return row !== undefined && Buffer.compare(row.hash, written?.hash ?? Buffer.alloc(0)) === 0;
      }
    } catch (error) {
      if (isClosed()) throw error;
    }
    await setTimeout(AGAIN_MS);
  }
}
