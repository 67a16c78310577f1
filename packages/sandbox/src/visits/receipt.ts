/** What a visit came to, as data. Amounts are 元 with two decimals. */
import { amountText } from '../amount.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { His, HisVisit, Patient, Settlement, SplitLine } from '../his/his.ts';
import type { LedgerRow } from '../ledger.ts';
import type { VisitScript } from './visit-scripts.ts';

/** How a visit ended. `unknown`: the HIS was never told. */
export type OutcomeCode = 'settled' | 'cancelled' | 'reversed' | 'refused' | 'unknown';

/** One fee line of a receipt. */
export interface ReceiptLine extends ReceiptSplit {
  readonly name: string;
  readonly price: string;
  readonly quantity: string;
}

/** An amount and its four parts. */
export interface ReceiptSplit {
  readonly total: string;
  readonly selfPaid: string;
  readonly overLimit: string;
  readonly preSelfPaid: string;
  readonly inScope: string;
}

/** Who pays. */
export interface ReceiptPayment {
  readonly setlId: string;
  readonly time: string;
  readonly total: string;
  readonly deductible: string;
  readonly fundPaid: string;
  readonly accountPaid: string;
  readonly cashPaid: string;
  readonly hospitalPaid: string;
  /** Personal account afterwards, when told. */
  readonly balance?: string;
  /** Fund items; the account row 310200 is not among them. */
  readonly funds: readonly { readonly type: string; readonly name: string; readonly amount: string }[];
}

/** The receipt of a visit. */
export interface Receipt {
  readonly script: string;
  readonly course: NonNullable<VisitScript['course']>;
  readonly title: { readonly zh: string; readonly en: string };
  readonly dialect: His['dialect'];
  readonly institution: { readonly code: string; readonly name: string };
  readonly region: string;
  readonly insuredPlace: string;
  /** 就诊ID; empty when the visit was not registered. */
  readonly visitId: string;
  readonly patientName: string;
  readonly scheme: string;
  readonly credential: { readonly code: string; readonly zh: string; readonly en: string };
  readonly medType: string;
  readonly disease?: string;
  readonly lines: readonly ReceiptLine[];
  readonly totals: ReceiptSplit;
  /** The trial's amounts, where the format has a trial. */
  readonly trial?: ReceiptPayment;
  readonly payment?: ReceiptPayment;
  /** How many charges the cashier made. */
  readonly charges: number;
  readonly outcome: { readonly code: OutcomeCode; readonly zh: string; readonly en: string };
  /** Rows of this visit in the HIS's ledger. */
  readonly ledger: readonly LedgerRow[];
}

const CREDENTIALS = {
  '01': { zh: '医保电子凭证', en: 'e-credential' },
  '02': { zh: '居民身份证', en: 'identity card' },
  '03': { zh: '社会保障卡', en: 'social-security card' },
} as const;

/** What happened in a visit so far. */
export interface VisitCourse {
  visit?: HisVisit;
  patient?: Patient;
  trial?: Settlement;
  charge?: { readonly messageId: string; readonly settlement: Settlement };
  charges: number;
  /** Whether an answer was missing on the way. */
  wasUnknown: boolean;
}

/** Makes the receipt. */
export function makeReceipt(
  his: His,
  {
    script,
    course,
    outcome,
  }: {
    readonly script: VisitScript;
    readonly course: VisitCourse;
    readonly outcome: Receipt['outcome'];
  },
): Receipt {
  const { credential, plan } = script;
  const { visit } = course;
  const visitId = visit?.id ?? '';
  return {
    script: script.id,
    course: script.course ?? 'outpatient',
    title: script.title,
    dialect: his.dialect,
    institution: his.institution,
    region: his.region,
    insuredPlace: visit?.patient.insuredPlace ?? credential.insuredPlace,
    visitId,
    patientName: course.patient?.name ?? '',
    scheme: course.charge?.settlement.scheme ?? visit?.patient.scheme ?? '',
    credential: { code: credential.kind, ...CREDENTIALS[credential.kind] },
    medType: plan.medType,
    ...(plan.disease !== undefined && { disease: `${plan.disease.name}（${plan.disease.code}）` }),
    lines: (visit?.lines ?? []).map(lineOf),
    totals: splitOf(visit?.totals),
    ...(course.trial !== undefined && { trial: paymentOf(course.trial) }),
    ...(course.charge !== undefined && { payment: paymentOf(course.charge.settlement) }),
    charges: course.charges,
    outcome,
    ledger: his.ledger.rows().filter(({ mdtrtId }) => mdtrtId === visitId),
  };
}

function splitOf(split: FeeSplit | undefined): ReceiptSplit {
  return {
    total: amountText(split?.total ?? 0n),
    selfPaid: amountText(split?.selfPaid ?? 0n),
    overLimit: amountText(split?.overLimit ?? 0n),
    preSelfPaid: amountText(split?.preSelfPaid ?? 0n),
    inScope: amountText(split?.inScope ?? 0n),
  };
}

function lineOf({ item, split }: SplitLine): ReceiptLine {
  return { name: item.name, price: item.price, quantity: item.quantity, ...splitOf(split) };
}

function paymentOf(settlement: Settlement): ReceiptPayment {
  const { setlId, time, balance, items } = settlement;
  return {
    setlId,
    time,
    total: amountText(settlement.total),
    deductible: amountText(settlement.deductible),
    fundPaid: amountText(settlement.fund),
    accountPaid: amountText(settlement.account),
    cashPaid: amountText(settlement.cash),
    hospitalPaid: amountText(settlement.hospital),
    ...(balance !== undefined && { balance: amountText(balance) }),
    funds: items
      .filter(({ type }) => type !== '310200')
      .map(({ type, name, amount }) => ({ type, name, amount: amountText(amount) })),
  };
}
