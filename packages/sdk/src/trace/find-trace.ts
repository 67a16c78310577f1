/** Follows a number through the stores of several adapters. */
import type { AdapterStore } from '../store/types.ts';
import type { TraceEvent } from './types.ts';

/** Refs that many events share which have nothing else to do with each other. */
const JOINS_NOTHING: ReadonlySet<string> = new Set(['person']);
/** A chain of one visit has some dozens. */
const MOST = 10_000;

/**
 * All events that hang together with a number of any kind (a visit, a prescription, a settlement, an invoice, …): those
 * that bear it, those that share a ref with one of them, and so on; each once, in the order of time.
 */
export function findTrace(stores: readonly Pick<AdapterStore, 'eventsWith'>[], id: string): TraceEvent[] {
  const found = new Map<string, TraceEvent>();
  const asked = new Set<string>();
  const open = [id];
  for (let value = open.pop(); value !== undefined && found.size < MOST; value = open.pop()) {
    if (asked.has(value)) continue;
    asked.add(value);
    for (const [place, store] of stores.entries()) {
      for (const event of store.eventsWith(value)) {
        // A number of another kind that happens to read the same joins nothing.
        if (value !== id && !joiningRefs(event).includes(value)) continue;
        const key = `${place} ${JSON.stringify(event)}`;
        if (found.has(key)) continue;
        found.set(key, event);
        open.push(...joiningRefs(event));
      }
    }
  }
  return [...found.values()].toSorted((one, other) => one.at - other.at);
}

function joiningRefs({ refs }: TraceEvent): string[] {
  return Object.entries(refs).flatMap(([name, ref]) => (JOINS_NOTHING.has(name) ? [] : [ref]));
}
