/** 2172-2174 at the clearing platform: what a pharmacy may declare of a month's purchases from elsewhere. */
import type { CoreAnswer } from '../core-answer.ts';
import type { TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { amountNumber, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { answerPage } from './answer-page.ts';
import {
  PURCHASE,
  accountFund,
  careCode,
  institutionOf,
  kindsOf,
  paidOf,
  placeKind,
  settledOrders,
  sumPaid,
} from './off-site-orders.ts';
import type { OffSiteOrder, OffSiteOrders } from './off-site-orders.ts';

/** 清算状态. No transaction of this group declares, so that every purchase stands at 0. */
const NOT_DECLARED = '0';

const CLEARING = { clr_type: PURCHASE, clr_type_name: '药店购药' };
const STATE = { clr_stas: NOT_DECLARED, clr_stas_name: '未申报' };
const WAY = { clr_way: '1', clr_way_name: '按项目' };
const GENDERS: Readonly<Record<string, string>> = { 1: '男', 2: '女' };

/** What a criterion must look like. Source: transactions/2172, request. */
const CRITERIA: readonly (readonly [name: string, label: string, form: RegExp])[] = [
  ['clr_type', '清算类别', /^\d{1,3}$/],
  ['start_clrym', '起始年月', /^\d{4}(0[1-9]|1[0-2])$/],
  ['end_clrym', '结束年月', /^\d{4}(0[1-9]|1[0-2])$/],
  ['clr_optins', '清算机构', /^\d{6}$/],
  ['clr_stas', '清算状态', /^(0|10)$/],
];

/** Totals by month, purchases, and sums by fund; refunded purchases are in none of them. */
export function offSiteDeclarationHandlers(
  orders: OffSiteOrders,
): Readonly<Record<string, TransactionHandler>> {
  const answering =
    (rows: (found: readonly OffSiteOrder[]) => readonly JsonObject[]): TransactionHandler =>
    ({ input }) =>
      answer(orders, input, rows);
  return {
    2172: answering(monthRows),
    2173: answering((found) => found.map(purchaseRow)),
    2174: answering(fundRows),
  };
}

function answer(
  orders: OffSiteOrders,
  input: JsonObject,
  rows: (found: readonly OffSiteOrder[]) => readonly JsonObject[],
): CoreAnswer {
  const missing = missingMembers(input, ['fixmedins_code', ...CRITERIA.map(([name]) => name)]);
  if (missing !== undefined) return missing;
  const wrong = CRITERIA.filter(([name, , form]) => !form.test(leaf(input, name)));
  if (wrong.length > 0) {
    return {
      refusal: wrong.map(([name, label]) => `${label}不在允许范围：${leaf(input, name)}`).join('；'),
    };
  }
  const [start, end] = [leaf(input, 'start_clrym'), leaf(input, 'end_clrym')];
  if (end < start) return { refusal: `结束年月早于起始年月：${end}` };
  return answerPage(input, rows(select(orders, input)));
}

function select(orders: OffSiteOrders, input: JsonObject): readonly OffSiteOrder[] {
  if (leaf(input, 'clr_type') !== PURCHASE || leaf(input, 'clr_stas') !== NOT_DECLARED) return [];
  const number = leaf(input, 'mdtrt_regno');
  const found = settledOrders(orders, {
    institution: leaf(input, 'fixmedins_code'),
    from: `${withDash(leaf(input, 'start_clrym'))}-01`,
    to: `${withDash(leaf(input, 'end_clrym'))}-31`,
  });
  return found.filter(
    (order) =>
      (number === '' || order.number === number) && clearingAgency(order) === leaf(input, 'clr_optins'),
  );
}

/** `yyyyMM` → `yyyy-MM`. */
function withDash(month: string): string {
  return `${month.slice(0, 4)}-${month.slice(4)}`;
}

/** The agency of the place of care clears. */
function clearingAgency({ raw }: OffSiteOrder): string {
  return leaf(raw, 'mdtrtarea');
}

/** `yyyyMM`. */
function monthOf({ settledOn }: OffSiteOrder): string {
  return settledOn.slice(0, 7).replace('-', '');
}

function grouped(
  found: readonly OffSiteOrder[],
  keyOf: (order: OffSiteOrder) => string,
): readonly (readonly [OffSiteOrder, ...OffSiteOrder[]])[] {
  const groups = new Map<string, [OffSiteOrder, ...OffSiteOrder[]]>();
  for (const order of found) {
    const group = groups.get(keyOf(order));
    if (group === undefined) groups.set(keyOf(order), [order]);
    else group.push(order);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** 2172: one row a month, under the number its declaration would have. */
function monthRows(found: readonly OffSiteOrder[]): readonly JsonObject[] {
  return grouped(found, monthOf).map((group) => {
    const [first] = group;
    const month = monthOf(first);
    const { total, cash, account } = sumPaid(group);
    const number = `D${leaf(first.raw, 'fixmedins_code')}${month}${PURCHASE}`;
    return {
      setl_dcla_no: number,
      ...institutionOf(first),
      clr_optins: clearingAgency(first),
      ...CLEARING,
      ...STATE,
      start_clrym: month,
      end_clrym: month,
      begndate: `${month}01`,
      enddate: `${month}${lastDay(month)}`,
      setl_ids_key: `K${number}`,
      sumamt: amountNumber(total),
      cash_payamt: amountNumber(cash),
      acct_pay_sumamt: amountNumber(account),
      fund_pay_sumamt: amountNumber(0n),
      clr_psntime: group.length,
    };
  });
}

function lastDay(month: string): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 0)).getUTCDate();
}

/** 2173: one row a purchase. */
function purchaseRow(order: OffSiteOrder): JsonObject {
  const { total, cash, account } = paidOf(order);
  const { person, raw, number, settledOn } = order;
  const place = placeKind(order);
  return {
    ...institutionOf(order),
    out_type: place.code,
    out_type_name: place.name,
    ...kindsOf(order),
    sumamt: amountNumber(total),
    cash_payamt: amountNumber(cash),
    acct_payamt: amountNumber(account),
    clr_psntime: 1,
    psn_no: person.psnNo,
    psn_name: person.name,
    gend: person.gender,
    gend_name: GENDERS[person.gender],
    ssn: person.certno,
    emp_name: person.employer,
    mdtrt_setl_time: settledOn,
    mdtrt_regno: number,
    mdtrtsn: leaf(raw, 'mdtrtsn'),
  };
}

/** 2174: what each fund is asked for, by kind of care, scheme and person; a fund that paid nothing has no row. */
function fundRows(found: readonly OffSiteOrder[]): readonly JsonObject[] {
  const paying = found.filter((order) => paidOf(order).account > 0n);
  const keyOf = (order: OffSiteOrder): string =>
    [careCode(order), order.person.scheme, order.person.personType].join(' ');
  return grouped(paying, keyOf).map((group) => {
    const [first] = group;
    const fund = accountFund(first);
    return {
      ...institutionOf(first),
      clr_optins: clearingAgency(first),
      ...CLEARING,
      ...WAY,
      ...kindsOf(first),
      clr_stas: NOT_DECLARED,
      clr_stas_name: '未申请',
      ...fund,
      poolarea_fund_pay_type: fund['fund_pay_type'],
      poolarea_fund_pay_name: fund['fund_pay_type_name'],
      fund_appy_sum: amountNumber(sumPaid(group).account),
    };
  });
}
