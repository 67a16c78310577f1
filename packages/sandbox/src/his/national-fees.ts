/** Fee lines of a national HIS for 2204, 2301 and 2102, and their splits back. */
import assert from 'node:assert/strict';
import { priceTimesQuantity } from '../amount.ts';
import { amountLeaf, leaf, rawNumber } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { FeeItem, HisVisit, SplitLine } from './his.ts';
import type { NationalDesk } from './national-desk.ts';
import { shortNumber } from './national-settlement.ts';

/** A line as sent, with what is needed to understand its answer. */
export interface SentLine {
  readonly number: string;
  readonly item: FeeItem;
  readonly total: bigint;
  readonly wire: JsonObject;
}

/** Price × quantity of an item in 分. */
export function itemTotal({ price, quantity, name }: FeeItem): bigint {
  const total = priceTimesQuantity(price, quantity);
  assert(total !== undefined, `price and quantity of ${name} are plain decimals`);
  return total;
}

/** Makes a line. Source: transactions/2204. */
export function feeLine(
  item: FeeItem,
  { visit, desk }: { readonly visit: HisVisit; readonly desk: NationalDesk },
): SentLine {
  const { number, total, members } = lineMembers(item, desk);
  const wire = {
    ...members,
    mdtrt_id: visit.id,
    psn_no: visit.patient.psnNo,
    chrg_bchno: visit.batch,
    dise_codg: visit.plan.disease?.code ?? '',
    rxno: `R${visit.batch}`,
    rx_circ_flag: '0',
    sin_dos_dscr: '',
    used_frqu_dscr: '',
    prd_days: 0,
    medc_way_dscr: '',
    ...ordering(desk),
    hosp_appr_flag: item.approved ?? '1',
    tcmdrug_used_way: '',
    etip_flag: '0',
    etip_hosp_code: '',
    dscg_tkdrug_flag: '0',
    matn_fee_flag: '0',
  };
  return { number, item, total, wire };
}

/** Makes a line of a stay. Source: transactions/2301. */
export function stayLine(
  item: FeeItem,
  { visit, desk }: { readonly visit: HisVisit; readonly desk: NationalDesk },
): SentLine {
  const { number, total, members } = lineMembers(item, desk);
  const wire = {
    ...members,
    init_feedetl_sn: '',
    mdtrt_id: visit.id,
    drord_no: `Y${number}`,
    psn_no: visit.patient.psnNo,
    med_type: visit.plan.medType,
    ...ordering(desk),
    hosp_appr_flag: item.approved ?? '1',
    tcmdrug_used_way: '',
    etip_flag: '0',
    etip_hosp_code: '',
    dscg_tkdrug_flag: '0',
    matn_fee_flag: '0',
    memo: '',
    exp_content: '',
  };
  return { number, item, total, wire };
}

/** Makes a line of a purchase. Source: transactions/2102, `drugdetail`. */
export function drugLine(
  item: FeeItem,
  { visit, desk }: { readonly visit: HisVisit; readonly desk: NationalDesk },
): SentLine {
  const { number, total, members } = lineMembers(item, desk);
  const prescribed = item.prescribed === true;
  const wire = {
    ...members,
    rxno: prescribed ? `R${visit.batch}` : '',
    rx_circ_flag: prescribed ? '1' : '0',
    sin_dos_dscr: '',
    used_frqu_dscr: '',
    prd_days: 0,
    medc_way_dscr: '',
    bilg_dr_codg: prescribed ? `D${desk.options.region}000001` : '',
    bilg_dr_name: prescribed ? '测试医师' : '',
    tcmdrug_used_way: '',
    exp_content: '',
  };
  return { number, item, total, wire };
}

function lineMembers(
  item: FeeItem,
  desk: NationalDesk,
): { readonly number: string; readonly total: bigint; readonly members: JsonObject } {
  // A number by the specification, but quoted, even with letters, where it was really sent (2204-131100-01).
  const number = desk.channel.ownNumber().slice(2);
  const total = itemTotal(item);
  const members = {
    feedetl_sn: number,
    fee_ocur_time: desk.now(),
    med_list_codg: item.code,
    medins_list_codg: item.ownCode,
    det_item_fee_sumamt: shortNumber(total),
    cnt: rawNumber(item.quantity),
    pric: rawNumber(item.price),
  };
  return { number, total, members };
}

function ordering({ options }: NationalDesk): JsonObject {
  return {
    bilg_dept_codg: 'A03',
    bilg_dept_name: '内科',
    bilg_dr_codg: `D${options.region}000001`,
    bilg_dr_name: '测试医师',
    acord_dept_codg: '',
    acord_dept_name: '',
    orders_dr_code: '',
    orders_dr_name: '',
  };
}

/** Reads the splits from a node; `undefined` when a line is missing or its parts do not add up. */
export function readSplits(
  rowsOfAnswer: readonly JsonObject[],
  lines: readonly SentLine[],
): readonly SplitLine[] | undefined {
  const rows = new Map(rowsOfAnswer.map((row) => [leaf(row, 'feedetl_sn'), row]));
  const splits = lines.flatMap(({ number, item, total }): SplitLine[] => {
    const row = rows.get(number);
    if (row === undefined) return [];
    const [selfPaid = 0n, overLimit = 0n, preSelfPaid = 0n, inScope = 0n] = [
      'fulamt_ownpay_amt',
      'overlmt_amt',
      'preselfpay_amt',
      'inscp_scp_amt',
    ].map((name) => amountLeaf(row, name));
    const whole = selfPaid + overLimit + preSelfPaid + inScope === total;
    return whole ? [{ item, split: { total, selfPaid, overLimit, preSelfPaid, inScope } }] : [];
  });
  return splits.length === lines.length ? splits : undefined;
}
