/** Many writes, one transaction: all that is queued while each turn of the event loop brings more. */
import { GatewayError } from '@yiqiao/model';
import { toJournalError, spoilsBatch } from './sqlite-errors.ts';

/** The transaction statements of one connection. */
export interface TransactionPort {
  begin(): void;
  commit(): void;
  /** Undoes everything since `begin`; does nothing when the store has done so by itself. Never throws. */
  rollback(): void;
  /** Starts a part that can be undone alone. */
  mark(): void;
  /** Ends the part. */
  release(): void;
  /** Undoes the part and ends it. */
  undo(): void;
}

/** What a group commit needs. */
export interface GroupCommitOptions {
  readonly transaction: TransactionPort;
  /** Write that nobody waits for and that travels with the next batch. */
  readonly passenger: () => Passenger | undefined;
  /** Hears what went wrong, once per batch. */
  readonly onError: (error: GatewayError) => void;
}

/** A write that nobody waits for. */
export interface Passenger {
  apply(): void;
  /** It is on disk, or (`INTERNAL`) can never be. */
  settled(): void;
}

/** Queue of writes. */
export interface GroupCommit {
  /**
   * Runs `apply` in the next transaction; resolves to its result when that is on disk. `apply` throws
   * `GatewayError` only before its first write. It may be run twice, the first time being undone.
   */
  submit<T>(apply: () => T): Promise<T>;
  /** Writes all that is queued, now. */
  flush(): void;
}

interface Work {
  readonly apply: () => unknown;
  readonly resolve: (value: never) => void;
  readonly reject: (error: GatewayError) => void;
}

/** How a piece of work ended, told after the commit. */
type Ending = { readonly value: unknown } | { readonly error: GatewayError };

/**
 * A batch that still grows waits for the next turn, at most so often. An idle loop comes back within
 * microseconds; a busy one brings the writes of the messages it worked on meanwhile.
 */
const MOST_TURNS = 4;

/** Creates the queue. */
export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const { transaction, onError } = options;
  let queue: Work[] = [];
  let scheduled = false;

  function onTurn(turn: number, before: number): void {
    if (turn >= MOST_TURNS || queue.length <= before) flush();
    else setImmediate(onTurn, turn + 1, queue.length);
  }

  function flush(): void {
    scheduled = false;
    const batch = [...passengerWork(options), ...queue];
    queue = [];
    if (batch.length > 0) settle(batch, run(batch));
  }

  function run(batch: readonly Work[]): readonly Ending[] {
    try {
      try {
        return runTogether(batch, transaction);
      } catch (error) {
        transaction.rollback();
        if (spoilsBatch(error)) throw error;
        return runApart(batch, transaction, onError);
      }
    } catch (cause) {
      transaction.rollback();
      const error = toJournalError(cause, 'write');
      onError(error);
      return batch.map(() => ({ error }));
    }
  }

  return {
    flush,
    submit<T>(apply: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        queue.push({ apply, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        setImmediate(onTurn, 1, 0);
      });
    },
  };
}

function passengerWork({ passenger }: GroupCommitOptions): readonly Work[] {
  const found = passenger();
  if (found === undefined) return [];
  const reject = (error: GatewayError): void => {
    if (error.code === 'INTERNAL') found.settled();
  };
  return [{ apply: () => found.apply(), resolve: () => found.settled(), reject }];
}

/** The fast way: no savepoints. A throw means that the whole transaction has to be undone. */
function runTogether(batch: readonly Work[], transaction: TransactionPort): readonly Ending[] {
  transaction.begin();
  const endings = batch.map(({ apply }): Ending => {
    try {
      return { value: apply() };
    } catch (error) {
      if (error instanceof GatewayError) return { error };
      throw error;
    }
  });
  transaction.commit();
  return endings;
}

/** The slow way, after something unexpected: whoever causes it is left out, the others are written. */
function runApart(
  batch: readonly Work[],
  transaction: TransactionPort,
  onError: (error: GatewayError) => void,
): readonly Ending[] {
  transaction.begin();
  const endings = batch.map(({ apply }): Ending => {
    transaction.mark();
    try {
      const value = apply();
      transaction.release();
      return { value };
    } catch (cause) {
      if (spoilsBatch(cause)) throw cause;
      transaction.undo();
      if (cause instanceof GatewayError) return { error: cause };
      const error = new GatewayError(
        'INTERNAL',
        { facts: { reason: 'the journal cannot write this' } },
        { cause },
      );
      onError(error);
      return { error };
    }
  });
  transaction.commit();
  return endings;
}

function settle(batch: readonly Work[], endings: readonly Ending[]): void {
  batch.forEach(({ resolve, reject }, index) => {
    const ending = endings[index] as Ending;
    if ('error' in ending) reject(ending.error);
    else resolve(ending.value as never);
  });
}
