/** What the simulated payment centre has on its books, and what its transactions do with it. */
import { amountText } from '../../amount.ts';
import { amountLeaf, children, leaf } from '../../national-message.ts';
import type { JsonObject } from '../../national-message.ts';

/** Amounts in 分. */
export interface CentreParts {
  readonly fund: bigint;
  readonly account: bigint;
  readonly cash: bigint;
}

/** An order. */
export interface CentreOrder {
  readonly payOrdId: string;
  readonly payToken: string;
  readonly medOrgOrd: string;
  readonly orgCodg: string;
  /** Of the list `ordStas`. */
  readonly ordStas: string;
  readonly parts: CentreParts;
  readonly refunded: CentreParts;
  /** Numbers of its refunds. */
  readonly refunds: readonly string[];
}

/** An answer: members of `data`, or a refusal. */
export type CentreAnswer = { readonly data: JsonObject } | { readonly refusal: string };

/** How an order is split, and who collects the self-paid part. */
export interface CentreWays {
  split(total: bigint): CentreParts;
  readonly cashBy: 'centre' | 'institution';
}

/** The books. */
export interface OrderBook {
  rows(): readonly CentreOrder[];
  find(medOrgOrd: string): CentreOrder | undefined;
  /** Puts an order into a state, whatever it was. */
  force(medOrgOrd: string, ordStas: string): void;
  readonly work: Readonly<Record<string, (data: JsonObject, day: string) => CentreAnswer>>;
}

const NOTHING: CentreParts = { fund: 0n, account: 0n, cash: 0n };
const UNKNOWN = { refusal: '支付订单不存在或令牌不符' };

/** Opens empty books. */
export function createOrderBook(ways: CentreWays): OrderBook {
  const orders: CentreOrder[] = [];
  const shelf: Shelf = {
    orders,
    put(order) {
      const index = orders.findIndex(({ payOrdId }) => payOrdId === order.payOrdId);
      if (index < 0) orders.push(order);
      else orders[index] = order;
    },
    byToken: (data) =>
      orders.find(
        (one) => one.payOrdId === leaf(data, 'payOrdId') && one.payToken === leaf(data, 'payToken'),
      ),
    byNumber: (data) => orders.find((one) => one.payOrdId === leaf(data, 'payOrdId')),
  };
  return {
    rows: () => [...orders],
    find: (medOrgOrd) => orders.find((one) => one.medOrgOrd === medOrgOrd),
    force(medOrgOrd, ordStas) {
      for (const order of orders) if (order.medOrgOrd === medOrgOrd) shelf.put({ ...order, ordStas });
    },
    work: { ...payingWork(shelf, ways), ...refundingWork(shelf), ...askingWork(shelf) },
  };
}

interface Shelf {
  readonly orders: readonly CentreOrder[];
  put(order: CentreOrder): void;
  byToken(data: JsonObject): CentreOrder | undefined;
  byNumber(data: JsonObject): CentreOrder | undefined;
}

function payingWork({ orders, put, byToken }: Shelf, ways: CentreWays): OrderBook['work'] {
  return {
    '6101': (data) => holder(data),
    '6201'(data) {
      const order = readUpload(data, { number: orders.length + 1, ways });
      if ('refusal' in order) return order;
      if (orders.some(({ medOrgOrd }) => medOrgOrd === order.medOrgOrd))
        return { refusal: '医疗机构订单号重复' };
      put(order);
      const { payOrdId, payToken } = order;
      return { data: { payOrdId, payToken, cashierUrl: `http://cashier.example/${payOrdId}` } };
    },
    '6202'(data) {
      const order = byToken(data);
      if (order === undefined) return UNKNOWN;
      if (!['0', '1'].includes(order.ordStas)) return { refusal: '订单状态不允许支付' };
      const isDue = ways.cashBy === 'institution' && order.parts.cash > 0n;
      const paid = { ...order, ordStas: isDue ? '4' : '6' };
      put(paid);
      return { data: shown(paid) };
    },
  };
}

function refundingWork({ put, byNumber }: Shelf): OrderBook['work'] {
  return {
    '6203'(data, day) {
      const order = byNumber(data);
      const next = order === undefined ? UNKNOWN : refund(order, data);
      if ('refusal' in next) return next;
      put(next);
      const number = next.refunds.length;
      return {
        data: {
          refdSn: `R${next.payOrdId}${number}`,
          hiFefdSn: `H${next.payOrdId}${number}`,
          hiTrnsDate: day.slice(0, 8),
          hiTrnsTime: day.slice(8, 14),
          refStatus: 'SUCC',
        },
      };
    },
    '6204'(data) {
      const order = byNumber(data);
      if (order === undefined) return UNKNOWN;
      if (order.ordStas === '6') return { data: {} };
      if (order.ordStas !== '4') return { refusal: '订单状态不允许同步' };
      if (amountLeaf(data, 'ownPayAmt') !== order.parts.cash) return { refusal: '现金自付金额不符' };
      put({ ...order, ordStas: '6' });
      return { data: {} };
    },
  };
}

function askingWork({ put, byToken }: Shelf): OrderBook['work'] {
  return {
    '6301'(data) {
      const order = byToken(data);
      if (order === undefined) return UNKNOWN;
      const { medOrgOrd, orgCodg } = order;
      return {
        data: {
          ...shown(order),
          callType: '2',
          medOrgOrd,
          orgCodg,
          traceTime: day(),
          orgName: '示例机构',
          setlType: '1',
          revsToken: `V${order.payOrdId}`,
        },
      };
    },
    '6401'(data) {
      const order = byToken(data);
      if (order === undefined) return UNKNOWN;
      if (!['0', '1', '12'].includes(order.ordStas)) return { refusal: '订单已支付，不能撤销' };
      put({ ...order, ordStas: '12' });
      return { data: { success: true } };
    },
  };
}

function day(): string {
  return '2026-03-01 10:00:00';
}

function holder(data: JsonObject): CentreAnswer {
  if (leaf(data, 'businessType') === '') return { refusal: '用码业务类型不能为空' };
  return {
    data: {
      userName: '测试甲',
      idNo: '000000199001010018',
      idType: '01',
      ecToken: 'ECTOKEN0000000000000000000000001',
      insuOrg: '330100',
    },
  };
}

function readUpload(
  data: JsonObject,
  { number, ways }: { readonly number: number; readonly ways: CentreWays },
): CentreOrder | { readonly refusal: string } {
  const total = amountLeaf(data, 'medfeeSumamt');
  const lines = children(data, 'feedetailList').map((line) => amountLeaf(line, 'detItemFeeSumamt') ?? 0n);
  if (total === undefined || lines.reduce((sum, line) => sum + line, 0n) !== total)
    return { refusal: '费用明细合计与总额不符' };
  const id = String(number).padStart(8, '0');
  return {
    payOrdId: `PAY${id}`,
    payToken: `TOKEN${id}`,
    medOrgOrd: leaf(data, 'medOrgOrd'),
    orgCodg: leaf(data, 'orgCodg'),
    ordStas: '1',
    parts: ways.split(total),
    refunded: NOTHING,
    refunds: [],
  };
}

function shown({ payOrdId, ordStas, parts }: CentreOrder): JsonObject {
  return {
    payOrdId,
    ordStas,
    feeSumamt: amountText(parts.fund + parts.account + parts.cash),
    ownPayAmt: amountText(parts.cash),
    psnAcctPay: amountText(parts.account),
    fundPay: amountText(parts.fund),
  };
}

const REFUNDABLE = ['4', '5', '6', '8', '9', '10', '11'];

function refund(order: CentreOrder, data: JsonObject): CentreOrder | { readonly refusal: string } {
  const asked = {
    fund: amountLeaf(data, 'fundRefdAmt') ?? 0n,
    account: amountLeaf(data, 'psnAcctRefdAmt') ?? 0n,
    cash: amountLeaf(data, 'cashRefdAmt') ?? 0n,
  };
  const number = leaf(data, 'appRefdSn');
  if (!REFUNDABLE.includes(order.ordStas)) return { refusal: '订单状态不允许退款' };
  if (order.refunds.includes(number)) return { refusal: '退款流水号重复' };
  if (amountLeaf(data, 'totlRefdAmt') !== asked.fund + asked.account + asked.cash)
    return { refusal: '退款金额不符' };
  if (typeOf(asked) !== leaf(data, 'refdType')) return { refusal: '退费类型与金额不符' };
  const refunded = {
    fund: order.refunded.fund + asked.fund,
    account: order.refunded.account + asked.account,
    cash: order.refunded.cash + asked.cash,
  };
  const isTooMuch = (['fund', 'account', 'cash'] as const).some((name) => refunded[name] > order.parts[name]);
  if (isTooMuch) return { refusal: '退款超过已付金额' };
  return { ...order, refunded, refunds: [...order.refunds, number], ordStas: stateAfter(order, refunded) };
}

function typeOf({ fund, account, cash }: CentreParts): string {
  if (fund + account === 0n) return 'CASH';
  return cash === 0n ? 'HI' : 'ALL';
}

/** Codes of the list `ordStas`; a refund of part of what the insurance paid shows nowhere. */
function stateAfter({ ordStas, parts }: CentreOrder, refunded: CentreParts): string {
  const insurance = refunded.fund + refunded.account;
  const isInsuranceBack = insurance === parts.fund + parts.account;
  const cashPaid = ordStas === '4' ? 0n : parts.cash;
  const isCashBack = refunded.cash === cashPaid;
  if (isInsuranceBack && isCashBack) return cashPaid === 0n && parts.cash > 0n ? '8' : '7';
  if (isInsuranceBack) return refunded.cash > 0n ? '11' : '8';
  if (refunded.cash > 0n) return isCashBack ? '9' : '10';
  return ordStas;
}
