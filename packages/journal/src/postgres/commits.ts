/** The writes of one process, many at a time in one transaction; the next ones gather while it is under way. */
import { GatewayError } from '@yiqiao/model';
import type pg from 'pg';
import { Batch } from './batch.ts';
import type { Needs } from './batch.ts';
import { loadBatch, statementsOf } from './batch-statements.ts';
import { isOnRecord, sessionOf } from './commit-fate.ts';
import type { Connection } from './connection.ts';
import { isOfOneWrite, isRace, lacksDay, toStoreError } from './postgres-errors.ts';

/** A write; it refuses before it changes anything, and may run more than once. */
export interface Work<T = unknown> {
  readonly needs: Needs;
  apply(batch: Batch): T;
  /** Asked last before it is stored. @throws GatewayError when it must not be any more. */
  readonly check?: () => void;
}

/** Queue of writes. */
export interface Commits {
  /** Resolves to the result of a write when it is on disk. @throws GatewayError `JOURNAL_FAILED`, or what it refuses with. */
  submit<T>(work: Work<T>): Promise<T>;
  /** Waits for what is queued; nothing is taken any more. */
  close(): Promise<void>;
}

/** What the queue works with. */
export interface CommitParts {
  readonly connection: Connection;
  readonly epoch: number;
  /** Makes room for the entries of today. */
  createDays(client: pg.Client): Promise<void>;
  /** Hears what went wrong, once per batch. */
  readonly onError: (error: GatewayError) => void;
}

interface Waiting {
  readonly work: Work;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

type Ending = { readonly value: unknown } | { readonly error: GatewayError };

/** So many writes in one transaction at most. */
const MOST = 256;
const MOST_RACES = 10;

/** Creates the queue. */
export function createCommits(parts: CommitParts): Commits {
  const queue: Waiting[] = [];
  let working: Promise<void> | undefined;
  let closed = false;

  const drain = async (): Promise<void> => {
    // Whatever else this turn of the event loop brings goes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue.splice(0, MOST);
      const endings = await write(
        parts,
        batch.map(({ work }) => work),
        () => closed,
      );
      batch.forEach(({ resolve, reject }, index) => {
        const ending = endings[index] as Ending;
        if ('error' in ending) reject(ending.error);
        else resolve(ending.value as never);
      });
    }
    working = undefined;
  };
  return {
    submit<T>(work: Work<T>): Promise<T> {
      if (closed) return Promise.reject(closedError());
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve, reject });
        working ??= drain();
      });
    },
    async close() {
      closed = true;
      await working;
    },
  };
}

function closedError(): GatewayError {
  return new GatewayError('JOURNAL_FAILED', { facts: { reason: 'the journal is closed' } });
}

async function write(
  parts: CommitParts,
  all: readonly Work[],
  isClosed: () => boolean,
): Promise<readonly Ending[]> {
  try {
    return await writeTogether(parts, all, isClosed);
  } catch (cause) {
    if (isOfOneWrite(cause) && all.length > 1) {
      // Whoever causes it is left out, the others are written.
      const endings: Ending[] = [];
      for (const one of all) endings.push(...(await write(parts, [one], isClosed)));
      return endings;
    }
    const error = isOfOneWrite(cause)
      ? new GatewayError('INTERNAL', { facts: { reason: 'the journal cannot write this' } }, { cause })
      : toStoreError(cause, 'write');
    parts.onError(error);
    return all.map(() => ({ error }));
  }
}

async function writeTogether(
  parts: CommitParts,
  all: readonly Work[],
  isClosed: () => boolean,
): Promise<readonly Ending[]> {
  for (let races = 0; ; races += 1) {
    const client = await parts.connection.client();
    try {
      return await attempt(parts, client, all, isClosed);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      if (races >= MOST_RACES) throw error;
      if (lacksDay(error)) await parts.createDays(client);
      else if (!isRace(error)) throw error;
    }
  }
}

async function attempt(
  parts: CommitParts,
  client: pg.Client,
  all: readonly Work[],
  isClosed: () => boolean,
): Promise<readonly Ending[]> {
  const session = await sessionOf(client);
  const loaded = await loadBatch(
    client,
    all.map(({ needs }) => needs),
    parts.epoch,
  );
  const batch = new Batch(loaded);
  const endings = all.map((work) => apply(work, batch));
  const statements = statementsOf(batch, parts.epoch);
  if (statements.length === 0) {
    await client.query('ROLLBACK');
    return endings;
  }
  const results = await Promise.allSettled(
    [...statements, { name: 'commit', text: 'COMMIT' }].map((statement) => client.query(statement)),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return endings;
  const cause: unknown = failed.reason;
  if (wasTold(cause)) throw cause;
  const { onError, connection } = parts;
  onError(toStoreError(cause, 'write'));
  if (await isOnRecord({ connection, batch, session, isClosed })) return endings;
  throw cause;
}

function apply(work: Work, batch: Batch): Ending {
  try {
    work.check?.();
    return { value: work.apply(batch) };
  } catch (error) {
    if (error instanceof GatewayError) return { error };
    throw error;
  }
}

/** Whether the server itself says that it failed; else the connection broke, and the commit may have come through. */
function wasTold(cause: unknown): boolean {
  return cause instanceof Error && 'severity' in cause && cause.severity === 'ERROR';
}
