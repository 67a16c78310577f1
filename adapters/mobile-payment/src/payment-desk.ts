/**
 * Payment by phone: fees are uploaded, the order is paid from fund, account and purse, refunded, or revoked. What it
 * sends is on record before; an answer that is missing is asked for (6301), never sent for again.
 */
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, OperationBodies } from '@yiqiao/model';
import type { AdapterStore, JobHandler, NotificationHandler, StoreTransaction } from '@yiqiao/sdk';
import type { PaymentNotice } from './centre.ts';
import { change, endOf, JOB, meaningOf, owe, step } from './desk-parts.ts';
import type { DeskParts, OrderJob, Told } from './desk-parts.ts';
import { eventOf, writeStanding } from './look.ts';
import { abandonOrder, runErrand } from './order-job.ts';
import { nextState, ORDER, requireOrder } from './order-record.ts';
import type { OrderRecord, RefundRecord } from './order-record.ts';
import { checkUpload } from './parts.ts';
import type { CashPort, PaymentPort } from './payment-port.ts';
import { refundOrder } from './refunding.ts';
import type { RefundRequest } from './refunding.ts';

/** What a desk is made with. */
export interface PaymentDeskOptions {
  readonly store: AdapterStore;
  readonly port: PaymentPort;
  /** The institution's own cashier, where it collects the self-paid part itself. */
  readonly cash?: CashPort;
  readonly clock?: Clock;
  /** How long after a lost answer the centre may still be at work on its message; 2 min when absent. */
  readonly quietMs?: number;
  /** After so long an order that nobody paid is revoked; 30 min when absent. */
  readonly abandonAfterMs?: number;
}

/** What 6202 needs beside the order. */
export interface PaymentAuthorization {
  readonly orderNumber: string;
  /** 就诊ID `mdtrt_id`. */
  readonly visitId: string;
  /** 支付授权码 `payAuthNo`, from the patient's cashier page. */
  readonly paymentAuthorization?: string;
  readonly chargeBatch?: string;
}

/** The desk. */
export interface PaymentDesk {
  /**
   * Opens an order with its fees (6201). Told again, it says what it said.
   * @throws GatewayError `PAYMENT_SUMS_WRONG`, `PAYMENT_ORDER_DIFFERS`, `PAYMENT_NOT_CERTAIN` when the answer is missing:
   *   nothing was charged, and the fees may go out under another order number.
   */
  upload(fees: OperationBodies['uploadOnlineFees']['request']): Promise<OrderRecord>;
  /** Pays (6202). @throws GatewayError `PAYMENT_NOT_CERTAIN`: it is being asked for; `PAYMENT_STATE_WRONG`. */
  pay(authorization: PaymentAuthorization): Promise<OrderRecord>;
  /** The institution's cashier has the self-paid part; told to the centre until it knows (6204). */
  cashPaid(orderNumber: string, paid: { readonly reference: string; readonly method: string }): void;
  /** Refunds, wholly or in part, each part to where it came from (6203). @throws GatewayError `PAYMENT_REFUND_TOO_MUCH`, … */
  refund(request: RefundRequest): Promise<RefundRecord>;
  /** Nobody will pay it: revoked (6401), or what the insurance paid refunded. */
  abandon(orderNumber: string): void;
  find(orderNumber: string): OrderRecord | undefined;
  /** What is done with 6302: it is believed as far as 6301 says the same. */
  readonly notified: NotificationHandler<PaymentNotice>;
  /** What the outbox of the store is given. */
  readonly handlers: Readonly<Record<string, JobHandler>>;
}

const QUIET_MS = 120_000;
const ABANDON_MS = 1_800_000;

/** Creates a desk over a store. */
export function createPaymentDesk(options: PaymentDeskOptions): PaymentDesk {
  const parts: DeskParts = {
    ...options,
    clock: options.clock ?? systemClock,
    quietMs: options.quietMs ?? QUIET_MS,
    abandonAfterMs: options.abandonAfterMs ?? ABANDON_MS,
  };
  const { store } = parts;
  return {
    upload: (fees) => upload(parts, fees),
    pay: (authorization) => pay(parts, authorization),
    cashPaid: (orderNumber, paid) => store.transact((tx) => addCash(tx, parts, { orderNumber, paid })),
    refund: (request) => refundOrder(parts, request),
    abandon: (orderNumber) => abandonOrder(parts, orderNumber),
    find: (orderNumber) => store.get<OrderRecord>(ORDER, orderNumber),
    notified: (notice, tx) => takeNotice(tx, notice),
    handlers: { [JOB]: (job) => runErrand(parts, job, job.body as OrderJob) },
  };
}

async function upload(
  parts: DeskParts,
  fees: OperationBodies['uploadOnlineFees']['request'],
): Promise<OrderRecord> {
  const { store, port, clock } = parts;
  checkUpload(fees);
  const known = store.transact((tx) => beginUpload(tx, parts, fees));
  if (known !== undefined) return known;
  const orderNumber = fees.institutionOrderNumber;
  try {
    const { body } = await port.call('uploadOnlineFees', fees);
    return store.transact((tx) => {
      const { paymentOrderId, paymentToken, cashierUrl } = body;
      const record = requireOrder(tx, orderNumber);
      const told = { paymentOrderId, paymentToken, ...(cashierUrl === undefined ? {} : { cashierUrl }) };
      const after = step(tx, { record, by: 'uploaded', now: clock.now() }, told);
      owe(tx, after, { errand: 'abandon', dueAt: after.abandonAt });
      return after;
    });
  } catch (error) {
    const end = endOf(error);
    const by = end === 'refused' ? 'refused' : 'lost';
    store.transact((tx) => {
      if (end === 'nothing-left') tx.remove(ORDER, orderNumber);
      else step(tx, { record: requireOrder(tx, orderNumber), by, now: clock.now() });
    });
    if (by === 'refused' || end === 'nothing-left') throw error;
    throw new GatewayError('PAYMENT_NOT_CERTAIN', { facts: { orderNumber } }, { cause: error });
  }
}

function beginUpload(
  tx: StoreTransaction,
  { clock, abandonAfterMs, quietMs }: DeskParts,
  fees: OrderRecord['upload'],
): OrderRecord | undefined {
  const orderNumber = fees.institutionOrderNumber;
  const known = tx.get<OrderRecord>(ORDER, orderNumber);
  if (known !== undefined && known.state !== 'refused') {
    if (textOf(known.upload) !== textOf(fees))
      throw new GatewayError('PAYMENT_ORDER_DIFFERS', { facts: { orderNumber } });
    if (known.paymentOrderId === undefined) nextState(known.state, 'upload');
    return known;
  }
  const sentAt = clock.now();
  const abandonAt = sentAt + abandonAfterMs;
  const state = nextState('none', 'upload');
  const jobs = known?.jobs ?? 0;
  const record: OrderRecord = {
    orderNumber,
    state,
    upload: fees,
    refunds: [],
    flags: [],
    jobs,
    abandonAt,
    sentAt,
  };
  tx.put(ORDER, orderNumber, record);
  owe(tx, record, { errand: 'upload', dueAt: sentAt + quietMs });
  return undefined;
}

async function pay(parts: DeskParts, authorization: PaymentAuthorization): Promise<OrderRecord> {
  const { store, port, clock } = parts;
  const { orderNumber, visitId, paymentAuthorization, chargeBatch } = authorization;
  const before = store.transact((tx) => beginPayment(tx, parts, orderNumber));
  if (before.state !== 'paying') return before;
  try {
    const { body } = await port.call('placePaymentOrder', {
      ...(paymentAuthorization === undefined ? {} : { paymentAuthorization }),
      paymentOrderId: before.paymentOrderId ?? '',
      paymentToken: before.paymentToken ?? '',
      organizationCode: before.upload.organizationCode,
      organizationBusinessNumber: orderNumber,
      visitId,
      ...(chargeBatch === undefined ? {} : { chargeBatch }),
    });
    return store.transact((tx) => afterAnswer(tx, parts, { orderNumber, told: body }));
  } catch (error) {
    const end = endOf(error);
    if (end === undefined || end === 'unknown')
      throw new GatewayError('PAYMENT_NOT_CERTAIN', { facts: { orderNumber } }, { cause: error });
    store.transact((tx) => {
      const record = requireOrder(tx, orderNumber);
      if (record.state === 'paying') step(tx, { record, by: 'not-done', now: clock.now() });
    });
    throw error;
  }
}

/** What was paid already is told; what may be paid is on record as being paid, with a look at it owed. */
function beginPayment(tx: StoreTransaction, { clock, quietMs }: DeskParts, orderNumber: string): OrderRecord {
  const record = requireOrder(tx, orderNumber);
  if (PAID.has(record.state)) return record;
  const now = clock.now();
  if (record.abandoned === true)
    throw new GatewayError('PAYMENT_STATE_WRONG', { facts: { state: 'abandoned' } });
  const after = step(tx, { record, by: 'pay', now }, { sentAt: now });
  owe(tx, after, { errand: 'look', dueAt: now + Math.min(quietMs, FIRST_LOOK_MS) });
  return after;
}

const PAID: ReadonlySet<string> = new Set([
  'cash-due',
  'synchronizing',
  'paid',
  'partly-refunded',
  'refunded',
]);
const FIRST_LOOK_MS = 5_000;

/** An answer that does not tell an end is looked after by the job. */
function afterAnswer(
  tx: StoreTransaction,
  parts: DeskParts,
  { orderNumber, told }: { readonly orderNumber: string; readonly told: Told },
): OrderRecord {
  const record = requireOrder(tx, orderNumber);
  const event = eventOf(meaningOf(told), told);
  if (record.state !== 'paying' || event === undefined) return record;
  return writeStanding(tx, parts, { record, told, event });
}

function addCash(
  tx: StoreTransaction,
  { clock }: DeskParts,
  {
    orderNumber,
    paid,
  }: { readonly orderNumber: string; readonly paid: NonNullable<OrderRecord['cashPaid']> },
): void {
  const record = requireOrder(tx, orderNumber);
  if (record.cashPaid !== undefined) {
    if (textOf(record.cashPaid) === textOf(paid)) return;
    throw new GatewayError('PAYMENT_ORDER_DIFFERS', { facts: { orderNumber } });
  }
  owe(tx, step(tx, { record, by: 'cash-paid', now: clock.now() }, { cashPaid: paid }), { errand: 'look' });
}

/** A notification is a reason to look, no more; one that contradicts the order is refused. */
function takeNotice(
  tx: StoreTransaction,
  notice: PaymentNotice,
): ReturnType<NotificationHandler<PaymentNotice>> {
  const record = tx.get<OrderRecord>(ORDER, notice.institutionOrderNumber);
  if (record === undefined) return { park: 'unknown order' };
  if (record.state === 'uploading') return { park: 'its order is being uploaded' };
  const isOurs = record.paymentOrderId === undefined || record.paymentOrderId === notice.paymentOrderId;
  const { parts } = record;
  const isSame =
    parts === undefined ||
    (parts.fund === notice.fundsPaid &&
      parts.account === notice.personalAccountPaid &&
      parts.cash === notice.ownCashPaid);
  if (!isOurs || !isSame || notice.feeTotal !== record.upload.total)
    return { refuse: { code: 'PAYMENT_NOTICE_DIFFERS', text: '通知与订单不一致' } };
  if (record.paymentOrderId === undefined)
    change(tx, record.orderNumber, { paymentOrderId: notice.paymentOrderId });
  if (LOOKED_AT.has(record.state)) owe(tx, requireOrder(tx, record.orderNumber), { errand: 'look' });
  return 'done';
}

const LOOKED_AT: ReadonlySet<string> = new Set([
  'lost',
  'open',
  'paying',
  'cash-due',
  'revoking',
  'synchronizing',
]);

/** A text by which two bodies can be compared, whatever the order of their members. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'bigint') return String(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}
