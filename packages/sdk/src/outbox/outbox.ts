/** What is owed to a far side is done later, without anyone typing, once, also after a crash. */
import { randomUUID } from 'node:crypto';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { ownerName } from '../store/job-rows.ts';
import { forgetDaily, forgetOld, KEEPING } from './keeping.ts';
import type { Forgotten, Keeping } from './keeping.ts';
import type { AdapterStore, Claim, JobEnd, StoredJob, StoreTransaction } from '../store/types.ts';

/**
 * What became of an attempt. `done`, or `done` with what is written in the same commit as the job's end; not yet, try
 * again after so long (does not count as a failure); only a person can go on.
 */
export type JobResult =
  | 'done'
  | { readonly done: (tx: StoreTransaction) => void }
  | { readonly retryAfterMs: number; readonly reason?: string }
  | { readonly person: string };

/** A job as its handler gets it. */
export interface OutboxJob<Body = unknown> {
  readonly id: string;
  readonly kind: string;
  readonly body: Body;
  /** 1 for the first. */
  readonly attempt: number;
  /** An earlier attempt was cut off by a crash: the far side may have acted. Ask it before anything is sent again. */
  readonly wasInterrupted: boolean;
  readonly enqueuedAt: number;
  /** Aborts when the outbox is told to stop at once. */
  readonly signal: AbortSignal;
}

/**
 * Does the jobs of a kind. What it throws is tried again later: `UPSTREAM_UNREACHABLE` and others that say that nothing
 * left, without end; everything else as often as `attempts` says, then a person has to see to it.
 */
export type JobHandler = (job: OutboxJob) => Promise<JobResult>;

/** What an outbox is made with. */
export interface OutboxOptions {
  readonly store: AdapterStore;
  readonly handlers: Readonly<Record<string, JobHandler>>;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Jobs of different lanes at a time; 4 when absent. */
  readonly concurrency?: number;
  /** Failures of one job before a person has to see to it; 12 when absent. */
  readonly attempts?: number;
  /** First wait after a failure, and the longest; 1 s and 5 min when absent. Each wait doubles. */
  readonly backoffMs?: { readonly first: number; readonly longest: number };
  /** How long a job of a process that has fallen silent is left alone; 60 s when absent. */
  readonly leaseMs?: number;
  /** How often to look for jobs that other processes enqueue; 1 s when absent. */
  readonly pollMs?: number;
  /** How long what is over is kept; 400 days for the ids of jobs, ten years for the trace when absent. */
  readonly keep?: Keeping;
  /** Hears of each attempt that did not end a job; no contents. */
  readonly onProblem?: (problem: OutboxProblem) => void;
}

/** An attempt that did not end its job. */
export interface OutboxProblem {
  readonly id: string;
  readonly kind: string;
  readonly attempt: number;
  /** A code of the catalogue, or the name of the error. */
  readonly reason: string;
  readonly withPerson: boolean;
  readonly error?: unknown;
}

/** The outbox of one store in one process. */
export interface Outbox {
  /** Begins to do what is due, now and from now on; forgets daily what is old. */
  start(): void;
  /** Does all that is due by the clock, one pass after the other, and returns; for tests and for the end of a day. */
  drain(): Promise<void>;
  /** Open jobs of its kinds, those with a person among them. */
  list(): readonly StoredJob[];
  /** A person has a job tried again at once. */
  retry(id: string): boolean;
  /** A person closes a job without another try. */
  close(id: string, reason: string): boolean;
  /** Forgets jobs that are done and events of the trace that are older than `keep` says; open jobs stay. */
  forget(): Promise<Forgotten>;
  /** Begins nothing more, aborts the signal of what runs, and waits for its end. */
  stop(): Promise<void>;
}

const DEFAULTS = {
  concurrency: 4,
  attempts: 12,
  backoffMs: { first: 1_000, longest: 300_000 },
  leaseMs: 60_000,
  pollMs: 1_000,
};

/** Codes that say that nothing left: waiting costs nothing, and no person can do better. */
const NOTHING_LEFT: ReadonlySet<string> = new Set([
  'UPSTREAM_UNREACHABLE',
  'PEER_BUSY',
  'PEER_DOWN',
  'PEER_MAINTENANCE',
  'PEER_YEAR_END',
  'PEER_CLOSED',
  'BUSY',
  'SIGNER_UNAVAILABLE',
  'STORE_FAILED',
]);

/** Creates an outbox; nothing is done before `start` or `drain`. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { store, clock = systemClock, keep = KEEPING } = options;
  const worker = createWorker({ ...DEFAULTS, ...options, clock });
  const { stopping, kinds } = worker;
  let timer: NodeJS.Timeout | undefined;
  let forget: (() => void) | undefined;
  const wake = (): void => {
    clearTimeout(timer);
    if (stopping.signal.aborted) return;
    timer = setTimeout(wake, worker.lookAround()).unref();
  };
  worker.onFree(() => {
    if (forget !== undefined) wake();
  });
  return {
    start() {
      if (forget !== undefined || stopping.signal.aborted) return;
      forget = store.onEnqueued(() => setImmediate(wake));
      forgetDaily(store, { keep, clock, signal: stopping.signal });
      wake();
    },
    async drain() {
      while (worker.begin() || worker.running.size > 0) await Promise.allSettled(worker.running);
    },
    list: () => store.jobs.list({ kinds }),
    retry(id) {
      const isOpen = store.jobs.retry(id);
      if (isOpen && forget !== undefined) wake();
      return isOpen;
    },
    close: (id, reason) => store.jobs.close(id, reason),
    forget: () => forgetOld(store, { keep, now: clock.now(), signal: stopping.signal }),
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      forget?.();
      await Promise.allSettled(worker.running);
    },
  };
}

type Settings = OutboxOptions & typeof DEFAULTS & { readonly clock: Clock };

/** Takes jobs and does them. */
interface Worker {
  readonly kinds: readonly string[];
  readonly stopping: AbortController;
  readonly running: ReadonlySet<Promise<void>>;
  /** Takes what is due while there is room; whether there was anything. */
  begin(): boolean;
  /** Begins what is due, and tells in how many milliseconds to look again. */
  lookAround(): number;
  /** Calls back whenever a job has ended. */
  onFree(listener: () => void): void;
}

function createWorker(settings: Settings): Worker {
  const { store, handlers, onProblem, clock, concurrency, leaseMs, pollMs } = settings;
  const kinds = Object.keys(handlers);
  const claim = { kinds, owner: ownerName(randomUUID()), leaseMs };
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let onFree = (): void => {};

  const run = async (job: StoredJob): Promise<void> => {
    const beat = setInterval(() => prolong(store, job.id, claim), leaseMs / 3).unref();
    try {
      const { end, problem } = await attempt(job, settings, stopping.signal);
      const told = finish({ job, end, owner: claim.owner }, settings)?.problem ?? problem;
      if (told !== undefined) onProblem?.(told);
    } finally {
      clearInterval(beat);
    }
  };
  const begin = (): boolean => {
    let hasBegun = false;
    while (!stopping.signal.aborted && running.size < concurrency) {
      const job = store.jobs.claim(claim);
      if (job === undefined) return hasBegun;
      hasBegun = true;
      const work: Promise<void> = run(job).finally(() => {
        running.delete(work);
        onFree();
      });
      work.catch((error: unknown) => onProblem?.(problemOf(job, error, false)));
      running.add(work);
    }
    return hasBegun;
  };
  return {
    kinds,
    stopping,
    running,
    begin,
    lookAround() {
      try {
        begin();
        const due = store.jobs.nextDue(kinds);
        return due === undefined ? pollMs : Math.min(pollMs, Math.max(due - clock.now(), 10));
      } catch {
        // The store cannot be read at the moment; the next look tells.
        return pollMs;
      }
    },
    onFree: (listener) => {
      onFree = listener;
    },
  };
}

function prolong(store: AdapterStore, id: string, claim: Claim): void {
  try {
    store.jobs.prolong(id, claim);
  } catch {
    // The lease runs out, and the job is done again: its handler is told so.
  }
}

async function attempt(job: StoredJob, settings: Settings, signal: AbortSignal): Promise<Attempt> {
  try {
    const { id, kind, body, wasInterrupted, enqueuedAt, attempt: number } = job;
    const result = await settings.handlers[kind]?.({
      id,
      kind,
      body,
      wasInterrupted,
      enqueuedAt,
      attempt: number,
      signal,
    });
    return afterResult(job, result ?? 'done', settings.clock.now());
  } catch (error) {
    return afterFailure(job, error, { ...settings, now: settings.clock.now() });
  }
}

/** Ends an attempt; where its result cannot be written, it is one that failed. */
function finish(
  { job, end, owner }: { readonly job: StoredJob; readonly end: JobEnd; readonly owner: string },
  settings: Settings,
): Attempt | undefined {
  const { jobs } = settings.store;
  try {
    jobs.end(job.id, owner, end);
    return undefined;
  } catch (error) {
    const failed = afterFailure(job, error, { ...settings, now: settings.clock.now() });
    jobs.end(job.id, owner, failed.end);
    return failed;
  }
}

interface Attempt {
  readonly end: JobEnd;
  readonly problem?: OutboxProblem;
}

function afterResult(job: StoredJob, result: JobResult, now: number): Attempt {
  if (result === 'done') return { end: { state: 'done' } };
  if ('done' in result) return { end: { state: 'done', work: result.done } };
  const { failures } = job;
  if ('person' in result)
    return {
      end: { state: 'person', reason: result.person, failures },
      problem: { ...nameOf(job), reason: result.person, withPerson: true },
    };
  const { retryAfterMs, reason = 'not yet' } = result;
  return { end: { state: 'waiting', dueAt: now + retryAfterMs, reason, failures } };
}

function afterFailure(
  job: StoredJob,
  error: unknown,
  settings: Pick<Required<OutboxOptions>, 'attempts' | 'backoffMs'> & { readonly now: number },
): Attempt {
  const code = error instanceof GatewayError ? error.code : undefined;
  const counts = code === undefined || !NOTHING_LEFT.has(code);
  const failures = job.failures + (counts ? 1 : 0);
  const withPerson = failures >= settings.attempts;
  const problem = problemOf(job, error, withPerson);
  const { reason } = problem;
  if (withPerson) return { end: { state: 'person', reason, failures }, problem };
  const { first, longest } = settings.backoffMs;
  const wait = Math.min(first * 2 ** Math.min(job.attempt - 1, 30), longest);
  return { end: { state: 'waiting', dueAt: settings.now + wait, reason, failures }, problem };
}

function problemOf(job: StoredJob, error: unknown, withPerson: boolean): OutboxProblem {
  const reason =
    error instanceof GatewayError ? error.code : error instanceof Error ? error.name : typeof error;
  return { ...nameOf(job), reason, withPerson, error };
}

function nameOf({ id, kind, attempt }: StoredJob): Pick<OutboxProblem, 'id' | 'kind' | 'attempt'> {
  return { id, kind, attempt };
}
