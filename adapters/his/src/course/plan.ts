/** What an order of several steps is to do, fixed before its first step, so that a repetition does the same. */
import type { StoreTransaction } from '@yiqiao/sdk';
import type { ActionContext } from './desk-types.ts';

/** Kind of the documents; the key is the order's number, a line break and the plan's name. */
const PLAN = 'his.plan';

/** The plan on record under this name, else the one made now. */
export function planned<T>({ parts, order }: ActionContext, name: string, make: () => T): T {
  const key = `${order.order}\n${name}`;
  return parts.store.transact((tx) => {
    const before = tx.get<T>(PLAN, key);
    if (before !== undefined) return before;
    const plan = make();
    tx.put(PLAN, key, plan);
    return plan;
  });
}

/** Forgets the plans of an order. */
export function forgetPlans(tx: StoreTransaction, order: string): void {
  for (const { key } of tx.list(PLAN, { prefix: `${order}\n` })) tx.remove(PLAN, key);
}
