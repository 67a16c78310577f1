/** 2161, 2166, 2167, 2170, 2171, 2163: an order at the clearing platform, which the insured person pays for. */
import { GatewayError, fen, sumFen } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import { careTypeOf } from '../purchase/payment-rules.ts';
import type { Settlement } from '../purchase/record.ts';
import { AWAITS_PAYMENT } from './course-form.ts';
import type { CourseForm, CourseRun } from './course-form.ts';

/** hilist_type by list_type: 西药 11, 中药饮片 13, else 其他 31. Inferred from the two value sets. */
const CATALOGUE_TYPES: Readonly<Record<string, string>> = { '101': '11', '102': '13', '106': '13' };
const OTHER = '31';

type Order = OperationBodies['orderOffSitePurchase'];

/** Orders, and finds the payment. */
export const orderForm: CourseForm = {
  settleStep: 'order',
  prepare: () => Promise.resolve(),
  trial: () => Promise.resolve(undefined),
  async settle(run) {
    const known = run.answerOf('order', 'orderOffSitePurchase')?.visitRegistrationNumber;
    return findPaid(run, known ?? (await placeOrder(run)));
  },
  async findLost(run) {
    const socialSecurityNumber = run.record.purchase.person.certificateNumber;
    const institutionCode = run.institution.code;
    const found = await run.read('findOffSiteOrder', { institutionCode, socialSecurityNumber });
    const { lines, total } = run.record.purchase;
    const told = new Set(found.purchaseLines.map(({ feeLineNumber }) => feeLineNumber));
    const isSameLines = told.size === lines.length && lines.every(({ number }) => told.has(number));
    const isOurs = found.total === total && isSameLines;
    return isOurs ? { visitRegistrationNumber: found.visitRegistrationNumber, pushed: '1' } : undefined;
  },
  async cancel(run, { visitId }) {
    await run.write('cancel', 'refundOffSitePurchase', {
      institutionCode: run.institution.code,
      visitRegistrationNumber: visitId,
      operatorName: run.record.purchase.operatorName,
    });
  },
  async stands(run) {
    const number = run.record.settlement?.settlementId ?? '';
    try {
      return (await askSettlement(run, number)) !== undefined;
    } catch (error) {
      if (error instanceof GatewayError && error.code === 'UPSTREAM_REJECTED') return false;
      throw error;
    }
  },
  async giveUp(run) {
    const number = run.answerOf('order', 'orderOffSitePurchase')?.visitRegistrationNumber;
    if (number === undefined) return;
    await run.write('cancel-order', 'cancelOffSitePurchase', {
      institutionCode: run.institution.code,
      visitRegistrationNumber: number,
      operatorName: run.record.purchase.operatorName,
    });
  },
};

type Buyer = OperationBodies['findOffSitePurchaser']['response'];

/** Whose purchase it is, as the insured place has it. @throws GatewayError `VISIT_PERSON_CHANGED` when it is somebody else's. */
async function identify(run: CourseRun): Promise<Buyer> {
  const { person } = run.record.purchase;
  const buyer = await run.read('findOffSitePurchaser', {
    socialSecurityNumber: person.certificateNumber,
    insuredPoolingArea: person.insuredRegion,
    institutionCode: run.institution.code,
  });
  if (buyer.personNumber !== person.personNumber) throw new GatewayError('VISIT_PERSON_CHANGED');
  return buyer;
}

function orderOf(
  { record, institution, careRegion, policy, course, now }: CourseRun,
  buyer: Buyer,
): Order['request'] {
  const { purchase, soldAt, number } = record;
  const { person } = purchase;
  return {
    credentialToken: person.credential.number,
    institutionCode: institution.code,
    institutionName: institution.name,
    insuredPoolingArea: person.insuredRegion,
    carePoolingArea: careRegion,
    personNumber: person.personNumber,
    socialSecurityNumber: person.certificateNumber,
    personName: person.name,
    gender: buyer.gender,
    birthDate: buyer.birthDate,
    ...(buyer.employerName !== undefined && { employerName: buyer.employerName }),
    visitSequenceNumber: number,
    careType: careTypeOf(purchase, policy.payment, course),
    personType: person.personType,
    insuranceType: person.insuranceType,
    dischargeDate: soldAt.slice(0, 10),
    total: purchase.total,
    operatorName: purchase.operatorName,
    purchaseLines: purchase.lines.map((line) => ({
      feeLineNumber: line.number,
      institutionCatalogueCode: line.itemCode,
      institutionCatalogueName: line.name,
      insuranceCatalogueCode: line.catalogueCode,
      insuranceCatalogueType: CATALOGUE_TYPES[line.listType] ?? OTHER,
      price: line.price,
      quantity: line.quantity,
      amount: line.amount,
      specification: line.specification,
      detailTime: soldAt,
      operatorName: purchase.operatorName,
      operationTime: now(),
    })),
  };
}

async function placeOrder(run: CourseRun): Promise<string> {
  const body = orderOf(run, await identify(run));
  return (await run.write('order', 'orderOffSitePurchase', body)).visitRegistrationNumber;
}

/** The settlement of an order, as the platform tells it; it refuses where there is none. */
async function askSettlement(run: CourseRun, number: string): Promise<Settlement | undefined> {
  const found = await run.read('findOffSiteSettlement', {
    institutionCode: run.institution.code,
    visitRegistrationNumber: number,
    socialSecurityNumber: run.record.purchase.person.certificateNumber,
  });
  if (found.visitRegistrationNumber !== number) return undefined;
  return {
    settlementId: number,
    visitId: number,
    time: run.now(),
    total: found.total,
    fundPaid: fen(found.total - sumFen([found.personalCashPaid, found.accountPaidAmount])),
    poolPaid: fen(0n),
    accountPaid: found.accountPaidAmount,
    mutualAidPaid: fen(0n),
    cashPaid: found.personalCashPaid,
  };
}

async function findPaid(run: CourseRun, number: string): Promise<Settlement | typeof AWAITS_PAYMENT> {
  try {
    return (await askSettlement(run, number)) ?? AWAITS_PAYMENT;
  } catch (error) {
    // The order stands whatever a reading question comes back with: its payment is asked for again.
    if (error instanceof GatewayError) return AWAITS_PAYMENT;
    throw error;
  }
}
