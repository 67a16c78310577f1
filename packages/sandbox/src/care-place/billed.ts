/** Which bill a settlement is about, and whether the totals sent are those of its lines. */
import { amountText } from '../amount.ts';
import type { FeeSplit } from '../fee-split.ts';
import { amountLeaf, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { createBill, isSettled } from './bill.ts';
import type { Bill } from './bill.ts';
import type { Visit, VisitBook } from './visit-book.ts';

/** The visit and bill a settlement is about. */
export interface Billed {
  readonly visit: Visit;
  readonly bill: Bill;
}

type Refusal = { readonly refusal: string };

/** Totals by their names in 2206, 2207, 2303 and 2304. */
export const TOTALS = [
  ['medfee_sumamt', 'total', '医疗费总额'],
  ['fulamt_ownpay_amt', 'selfPaid', '全自费金额'],
  ['overlmt_selfpay', 'overLimit', '超限价金额'],
  ['preselfpay_amt', 'preSelfPaid', '先行自付金额'],
  ['inscp_scp_amt', 'inScope', '符合政策范围金额'],
] as const;

/** Finds the charge batch of 2206 and 2207 and compares the totals. */
export function findOutpatientBill(book: VisitBook, data: JsonObject): Billed | Refusal {
  const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'), 'outpatient');
  if ('refusal' in visit) return visit;
  const number = leaf(data, 'chrg_bchno');
  const bill = visit.batches.get(number);
  if (bill === undefined) return { refusal: `未查询到收费批次：${number}` };
  if (isSettled(bill)) return { refusal: `收费批次已结算：${number}` };
  return withTotals({ visit, bill }, data);
}

/**
 * Finds the open lines of the stay of 2303 and 2304 and compares the totals. 中途结算 (`mid_setl_flag` 1) is for
 * patients in hospital, the final one for those discharged.
 */
export function findStayBill(book: VisitBook, data: JsonObject): Billed | Refusal {
  const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'), 'inpatient');
  if ('refusal' in visit) return visit;
  const interim = leaf(data, 'mid_setl_flag') === '1';
  if (interim && visit.discharge !== undefined) return { refusal: '已办理出院，不能中途结算' };
  if (!interim && visit.discharge === undefined) return { refusal: '未办理出院（2402），不能出院结算' };
  const open = [...visit.lines.values()].filter(({ settledBy }) => settledBy === undefined);
  if (open.length === 0) return { refusal: '没有未结算的费用明细' };
  return withTotals({ visit, bill: createBill(open) }, data);
}

function withTotals(billed: Billed, data: JsonObject): Billed | Refusal {
  const wrong = differences(billed.bill.totals, data);
  return wrong.length === 0 ? billed : { refusal: `与费用明细不符：${wrong.join('；')}` };
}

/** `medfee_sumamt` must be there, the four parts only when sent. */
export function differences(totals: FeeSplit, data: JsonObject): readonly string[] {
  return TOTALS.flatMap(([name, part, label]) => {
    if (name !== 'medfee_sumamt' && leaf(data, name) === '') return [];
    const sent = amountLeaf(data, name);
    if (sent === totals[part]) return [];
    const found = sent === undefined ? '不合法' : amountText(sent);
    return [`${label}上送${found}，明细合计${amountText(totals[part])}`];
  });
}
