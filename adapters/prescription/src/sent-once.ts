/** Messages whose repetition might be another: sent once, unless the centre knows repetitions. */
import { GatewayError } from '@yiqiao/model';
import { CLAIM } from './pharmacy-record.ts';
import type { KeptClaim } from './pharmacy-record.ts';
import type { PharmacyParts } from './pharmacy-side.ts';

/**
 * Sends what the claim's state waits for; that it left is durable before it leaves.
 * @throws GatewayError `HANDED_TO_PERSON` when it left before and the centre does not know repetitions; of `send`
 */
export async function sendOnce<T>(
  { store, knowsRepeats = false }: PharmacyParts,
  claim: KeptClaim,
  send: () => Promise<T>,
): Promise<T> {
  const { claimId, state } = claim;
  const isInDoubt = store.get<KeptClaim>(CLAIM, claimId)?.inDoubt === true;
  if (isInDoubt && !knowsRepeats)
    throw new GatewayError('HANDED_TO_PERSON', { facts: { claim: claimId, state } });
  store.transact((tx) => tx.put(CLAIM, claimId, { ...claim, inDoubt: true }));
  try {
    return await send();
  } catch (error) {
    // Nothing was done: whether that holds of an earlier sending, too, this refusal does not tell.
    const isNothing = error instanceof GatewayError && error.kind.outcome === 'rejected' && !isInDoubt;
    if (isNothing) store.transact((tx) => tx.put(CLAIM, claimId, { ...claim, inDoubt: false }));
    throw error;
  }
}
