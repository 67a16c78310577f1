/** What has been kept long enough is forgotten: visits with their lines, and orders. */
import type { AdapterStore } from '@yiqiao/sdk';
import { LOCK, ORDER } from './desk.ts';
import type { OrderRecord } from './desk.ts';
import { VISIT, forgetLines } from './visit-record.ts';
import type { VisitRecord } from './visit-record.ts';

const PAGE = 200;

/**
 * Looks through the store page by page, giving way to other work in between; a visit with an open order stays. Settled
 * events that are still owed are the outbox's and stay, too.
 */
export async function forgetOld(
  store: AdapterStore,
  { before, pause }: { readonly before: number; readonly pause: () => Promise<unknown> },
): Promise<{ readonly visits: number; readonly orders: number }> {
  const isOver = (at: number): boolean => at < before;
  const visits = await sweep<VisitRecord>(store, VISIT, {
    pause,
    isOld: ({ body }) => isOver(body.changedAt) && store.get(LOCK, body.visit) === undefined,
    forget: (key) =>
      store.transact((tx) => {
        forgetLines(tx, key);
        tx.remove(VISIT, key);
      }),
  });
  const orders = await sweep<OrderRecord>(store, ORDER, {
    pause,
    isOld: ({ body }) => isOver(body.at) && body.reply !== undefined,
    forget: (key) => store.transact((tx) => tx.remove(ORDER, key)),
  });
  return { visits, orders };
}

async function sweep<T>(
  store: AdapterStore,
  kind: string,
  rule: {
    readonly isOld: (document: { readonly key: string; readonly body: T }) => boolean;
    readonly forget: (key: string) => unknown;
    readonly pause: () => Promise<unknown>;
  },
): Promise<number> {
  let count = 0;
  let after: string | undefined;
  for (;;) {
    const page = store.list<T>(kind, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const document of page) {
      if (!rule.isOld(document)) continue;
      rule.forget(document.key);
      count += 1;
    }
    if (page.length < PAGE) return count;
    after = page.at(-1)?.key;
    await rule.pause();
  }
}
