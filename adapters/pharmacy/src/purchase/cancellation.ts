/** Taking a purchase back: a settlement is cancelled, an order that waits for its payment withdrawn. */
import { GatewayError } from '@yiqiao/model';
import { courseForm } from '../courses/forms.ts';
import { endCancelled, endGivenUp, enqueueLookAfter, move } from './endings.ts';
import type { PurchaseRecord } from './record.ts';
import { createRun, isRefusal, recordOf } from './steps.ts';
import type { SaleParts } from './taking-back.ts';

/**
 * Cancels a purchase; one that is cancelled already stays so.
 * @throws GatewayError `PURCHASE_STATE_WRONG`, `PURCHASE_PENDING`, or as the far side refuses.
 */
export async function cancel(parts: SaleParts, number: string): Promise<PurchaseRecord> {
  const { store } = parts;
  const { state } = recordOf(store, number);
  if (state === 'cancelled' || state === 'given-up') return recordOf(store, number);
  if (state === 'ordered') return withdraw(parts, number);
  if (state !== 'settled' || !move(store, number, { from: 'settled', to: 'cancelling' })) {
    throw new GatewayError('PURCHASE_STATE_WRONG', { facts: { state } });
  }
  try {
    await cancelStanding(parts, number);
  } catch (error) {
    if (error instanceof GatewayError && isRefusal(error)) {
      move(store, number, { from: 'cancelling', to: 'settled' });
      throw error;
    }
    store.transact((tx) => {
      enqueueLookAfter(tx, number, { cause: `cancellation ${parts.clock.now()}`, dueAt: parts.clock.now() });
    });
    throw new GatewayError('PURCHASE_PENDING', { facts: { number } }, { cause: error });
  }
  return endCancelled(parts, number);
}

/** The cancellation itself, whether it is sent now or its answer was found again. */
export async function cancelStanding(parts: SaleParts, number: string): Promise<void> {
  const run = createRun(parts, number);
  const { settlement } = run.record;
  if (settlement !== undefined) await courseForm(run.course).cancel(run, settlement);
}

async function withdraw(parts: SaleParts, number: string): Promise<PurchaseRecord> {
  const run = createRun(parts, number);
  await courseForm(run.course).giveUp(run);
  move(parts.store, number, { from: 'ordered', to: 'giving-up' });
  endGivenUp(parts, number);
  return recordOf(parts.store, number);
}
