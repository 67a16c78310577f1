/**
 * A purchase from the opening to its settlement: reserve, claim the prescription, prepare, try, settle. Whatever
 * fails before the settlement leaves a purchase that is given up; afterwards it is settled, or not known yet.
 */
import { GatewayError } from '@yiqiao/model';
import { AWAITS_PAYMENT } from '../courses/course-form.ts';
import { courseForm } from '../courses/forms.ts';
import { endSettled, enqueueLookAfter, move, refusalOf, traceOf } from './endings.ts';
import { checkTrial, verifyPayer } from './payment-rules.ts';
import { checkPrescription } from './prescription-limits.ts';
import { PURCHASES } from './record.ts';
import type { HeldClaim, PurchaseRecord } from './record.ts';
import { createRun, isRefusal, recordOf } from './steps.ts';
import { takeBack } from './taking-back.ts';
import type { SaleParts } from './taking-back.ts';

/**
 * Settles a purchase that was opened.
 * @throws GatewayError as the step that failed; `PURCHASE_PENDING` when the settlement's outcome is not known.
 */
export async function sell(parts: SaleParts, number: string): Promise<PurchaseRecord> {
  const { store } = parts;
  try {
    await beforeSettlement(parts, number);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    await giveUp(parts, number, error);
    throw isRefusal(error) ? error : givenUp(error);
  }
  if (!move(store, number, { from: 'opened', to: 'settling' })) throw givenUp(undefined);
  try {
    return await settle(parts, number);
  } catch (error) {
    if (error instanceof GatewayError && isRefusal(error)) {
      await giveUp(parts, number, error);
      throw error;
    }
    store.transact((tx) => enqueueLookAfter(tx, number, { cause: 'settlement', dueAt: parts.clock.now() }));
    throw new GatewayError('PURCHASE_PENDING', { facts: { number } }, { cause: error });
  }
}

/** The settlement itself, whether it is sent now or its answer was found again. */
export async function settle(parts: SaleParts, number: string): Promise<PurchaseRecord> {
  const run = createRun(parts, number);
  const settlement = await courseForm(run.course).settle(run);
  if (settlement !== AWAITS_PAYMENT) return endSettled(parts, number, settlement);
  const { askEverySeconds = 15 } = run.course;
  return parts.store.transact((tx) => {
    const record: PurchaseRecord = { ...recordOf(tx, number), state: 'ordered' };
    tx.put(PURCHASES, number, record);
    const dueAt = parts.clock.now() + askEverySeconds * 1000;
    enqueueLookAfter(tx, number, { cause: 'payment', dueAt });
    return record;
  });
}

async function beforeSettlement(parts: SaleParts, number: string): Promise<void> {
  const { store, policy, insurance, mutualAid } = parts;
  const { purchase } = recordOf(store, number);
  const rules = policy.payment;
  const { payer } = purchase.payment;
  if (payer !== undefined) {
    await verifyPayer(payer, { purchase, rules, insurance, register: mutualAid });
  }
  if (purchase.prescription !== undefined) await claim(parts, number);
  const run = createRun(parts, number);
  const form = courseForm(run.course);
  await form.prepare(run);
  const trial = await form.trial(run);
  if (trial === undefined) return;
  const benefit = checkTrial(trial, { purchase, rules });
  change(parts, number, { benefit });
}

/** Claims one use of the prescription; the claim is on record before the centre hears of it. */
async function claim(parts: SaleParts, number: string): Promise<void> {
  const { store, prescriptions, clock, institution } = parts;
  const { purchase, soldAt } = recordOf(store, number);
  const { prescription, person, pharmacist, lines } = purchase;
  if (prescriptions === undefined || prescription === undefined) {
    throw new GatewayError('PAYMENT_NOT_OPEN', { facts: { because: 'no prescription centre is connected' } });
  }
  const found = await prescriptions.find({
    person,
    ...(prescription.number !== undefined && { prescriptionNumber: prescription.number }),
    ...(prescription.code !== undefined && { code: prescription.code }),
    ...(prescription.token !== undefined && { token: prescription.token }),
  });
  checkPrescription(found, purchase, clock.now());
  const { prescriber } = found;
  const held: HeldClaim = {
    claimId: `${institution.code}-${number}`,
    prescriptionNumber: found.number,
    prescriber: {
      name: prescriber.doctorName,
      institutionCode: prescriber.institutionCode,
      institutionName: prescriber.institutionName,
      ...(prescriber.doctorCode !== undefined && { code: prescriber.doctorCode }),
      ...(prescriber.certificateType !== undefined && { certificateType: prescriber.certificateType }),
      ...(prescriber.certificateNumber !== undefined && { certificateNumber: prescriber.certificateNumber }),
    },
    diagnoses: found.diagnoses,
    issuedAt: found.issuedAt,
  };
  change(parts, number, { claim: held });
  await prescriptions.claim({
    claimId: held.claimId,
    prescriptionNumber: held.prescriptionNumber,
    institutionCode: institution.code,
    at: clock.now(),
    person,
    lines: lines
      .filter((line) => line.prescribed === true)
      .map(({ catalogueCode, quantity }) => ({ catalogueCode, quantity })),
    audit: { ...prescription.audit, pharmacist, at: soldAt },
  });
  store.transact((tx) => tx.trace(traceOf(parts, recordOf(tx, number), 'pharmacy.claimed')));
}

function change({ store }: SaleParts, number: string, members: Partial<PurchaseRecord>): void {
  store.transact((tx) => tx.put(PURCHASES, number, { ...recordOf(tx, number), ...members }));
}

/** Gives up at once, so that the next attempt finds everything free; what cannot be taken back now is later. */
async function giveUp(parts: SaleParts, number: string, error: GatewayError): Promise<void> {
  const { state } = recordOf(parts.store, number);
  if (state !== 'opened' && state !== 'settling') return;
  move(parts.store, number, { from: state, to: 'giving-up', refusal: refusalOf(error) });
  try {
    await takeBack(parts, number);
  } catch (problem) {
    if (!(problem instanceof GatewayError)) throw problem;
    parts.store.transact((tx) => {
      enqueueLookAfter(tx, number, { cause: 'given-up', dueAt: parts.clock.now() });
    });
  }
}

function givenUp(cause: GatewayError | undefined): GatewayError {
  const facts = cause === undefined ? {} : { because: cause.code };
  return new GatewayError('PURCHASE_GIVEN_UP', { facts }, { cause });
}
