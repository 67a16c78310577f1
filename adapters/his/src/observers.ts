/** Events that are owed to the neighbours, delivered through the store's outbox: at least once, in order per visit. */
import type { SettledEvent, SettlementObserver, UndoneEvent } from './events.ts';

/** Kinds of the outbox's jobs. */
export const SETTLED = 'his.settled';
export const UNDONE = 'his.undone';

/** Handlers for `createOutbox`. */
export function observerHandlers(
  observers: readonly SettlementObserver[],
): Readonly<Record<string, (job: { readonly body: unknown }) => Promise<'done'>>> {
  return {
    [SETTLED]: async ({ body }) => {
      for (const observer of observers) await observer.settled(body as SettledEvent);
      return 'done';
    },
    [UNDONE]: async ({ body }) => {
      for (const observer of observers) await observer.undone(body as UndoneEvent);
      return 'done';
    },
  };
}
