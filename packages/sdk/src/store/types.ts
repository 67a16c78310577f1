/** What an adapter remembers: documents, jobs that are owed, and the trace of what was done. */
import type { TraceEvent } from '../trace/types.ts';

/** A document with its key. */
export interface StoredDocument<T> {
  readonly key: string;
  readonly body: T;
}

/** Which documents of a kind. */
export interface ListOptions {
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** At most so many; 1000 when absent. */
  readonly limit?: number;
  /** Only keys after this one, in the order of their UTF-8 bytes. */
  readonly after?: string;
}

/** A job to be done later, once, whatever happens to this process. */
export interface NewJob {
  /** Names the job: enqueued under the same id again, it is still done once. */
  readonly id: string;
  /** Which handler does it. */
  readonly kind: string;
  /** Plain data, as the body of a document. */
  readonly body: unknown;
  /** Jobs of one lane run one after the other, in the order in which they were enqueued; default: a lane of its own. */
  readonly lane?: string;
  /** Epoch milliseconds before which it is not begun; default: at once. */
  readonly dueAt?: number;
}

/** Reading: inside a transaction what it has written already, outside what was committed last. */
export interface StoreReader {
  /** A document, `undefined` when there is none. */
  get<T>(kind: string, key: string): T | undefined;
  /** Documents of a kind in the order of their keys. */
  list<T>(kind: string, options?: ListOptions): readonly StoredDocument<T>[];
}

/** What belongs together: all of it is durable when `transact` returns, or none. */
export interface StoreTransaction extends StoreReader {
  /** Writes a document, whether or not there is one. */
  put(kind: string, key: string, body: unknown): void;
  /** Writes a document that is new; `false` and nothing written when there is one. */
  insert(kind: string, key: string, body: unknown): boolean;
  /** Whether there was one. */
  remove(kind: string, key: string): boolean;
  /** Owes a job; `false` when its id was enqueued before, done or not. */
  enqueue(job: NewJob): boolean;
  /** Adds an event to the trace. */
  trace(event: TraceEvent): void;
}

/** The durable state of one adapter in one SQLite file, which several processes may share. */
export interface AdapterStore extends StoreReader {
  /** How contents lie in the file; `closed`: sealed, without the key at hand (read only: traces without their facts). */
  readonly sealing: 'clear' | 'sealed' | 'closed';
  /**
   * Runs `work` alone: no other process or transaction of this file comes between. What it throws undoes everything
   * and goes to the caller. It is synchronous: nothing is awaited inside.
   * @throws GatewayError `STORE_FAILED` when the file cannot be written.
   */
  transact<T>(work: (tx: StoreTransaction) => T): T;
  /** A short name for a personal value that means nothing outside this file: 32 hex digits of an HMAC. */
  digest(text: string): string;
  /** Jobs, for the outbox. */
  readonly jobs: JobTable;
  /** Events that bear a value under any of their refs, in the order of time. */
  eventsWith(value: string): readonly TraceEvent[];
  /** The last events, newest last. */
  lastEvents(limit: number): readonly TraceEvent[];
  /**
   * Forgets one page of jobs that were done, or of events that happened, before a time. Durable when it returns.
   * @throws GatewayError `STORE_FAILED` when the file cannot be written.
   */
  forgetOld(
    what: 'jobs' | 'events',
    page: {
      /** Epoch milliseconds. */
      readonly before: number;
      /** `next` of the page before; 0 for the first. */
      readonly after: number;
      /** Rows that are looked at. */
      readonly limit: number;
    },
  ): OldPage;
  /** Calls `listener` after each commit of this store that has enqueued something; returns how to stop. */
  onEnqueued(listener: () => void): () => void;
  /** Closes the file; afterwards everything but `close` throws. */
  close(): void;
}

/** What became of a page of old rows. */
export interface OldPage {
  readonly forgotten: number;
  /** Where the next page begins; absent: there are no more. */
  readonly next?: number;
}

/** `waiting` for its time or its turn, `running` somewhere, with a `person`, or `done`. */
export type JobState = 'waiting' | 'running' | 'person' | 'done';

/** A job as it stands. */
export interface StoredJob {
  readonly id: string;
  readonly kind: string;
  readonly lane: string;
  readonly body: unknown;
  readonly state: JobState;
  /** How often it was begun. */
  readonly attempt: number;
  /** Tries that failed and count towards handing it to a person. */
  readonly failures: number;
  /** Epoch milliseconds. */
  readonly dueAt: number;
  readonly enqueuedAt: number;
  /** Why it waits or lies with a person; no contents. */
  readonly reason?: string;
  /** The process that had begun it last did not end it: it may have acted. */
  readonly wasInterrupted: boolean;
}

/** Which jobs, and by whom. */
export interface Claim {
  readonly kinds: readonly string[];
  /** Who claims; a name that no other process has. */
  readonly owner: string;
  readonly leaseMs: number;
}

/** How a job that was claimed goes on. */
export type JobEnd =
  | { readonly state: 'done'; readonly work?: (tx: StoreTransaction) => void }
  | { readonly state: 'waiting'; readonly dueAt: number; readonly reason: string; readonly failures: number }
  | { readonly state: 'person'; readonly reason: string; readonly failures: number };

/** Jobs of a store. For the outbox; adapters enqueue in a transaction and write handlers. */
export interface JobTable {
  /** Takes the job that is due longest and whose lane is free; `undefined` when there is none. */
  claim(claim: Claim): StoredJob | undefined;
  /** Tells that its owner still works on it; `false` when it was taken away. */
  prolong(id: string, claim: Claim): boolean;
  /** Ends an attempt; `false`, and nothing changed, when the job is no longer the owner's. */
  end(id: string, owner: string, end: JobEnd): boolean;
  /** When the next job of these kinds falls due or its lease ends; `undefined` when none is open. */
  nextDue(kinds: readonly string[]): number | undefined;
  /** Open jobs and those with a person, in the order of enqueuing. */
  list(options?: { readonly kinds?: readonly string[]; readonly limit?: number }): readonly StoredJob[];
  find(id: string): StoredJob | undefined;
  /** A person has it tried again at once; `false` when it is done or running. */
  retry(id: string): boolean;
  /** A person closes it without another try; later jobs of its lane go on. `false` when it is done or running. */
  close(id: string, reason: string): boolean;
}
