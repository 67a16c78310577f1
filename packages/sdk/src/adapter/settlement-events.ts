/** What adapters tell each other of settlements: that one stands, and that one no longer does. */
import type { Fen } from '@yiqiao/model';

/** A charge that is settled. What a hospital's or a pharmacy's adapter tells is this and more. Amounts in 分. */
export interface SettledEvent {
  /** 结算ID `setl_id`: proof of the settlement. */
  readonly settlementId: string;
  /** 就诊ID `mdtrt_id`. */
  readonly visitId: string;
  /** The institution's own number of the visit, or of the retail document. */
  readonly visit?: string;
  readonly course: 'outpatient' | 'inpatient' | 'registration' | 'purchase';
  /** Code of the institution; absent: the only one that the listener knows. */
  readonly institutionCode?: string;
  /** When it was settled, `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly person: SettledPerson;
  readonly diagnoses?: readonly { readonly code: string; readonly name: string }[];
  readonly total: Fen;
  /** All funds. */
  readonly fundPaid: Fen;
  /** 统筹基金支出 `hifp_pay`; absent: all funds count as it. */
  readonly poolPaid?: Fen;
  /** 个人账户 `acct_pay`, of a purchase with mutual aid. */
  readonly accountPaid: Fen;
  readonly cashPaid: Fen;
  /** 医院负担金额 `hosp_part_amt`, where it is not zero: with funds, account and cash it makes up the total. */
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

/** Who was settled for. */
export interface SettledPerson {
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
}

/** A line of a settled charge. */
export interface SettledLine {
  readonly feeLineNumber: string;
  readonly catalogueCode: string;
  readonly institutionCatalogueCode: string;
  /** Absent: whoever prints it prints the code. */
  readonly name?: string;
  readonly unit?: string;
  /** Decimal text. */
  readonly quantity: string;
  /** 元 per unit, decimal text. */
  readonly price: string;
  readonly amount: Fen;
  /** 自费金额: what is paid in full by the patient of this line. */
  readonly selfPaid?: Fen;
  /** `med_chrgitm_type`. */
  readonly chargeItemType?: string;
  /** Of the prescription that the line was dispensed on. */
  readonly prescriptionNumber?: string;
}

/** A settlement that no longer stands. */
export interface UndoneEvent {
  readonly settlementId: string;
  readonly visitId?: string;
  readonly visit?: string;
  /** By 2208, 2305 or 2103, as the first half of a partial refund, or by 2601. */
  readonly how: 'cancelled' | 'refunded-in-part' | 'reversed';
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly time: string;
  readonly reason?: string;
  readonly cashier?: string;
  /** The paper that its bill was exchanged for, if it was, has been taken back. */
  readonly paperReturned?: boolean;
}

/** A person of whom an adapter tells all that identifies them. */
export type IdentifiedPerson = SettledPerson &
  Required<Pick<SettledPerson, 'certificateType' | 'certificateNumber' | 'insuranceType' | 'insuredRegion'>>;
