/** Brings a purchase that was left on its way to an end, without anyone typing. */
import { GatewayError } from '@yiqiao/model';
import type { JobHandler, JobResult, StoreTransaction } from '@yiqiao/sdk';
import { courseForm } from '../courses/forms.ts';
import { cancelStanding } from './cancellation.ts';
import { endCancelled, endGivenUp, enqueueLookAfter, move } from './endings.ts';
import type { PurchaseState, Step } from './record.ts';
import { settle } from './sale.ts';
import { keepStep, takeBack } from './taking-back.ts';
import type { SaleParts } from './taking-back.ts';
import { createRun, findOut, isRefusal, recordOf } from './steps.ts';

/** How long a purchase of a running process is left alone before it is looked at again. */
const BUSY_MS = 1_000;

/** Nothing is to be done for these. */
const ENDED: ReadonlySet<PurchaseState> = new Set(['settled', 'given-up', 'cancelled']);

/** Looks after purchases; `isBusy` tells those that this process is working on. */
export function lookAfterHandler(parts: SaleParts, isBusy: (number: string) => boolean): JobHandler {
  return async (job) => {
    const { number } = job.body as { readonly number: string };
    if (isBusy(number)) return { retryAfterMs: BUSY_MS, reason: 'at the counter' };
    return lookAfter(parts, number);
  };
}

/** Has a purchase looked after whose process fell silent. */
export function watchHandler({ store, clock }: SaleParts): JobHandler {
  return (job) => {
    const { number } = job.body as { readonly number: string };
    const looked = (tx: StoreTransaction): void =>
      enqueueLookAfter(tx, number, { cause: 'silent', dueAt: clock.now() });
    return Promise.resolve(ENDED.has(recordOf(store, number).state) ? 'done' : { done: looked });
  };
}

async function lookAfter(parts: SaleParts, number: string): Promise<JobResult> {
  const { state } = recordOf(parts.store, number);
  switch (state) {
    case 'opened':
      // The process that opened it is gone: nothing was settled.
      move(parts.store, number, { from: 'opened', to: 'giving-up', refusal: { code: 'PURCHASE_GIVEN_UP' } });
      return goBack(parts, number);
    case 'giving-up':
      return goBack(parts, number);
    case 'settling':
      return findSettlement(parts, number);
    case 'ordered':
      return findPayment(parts, number);
    case 'cancelling':
      return findCancellation(parts, number);
    case 'settled':
    case 'given-up':
    case 'cancelled':
      return 'done';
  }
}

async function goBack(parts: SaleParts, number: string): Promise<JobResult> {
  await takeBack(parts, number);
  return 'done';
}

async function findSettlement(parts: SaleParts, number: string): Promise<JobResult> {
  const record = recordOf(parts.store, number);
  const run = createRun(parts, number);
  const form = courseForm(run.course);
  const name = form.settleStep;
  const step = record.steps[name];
  if (step?.state === 'sent') {
    let found: Step | undefined;
    try {
      found = await findOut({ ...parts, step });
    } catch (error) {
      const body = form.findLost === undefined ? undefined : await form.findLost(run);
      if (body === undefined) throw error;
      found = { ...step, state: 'answered', body };
    }
    keepStep(parts, number, { name, step, found });
  }
  if (recordOf(parts.store, number).steps[name]?.state === 'answered') {
    await settle(parts, number);
    return 'done';
  }
  // The customer was told that nothing is known yet and may be gone: what was not done is not done now.
  move(parts.store, number, { from: 'settling', to: 'giving-up', refusal: { code: 'PURCHASE_GIVEN_UP' } });
  return goBack(parts, number);
}

/** Asks for the payment of an order; after its time the order is cancelled, unless it was paid in between. */
async function findPayment(parts: SaleParts, number: string): Promise<JobResult> {
  const record = await settle(parts, number);
  if (record.state === 'settled') return 'done';
  const { payWithinMinutes = 30, askEverySeconds = 15 } = parts.policy.course(record.course);
  if (parts.clock.now() < record.openedAt + payWithinMinutes * 60_000) {
    return { retryAfterMs: askEverySeconds * 1000, reason: 'the order is not paid yet' };
  }
  const run = createRun(parts, number);
  await courseForm(run.course).giveUp(run);
  move(parts.store, number, { from: 'ordered', to: 'giving-up', refusal: { code: 'PURCHASE_GIVEN_UP' } });
  endGivenUp(parts, number);
  return 'done';
}

async function findCancellation(parts: SaleParts, number: string): Promise<JobResult> {
  try {
    await cancelStanding(parts, number);
  } catch (error) {
    if (await isGone(parts, number, error)) {
      endCancelled(parts, number);
      return 'done';
    }
    if (!(error instanceof GatewayError) || !isRefusal(error)) throw error;
    move(parts.store, number, { from: 'cancelling', to: 'settled' });
    return 'done';
  }
  endCancelled(parts, number);
  return 'done';
}

/** Of a cancellation of which nobody knows by its message: whether the settlement is gone, where that can be asked. */
async function isGone(parts: SaleParts, number: string, error: unknown): Promise<boolean> {
  if (!(error instanceof GatewayError) || error.code !== 'PURCHASE_PENDING') return false;
  const run = createRun(parts, number);
  const { stands } = courseForm(run.course);
  return stands !== undefined && !(await stands(run));
}
