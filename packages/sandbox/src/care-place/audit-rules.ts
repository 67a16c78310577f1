/** The rules of 3101 and 3102 at the care place, simple ones and all of the sandbox's own. */
import { amountFromText, amountText, halfUp, priceTimesQuantity, scaledText } from '../amount.ts';
import type { Catalogue } from '../catalogue.ts';
import { children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

/** What a rule found in an encounter. */
export interface Violation {
  readonly rule: AuditRule;
  readonly content: string;
  /** 违规金额 in 分. */
  readonly amount: bigint;
  readonly orders: readonly JsonObject[];
}

/** A rule. */
export interface AuditRule {
  readonly id: string;
  readonly name: string;
  /** 严重程度 `sev_deg`: 1 明确违规, 2 高度可疑, 3 轻度可疑. */
  readonly severity: '1' | '2' | '3';
  readonly evidence: string;
}

interface Audited {
  readonly encounter: JsonObject;
  readonly orders: readonly JsonObject[];
  readonly catalogue: Catalogue;
}

type Check = (audited: Audited) => readonly Omit<Violation, 'rule'>[];

const RULES: readonly (readonly [AuditRule, Check])[] = [
  [
    { id: 'SBX001', name: '金额不符', severity: '1', evidence: '金额应等于单价×数量' },
    ({ orders }) => orders.flatMap(wrongAmount),
  ],
  [
    { id: 'SBX002', name: '重复开具', severity: '3', evidence: '同一就诊同一项目当前医嘱不宜重复' },
    ({ orders }) => repeated(orders),
  ],
  [
    { id: 'SBX003', name: '超出限价', severity: '2', evidence: '单价不应高于医保目录限价' },
    ({ orders, catalogue }) => orders.flatMap((order) => overLimit(order, catalogue)),
  ],
  [
    { id: 'SBX004', name: '限制使用', severity: '2', evidence: '限制使用项目须经医院审批' },
    ({ orders, catalogue }) => orders.flatMap((order) => restricted(order, catalogue)),
  ],
  [
    { id: 'SBX005', name: '出院早于入院', severity: '1', evidence: '出院日期不应早于入院日期' },
    ({ encounter }) => impossibleStay(encounter),
  ],
];

/** Applies the rules, all of them when none are named, to one encounter. */
export function auditEncounter(
  encounter: JsonObject,
  { catalogue, wanted }: { readonly catalogue: Catalogue; readonly wanted: readonly string[] },
): readonly Violation[] {
  const orders = children(encounter, 'fsi_order_dtos');
  return RULES.filter(([{ id }]) => wanted.length === 0 || wanted.includes(id)).flatMap(([rule, check]) =>
    check({ encounter, orders, catalogue }).map((found) => ({ ...found, rule })),
  );
}

/** 总费用 of an order in 分; zero when it is none. */
export function orderAmount(order: JsonObject): bigint {
  return amountFromText(leaf(order, 'sumamt')) ?? 0n;
}

function wrongAmount(order: JsonObject): readonly Omit<Violation, 'rule'>[] {
  const product = priceTimesQuantity(leaf(order, 'pric'), leaf(order, 'cnt'));
  const sent = amountFromText(leaf(order, 'sumamt'));
  const name = leaf(order, 'hilist_name');
  if (product === undefined || sent === undefined) {
    return [{ content: `${name} 的单价、数量或金额不合法`, amount: 0n, orders: [order] }];
  }
  const difference = sent > product ? sent - product : product - sent;
  if (difference <= 1n) return [];
  const content = `${name} 金额${amountText(sent)}，单价×数量为${amountText(product)}`;
  return [{ content, amount: difference, orders: [order] }];
}

function repeated(orders: readonly JsonObject[]): readonly Omit<Violation, 'rule'>[] {
  const current = orders.filter((order) => leaf(order, 'curr_drord_flag') !== '0');
  return [...Map.groupBy(current, (order) => leaf(order, 'hilist_code'))].flatMap(([code, same]) => {
    if (code === '' || same.length < 2) return [];
    const [first, ...later] = same;
    const amount = later.reduce((sum, order) => sum + orderAmount(order), 0n);
    const name = leaf(first ?? {}, 'hilist_name');
    return [{ content: `${name}（${code}）开具 ${same.length} 次`, amount, orders: later }];
  });
}

function overLimit(order: JsonObject, catalogue: Catalogue): readonly Omit<Violation, 'rule'>[] {
  const limit = catalogue.get(leaf(order, 'hilist_code'))?.priceLimit;
  const price = scaledText(leaf(order, 'pric'), 6);
  const quantity = scaledText(leaf(order, 'cnt'), 4);
  if (limit === undefined || price === undefined || quantity === undefined || quantity < 0n) return [];
  const excess = price - limit * 10_000n;
  if (excess <= 0n) return [];
  const content = `${leaf(order, 'hilist_name')} 单价${leaf(order, 'pric')}，限价${amountText(limit)}`;
  return [{ content, amount: halfUp(excess * quantity, 10n ** 8n), orders: [order] }];
}

function restricted(order: JsonObject, catalogue: Catalogue): readonly Omit<Violation, 'rule'>[] {
  if (catalogue.get(leaf(order, 'hilist_code'))?.restricted !== true) return [];
  const content = `${leaf(order, 'hilist_name')} 为限制使用项目，须审批`;
  return [{ content, amount: orderAmount(order), orders: [order] }];
}

function impossibleStay(encounter: JsonObject): readonly Omit<Violation, 'rule'>[] {
  const [admitted, discharged] = [leaf(encounter, 'adm_date'), leaf(encounter, 'dscg_date')];
  if (discharged === '' || discharged >= admitted) return [];
  return [{ content: `入院${admitted}，出院${discharged}`, amount: 0n, orders: [] }];
}
