/** A neighbour in a process of its own: events are posted to it as JSON, names as in `SettledEvent`, amounts as text in 元. */
import { ExactNumber, formatFen } from '@yiqiao/model';
import type { Clock, Fen, WireObject, WireValue } from '@yiqiao/model';
import { connectAdapter, defineAdapter, jsonCodec } from '@yiqiao/sdk';
import type { SettledEvent, SettlementObserver, UndoneEvent } from './events.ts';

interface Events {
  readonly settled: { readonly request: SettledEvent; readonly response: null };
  readonly undone: { readonly request: UndoneEvent; readonly response: null };
}

/** Posted to `settled` and `undone` below its address; an answer with HTTP 2xx means that it is durable there. */
const NEIGHBOUR = defineAdapter<Events>({
  id: 'his-events',
  codec: jsonCodec(),
  refusal: ({ code }) => (typeof code === 'string' ? { code, text: '' } : undefined),
  calls: {
    settled: { effect: 'write', wayOut: 'repeat', path: 'settled', toWire, toModel: () => null },
    undone: { effect: 'write', wayOut: 'repeat', path: 'undone', toWire, toModel: () => null },
  },
});

/** Tells it; what fails is thrown, and told again by the outbox. */
export function createTellObserver(
  url: string,
  clock: Clock,
): SettlementObserver & { close(): Promise<void> } {
  const neighbour = connectAdapter(NEIGHBOUR, { url, clock });
  return {
    settled: async (event) => {
      await neighbour.call('settled', event);
    },
    undone: async (event) => {
      await neighbour.call('undone', event);
    },
    close: () => neighbour.close(),
  };
}

function toWire(event: object): WireObject {
  return wireValue(event) as WireObject;
}

function wireValue(value: unknown): WireValue {
  if (typeof value === 'bigint') return formatFen(value as Fen);
  if (typeof value === 'number') return new ExactNumber(String(value));
  if (Array.isArray(value)) return value.map(wireValue);
  if (typeof value !== 'object' || value === null) return value as WireValue;
  const members = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(members.map(([name, one]) => [name, wireValue(one)]));
}
