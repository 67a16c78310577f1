/** What a purchase owes to others once it has ended: the prescription centre and observers. */
import type { JobHandler } from '@yiqiao/sdk';
import type { DispensedGoods } from '../ports.ts';
import { traceOf } from './endings.ts';
import type { PrescriptionJob, TellingJob } from './endings.ts';
import type { PurchaseObserver } from './events.ts';
import type { HeldClaim, PurchaseRecord } from './record.ts';
import { createRun, recordOf } from './steps.ts';
import type { SaleParts } from './taking-back.ts';

/** Reports a dispensing, or takes it back. */
export function prescriptionHandler(parts: SaleParts): JobHandler {
  return async (job) => {
    const { number, step } = job.body as PrescriptionJob;
    const record = recordOf(parts.store, number);
    const { claim } = record;
    if (claim === undefined || parts.prescriptions === undefined) return 'done';
    if (step === 'undo') {
      const { claimId, prescriptionNumber } = claim;
      await parts.prescriptions.undo({
        claimId,
        prescriptionNumber,
        reason: 'the purchase was cancelled',
        at: createRun(parts, number).now(),
      });
      return { done: (tx) => tx.trace(traceOf(parts, record, 'pharmacy.dispensing-undone')) };
    }
    // A purchase that was cancelled in between is undone by the next job of this lane.
    if (record.state === 'cancelled') return 'done';
    await parts.prescriptions.dispense(dispensed(record, claim));
    return { done: (tx) => tx.trace(traceOf(parts, record, 'pharmacy.dispensed')) };
  };
}

function dispensed(
  { purchase, settlement, number, soldAt }: PurchaseRecord,
  claim: HeldClaim,
): DispensedGoods {
  return {
    claimId: claim.claimId,
    prescriptionNumber: claim.prescriptionNumber,
    time: settlement?.time ?? soldAt,
    retailDocumentNumber: number,
    ...(settlement !== undefined && {
      settlementId: settlement.settlementId,
      visitId: settlement.visitId,
      cashPaid: settlement.cashPaid,
    }),
    lines: purchase.lines
      .filter((line) => line.prescribed === true)
      .map((line) => ({
        catalogueCode: line.catalogueCode,
        institutionCatalogueCode: line.itemCode,
        name: line.name,
        specification: line.specification,
        quantity: line.quantity,
        unit: line.unit,
        price: line.price,
        amount: line.amount,
        lot: line.stock.lot,
        ...(line.stock.approvalNumber !== undefined && { approvalNumber: line.stock.approvalNumber }),
        traceCodes: line.traceCodes ?? [],
      })),
  };
}

/** Tells an observer; what it throws is tried again. */
export function tellHandler(observers: Readonly<Record<string, PurchaseObserver>>): JobHandler {
  return async (job) => {
    const told = job.body as TellingJob;
    const observer = observers[told.observer];
    if (observer === undefined) return { person: `nobody is called ${told.observer} any more` };
    if (told.event === 'settled') await observer.settled(told.about);
    else await observer.undone(told.about);
    return 'done';
  };
}
