/** What all steps of an order work with. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fen } from '@yiqiao/model';
import type { AdapterStore, StoreTransaction } from '@yiqiao/sdk';
import { paymentFacts } from './facts.ts';
import type { StatusMeaning } from './facts.ts';
import { nextState, ORDER } from './order-record.ts';
import type { OrderRecord } from './order-record.ts';
import { areSound } from './parts.ts';
import type { PaymentParts } from './parts.ts';
import type { CashPort, PaymentPort } from './payment-port.ts';

/** The desk's own parts. */
export interface DeskParts {
  readonly store: AdapterStore;
  readonly port: PaymentPort;
  /** Absent: the centre refunds the self-paid part, too. */
  readonly cash?: CashPort;
  readonly clock: Clock;
  /** How long after a lost answer the centre may still be at work on its message. */
  readonly quietMs: number;
  /** How long an order that nobody pays stays open. */
  readonly abandonAfterMs: number;
}

/** Kind of the jobs of an order. */
export const JOB = 'payment.order';

/** Writes part of a record anew, on top of what it is by now. */
export function change(tx: StoreTransaction, orderNumber: string, parts: Partial<OrderRecord>): OrderRecord {
  const before = tx.get<OrderRecord>(ORDER, orderNumber);
  assert(before !== undefined, 'a record is changed after it was made');
  const after = { ...before, ...parts };
  tx.put(ORDER, orderNumber, after);
  return after;
}

/** A step of an order, with what else is known by it; traced. */
export function step(
  tx: StoreTransaction,
  { record, by, now }: { readonly record: OrderRecord; readonly by: string; readonly now: number },
  parts: Partial<OrderRecord> = {},
): OrderRecord {
  const { orderNumber, upload } = record;
  const after = change(tx, orderNumber, { ...parts, state: nextState(record.state, by) });
  tx.trace({
    at: now,
    step: `payment.${after.state}`,
    refs: {
      order: orderNumber,
      ...(upload.visitId === undefined || upload.visitId === '' ? {} : { visit: upload.visitId }),
    },
    facts: { by, ...(after.status === undefined ? {} : { status: after.status }) },
  });
  return after;
}

/**
 * Why an order is seen to: its fees may be lost, an answer is missing or was told of, nobody may pay it, its own cashier
 * owes money.
 */
export type Errand = 'upload' | 'look' | 'abandon' | 'cash-back';

/** What a job of an order says. */
export interface OrderJob {
  readonly orderNumber: string;
  readonly errand: Errand;
}

/** Owes an errand; those of one order and kind follow each other. */
export function owe(
  tx: StoreTransaction,
  record: OrderRecord,
  { errand, dueAt }: { readonly errand: Errand; readonly dueAt?: number },
): void {
  const { orderNumber, jobs } = change(tx, record.orderNumber, { jobs: record.jobs + 1 });
  const body: OrderJob = { orderNumber, errand };
  const id = `${JOB} ${orderNumber} ${jobs}`;
  // A look that is due later does not keep one that is due now from being taken.
  const lane = errand === 'cash-back' ? { lane: `payment cash ${orderNumber}` } : {};
  tx.enqueue({ id, kind: JOB, body, ...lane, ...(dueAt === undefined ? {} : { dueAt }) });
}

/** What the centre tells of an order, in an answer or when asked. */
export interface Told {
  readonly orderStatus: string;
  readonly feeTotal: Fen;
  readonly fundsPaid: Fen;
  readonly personalAccountPaid: Fen;
  readonly ownCashPaid: Fen;
}

/** What the state means; `unlisted`: nobody knows. */
export function meaningOf({ orderStatus }: Pick<Told, 'orderStatus'>): StatusMeaning | 'unlisted' {
  return paymentFacts().meanings[orderStatus] ?? 'unlisted';
}

/** The three parts of what was told. */
export function partsOf({ fundsPaid, personalAccountPaid, ownCashPaid }: Told): PaymentParts {
  return { fund: fundsPaid, account: personalAccountPaid, cash: ownCashPaid };
}

/** What is odd about amounts: they are kept as told, since the money has moved, and a person hears of it. */
export function oddities({ upload, flags }: OrderRecord, told: Told): readonly string[] {
  const isSound = told.feeTotal === upload.total && areSound(partsOf(told), upload.total);
  return isSound || flags.includes('PAYMENT_SUMS_WRONG') ? flags : [...flags, 'PAYMENT_SUMS_WRONG'];
}

/** How a call that moves money can end, as far as it decides what comes next. */
export function endOf(error: unknown): 'refused' | 'nothing-left' | 'unknown' | undefined {
  if (!(error instanceof GatewayError)) return undefined;
  if (error.code === 'UPSTREAM_REJECTED') return 'refused';
  return error.kind.outcome === 'unknown' ? 'unknown' : 'nothing-left';
}
