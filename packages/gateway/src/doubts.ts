/** Exchanges that wait to learn what became of a message, by the far side it went to. */

import type { Journal } from '@yiqiao/journal';

/** The doubts of this process. */
export interface Doubts {
  /** The outcome of a message to this peer is not known. */
  begin(exchangeId: number, peer: string): void;
  /** The exchange has ended. */
  end(exchangeId: number): void;
  /** How many wait for each peer; peers that nobody waits for are left out. */
  byPeer(): ReadonlyMap<string, number>;
}

/** Creates an empty list. */
export function createDoubts(): Doubts {
  const peers = new Map<number, string>();
  return {
    begin: (exchangeId, peer) => void peers.set(exchangeId, peer),
    end: (exchangeId) => void peers.delete(exchangeId),
    byPeer() {
      const counts = new Map<string, number>();
      for (const peer of peers.values()) counts.set(peer, (counts.get(peer) ?? 0) + 1);
      return counts;
    },
  };
}

const PAGE = 100;

/** The doubts that an earlier process left on record, a page at a time. */
export async function* findDoubts(
  journal: Pick<Journal, 'listOpen'>,
): AsyncGenerator<{ readonly exchangeId: number; readonly peer: string }> {
  for (let last = 0; ;) {
    const page = await journal.listOpen(last, PAGE);
    for (const { id, legs } of page) {
      const doubtful = legs.find(({ state }) => state === 'sent' || state === 'unknown');
      if (doubtful !== undefined) yield { exchangeId: id, peer: doubtful.peer };
    }
    if (page.length < PAGE) return;
    last = page.at(-1)?.id ?? last;
  }
}
