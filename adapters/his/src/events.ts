/** What the adapter tells its neighbours: settlements that stand and settlements that are undone. */
import type { Fen } from '@yiqiao/model';

/** A line as it was settled. */
export interface SettledLine {
  readonly feeLineNumber: string;
  readonly catalogueCode: string;
  readonly institutionCatalogueCode: string;
  readonly quantity: string;
  readonly price: string;
  readonly amount: Fen;
  readonly chargeItemType?: string;
  readonly prescriptionNumber?: string;
  readonly name?: string;
  readonly unit?: string;
  /** 自费金额: what is paid in full by the patient of this line. */
  readonly selfPaid?: Fen;
}

/** A settlement that stands. */
export interface SettledEvent {
  /** The hospital's number of the visit. */
  readonly visit: string;
  /** 就诊ID `mdtrt_id`. */
  readonly visitId: string;
  /** 结算ID `setl_id`. */
  readonly settlementId: string;
  readonly course: 'outpatient' | 'inpatient';
  /** 中途结算: the stay goes on. */
  readonly midway: boolean;
  readonly internet: boolean;
  readonly chargeBatch?: string;
  readonly person: {
    readonly number: string;
    readonly name: string;
    readonly certificateType: string;
    readonly certificateNumber: string;
    readonly insuranceType: string;
    readonly insuredRegion: string;
    /** 性别 `gend`. */
    readonly gender?: string;
  };
  readonly institutionCode: string;
  readonly department?: { readonly code: string; readonly name: string };
  /** Message id of 2207 or 2304. */
  readonly messageId: string;
  /** 统筹基金支出 `hifp_pay`. */
  readonly poolPaid?: Fen;
  readonly selfFunded?: Fen;
  readonly firstSelfPaid?: Fen;
  readonly admissionTime?: string;
  readonly dischargeTime?: string;
  readonly careType: string;
  readonly diagnoses: readonly { readonly code: string; readonly name: string }[];
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly total: Fen;
  readonly fundPaid: Fen;
  readonly accountPaid: Fen;
  readonly cashPaid: Fen;
  /** 医院负担金额 `hosp_part_amt`, where it is not zero: with funds, account and cash it makes up the total. */
  readonly hospitalPart?: Fen;
  readonly lines: readonly SettledLine[];
  /** The settlement that this one follows after a partial refund. */
  readonly replaces?: string;
}

/** A settlement that no longer stands. */
export interface UndoneEvent {
  readonly visit: string;
  readonly visitId: string;
  readonly settlementId: string;
  /** By 2208 or 2305, as the first half of a partial refund, or by 2601. */
  readonly how: 'cancelled' | 'refunded-in-part' | 'reversed';
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly reason?: string;
}

/**
 * Somebody who acts on settlements: an invoice issuer, a prescription's side. Called in order per visit, at least
 * once, also after a restart; what it throws is tried again later.
 */
export interface SettlementObserver {
  settled(event: SettledEvent): void | Promise<void>;
  undone(event: UndoneEvent): void | Promise<void>;
}
