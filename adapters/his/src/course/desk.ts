/** The hospital's desk: takes orders, one at a time per visit, and answers the same order the same way. */
import { createHash } from 'node:crypto';
import { GatewayError, formatTime } from '@yiqiao/model';
import type { StoreTransaction } from '@yiqiao/sdk';
import type { HisAction, HisOrder, HisReply } from '../order.ts';
import { ACTIONS } from './actions.ts';
import type { Action, ActionContext, DeskParts } from './desk-types.ts';
import { createGroupCommit } from './group-commit.ts';
import type { GroupCommit } from './group-commit.ts';
import { forgetPlans } from './plan.ts';
import { STEP, createSteps, forgetSteps, hasOpenStep, resolveStep } from './steps.ts';
import { VISIT } from './visit-record.ts';
import type { VisitRecord } from './visit-record.ts';

/** Takes orders. */
export interface Desk {
  /**
   * Carries an order out.
   * @throws GatewayError: `outcome` `rejected` means that the order, if corrected, may come again under its number;
   *   `unknown` that the same order has to be repeated until it is known.
   */
  perform(order: HisOrder): Promise<HisReply>;
  /**
   * Records what a person has found out about the message of an order whose outcome stays unknown: it was not done, or it
   * was done and this is its answer in the model's names. The order goes on when it comes again; after `not-done` the
   * visit takes other orders, too. `false` when the order has no open message.
   */
  resolve(order: string, outcome: 'not-done' | { readonly answer: unknown }): boolean;
  /** The visit as it stands. */
  findVisit(visit: string): VisitRecord | undefined;
}

/** An order on record. */
export interface OrderRecord {
  readonly action: HisAction;
  readonly visit: string;
  readonly digest: string;
  readonly reply?: HisReply['body'];
  /** Epoch milliseconds of its begin, and later of its end. */
  readonly at: number;
}

/** Kind of the documents of orders. */
export const ORDER = 'his.order';
/** Which order of a visit is under way or unknown. */
export const LOCK = 'his.lock';

/** Makes the desk. */
export function createDesk(parts: DeskParts): Desk {
  const running = new Map<string, Promise<unknown>>();
  const commits = createGroupCommit(parts.store);
  return {
    async perform(order) {
      const before = running.get(order.visit) ?? Promise.resolve();
      const own = before.then(() => carryOut(parts, commits, order));
      const ended = own.catch(() => undefined);
      running.set(order.visit, ended);
      try {
        return await own;
      } finally {
        if (running.get(order.visit) === ended) running.delete(order.visit);
      }
    },
    resolve: (order, outcome) =>
      parts.store.transact((tx) => {
        const visit = tx.get<OrderRecord>(ORDER, order)?.visit;
        if (visit === undefined || !resolveStep(tx, order, outcome)) return false;
        if (outcome === 'not-done') tx.remove(LOCK, visit);
        return true;
      }),
    findVisit: (visit) => parts.store.get<VisitRecord>(VISIT, visit),
  };
}

async function carryOut(parts: DeskParts, commits: GroupCommit, order: HisOrder): Promise<HisReply> {
  const { order: number, action, visit } = order;
  const known = await commits.run((tx) => begin(tx, parts, order));
  if (known !== undefined) return { order: number, action, visit, body: known };
  try {
    const perform = ACTIONS[action] as Action<HisAction>;
    const body = await perform(contextOf(parts, commits, order));
    await commits.run((tx) => {
      tx.put(ORDER, number, { action, visit, digest: digestOf(order), reply: body, at: parts.clock.now() });
      // The reply answers repetitions from now on.
      forgetSteps(tx, number);
      forgetPlans(tx, number);
      tx.remove(LOCK, visit);
    });
    return { order: number, action, visit, body };
  } catch (error) {
    // A question that was not answered has changed nothing; only a message that writes may have.
    if (!hasOpenStep(parts.store, number)) release(parts, order);
    throw error;
  }
}

/** The reply of an order that was done before; else it is put on record and holds the visit. */
function begin(tx: StoreTransaction, { clock }: DeskParts, order: HisOrder): HisReply['body'] | undefined {
  const { order: number, action, visit } = order;
  const digest = digestOf(order);
  const known = tx.get<OrderRecord>(ORDER, number);
  if (known !== undefined && known.digest !== digest) {
    throw new GatewayError('ORDER_NUMBER_REUSED', { facts: { order: number, action } });
  }
  if (known?.reply !== undefined) return known.reply;
  const holder = tx.get<{ order: string }>(LOCK, visit);
  if (holder !== undefined && holder.order !== number) {
    throw new GatewayError('VISIT_BUSY', { facts: { order: number, holder: holder.order } });
  }
  tx.put(LOCK, visit, { order: number });
  if (known === undefined) tx.put(ORDER, number, { action, visit, digest, at: clock.now() });
  return undefined;
}

/** Nothing is open any more; what was done of it stays on record, so that a repetition goes on there. */
function release({ store }: DeskParts, { order, visit }: HisOrder): void {
  store.transact((tx) => {
    tx.remove(LOCK, visit);
    if (tx.list(STEP, { prefix: `${order}\n`, limit: 1 }).length > 0) return;
    tx.remove(ORDER, order);
    forgetPlans(tx, order);
  });
}

function contextOf(parts: DeskParts, commits: GroupCommit, order: HisOrder): ActionContext {
  const { store, port, clock, settings } = parts;
  return {
    parts,
    order,
    body: order.body,
    steps: createSteps({ store, commits, port, order: order.order, resume: settings.resume }),
    visit: () => store.get<VisitRecord>(VISIT, order.visit),
    keep: (tx: StoreTransaction, visit) => {
      tx.put(VISIT, order.visit, { ...visit, changedAt: clock.now() });
    },
    now: () => formatTime(clock.now()),
  };
}

function digestOf({ action, visit, body }: HisOrder): string {
  const text = JSON.stringify([action, visit, body], (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}分` : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
