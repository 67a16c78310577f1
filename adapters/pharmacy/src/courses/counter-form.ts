/** 2101, 2102, 2103: a purchase is settled by one message. */
import { sumFen, lineAmount, parseDecimal } from '@yiqiao/model';
import type { Fen, OperationBodies } from '@yiqiao/model';
import { careTypeOf } from '../purchase/payment-rules.ts';
import type { Trial } from '../purchase/payment-rules.ts';
import type { PurchaseLine } from '../purchase/purchase-form.ts';
import type { Settlement } from '../purchase/record.ts';
import type { CourseForm, CourseRun } from './course-form.ts';

type SettlementRequest = OperationBodies['settlePharmacyPurchase']['request'];
type DrugLine = SettlementRequest['drugLines'][number];

/** Settles at the counter. */
export const counterForm: CourseForm = {
  settleStep: 'settle',
  prepare: () => Promise.resolve(),
  async trial(run) {
    const drugLines = run.record.purchase.lines.map((line) => drugLine(run, line));
    return trialOf(await run.read('presettlePharmacyPurchase', { ...head(run), drugLines }));
  },
  async settle(run) {
    const inSettlement = run.policy.traceCodes.inSettlement === 'one-per-line';
    const drugLines = run.record.purchase.lines.flatMap((line) =>
      inSettlement ? tracedLines(run, line) : [drugLine(run, line)],
    );
    const answer = await run.write('settle', 'settlePharmacyPurchase', { ...head(run), drugLines });
    return settlementOf(answer);
  },
  async cancel(run, { settlementId, visitId }) {
    const { personNumber } = run.record.purchase.person;
    await run.write('cancel', 'cancelPharmacySettlement', { settlementId, visitId, personNumber });
  },
  giveUp: () => Promise.resolve(),
};

function head({ record, policy, course }: CourseRun): Omit<SettlementRequest, 'drugLines'> {
  const { purchase, soldAt } = record;
  const { person, payment, disease, total } = purchase;
  return {
    personNumber: person.personNumber,
    credentialType: person.credential.type,
    credentialNumber: person.credential.number,
    ...(person.credential.cardSerial !== undefined && { cardSerial: person.credential.cardSerial }),
    certificateType: person.certificateType,
    certificateNumber: person.certificateNumber,
    personType: person.personType,
    personName: person.name,
    beginTime: soldAt,
    total,
    insuranceType: person.insuranceType,
    ...(disease !== undefined && { diseaseCode: disease.code, diseaseName: disease.name }),
    accountUsed: policy.accountUsed[payment.account],
    careType: careTypeOf(purchase, policy.payment, course),
  };
}

function drugLine({ record }: CourseRun, line: PurchaseLine): DrugLine {
  const { claim, soldAt } = record;
  const prescribed = line.prescribed === true && claim !== undefined;
  return {
    feeLineNumber: line.number,
    ...(prescribed && { prescriptionNumber: claim.prescriptionNumber }),
    externalPrescription: prescribed ? '1' : '0',
    feeTime: soldAt,
    catalogueCode: line.catalogueCode,
    institutionCatalogueCode: line.itemCode,
    lineAmount: line.amount,
    quantity: line.quantity,
    price: line.price,
    ...(prescribed && { billingDoctorName: claim.prescriber.name }),
    ...(prescribed && claim.prescriber.code !== undefined && { billingDoctorCode: claim.prescriber.code }),
  };
}

/** A line carries one trace code, so that several boxes become as many lines, where their amounts add up. */
function tracedLines(run: CourseRun, line: PurchaseLine): readonly DrugLine[] {
  const whole = drugLine(run, line);
  const codes = line.traceCodes ?? [];
  const trace = (code: string, feeLineNumber: string): Pick<DrugLine, 'drugTrace'> => ({
    drugTrace: { feeLineNumber, drugTraceCode: code, splitPackage: line.splitPackage === true ? '1' : '0' },
  });
  const [first] = codes;
  if (first === undefined) return [whole];
  const one = parseDecimal('1');
  const each = lineAmount(line.price, one);
  const addsUp = line.quantity === String(codes.length) && sumFen(codes.map(() => each)) === line.amount;
  // Codes that find no line here stand in the sale record (3505), which takes them all.
  if (codes.length === 1 || !addsUp) return [{ ...whole, ...trace(first, line.number) }];
  return codes.map((code, index) => {
    const feeLineNumber = `${line.number}-${index + 1}`;
    return { ...whole, feeLineNumber, quantity: one, lineAmount: each, ...trace(code, feeLineNumber) };
  });
}

type Paid = OperationBodies[
  | 'settlePharmacyPurchase'
  | 'presettlePharmacyPurchase'
  | 'settleOutpatient'
  | 'presettleOutpatient']['response'];

/** Who pays, as trials and settlements of 2101-2102 and 2206-2207 tell it. */
export function trialOf(answer: Paid): Trial {
  return {
    total: answer.total,
    fundPaid: answer.fundPaid,
    poolPaid: answer.poolPaid,
    poolPaymentRatio: answer.poolPaymentRatio,
    accountPaid: answer.accountPaid,
    mutualAidPaid: answer.accountMutualAidPaid,
    cashPaid: answer.cashPaid,
    ...(isBorne(answer.hospitalPart) && { hospitalPart: answer.hospitalPart }),
  };
}

function isBorne(hospitalPart: Fen | undefined): hospitalPart is Fen {
  return hospitalPart !== undefined && hospitalPart !== 0n;
}

/** A settlement with its numbers. */
export function settlementOf(
  answer: OperationBodies['settlePharmacyPurchase' | 'settleOutpatient']['response'],
): Settlement {
  const { settlementId, visitId, settlementTime } = answer;
  return { ...trialOf(answer), settlementId, visitId, time: settlementTime };
}
