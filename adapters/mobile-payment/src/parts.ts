/** The three parts of a mixed payment, and their sums. Everything in 分. */
import { fen, formatFen, GatewayError, sumFen } from '@yiqiao/model';
import type { Fault, Fen, OperationBodies } from '@yiqiao/model';

/** What the funds, the personal account and the patient's own purse pay, or get back. */
export interface PaymentParts {
  readonly fund: Fen;
  readonly account: Fen;
  readonly cash: Fen;
}

/** Names of the parts, in Chinese too. */
const PARTS = { fund: '基金支付', account: '个人账户支付', cash: '自费支付' } as const;
const NAMES = Object.keys(PARTS) as readonly (keyof PaymentParts)[];

/** Nothing of each. */
export const NOTHING: PaymentParts = { fund: fen(0n), account: fen(0n), cash: fen(0n) };

/** All three together. */
export function totalOf({ fund, account, cash }: PaymentParts): Fen {
  return sumFen([fund, account, cash]);
}

/** Part by part. */
export function add(one: PaymentParts, other: PaymentParts): PaymentParts {
  return combine((name) => one[name] + other[name]);
}

/** Part by part; may become negative. */
export function subtract(one: PaymentParts, other: PaymentParts): PaymentParts {
  return combine((name) => one[name] - other[name]);
}

function combine(of: (name: keyof PaymentParts) => bigint): PaymentParts {
  return { fund: fen(of('fund')), account: fen(of('account')), cash: fen(of('cash')) };
}

/** Every sum of an upload that does not hold: its total is that of its lines. */
export function checkUpload({ total, feeLines }: OperationBodies['uploadOnlineFees']['request']): void {
  const sum = sumFen(feeLines.map(({ lineAmount }) => lineAmount));
  const faults: Fault[] = [];
  if (sum !== total)
    faults.push(
      fault('/feeLines', formatFen(sum), {
        zh: `费用明细合计 ${formatFen(sum)}，与费用总额 ${formatFen(total)} 不符`,
        en: `the lines add up to ${formatFen(sum)}, the total is ${formatFen(total)}`,
      }),
    );
  if (total <= 0n)
    faults.push(
      fault('/total', formatFen(total), {
        zh: '费用总额应大于零',
        en: 'the total is to be more than nothing',
      }),
    );
  if (faults.length > 0) throw new GatewayError('PAYMENT_SUMS_WRONG', { faults });
}

/** Whether parts that the centre tells are those of a total, none of them negative. */
export function areSound(parts: PaymentParts, total: Fen): boolean {
  return totalOf(parts) === total && NAMES.every((name) => parts[name] >= 0n);
}

/**
 * A refund gives back something, of no part more than is left of it.
 * @throws GatewayError `PAYMENT_REFUND_TOO_MUCH` with each part that is too much.
 */
export function checkRefund(asked: PaymentParts, left: PaymentParts): void {
  const faults = NAMES.filter((name) => asked[name] < 0n || asked[name] > left[name]).map((name) =>
    fault(`/parts/${name}`, formatFen(asked[name]), {
      zh: `${PARTS[name]}可退 ${formatFen(left[name])}`,
      en: `${formatFen(left[name])} is left to refund of the ${name} part`,
    }),
  );
  if (totalOf(asked) <= 0n && faults.length === 0)
    faults.push(fault('/parts', '0.00', { zh: '退款金额应大于零', en: 'something is to be refunded' }));
  if (faults.length > 0) throw new GatewayError('PAYMENT_REFUND_TOO_MUCH', { faults });
}

function fault(at: string, found: string, message: Fault['message']): Fault {
  const field = at.slice(at.lastIndexOf('/') + 1);
  return { rule: 'identity', at, field, label: { zh: '金额', en: 'amount' }, found, message };
}
