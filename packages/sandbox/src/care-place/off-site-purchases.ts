/** 2161-2171 and 2181 at the clearing platform behind the care place: purchases elsewhere, paid from the account. */
import { amountFromText, priceTimesQuantity } from '../amount.ts';
import type { Accounts } from '../accounts.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { sandboxPersons } from '../insured-place/persons.ts';
import type { Person } from '../insured-place/persons.ts';
import { refuseUnknown } from '../known-codes.ts';
import type { KnownCodes } from '../known-codes.ts';
import { missingMembers } from '../missing-members.ts';
import { amountNumber, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { paidOf, placeKind } from './off-site-orders.ts';
import type { OffSiteOrder, OffSiteOrders, OffSiteState } from './off-site-orders.ts';
import type { OffSitePayments } from './off-site-payments.ts';

/** Largest difference between an amount and price × quantity, in 分. Source: transactions/2166, rules. */
const LINE_TOLERANCE = 1n;

/** 医疗类别 of an order. Source: value-sets/med_type. */
const ORDER_CODES: readonly KnownCodes[] = [
  { name: 'med_type', label: '医疗类别', codes: ['11', '14', '18', '41'], byHead: true },
];

/** Which 2181 turns which state back. Source: transactions/2181, rules. */
const REVERSALS: Readonly<
  Record<string, { readonly from: OffSiteState; readonly to: OffSiteState | undefined }>
> = {
  1106: { from: 'ordered', to: undefined },
  1107: { from: 'settled', to: 'ordered' },
  1203: { from: 'refunded', to: 'settled' },
};

/** What a clearing platform works on; `region` is that of the care place. */
export interface OffSiteBooks {
  readonly orders: OffSiteOrders;
  readonly payments: OffSitePayments;
  readonly accounts: Accounts;
  readonly region: string;
}

/** Handlers of one platform. */
export function offSitePurchaseHandlers(books: OffSiteBooks): Readonly<Record<string, TransactionHandler>> {
  const { orders, accounts } = books;
  return {
    2161: ({ input }) => tellPerson(input, accounts),
    2163: ({ input }) => refund(books, input),
    2166: (request) => order(books, request),
    2167: ({ input }) => cancel(orders, input),
    2170: ({ input }) => findOrder(orders, input),
    2171: ({ input }) => findSettlement(orders, input),
    2181: ({ input }) => reverse(books, input),
  };
}

function findPerson(certno: string, place: string): Person | undefined {
  return sandboxPersons(`${place.slice(0, 2)}0000`).find((person) => person.certno === certno);
}

function tellPerson(input: JsonObject, accounts: Accounts): CoreAnswer {
  const missing = missingMembers(input, ['ssn', 'insuplc', 'fixmedins_code']);
  if (missing !== undefined) return missing;
  const person = findPerson(leaf(input, 'ssn'), leaf(input, 'insuplc'));
  if (person === undefined) return { refusal: '参保地未查询到该人员' };
  const { psnNo, name, gender, birthday, certno, personType, employer, insuredPlace } = person;
  return {
    output: {
      psn_no: psnNo,
      psn_name: name,
      gend: gender,
      brdy: birthday,
      ssn: certno,
      psn_type: personType,
      emp_name: employer,
      insuplc_admdvs: insuredPlace,
      outmed_fundmgt_optins_fulname: '示例医保经办机构',
      acct_balc: amountNumber(accounts.left(person)),
      insutype: person.scheme,
    },
  };
}

function order({ orders, payments, region }: OffSiteBooks, { input, answerNumber }: CoreRequest): CoreAnswer {
  const missing = missingMembers(input, [
    'fixmedins_code',
    'insuplc',
    'mdtrtarea',
    'ssn',
    'psn_no',
    'medfee_sumamt',
  ]);
  if (missing !== undefined) return missing;
  const person = findPerson(leaf(input, 'ssn'), leaf(input, 'insuplc'));
  if (person?.psnNo !== leaf(input, 'psn_no')) return { refusal: '参保地未查询到该人员' };
  const unknown = refuseUnknown(input, ORDER_CODES);
  if (unknown !== undefined) return unknown;
  if (![person.scheme, ''].includes(leaf(input, 'insutype'))) {
    return { refusal: '险种类型（insutype）与参保登记不符' };
  }
  const lines = children(input, 'feedetl');
  const sum = sumOfLines(lines);
  if (typeof sum === 'object') return sum;
  if (sum !== amountFromText(leaf(input, 'medfee_sumamt'))) return { refusal: '费用总额不等于明细金额之和' };
  const number = `G${region}${answerNumber.slice(-13)}`;
  const made = { number, raw: input, lines, person, total: sum, account: 0n, settledOn: '' };
  const ordered: OffSiteOrder = { ...made, state: 'ordered' };
  orders.set(number, ordered);
  payments.push(ordered);
  return { output: { mdtrt_regno: number, prmmsg: '', push_flag: '1' } };
}

function sumOfLines(lines: readonly JsonObject[]): bigint | { readonly refusal: string } {
  if (lines.length === 0) return { refusal: '费用明细（feedetl）为空' };
  let sum = 0n;
  for (const line of lines) {
    const amount = amountFromText(leaf(line, 'amt'));
    const product = priceTimesQuantity(leaf(line, 'pric'), leaf(line, 'cnt'));
    const number = leaf(line, 'feedetl_sn');
    if (amount === undefined || product === undefined)
      return { refusal: `明细 ${number} 的金额、数量或单价不合法` };
    const difference = amount > product ? amount - product : product - amount;
    if (difference > LINE_TOLERANCE) return { refusal: `明细 ${number} 的金额不等于单价×数量` };
    sum += amount;
  }
  return sum;
}

/** The order of an institution, in one of these states. */
function orderOf(
  orders: OffSiteOrders,
  input: JsonObject,
  states: readonly OffSiteState[],
): OffSiteOrder | { readonly refusal: string } {
  const number = leaf(input, 'mdtrt_regno');
  const found = orders.get(number);
  const own = found !== undefined && leaf(found.raw, 'fixmedins_code') === leaf(input, 'fixmedins_code');
  if (!own) return { refusal: `未查询到购药订单：${number}` };
  return states.includes(found.state) ? found : { refusal: `购药订单 ${number} 的状态不允许此操作` };
}

function cancel(orders: OffSiteOrders, input: JsonObject): CoreAnswer {
  const found = orderOf(orders, input, ['ordered']);
  if ('refusal' in found) return found;
  orders.delete(found.number);
  return { output: null };
}

function refund({ orders, payments }: OffSiteBooks, input: JsonObject): CoreAnswer {
  const found = orderOf(orders, input, ['settled']);
  if ('refusal' in found) return found;
  found.state = 'refunded';
  payments.giveBack(found);
  const { scheme } = found.person;
  return { output: { ...amounts(found, -1n), ...personal(found), insutype: scheme, prmmsg: '' } };
}

function reverse({ orders, payments }: OffSiteBooks, input: JsonObject): CoreAnswer {
  const status = leaf(input, 'status');
  const step = REVERSALS[status];
  if (step === undefined) return { refusal: `冲正业务类型不在允许范围：${status}` };
  const found = orderOf(orders, input, [step.from]);
  if ('refusal' in found) return found;
  if (step.from === 'refunded' && !payments.takeAgain(found))
    return { refusal: '个人账户余额不足，不能冲正' };
  if (step.from === 'settled') payments.giveBack(found);
  if (step.to === undefined) orders.delete(found.number);
  else found.state = step.to;
  return { output: null };
}

function ofPerson(orders: OffSiteOrders, input: JsonObject): readonly OffSiteOrder[] {
  const [institution, number] = [leaf(input, 'fixmedins_code'), leaf(input, 'mdtrt_regno')];
  return [...orders.values()].filter(
    (one) =>
      one.person.certno === leaf(input, 'ssn') &&
      (institution === '' || institution === leaf(one.raw, 'fixmedins_code')) &&
      (number === '' || number === one.number),
  );
}

function findOrder(orders: OffSiteOrders, input: JsonObject): CoreAnswer {
  const found = ofPerson(orders, input).find(({ state }) => state === 'ordered');
  if (found === undefined) return { refusal: '该人员没有待支付的购药订单' };
  const { raw, lines, total, number } = found;
  return {
    output: {
      medfee_sumamt: amountNumber(total),
      mdtrt_regno: number,
      fixmedins_name: leaf(raw, 'fixmedins_name'),
      dscg_date: leaf(raw, 'dscg_date'),
      ...places(found),
      ...personal(found),
      feedetl: lines,
    },
  };
}

/** Tells a settlement and changes nothing: an order that nobody has paid has none. */
function findSettlement(orders: OffSiteOrders, input: JsonObject): CoreAnswer {
  const own = ofPerson(orders, input);
  const found = own.find((one) => one.state === 'settled' && isWithin(one, input));
  const waiting = own.find(({ state }) => state === 'ordered');
  if (found === undefined && waiting !== undefined) {
    return { refusal: `购药订单 ${waiting.number} 待支付，尚无结算` };
  }
  if (found === undefined) return { refusal: '该人员没有购药结算' };
  return {
    output: {
      ...amounts(found, 1n),
      ...places(found),
      mdtrt_regno: found.number,
      ssn: found.person.certno,
      ...personal(found),
      out_type: placeKind(found).code,
      feedetl: found.lines,
    },
  };
}

function isWithin({ settledOn }: OffSiteOrder, input: JsonObject): boolean {
  const [from, to] = [leaf(input, 'start_date'), leaf(input, 'end_date')];
  return from <= settledOn && (to === '' || settledOn <= to);
}

function amounts(order: OffSiteOrder, sign: 1n | -1n): JsonObject {
  const { total, cash, account } = paidOf(order);
  return {
    medfee_sumamt: amountNumber(sign * total),
    psn_cashpay: amountNumber(sign * cash),
    acct_payamt: amountNumber(sign * account),
  };
}

function places({ raw }: OffSiteOrder): JsonObject {
  return Object.fromEntries(
    ['fixmedins_code', 'insuplc', 'mdtrtarea'].map((name) => [name, leaf(raw, name)]),
  );
}

function personal({ person }: OffSiteOrder): JsonObject {
  const { certno, name, gender, birthday, personType, scheme } = person;
  return { certno, psn_name: name, gend: gender, brdy: birthday, psn_type: personType, insutype: scheme };
}
