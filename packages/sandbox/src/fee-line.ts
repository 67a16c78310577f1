/** One fee line: read and checked, split by a catalogue, answered as 2204, 2301 and 2102 have it. */
import { priceTimesQuantity } from './amount.ts';
import type { Catalogue, CatalogueItem } from './catalogue.ts';
import { LINE_CODES, refuseUnknown } from './known-codes.ts';
import { splitFee, turned } from './fee-split.ts';
import type { FeeSplit } from './fee-split.ts';
import { amountLeaf, amountNumber, leaf, rawNumber, sentNumber } from './national-message.ts';
import type { JsonObject } from './national-message.ts';

/** Largest difference between a line's amount and price × quantity, in 分. Source: identities, line-amount. */
const LINE_TOLERANCE = 1n;

/** 定价上限金额 of an item without limit. Source: samples/02. */
const NO_LIMIT = '999999';

/** A line with its split. */
export interface FeeLine {
  /** 费用明细流水号 `feedetl_sn`. */
  readonly number: string;
  /** As sent. */
  readonly raw: JsonObject;
  /** Absent when the code is not in the catalogue. */
  readonly item: CatalogueItem | undefined;
  /** Amounts of a returned line are negative. */
  readonly split: FeeSplit;
}

/**
 * Reads a line. `returns`: whether a negative quantity with a negative amount is allowed.
 * Source: transactions 2204, 2301, 2102.
 */
export function readFeeLine(
  raw: JsonObject,
  { catalogue, returns }: { readonly catalogue: Catalogue; readonly returns: boolean },
): FeeLine | { readonly refusal: string } {
  const number = leaf(raw, 'feedetl_sn');
  if (number === '') return { refusal: '费用明细流水号不能为空' };
  const sent = leaf(raw, 'cnt');
  const back = returns && sent.startsWith('-');
  const quantity = back ? sent.slice(1) : sent;
  const signed = amountLeaf(raw, 'det_item_fee_sumamt');
  const total = back && signed !== undefined ? -signed : signed;
  const product = priceTimesQuantity(leaf(raw, 'pric'), quantity);
  if (total === undefined || product === undefined || total < 0n) {
    return { refusal: `明细 ${number} 的金额、数量或单价不合法` };
  }
  const difference = total > product ? total - product : product - total;
  if (difference > LINE_TOLERANCE) return { refusal: `明细 ${number} 的金额不等于单价×数量` };
  const unknown = refuseUnknown(raw, LINE_CODES);
  if (unknown !== undefined) return { refusal: `明细 ${number} 的${unknown.refusal}` };
  const item = catalogue.get(leaf(raw, 'med_list_codg'));
  const split = splitFee(total, item, { quantity, approved: leaf(raw, 'hosp_appr_flag') });
  return { number, raw, item, split: back ? turned(split) : split };
}

/** A line as 2204 and 2301 answer it. */
export function answerFeeLine(line: FeeLine): JsonObject {
  return { ...answerDrugLine(line), lmt_used_flag: limited(line) };
}

/** A line as 2101 and 2102 answer it, in `detlcutinfo`. */
export function answerDrugLine(line: FeeLine): JsonObject {
  return { feedetl_sn: line.number, ...splitMembers(line), drt_reim_flag: '0', memo: memoOf(line) };
}

/** 限制使用标志 `lmt_used_flag`. */
export function limited({ item }: FeeLine): '0' | '1' {
  return item?.restricted === true ? '1' : '0';
}

/** What the catalogue and the split say of a line; also part of 5204. */
export function splitMembers({ raw, item, split }: FeeLine): JsonObject {
  const allSelfPaid = split.selfPaid === split.total && split.total !== 0n;
  return {
    det_item_fee_sumamt: amountNumber(split.total),
    cnt: sentNumber(leaf(raw, 'cnt')),
    pric: sentNumber(leaf(raw, 'pric')),
    pric_uplmt_amt: item?.priceLimit === undefined ? rawNumber(NO_LIMIT) : amountNumber(item.priceLimit),
    selfpay_prop: allSelfPaid ? 1 : Number(item?.selfPayRate ?? 10_000n) / 10_000,
    fulamt_ownpay_amt: amountNumber(split.selfPaid),
    overlmt_amt: amountNumber(split.overLimit),
    preselfpay_amt: amountNumber(split.preSelfPaid),
    inscp_scp_amt: amountNumber(split.inScope),
    chrgitm_lv: item?.level ?? '03',
    med_chrgitm_type: item?.itemType ?? '14',
    bas_medn_flag: '0',
    hi_nego_drug_flag: '0',
    chld_medc_flag: '0',
    list_sp_item_flag: '0',
  };
}

function memoOf({ item }: FeeLine): string {
  return item === undefined ? '目录外项目' : '';
}
