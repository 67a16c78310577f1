/** Giving a purchase up: nothing is settled, and nothing of it stays behind. */
import { courseForm } from '../courses/forms.ts';
import type { MutualAidRegister, PrescriptionPort } from '../ports.ts';
import { endGivenUp } from './endings.ts';
import type { EndingParts } from './endings.ts';
import { PURCHASES } from './record.ts';
import type { PurchaseRecord, Step } from './record.ts';
import { createRun, findOut, recordOf } from './steps.ts';

/** What a sale stands on. */
export type SaleParts = EndingParts & {
  readonly prescriptions: PrescriptionPort | undefined;
  readonly mutualAid: MutualAidRegister | undefined;
};

/**
 * Takes back what a purchase that is being given up has left behind, and frees what it held. May be repeated.
 * @throws GatewayError while something is not known or cannot be reached.
 */
export async function takeBack(parts: SaleParts, number: string): Promise<void> {
  const run = createRun(parts, number);
  await findSteps(parts, run.record);
  await courseForm(run.course).giveUp(run);
  const { claim, refusal } = run.record;
  if (claim !== undefined) {
    const { claimId, prescriptionNumber } = claim;
    await parts.prescriptions?.undo({
      claimId,
      prescriptionNumber,
      reason: refusal?.code ?? 'given up',
      at: run.now(),
    });
  }
  endGivenUp(parts, number);
}

/** Of steps whose answer is lost, finds out what became of them: what was done must be taken back. */
async function findSteps(parts: SaleParts, record: PurchaseRecord): Promise<void> {
  for (const [name, step] of Object.entries(record.steps)) {
    if (step.state === 'sent')
      keepStep(parts, record.number, { name, step, found: await findOut({ ...parts, step }) });
  }
}

/** Writes down what became of a step. */
export function keepStep(
  { store }: SaleParts,
  number: string,
  { name, step, found }: { readonly name: string; readonly step: Step; readonly found: Step | undefined },
): void {
  store.transact((tx) => {
    const record = recordOf(tx, number);
    const kept: Step = found ?? { ...step, state: 'not-done' };
    tx.put(PURCHASES, number, { ...record, steps: { ...record.steps, [name]: kept } });
  });
}
