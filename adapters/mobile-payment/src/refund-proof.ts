/** Which state of an order proves that a refund was done. Source: `orders.json`, refundProof; project design. */
import { paymentFacts } from './facts.ts';
import type { ProvableRefund, StatusMeaning } from './facts.ts';
import type { OrderRecord, RefundRecord } from './order-record.ts';
import { add, NOTHING, subtract } from './parts.ts';
import type { PaymentParts } from './parts.ts';

/** What is left of an order to refund; refunds whose outcome is open count as done. */
export function leftOf({ parts = NOTHING, refunds }: Pick<OrderRecord, 'parts' | 'refunds'>): PaymentParts {
  const given = refunds.filter(({ state }) => state !== 'refused').map((refund) => refund.parts);
  return subtract(parts, given.reduce(add, NOTHING));
}

/** What the centre gives back of a refund: all, or without what the institution's own cashier took. */
export function centreParts({ parts, cashByInstitution }: RefundRecord): PaymentParts {
  return cashByInstitution === true ? { ...parts, cash: NOTHING.cash } : parts;
}

/** What a state of the order says of the refund that was sent last. */
export function proves({
  record,
  refund,
  meaning,
  status,
}: {
  readonly record: OrderRecord;
  readonly refund: RefundRecord;
  readonly meaning: StatusMeaning | 'unlisted';
  readonly status: string;
}): 'done' | 'not-done' | 'person' {
  const { refundProof, meanings } = paymentFacts();
  const done = kindsOf(record, refund).flatMap((kind) => refundProof[kind]);
  const before = meanings[refund.statusBefore ?? ''];
  // A refund after which the order looks as before cannot be seen.
  if (done.length === 0 || before === undefined || done.includes(before)) return 'person';
  if (done.some((one) => one === meaning)) return 'done';
  return status === refund.statusBefore || meaning === 'in-progress' ? 'not-done' : 'person';
}

/** As what a refund may show; an order of one source shows its refund as that source's or as everything. */
function kindsOf(record: OrderRecord, refund: RefundRecord): readonly ProvableRefund[] {
  const { before } = refund;
  const parts = centreParts(refund);
  const seen = record.refunds.map((one) => ({ ...one, parts: centreParts(one) }));
  const left = leftOf({ ...record, refunds: seen });
  const insurance = parts.fund + parts.account;
  const insuranceLeft = left.fund + left.account;
  const isCashUnpaid = before === 'cash-due';
  const cashLeft = isCashUnpaid ? 0n : left.cash;
  const isWhole = insuranceLeft === 0n && cashLeft === 0n;
  const { fund = 0n, account = 0n, cash = 0n } = record.parts ?? {};
  if (insurance === 0n) {
    if (cashLeft > 0n) return ['some-cash'];
    return isWhole && fund + account === 0n
      ? ['everything', 'all-cash']
      : isWhole
        ? ['everything']
        : ['all-cash'];
  }
  if (insuranceLeft > 0n) return [];
  if (isWhole) return isCashUnpaid || cash === 0n ? ['everything', 'all-insurance'] : ['everything'];
  return parts.cash > 0n ? ['all-insurance-some-cash'] : ['all-insurance'];
}
