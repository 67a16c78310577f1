/** 2175 and 2176 at the clearing platform: what it owes a pharmacy for purchases of people from elsewhere. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { amountNumber, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { answerPage } from './answer-page.ts';
import {
  PURCHASE,
  accountFund,
  careCode,
  careOf,
  institutionOf,
  kindsOf,
  paidOf,
  settledOrders,
  sumPaid,
} from './off-site-orders.ts';
import type { OffSiteOrder, OffSiteOrders } from './off-site-orders.ts';

/** Nothing is declared and nothing paid out in the sandbox; what the account paid is owed. */
const STANDING = { dcla_sum: amountNumber(0n), pay_sum: amountNumber(0n) };

/** Purchases of a day, and their totals in a period; refunded ones are in neither. */
export function offSiteAccountHandlers(orders: OffSiteOrders): Readonly<Record<string, TransactionHandler>> {
  return {
    2175: ({ input }) => listDay(orders, input),
    2176: (request) => sumPeriod(orders, request),
  };
}

/** A refusal when members are missing or are no days `yyyy-MM-dd`. */
function wrongDays(
  input: JsonObject,
  days: Readonly<Record<string, string>>,
): { readonly refusal: string } | undefined {
  const missing = missingMembers(input, ['fixmedins_code', ...Object.keys(days)]);
  if (missing !== undefined) return missing;
  const wrong = Object.entries(days).filter(([name]) => !isDay(leaf(input, name)));
  if (wrong.length === 0) return undefined;
  return { refusal: wrong.map(([name, label]) => `${label}不合法：${leaf(input, name)}`).join('；') };
}

function isDay(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function listDay(orders: OffSiteOrders, input: JsonObject): CoreAnswer {
  const wrong = wrongDays(input, { query_date: '查询日期' });
  if (wrong !== undefined) return wrong;
  const day = leaf(input, 'query_date');
  const found = settledOrders(orders, { institution: leaf(input, 'fixmedins_code'), from: day, to: day });
  return answerPage(input, found.map(dayRow));
}

function dayRow(order: OffSiteOrder): JsonObject {
  const { total, account } = paidOf(order);
  return {
    ...institutionOf(order),
    mdtrt_regno: order.number,
    certno: order.person.certno,
    psn_name: order.person.name,
    ...kindsOf(order),
    clr_stas: '0',
    clr_stas_name: '未申请',
    ...accountFund(order),
    medfee_sumamt: amountNumber(total),
    dfr_sumamt: amountNumber(account),
    ...STANDING,
  };
}

/** One object for all purchases, under their 医疗类别 when they have one in common. */
function sumPeriod(orders: OffSiteOrders, { input, envelope }: CoreRequest): CoreAnswer {
  const wrong = wrongDays(input, { start_date: '查询开始日期', end_date: '查询结束日期' });
  if (wrong !== undefined) return wrong;
  const [from, to] = [leaf(input, 'start_date'), leaf(input, 'end_date')];
  if (to < from) return { refusal: `结束日期早于开始日期：${to}` };
  const institution = leaf(input, 'fixmedins_code');
  const named = nameOf(orders, { institution, envelope });
  if ('refusal' in named) return named;
  const found = settledOrders(orders, { institution, from, to });
  const { total, account } = sumPaid(found);
  const kinds = [...new Set(found.map(careCode))];
  return {
    output: {
      ...named.members,
      ...careOf(kinds.length === 1 ? (kinds[0] ?? PURCHASE) : PURCHASE),
      medfee_sumamt: amountNumber(total),
      dfr_sumamt: amountNumber(account),
      ...STANDING,
      no_pay_sum: amountNumber(account),
    },
  };
}

/** The institution by one of its orders; one that asks for itself is known without any. */
function nameOf(
  orders: OffSiteOrders,
  { institution, envelope }: { readonly institution: string; readonly envelope: JsonObject },
): { readonly members: JsonObject } | { readonly refusal: string } {
  const order = [...orders.values()].find(({ raw }) => leaf(raw, 'fixmedins_code') === institution);
  if (order !== undefined) return { members: institutionOf(order) };
  if (leaf(envelope, 'fixmedins_code') !== institution)
    return { refusal: `未查询到医药机构：${institution}` };
  const name = leaf(envelope, 'fixmedins_name') || institution;
  return { members: { fixmedins_code: institution, fixmedins_name: name } };
}
