/** Jobs as rows: who has which, until when, and whose turn it is. */
import { hostname } from 'node:os';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Clock } from '@yiqiao/model';
import { formatBody, parseBody } from './body-text.ts';
import { jobPlace } from './places.ts';
import type { Claim, JobEnd, JobState, JobTable, NewJob, StoredJob, StoreTransaction } from './types.ts';
import type { Vault } from './vault.ts';

/** What the rows need of the store around them. */
export interface JobParts {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly vault: Vault;
  /** Runs work in a transaction of its own. */
  readonly transact: <T>(work: (tx: StoreTransaction) => T) => T;
}

type Row = Record<string, SQLOutputValue>;

const COLUMNS =
  'id, kind, lane, body, state, due_at, attempt, failures, interrupted, owner, enqueued_at, reason';
/** No earlier job of the lane is open. */
const IS_FIRST = `NOT EXISTS (
  SELECT 1 FROM job AS earlier WHERE earlier.lane = job.lane AND earlier.seq < job.seq AND earlier.state <> 'done')`;
const OF_KINDS = 'kind IN (SELECT value FROM json_each(:kinds))';

/** Adds a job; `false` when its id is taken. */
export function createJobWriter({ db, clock, vault }: Omit<JobParts, 'transact'>): (job: NewJob) => boolean {
  const insert = db.prepare(
    `INSERT INTO job (id, kind, lane, body, state, due_at, attempt, failures, interrupted, enqueued_at)
     VALUES (?, ?, ?, ?, 'waiting', ?, 0, 0, 0, ?) ON CONFLICT (id) DO NOTHING`,
  );
  return ({ id, kind, body, lane = `${kind}\n${id}`, dueAt }) => {
    const now = clock.now();
    const kept = vault.keep(jobPlace(kind, id), formatBody(body));
    return Number(insert.run(id, kind, lane, kept, dueAt ?? now, now).changes) > 0;
  };
}

/** Makes the table of a store. */
export function createJobTable(parts: JobParts): JobTable {
  const { db, clock, vault } = parts;
  const find = db.prepare(`SELECT ${COLUMNS} FROM job WHERE id = ?`);
  const nextDue = db.prepare(
    `SELECT min(CASE state WHEN 'running' THEN lease_until ELSE due_at END) AS due
     FROM job WHERE state IN ('waiting', 'running') AND ${OF_KINDS} AND ${IS_FIRST}`,
  );
  const list = db.prepare(
    `SELECT ${COLUMNS} FROM job WHERE state <> 'done' AND (:kinds IS NULL OR ${OF_KINDS}) ORDER BY seq LIMIT :limit`,
  );
  const prolong = db.prepare(
    `UPDATE job SET lease_until = ? WHERE id = ? AND owner = ? AND state = 'running'`,
  );
  const toOpen = db.prepare(
    `UPDATE job SET state = 'waiting', due_at = ?, failures = 0, reason = NULL
     WHERE id = ? AND state IN ('waiting', 'person')`,
  );
  const toDone = db.prepare(
    `UPDATE job SET state = 'done', body = 'null', reason = ?, ended_at = ? WHERE id = ? AND state IN ('waiting', 'person')`,
  );
  const changed = (run: () => { readonly changes: number | bigint }): boolean =>
    parts.transact(() => Number(run().changes) > 0);
  return {
    claim: createClaim(parts),
    prolong: (id, { owner, leaseMs }) => changed(() => prolong.run(clock.now() + leaseMs, id, owner)),
    end: createEnd(parts),
    nextDue(kinds) {
      const due = nextDue.get({ kinds: JSON.stringify(kinds) })?.['due'];
      return typeof due === 'number' ? due : undefined;
    },
    list: ({ kinds, limit = 1_000 } = {}) =>
      list
        .all({ kinds: kinds === undefined ? null : JSON.stringify(kinds), limit })
        .map((row) => toJob(row, vault)),
    find(id) {
      const row = find.get(id);
      return row === undefined ? undefined : toJob(row, vault);
    },
    retry: (id) => changed(() => toOpen.run(clock.now(), id)),
    close: (id, reason) => changed(() => toDone.run(reason, clock.now(), id)),
  };
}

/** Two steps in one transaction: jobs whose process is gone are open again, then the first that is due is taken. */
function createClaim({ db, clock, vault, transact }: JobParts): JobTable['claim'] {
  const running = db.prepare(
    `SELECT DISTINCT owner FROM job WHERE state = 'running' AND lease_until > ? AND owner <> ?`,
  );
  const release = db.prepare(
    `UPDATE job SET state = 'waiting', interrupted = 1, owner = NULL
     WHERE state = 'running' AND (lease_until <= :now OR owner = :owner)`,
  );
  const due = db.prepare(
    `SELECT 1 FROM job WHERE ${OF_KINDS} AND ((state = 'waiting' AND due_at <= :now) OR (state = 'running' AND lease_until <= :now))
     LIMIT 1`,
  );
  const take = db.prepare(
    `UPDATE job SET state = 'running', attempt = attempt + 1, owner = :owner, lease_until = :until
     WHERE seq = (SELECT seq FROM job WHERE state = 'waiting' AND due_at <= :now AND ${OF_KINDS} AND ${IS_FIRST}
                  ORDER BY due_at, seq LIMIT 1)
     RETURNING ${COLUMNS}`,
  );
  return ({ kinds, owner, leaseMs }: Claim) => {
    const now = clock.now();
    const names = JSON.stringify(kinds);
    const gone = running
      .all(now, owner)
      .map((row) => String(row['owner']))
      .filter(isGone);
    // Looking takes no lock, and mostly there is nothing.
    if (gone.length === 0 && due.get({ kinds: names, now }) === undefined) return undefined;
    return transact(() => {
      for (const one of ['', ...gone]) release.run({ now, owner: one });
      const row = take.get({ kinds: names, now, owner, until: now + leaseMs });
      return row === undefined ? undefined : toJob(row, vault);
    });
  };
}

function createEnd({ db, clock, transact }: JobParts): JobTable['end'] {
  const done = db.prepare(
    `UPDATE job SET state = 'done', body = 'null', owner = NULL, reason = NULL, ended_at = ?
     WHERE id = ? AND owner = ? AND state = 'running'`,
  );
  const other = db.prepare(
    `UPDATE job SET state = ?, due_at = ?, reason = ?, failures = ?, interrupted = 0, owner = NULL
     WHERE id = ? AND owner = ? AND state = 'running'`,
  );
  return (id, owner, end: JobEnd) =>
    transact((tx) => {
      if (end.state !== 'done') {
        const dueAt = end.state === 'waiting' ? end.dueAt : clock.now();
        return Number(other.run(end.state, dueAt, end.reason, end.failures, id, owner).changes) > 0;
      }
      const isOurs = Number(done.run(clock.now(), id, owner).changes) > 0;
      if (isOurs) end.work?.(tx);
      return isOurs;
    });
}

function toJob(row: Row, vault: Vault): StoredJob {
  const reason = row['reason'];
  const [id, kind] = [String(row['id']), String(row['kind'])];
  return {
    id,
    kind,
    lane: String(row['lane']),
    // Of what is done nothing is kept.
    body: row['state'] === 'done' ? null : parseBody(vault.open(jobPlace(kind, id), String(row['body']))),
    state: row['state'] as JobState,
    attempt: Number(row['attempt']),
    failures: Number(row['failures']),
    dueAt: Number(row['due_at']),
    enqueuedAt: Number(row['enqueued_at']),
    ...(typeof reason === 'string' ? { reason } : {}),
    wasInterrupted: row['interrupted'] === 1,
  };
}

/** A name for one worker: where it runs, in which process, and which one there. */
export function ownerName(unique: string): string {
  return `${hostname()} ${process.pid} ${unique}`;
}

/** Whether the process of an owner on this machine has ended; its lease need not be waited for. */
function isGone(owner: string): boolean {
  const [host, pid] = owner.split(' ');
  if (host !== hostname() || pid === undefined || Number(pid) === process.pid) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
