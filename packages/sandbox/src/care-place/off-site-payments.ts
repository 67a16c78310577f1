/** Who pays an off-site order: the person it was pushed to, in their own time; no question of an institution pays. */
import { smaller } from '../amount.ts';
import type { Accounts } from '../accounts.ts';
import { date } from '../china-time.ts';
import type { Scheduler } from '../scheduler.ts';
import type { OffSiteOrder, OffSiteOrders } from './off-site-orders.ts';

/** How long people take to pay what was pushed to them. Inferred: no public fact tells when an order is paid. */
const PAYS_AFTER_MS = 3000;

/** Payments and their return. */
export interface OffSitePayments {
  /** Shows a new order to the person, who pays it in a while, if it still stands; once, not again when it is taken back. */
  push(order: OffSiteOrder): void;
  /** Whoever has this order to pay, or any order when none is named, pays it now; tells how many were paid. */
  pay(number?: string): number;
  /** Gives back what the account paid, for a refund (2163) or a settlement that is reversed (2181, 1107). */
  giveBack(order: OffSiteOrder): void;
  /** Takes from the account again what a refund gave back (2181, 1203); false when it no longer has as much. */
  takeAgain(order: OffSiteOrder): boolean;
}

/** Payments of a platform's orders. `now`: epoch milliseconds. */
export function createOffSitePayments(
  orders: OffSiteOrders,
  {
    accounts,
    scheduler,
    now,
  }: { readonly accounts: Accounts; readonly scheduler: Scheduler; readonly now: () => number },
): OffSitePayments {
  /** The account pays what it can, the rest is cash. */
  const settle = (order: OffSiteOrder): void => {
    order.account = smaller(order.total, accounts.left(order.person));
    order.settledOn = date(now());
    order.state = 'settled';
    accounts.add(order.person, -order.account);
  };
  return {
    push(order) {
      void scheduler.wait(PAYS_AFTER_MS).then(() => {
        const isFirst = order.settledOn === '' && orders.get(order.number) === order;
        if (isFirst && order.state === 'ordered') settle(order);
      });
    },
    pay(number) {
      const waiting = [...orders.values()].filter(
        (one) => one.state === 'ordered' && (number === undefined || one.number === number),
      );
      for (const order of waiting) settle(order);
      return waiting.length;
    },
    giveBack: ({ person, account }) => accounts.add(person, account),
    takeAgain({ person, account }) {
      if (accounts.left(person) < account) return false;
      accounts.add(person, -account);
      return true;
    },
  };
}
