/** What is remembered of a payment order. */
import { GatewayError } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import type { StoreReader } from '@yiqiao/sdk';
import { paymentFacts } from './facts.ts';
import type { PaymentParts } from './parts.ts';

/** States; the steps between them are in `schemas/peripheral/mobile-payment/orders.json`. */
export type OrderState =
  | 'uploading'
  | 'lost'
  | 'open'
  | 'paying'
  | 'cash-due'
  | 'synchronizing'
  | 'paid'
  | 'refunding'
  | 'partly-refunded'
  | 'refunded'
  | 'revoking'
  | 'revoked'
  | 'refused'
  | 'failed';

/** The record of one order. */
export interface OrderRecord {
  /** 医疗机构订单号 `medOrgOrd`. */
  readonly orderNumber: string;
  readonly state: OrderState;
  readonly upload: OperationBodies['uploadOnlineFees']['request'];
  /** 支付订单号 `payOrdId` and its token, from 6201. */
  readonly paymentOrderId?: string;
  readonly paymentToken?: string;
  readonly cashierUrl?: string;
  /** When a message that moves money last left, or may have. */
  readonly sentAt?: number;
  /** 订单状态 `ordStas` as it was last told. */
  readonly status?: string;
  /** What each source paid, as the centre told. */
  readonly parts?: PaymentParts;
  readonly cashPaid?: { readonly reference: string; readonly method: string };
  readonly refunds: readonly RefundRecord[];
  /** When it counts as abandoned, epoch milliseconds. */
  readonly abandonAt: number;
  /** Nobody will pay it any more. */
  readonly abandoned?: true;
  /** What is odd about it, for people: codes. */
  readonly flags: readonly string[];
  /** How many jobs it has had; names the next. */
  readonly jobs: number;
}

/** One refund. */
export interface RefundRecord {
  /** 应用退款流水号 `appRefdSn`. */
  readonly refundNumber: string;
  readonly parts: PaymentParts;
  readonly state: 'sent' | 'done' | 'refused';
  /** 结算中心流水号 `refdSn`. */
  readonly centreNumber?: string;
  /** State of the order before it. */
  readonly before: OrderState;
  /** `ordStas` before it, as far as it is known. */
  readonly statusBefore?: string;
  /** The self-paid part of it goes through the institution's own cashier, not the centre. */
  readonly cashByInstitution?: true;
  /** What that cashier still has to give back, in 元. */
  readonly cashOwed?: string;
}

/** Kind of the documents. */
export const ORDER = 'payment-order';

/** The record of an order. @throws GatewayError `PAYMENT_UNKNOWN`. */
export function requireOrder(store: StoreReader, orderNumber: string): OrderRecord {
  const record = store.get<OrderRecord>(ORDER, orderNumber);
  if (record === undefined) throw new GatewayError('PAYMENT_UNKNOWN', { facts: { orderNumber } });
  return record;
}

/**
 * The state after an event.
 * @throws GatewayError `PAYMENT_STATE_WRONG` when the state does not allow it, `PAYMENT_NOT_CERTAIN` while the outcome
 *   of a payment or refund is being asked for.
 */
export function nextState(state: OrderState | 'none', event: string): OrderState {
  const next = paymentFacts().steps[state]?.[event];
  if (next !== undefined) return next as OrderState;
  const isUncertain = UNCERTAIN.has(state);
  throw new GatewayError(isUncertain ? 'PAYMENT_NOT_CERTAIN' : 'PAYMENT_STATE_WRONG', {
    facts: { state, event },
  });
}

const UNCERTAIN: ReadonlySet<string> = new Set(['uploading', 'lost', 'paying', 'refunding', 'revoking']);
