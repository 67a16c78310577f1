/** What is remembered of the bill of one settlement. */
import type { SettledEvent, StoreReader, UndoneEvent } from '@yiqiao/sdk';

/** Where a bill stands; the steps are in `schemas/peripheral/e-invoice/rules.json`. */
export type BillState =
  | 'owed'
  | 'issued'
  | 'to-write-off'
  | 'written-off'
  | 'void'
  | 'tax-invoice-awaited'
  | 'tax-invoice-recorded'
  | 'red-tax-invoice-awaited'
  | 'red-tax-invoice-recorded';

/** The elements of an electronic bill. */
export interface BillNumbers {
  /** 票据代码 `billBatchCode`. */
  readonly code: string;
  /** 票据号码 `billNo`. */
  readonly number: string;
  /** 校验码 `random`; some platforms tell none. */
  readonly checkCode?: string;
  /** As the platform writes it, mostly `yyyyMMddHHmmssSSS`. */
  readonly issuedAt?: string;
  /** Where the patient sees it. */
  readonly url?: string;
}

/** A tax invoice that somebody made out and recorded. Amount in 元. */
export interface TaxInvoice {
  readonly number: string;
  readonly code?: string;
  /** `yyyy-MM-dd`. */
  readonly date: string;
  readonly total: string;
}

/** The record of one settlement. */
export interface BillRecord {
  readonly settlementId: string;
  readonly state: BillState;
  /** Settlement from which a row of partial refunds began; its jobs follow each other. */
  readonly chain: string;
  /** 业务流水号 `busNo`: made of institution and settlement, so that it is the same however often it is asked for. */
  readonly businessNumber: string;
  /** Absent when the settlement was undone before it was told. */
  readonly settled?: SettledEvent;
  readonly undone?: UndoneEvent;
  /** When a message that issues it last left, or may have; epoch milliseconds. Absent: none has. */
  readonly sentAt?: number;
  /** The same of a message that writes it off; 0: it is known that none is under way. */
  readonly writeOffSentAt?: number;
  readonly bill?: BillNumbers;
  /** The red bill that writes it off. */
  readonly redBill?: BillNumbers;
  /** The paper it was exchanged for, while that is in force. */
  readonly paper?: { readonly code: string; readonly number: string };
  readonly paperReturned?: true;
  readonly taxInvoice?: TaxInvoice;
  readonly redTaxInvoice?: TaxInvoice;
}

/** Kinds of documents in the store. */
export const KINDS = {
  bill: 'bill',
  number: 'bill-number',
  follower: 'bill-follower',
  voucher: 'voucher',
} as const;

/** The record of a settlement. */
export function findRecord(store: StoreReader, settlementId: string): BillRecord | undefined {
  return store.get<BillRecord>(KINDS.bill, settlementId);
}
