/**
 * What a movement of goods must be to be taken: its code, quantity and days, and as many pieces as there are. What
 * is in stock is known of a batch only once it was counted (3501), bought (3503) or moved (3502); before that, goods
 * may have come earlier than the reports, and are taken as told. Goods out of opened packs (拆零标志 1) are counted in
 * another unit, which nothing tells, so that stock is not held against them. Inferred: no public fact tells a core's checks.
 */
import { scaledText } from '../amount.ts';
import { date } from '../china-time.ts';
import { refuseUnknown } from '../known-codes.ts';
import type { KnownCodes } from '../known-codes.ts';
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Form, Inventory, Movement } from './inventory.ts';

/** Source: value-sets/inv_chg_type. */
const CHANGES: KnownCodes = {
  name: 'inv_chg_type',
  label: '库存变更类型',
  codes: ['101', '102', '103', '104', '105', '106', '107', '108', '109', '110', '111'],
};

/** Changes that take goods away; 108 and 109 tell again what 3503 and 3504 tell. */
const OUTGOING: ReadonlySet<string> = new Set(['102', '104', '105', '107', '111']);
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set(['108', '109']);

/** A movement that is not stored yet. */
export interface Offered {
  readonly form: Form;
  readonly institution: string;
  readonly data: JsonObject;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Every reason not to take a movement, each with node and member. */
export function movementFaults(inventory: Inventory, offered: Offered): readonly string[] {
  const faults = [...codeFaults(offered), ...dayFaults(offered)];
  const pieces = quantityOf(offered.form, offered.data);
  const lowest = offered.form.kind === '1' ? 0n : 1n;
  if (pieces === undefined || pieces < lowest) {
    return [...faults, `${placeOf(offered, offered.form.quantity)}数量不合法：${sentOf(offered)}`];
  }
  const shortage = shortageOf(inventory, { offered, pieces });
  return shortage === undefined ? faults : [...faults, shortage];
}

function placeOf({ form }: Offered, name: string): string {
  return `${form.node}.${name} `;
}

function sentOf({ form, data }: Offered): string {
  return leaf(data, form.quantity);
}

/** In 1/10000; `undefined` when it is no quantity. */
function quantityOf({ quantity }: Pick<Form, 'quantity'>, data: JsonObject): bigint | undefined {
  return scaledText(leaf(data, quantity), 4);
}

function codeFaults(offered: Offered): readonly string[] {
  if (offered.form.kind !== '2') return [];
  const unknown = refuseUnknown(offered.data, [CHANGES]);
  return unknown === undefined ? [] : [placeOf(offered, CHANGES.name) + unknown.refusal];
}

/** Expired goods may go back to where they came from, but are neither counted, bought nor sold. */
function dayFaults(offered: Offered): readonly string[] {
  const { form, data, now } = offered;
  const [made, ends] = [leaf(data, 'manu_date').slice(0, 10), leaf(data, 'expy_end').slice(0, 10)];
  if (ends === '') return [];
  const place = placeOf(offered, 'expy_end');
  return [
    ...(ends < made ? [`${place}有效期止早于生产日期 ${made}：${ends}`] : []),
    ...(ends < date(now) && form.returned !== true ? [`${place}商品已过有效期：${ends}`] : []),
  ];
}

/** Whether the pieces are of opened packs. */
function isSplit(data: JsonObject): boolean {
  return leaf(data, 'trdn_flag') === '1';
}

/** More than is in stock leaves it, or more comes back than was sold. */
function shortageOf(
  inventory: Inventory,
  { offered, pieces }: { readonly offered: Offered; readonly pieces: bigint },
): string | undefined {
  const { form, data } = offered;
  const place = placeOf(offered, form.quantity);
  if (form.kind === '4' && form.returned === true) {
    const sold = soldOf(inventory, offered);
    return sold !== undefined && sold < pieces
      ? `${place}退货数量 ${sentOf(offered)} 多于已售未退 ${piecesText(sold)}`
      : undefined;
  }
  const leaves =
    (form.kind === '2' && OUTGOING.has(leaf(data, 'inv_chg_type'))) ||
    (form.kind === '3' && form.returned === true) ||
    form.kind === '4';
  const stock = leaves && !isSplit(data) ? stockOf(inventory, offered) : undefined;
  return stock !== undefined && stock < pieces
    ? `${place}数量 ${sentOf(offered)} 多于库存 ${piecesText(stock)}`
    : undefined;
}

/** Movements of the same item and batch, in the order in which they were told. */
function historyOf(inventory: Inventory, { institution, data }: Offered): readonly Movement[] {
  const item = leaf(data, 'fixmedins_hilist_id');
  const batch = leaf(data, 'fixmedins_bchno');
  return (['1', '2', '3', '4'] as const)
    .flatMap((kind) => inventory.find(kind, institution, batch))
    .filter((one) => leaf(one.data, 'fixmedins_hilist_id') === item)
    .toSorted((a, b) => (a.number < b.number ? -1 : 1));
}

/** In 1/10000; `undefined` when nothing is known of the batch. */
function stockOf(inventory: Inventory, offered: Offered): bigint | undefined {
  let stock: bigint | undefined;
  for (const one of historyOf(inventory, offered)) {
    if (isSplit(one.data)) continue;
    const pieces = quantityOf({ quantity: one.quantity }, one.data) ?? 0n;
    if (one.kind === '1') stock = pieces;
    else if (stock !== undefined || comesIn(one)) stock = (stock ?? 0n) + effectOf(one, pieces);
  }
  return stock;
}

function comesIn({ kind, returned, data }: Movement): boolean {
  const change = leaf(data, 'inv_chg_type');
  return kind === '2' ? !OUTGOING.has(change) && !TOLD_ELSEWHERE.has(change) : kind === '3' && !returned;
}

function effectOf({ kind, returned, data }: Movement, pieces: bigint): bigint {
  const change = leaf(data, 'inv_chg_type');
  if (kind === '2') {
    if (TOLD_ELSEWHERE.has(change)) return 0n;
    return OUTGOING.has(change) ? -pieces : pieces;
  }
  const comes = kind === '3' ? !returned : returned;
  return comes ? pieces : -pieces;
}

/** Sold and not come back, in 1/10000; `undefined` when no sale of the batch was told. */
function soldOf(inventory: Inventory, offered: Offered): bigint | undefined {
  const sales = historyOf(inventory, offered).filter(
    ({ kind, data }) => kind === '4' && isSplit(data) === isSplit(offered.data),
  );
  if (!sales.some(({ returned }) => !returned)) return undefined;
  return sales.reduce((sum, one) => {
    const pieces = quantityOf({ quantity: one.quantity }, one.data) ?? 0n;
    return one.returned ? sum - pieces : sum + pieces;
  }, 0n);
}

/** 1/10000 as text, `2.5`. */
function piecesText(pieces: bigint): string {
  const sign = pieces < 0n ? '-' : '';
  const digits = String(pieces < 0n ? -pieces : pieces).padStart(5, '0');
  const fraction = digits.slice(-4).replace(/0+$/, '');
  return `${sign}${digits.slice(0, -4)}${fraction === '' ? '' : `.${fraction}`}`;
}
