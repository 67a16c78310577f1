/** What is known of the payment centre, as data. Source: `schemas/peripheral/mobile-payment`. */
import { readPeripheral } from '@yiqiao/sdk';
import type { PaymentOperation } from './payment-port.ts';

/** What a state of the centre's order means for us; `abnormal` and codes that are not listed are for a person. */
export type StatusMeaning =
  | 'open'
  | 'in-progress'
  | 'insurance-paid'
  | 'paid'
  | 'refunded'
  | 'insurance-refunded'
  | 'cash-refunded'
  | 'cash-refunded-in-part'
  | 'insurance-refunded-cash-in-part'
  | 'revoked'
  | 'abnormal'
  | 'failed';

/** Refunds that leave a state of their own. */
export type ProvableRefund =
  'everything' | 'all-insurance' | 'all-insurance-some-cash' | 'all-cash' | 'some-cash';

/** One call as the centre has it. */
export interface CallFacts {
  readonly path: string;
  readonly transType: string | null;
}

/** The facts. */
export interface PaymentFacts {
  /** Code of success of an answer. */
  readonly success: string;
  readonly calls: Readonly<Record<PaymentOperation | 'notifyPaymentResult', CallFacts>>;
  /** `ordStas` → what it means. */
  readonly meanings: Readonly<Record<string, StatusMeaning>>;
  readonly refundProof: Readonly<Record<ProvableRefund, readonly StatusMeaning[]>>;
  /** State (`none`: nothing is known yet) → event → state. */
  readonly steps: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface OperationsFile {
  readonly answer: { readonly success: string };
  readonly operations: Readonly<
    Record<string, CallFacts & { readonly operation: keyof PaymentFacts['calls'] }>
  >;
}

interface OrdersFile {
  readonly orderStates: { readonly codes: Readonly<Record<string, { readonly means: StatusMeaning }>> };
  readonly refundProof: {
    readonly rows: readonly { readonly refund: ProvableRefund; readonly done: readonly StatusMeaning[] }[];
  };
  readonly lifeCycle: { readonly steps: readonly (readonly [string | null, string, string])[] };
}

let known: PaymentFacts | undefined;

/** The facts, read once. */
export function paymentFacts(): PaymentFacts {
  known ??= readFacts(
    readPeripheral<OperationsFile>('mobile-payment', 'operations'),
    readPeripheral<OrdersFile>('mobile-payment', 'orders'),
  );
  return known;
}

function readFacts({ answer, operations }: OperationsFile, orders: OrdersFile): PaymentFacts {
  const steps: Record<string, Record<string, string>> = {};
  for (const [from, by, to] of orders.lifeCycle.steps) (steps[from ?? 'none'] ??= {})[by] = to;
  return {
    success: answer.success,
    calls: Object.fromEntries(Object.values(operations).map((one) => [one.operation, one])) as Readonly<
      Record<string, CallFacts>
    > as PaymentFacts['calls'],
    meanings: Object.fromEntries(
      Object.entries(orders.orderStates.codes).map(([code, { means }]) => [code, means]),
    ),
    refundProof: Object.fromEntries(
      orders.refundProof.rows.map(({ refund, done }) => [refund, done]),
    ) as PaymentFacts['refundProof'],
    steps,
  };
}
