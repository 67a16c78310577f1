/** Gives money back: each part to where it came from. Source: 6203, refdType. */
import assert from 'node:assert/strict';
import { fen, formatFen, formatTime, GatewayError } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import type { JobResult, OutboxJob } from '@yiqiao/sdk';
import { change, endOf, owe, step } from './desk-parts.ts';
import type { DeskParts } from './desk-parts.ts';
import { later } from './later.ts';
import { endRefund } from './look.ts';
import { nextState, requireOrder } from './order-record.ts';
import type { OrderRecord, RefundRecord } from './order-record.ts';
import { checkRefund, totalOf } from './parts.ts';
import type { PaymentParts } from './parts.ts';
import { centreParts, leftOf } from './refund-proof.ts';

/** A refund that is asked for. */
export interface RefundRequest {
  readonly orderNumber: string;
  /** Ours, the same at each repetition: 应用退款流水号 `appRefdSn`. */
  readonly refundNumber: string;
  readonly parts: PaymentParts;
  /** 电子凭证授权 token, when the one of the order has ended. */
  readonly credentialToken?: string;
}

/** Refunds once; the same number again tells what became of it. */
export async function refundOrder(parts: DeskParts, request: RefundRequest): Promise<RefundRecord> {
  const { store, clock } = parts;
  const known = store.transact((tx) => begin(tx, parts, request));
  if (known !== undefined) return known;
  const record = requireOrder(store, request.orderNumber);
  const asked = centreParts(lastRefund(record));
  try {
    const centreNumber =
      totalOf(asked) === 0n ? undefined : await send(parts, record, { ...request, parts: asked });
    const number = centreNumber === undefined ? {} : { centreNumber };
    const ended = store.transact((tx) => {
      const sent = requireOrder(tx, request.orderNumber);
      return endRefund(tx, { record: sent, state: 'done', now: clock.now() }, number);
    });
    return lastRefund(ended);
  } catch (error) {
    const end = endOf(error);
    if (end === undefined || end === 'unknown')
      throw new GatewayError(
        'PAYMENT_NOT_CERTAIN',
        { facts: { orderNumber: record.orderNumber } },
        { cause: error },
      );
    store.transact((tx) => undo(tx, request.orderNumber, { end, now: clock.now() }));
    throw error;
  }
}

type Tx = Parameters<Parameters<DeskParts['store']['transact']>[0]>[0];

/** Checks and writes it down before anything is sent; a refund that is known is told. */
function begin(tx: Tx, parts: DeskParts, request: RefundRequest): RefundRecord | undefined {
  const { clock, cash, quietMs } = parts;
  const record = requireOrder(tx, request.orderNumber);
  const known = record.refunds.find(
    ({ refundNumber, state }) => refundNumber === request.refundNumber && state !== 'refused',
  );
  if (known !== undefined) return repeated(known, request);
  nextState(record.state, 'refund');
  const left = leftOf(record);
  checkRefund(request.parts, record.state === 'cash-due' ? { ...left, cash: fen(0n) } : left);
  const { state: before, status } = record;
  const isByInstitution = cash !== undefined && record.cashPaid !== undefined && request.parts.cash > 0n;
  const refund: RefundRecord = {
    refundNumber: request.refundNumber,
    parts: request.parts,
    state: 'sent',
    before,
    ...(status === undefined ? {} : { statusBefore: status }),
    ...(isByInstitution ? { cashByInstitution: true, cashOwed: formatFen(request.parts.cash) } : {}),
  };
  const refunds = [...record.refunds, refund];
  const after = step(tx, { record, by: 'refund', now: clock.now() }, { refunds, sentAt: clock.now() });
  owe(tx, after, { errand: 'look', dueAt: clock.now() + quietMs });
  return undefined;
}

function repeated(known: RefundRecord, { orderNumber, parts }: RefundRequest): RefundRecord {
  const isSame = (['fund', 'account', 'cash'] as const).every((name) => known.parts[name] === parts[name]);
  if (!isSame) throw new GatewayError('PAYMENT_ORDER_DIFFERS', { facts: { orderNumber } });
  if (known.state === 'sent') throw new GatewayError('PAYMENT_NOT_CERTAIN', { facts: { orderNumber } });
  return known;
}

async function send(
  { port, clock }: DeskParts,
  record: OrderRecord,
  request: RefundRequest,
): Promise<string> {
  const { parts } = request;
  const body: OperationBodies['refundPaymentOrder']['request'] = {
    paymentOrderId: record.paymentOrderId ?? '',
    refundRequestNumber: request.refundNumber,
    refundRequestTime: formatTime(clock.now()),
    refundTotal: totalOf(parts),
    accountRefund: parts.account,
    fundRefund: parts.fund,
    cashRefund: parts.cash,
    credentialToken: request.credentialToken ?? record.upload.credentialToken,
    refundType: typeOf(parts),
  };
  return (await port.call('refundPaymentOrder', body)).body.refundNumber;
}

/** `refdType`: both legs, the self-paid leg, the insurance leg. */
function typeOf({ fund, account, cash }: PaymentParts): 'ALL' | 'CASH' | 'HI' {
  if (fund + account === 0n) return 'CASH';
  return cash === 0n ? 'HI' : 'ALL';
}

/** Refused, or never left: the order is as it was. */
function undo(
  tx: Tx,
  orderNumber: string,
  { end, now }: { readonly end: 'refused' | 'nothing-left'; readonly now: number },
): void {
  const after = endRefund(tx, { record: requireOrder(tx, orderNumber), state: 'refused', now });
  if (end === 'refused') return;
  change(tx, orderNumber, { refunds: after.refunds.slice(0, -1) });
}

function lastRefund({ refunds }: OrderRecord): RefundRecord {
  const last = refunds.at(-1);
  assert(last !== undefined, 'a refund that ended is on record');
  return last;
}

/** Has the institution's own cashier give back what it owes; its refunds are done once by their number. */
export async function payCashBack(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> {
  const { store, cash } = parts;
  const { orderNumber, cashPaid } = record;
  const owed = record.refunds.filter(({ state, cashOwed }) => state === 'done' && cashOwed !== undefined);
  for (const { refundNumber, cashOwed = '' } of owed) {
    try {
      await cash?.refund({
        orderNumber,
        reference: cashPaid?.reference ?? '',
        refundNumber,
        amount: cashOwed,
      });
    } catch (error) {
      return later(job, error);
    }
    store.transact((tx) => settleCash(tx, orderNumber, refundNumber));
  }
  return 'done';
}

function settleCash(tx: Tx, orderNumber: string, refundNumber: string): void {
  const { refunds } = requireOrder(tx, orderNumber);
  change(tx, orderNumber, {
    refunds: refunds.map((refund) => {
      const { cashOwed: _, ...rest } = refund;
      return refund.refundNumber === refundNumber ? rest : refund;
    }),
  });
}
