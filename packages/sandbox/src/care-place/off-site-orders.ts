/** Purchases of people from elsewhere as the clearing platform keeps them, and what its answers tell of each. */
import type { Person } from '../insured-place/persons.ts';
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

/** `ordered` until the person has paid, and again when the settlement is reversed (2181, 1107). */
export type OffSiteState = 'ordered' | 'settled' | 'refunded';

/** An order with what was sent. */
export interface OffSiteOrder {
  readonly number: string;
  readonly raw: JsonObject;
  readonly lines: readonly JsonObject[];
  readonly person: Person;
  /** In 分. */
  readonly total: bigint;
  state: OffSiteState;
  /** What the account paid at the last payment, in 分. */
  account: bigint;
  /** Day of the last payment, `yyyy-MM-dd`; empty before the first. */
  settledOn: string;
}

/** Orders by 就诊登记号; cancelled and reversed ones are gone. */
export type OffSiteOrders = Map<string, OffSiteOrder>;

/** What an order costs and who pays it, in 分. */
interface OffSitePaid {
  readonly total: bigint;
  readonly account: bigint;
  readonly cash: bigint;
}

/** 医疗类别 定点药店购药, also the 清算类别 of every purchase. */
export const PURCHASE = '41';

const CARE: Readonly<Record<string, string>> = {
  11: '普通门诊',
  14: '门诊慢特病',
  18: '特药购药',
  [PURCHASE]: '定点药店购药',
};
const SCHEMES: Readonly<Record<Person['scheme'], string>> = {
  310: '职工基本医疗保险',
  390: '城乡居民基本医疗保险',
};
const PERSONS: Readonly<Record<string, string>> = { 11: '在职', 12: '退休', 15: '居民（成年）' };

/** Settled and not refunded, of an institution, from one day to another (`yyyy-MM-dd`, both included). */
export function settledOrders(
  orders: OffSiteOrders,
  { institution, from, to }: { readonly institution: string; readonly from: string; readonly to: string },
): readonly OffSiteOrder[] {
  return [...orders.values()].filter(
    ({ state, raw, settledOn }) =>
      state === 'settled' &&
      leaf(raw, 'fixmedins_code') === institution &&
      from <= settledOn &&
      settledOn <= to,
  );
}

/** What was paid from the account, and the rest in cash. */
export function paidOf({ total, account }: OffSiteOrder): OffSitePaid {
  return { total, account, cash: total - account };
}

/** What several orders cost together. */
export function sumPaid(orders: readonly OffSiteOrder[]): OffSitePaid {
  const sum = { total: 0n, account: 0n, cash: 0n };
  for (const { total, account, cash } of orders.map(paidOf)) {
    sum.total += total;
    sum.account += account;
    sum.cash += cash;
  }
  return sum;
}

/** 异地类别 `out_type` with its name: 1 insured in the province of the purchase, 2 elsewhere. */
export function placeKind({ raw }: OffSiteOrder): { readonly code: '1' | '2'; readonly name: string } {
  const same = leaf(raw, 'insuplc').slice(0, 2) === leaf(raw, 'mdtrtarea').slice(0, 2);
  return same ? { code: '1', name: '省内异地' } : { code: '2', name: '跨省异地转入' };
}

/** 定点医药机构, as an order names it. */
export function institutionOf({ raw }: OffSiteOrder): JsonObject {
  const code = leaf(raw, 'fixmedins_code');
  return { fixmedins_code: code, fixmedins_name: leaf(raw, 'fixmedins_name') || code };
}

/** 医疗类别 with its name; the code stands for a name the sandbox has not. */
export function careOf(code: string): JsonObject {
  return { med_type: code, med_type_name: CARE[code] ?? code };
}

/** 医疗类别 of an order. */
export function careCode({ raw }: OffSiteOrder): string {
  return leaf(raw, 'med_type') || PURCHASE;
}

/** 医疗类别, 险种 and 人员类别 with their names. */
export function kindsOf(order: OffSiteOrder): JsonObject {
  const { scheme, personType } = order.person;
  return {
    ...careOf(careCode(order)),
    insutype: scheme,
    insutype_name: SCHEMES[scheme],
    psn_type: personType,
    psn_type_name: PERSONS[personType] ?? personType,
  };
}

/** 基金支付类型 of the account that pays: code and name. */
export function accountFund({ person }: OffSiteOrder): JsonObject {
  return person.scheme === '310'
    ? { fund_pay_type: '310200', fund_pay_type_name: '城镇职工基本医疗保险个人账户基金' }
    : { fund_pay_type: '390500', fund_pay_type_name: '居民家庭账户金' };
}
