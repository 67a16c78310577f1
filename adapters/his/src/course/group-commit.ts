/** What becomes due in the same moment is made durable by one commit: a disk takes few of them in a second. */
import { setImmediate } from 'node:timers/promises';
import type { AdapterStore, StoreTransaction } from '@yiqiao/sdk';

/** Work in a transaction; it may be run again, when another work of the same commit fails. */
type Work<T> = (tx: StoreTransaction) => T;

/** Commits together. */
export interface GroupCommit {
  /** Resolves when it is durable. What the work throws goes to its caller alone, and nothing of it is written. */
  run<T>(work: Work<T>): Promise<T>;
}

interface Waiting {
  readonly work: Work<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes it. */
export function createGroupCommit(store: AdapterStore): GroupCommit {
  let waiting: Waiting[] = [];
  const flush = (): void => {
    const group = waiting;
    waiting = [];
    try {
      const results = store.transact((tx) => group.map(({ work }) => work(tx)));
      for (const [at, { resolve }] of group.entries()) resolve(results[at]);
    } catch (error) {
      if (group.length === 1) group[0]?.reject(error);
      else for (const one of group) runAlone(store, one);
    }
  };
  return {
    run: <T>(work: Work<T>) =>
      new Promise<T>((resolve, reject) => {
        waiting.push({ work, resolve: resolve as Waiting['resolve'], reject });
        if (waiting.length === 1) void setImmediate().then(flush);
      }),
  };
}

function runAlone(store: AdapterStore, { work, resolve, reject }: Waiting): void {
  try {
    resolve(store.transact(work));
  } catch (error) {
    reject(error);
  }
}
