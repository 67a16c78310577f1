/** A purchase as it is kept, and as a till is told of it. */
import { formatFen, fen } from '@yiqiao/model';
import type { Fen, Operation } from '@yiqiao/model';
import type { BenefitFinding, Trial } from './payment-rules.ts';
import type { Purchase } from './purchase-form.ts';

/** Kind of document in the store; the key is the retail document number. */
export const PURCHASES = 'purchase';
/** Number of a purchase by its settlement, and by `yyyy-MM-dd NUMBER` of the day it was settled. */
export const SETTLEMENTS = 'settlement';
export const DAYS = 'settled-day';

/**
 * `opened`: nothing is settled; `settling`: the settlement may have left; `ordered`: an off-site order waits for its
 * payment; `giving-up`: nothing is settled, what was reserved is being given back; `cancelling`: the cancellation may have left.
 */
export type PurchaseState =
  'opened' | 'settling' | 'ordered' | 'settled' | 'giving-up' | 'given-up' | 'cancelling' | 'cancelled';

/** One call that writes, on record before it leaves. */
export interface Step {
  readonly messageId: string;
  readonly operation: Operation;
  readonly state: 'sent' | 'answered' | 'not-done';
  readonly body?: unknown;
}

/** A settlement. Amounts in 分. */
export interface Settlement extends Trial {
  readonly settlementId: string;
  readonly visitId: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
}

/** The claim of a prescription, kept before the centre is asked for it. */
export interface HeldClaim {
  readonly claimId: string;
  readonly prescriptionNumber: string;
  readonly prescriber: {
    readonly name: string;
    readonly code?: string;
    readonly certificateType?: string;
    readonly certificateNumber?: string;
    readonly institutionCode: string;
    readonly institutionName: string;
  };
  readonly diagnoses: readonly { readonly code: string; readonly name: string }[];
  readonly issuedAt: string;
}

/** Why a purchase was given up. */
export interface Refusal {
  readonly code: string;
  readonly upstream?: { readonly code: string; readonly text: string };
}

/** What is kept of a purchase. */
export interface PurchaseRecord {
  readonly number: string;
  /** Tells a repetition from another purchase under the same number. */
  readonly digest: string;
  readonly purchase: Purchase;
  readonly course: string;
  readonly state: PurchaseState;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly soldAt: string;
  readonly steps: Readonly<Record<string, Step>>;
  readonly warnings: readonly string[];
  readonly claim?: HeldClaim;
  readonly settlement?: Settlement;
  readonly benefit?: BenefitFinding;
  readonly refusal?: Refusal;
}

/** A purchase as a till is told of it. Amounts in 元 as text. */
export interface Receipt {
  readonly number: string;
  readonly state: PurchaseState;
  readonly course: string;
  readonly total: string;
  readonly settlement?: {
    readonly settlementId: string;
    readonly visitId: string;
    readonly time: string;
    readonly fundPaid: string;
    /** From the insured person's own account. */
    readonly ownAccountPaid: string;
    /** From the payer's account. */
    readonly mutualAidPaid: string;
    readonly cashPaid: string;
  };
  /** Whose the purchase is, and who pays of the family; names masked. */
  readonly insured: string;
  readonly payer?: { readonly name: string; readonly relation: string };
  readonly prescriptionNumber?: string;
  /** Whether the prescription is paid as the policy of equal benefit says. */
  readonly benefit?: BenefitFinding;
  readonly warnings: readonly string[];
  readonly refusal?: Refusal;
}

/** What a till is told. */
export function receiptOf(record: PurchaseRecord): Receipt {
  const { number, state, course, purchase, settlement, claim, benefit, refusal, warnings } = record;
  const { payer } = purchase.payment;
  return {
    number,
    state,
    course,
    total: formatFen(purchase.total),
    insured: maskName(purchase.person.name),
    warnings,
    ...(settlement !== undefined && { settlement: told(settlement) }),
    ...(payer !== undefined && { payer: { name: maskName(payer.name), relation: payer.relation } }),
    ...(claim !== undefined && { prescriptionNumber: claim.prescriptionNumber }),
    ...(benefit !== undefined && { benefit }),
    ...(refusal !== undefined && { refusal }),
  };
}

function told(settlement: Settlement): NonNullable<Receipt['settlement']> {
  return {
    settlementId: settlement.settlementId,
    visitId: settlement.visitId,
    time: settlement.time,
    fundPaid: formatFen(settlement.fundPaid),
    ownAccountPaid: formatFen(ownAccount(settlement)),
    mutualAidPaid: formatFen(settlement.mutualAidPaid),
    cashPaid: formatFen(settlement.cashPaid),
  };
}

/** `acct_pay` holds `acct_mulaid_pay`. Source: identities, mutual-aid-inside-account. */
function ownAccount({ accountPaid, mutualAidPaid }: Pick<Trial, 'accountPaid' | 'mutualAidPaid'>): Fen {
  return fen(accountPaid - mutualAidPaid);
}

function maskName(name: string): string {
  const [first = '', ...others] = Array.from(name);
  return `${first}${'*'.repeat(Math.max(1, others.length))}`;
}
