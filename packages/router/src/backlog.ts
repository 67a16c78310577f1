/** Exchanges left open by an earlier run: of most only the number is in memory until their turn comes. */

/** What waits to be gone on with, in order per peer. */
export interface Backlog {
  add(peer: string, exchangeId: number): void;
  /** Whether an exchange waits or is being gone on with. */
  has(exchangeId: number): boolean;
  /** Whether something waits for this peer: what is opened meanwhile goes behind it. */
  waitsFor(peer: string): boolean;
  /** Exchanges whose turn has not come. */
  readonly size: number;
  /** Resolves when nothing waits or is at work. */
  idle(): Promise<void>;
}

interface Queue {
  readonly waiting: number[];
  /** How many of `waiting` have had their turn. */
  taken: number;
  busy: number;
}

/** At most `width` per peer are at work at a time; `work` must not reject. */
export function createBacklog(width: number, work: (exchangeId: number) => Promise<unknown>): Backlog {
  const queues = new Map<string, Queue>();
  const ids = new Set<number>();
  let idle = Promise.withResolvers<void>();
  idle.resolve();

  const takeTurn = async (peer: string, queue: Queue, id: number): Promise<void> => {
    queue.busy += 1;
    await work(id);
    ids.delete(id);
    queue.busy -= 1;
    advance(peer, queue);
  };
  const advance = (peer: string, queue: Queue): void => {
    while (queue.busy < width && queue.taken < queue.waiting.length) {
      void takeTurn(peer, queue, queue.waiting[queue.taken++] as number);
    }
    if (queue.busy > 0) return;
    queues.delete(peer);
    if (queues.size === 0) idle.resolve();
  };
  return {
    has: (exchangeId) => ids.has(exchangeId),
    add(peer, exchangeId) {
      ids.add(exchangeId);
      const queue = queues.get(peer) ?? { waiting: [], taken: 0, busy: 0 };
      if (queues.size === 0) idle = Promise.withResolvers<void>();
      queues.set(peer, queue);
      queue.waiting.push(exchangeId);
      advance(peer, queue);
    },
    waitsFor(peer) {
      const queue = queues.get(peer);
      return queue !== undefined && queue.taken < queue.waiting.length;
    },
    get size() {
      let size = 0;
      for (const { waiting, taken } of queues.values()) size += waiting.length - taken;
      return size;
    },
    idle: () => idle.promise,
  };
}
