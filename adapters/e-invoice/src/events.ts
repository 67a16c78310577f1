/** What the issuer is told: charges that are settled, and settlements that no longer stand. */
import type { Fen } from '@yiqiao/model';

/** Whoever has a charge settled; what a HIS or a pharmacy tells has this shape. */
export interface SettledEvent {
  /** 结算ID `setl_id`: proof of the settlement, and key of the bill. */
  readonly settlementId: string;
  /** 就诊ID `mdtrt_id`. */
  readonly visitId: string;
  /** The institution's own number of the visit. */
  readonly visit?: string;
  readonly course: 'outpatient' | 'inpatient' | 'registration' | 'purchase';
  /** Code of the institution; absent: the only one that is configured. */
  readonly institutionCode?: string;
  /** When it was settled, `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly person: {
    /** 人员编号 `psn_no`. */
    readonly number: string;
    readonly name: string;
    readonly certificateType?: string;
    readonly certificateNumber?: string;
    readonly insuranceType?: string;
    readonly insuredRegion?: string;
    /** 性别 `gend`: 1 or 2. */
    readonly gender?: string;
    readonly age?: string;
    readonly phone?: string;
  };
  readonly diagnoses?: readonly { readonly code: string; readonly name: string }[];
  readonly total: Fen;
  /** All funds. */
  readonly fundPaid: Fen;
  /** 统筹基金; absent: all funds count as it. */
  readonly poolPaid?: Fen;
  readonly accountPaid: Fen;
  readonly cashPaid: Fen;
  /** 医院负担金额: what the institution bears itself. */
  readonly hospitalPart?: Fen;
  /** 全自费. */
  readonly selfFunded?: Fen;
  /** 先行自付. */
  readonly firstSelfPaid?: Fen;
  readonly department?: { readonly code: string; readonly name: string };
  readonly cashier?: string;
  /** 病历号. */
  readonly caseNumber?: string;
  /** Of a stay, `yyyy-MM-dd` and perhaps a time. */
  readonly admissionTime?: string;
  readonly dischargeTime?: string;
  readonly lines: readonly SettledLine[];
  /** The settlement that this one follows after a partial refund. */
  readonly replaces?: string;
}

/** A line of a settled charge. */
export interface SettledLine {
  readonly feeLineNumber: string;
  readonly catalogueCode: string;
  readonly institutionCatalogueCode: string;
  /** Absent: the bill prints the code. */
  readonly name?: string;
  readonly unit?: string;
  /** Decimal text. */
  readonly quantity: string;
  /** 元 per unit, decimal text. */
  readonly price: string;
  readonly amount: Fen;
  /** 自费金额. */
  readonly selfPaid?: Fen;
  /** `med_chrgitm_type`, which is the platform's list of charges too. */
  readonly chargeItemType?: string;
}

/** A settlement that no longer stands. */
export interface UndoneEvent {
  readonly settlementId: string;
  readonly visitId?: string;
  readonly how: 'cancelled' | 'refunded-in-part' | 'reversed';
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly reason?: string;
  readonly cashier?: string;
  /** The paper that the bill was exchanged for, if it was, has been taken back. */
  readonly paperReturned?: boolean;
}
