/** 2204 and 2205 at the care place: fee lines are split by the catalogue. */
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { priceTimesQuantity } from '../amount.ts';
import type { CoreAnswer } from '../core-answer.ts';
import { amountLeaf, amountNumber, child, children, leaf, rawNumber } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Catalogue, CatalogueItem } from '../catalogue.ts';
import { splitFee, sumSplits } from '../fee-split.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { Visit, VisitBook } from './visit-book.ts';

/** Largest difference between a line's amount and price × quantity, in 分. Source: identities, line-amount. */
const LINE_TOLERANCE = 1n;

/** 定价上限金额 of an item without limit. Source: samples/02. */
const NO_LIMIT = '999999';

interface Line {
  readonly raw: JsonObject;
  readonly visit: Visit;
  readonly number: string;
  readonly batch: string;
  readonly item: CatalogueItem | undefined;
  readonly split: FeeSplit;
}

/** Fee lines and their withdrawal. */
export function feeHandlers(
  book: VisitBook,
  catalogue: Catalogue,
): Readonly<Record<string, TransactionHandler>> {
  return {
    2204: (request) => upload(request, { book, catalogue }),
    2205: ({ input }) => withdraw(book, child(input, 'data')),
  };
}

type Books = { readonly book: VisitBook; readonly catalogue: Catalogue };

function upload({ input }: CoreRequest, books: Books): CoreAnswer {
  const lines: Line[] = [];
  for (const raw of children(input, 'feedetail')) {
    const line = readLine(raw, books);
    if ('refusal' in line) return line;
    const twice = lines.some(({ number, visit }) => number === line.number && visit === line.visit);
    if (twice) return { refusal: `费用明细流水号重复：${line.number}` };
    lines.push(line);
  }
  if (lines.length === 0) return { refusal: '费用明细为空' };
  for (const own of Map.groupBy(lines, ({ visit, batch }) => `${visit.id} ${batch}`).values()) {
    const [first] = own;
    first?.visit.batches.set(first.batch, {
      totals: sumSplits(own.map((line) => line.split)),
      lineNumbers: own.map((line) => line.number),
      settled: false,
    });
  }
  return { output: { result: lines.map(answerLine) } };
}

function readLine(raw: JsonObject, { book, catalogue }: Books): Line | { readonly refusal: string } {
  const number = leaf(raw, 'feedetl_sn');
  const visit = book.find(leaf(raw, 'mdtrt_id'), leaf(raw, 'psn_no'));
  if ('refusal' in visit) return visit;
  const batch = leaf(raw, 'chrg_bchno');
  if (number === '' || batch === '') return { refusal: '费用明细流水号、收费批次号不能为空' };
  if (visit.batches.has(batch)) return { refusal: `收费批次已上传：${batch}` };
  if ([...visit.batches.values()].some(({ lineNumbers }) => lineNumbers.includes(number))) {
    return { refusal: `费用明细流水号重复：${number}` };
  }
  const quantity = leaf(raw, 'cnt');
  const total = amountLeaf(raw, 'det_item_fee_sumamt');
  const product = priceTimesQuantity(leaf(raw, 'pric'), quantity);
  if (total === undefined || product === undefined || total < 0n) {
    return { refusal: `明细 ${number} 的金额、数量或单价不合法` };
  }
  const difference = total > product ? total - product : product - total;
  if (difference > LINE_TOLERANCE) return { refusal: `明细 ${number} 的金额不等于单价×数量` };
  const item = catalogue.get(leaf(raw, 'med_list_codg'));
  const split = splitFee(total, item, { quantity, approved: leaf(raw, 'hosp_appr_flag') });
  return { raw, visit, number, batch, item, split };
}

function answerLine({ raw, number, item, split }: Line): JsonObject {
  const allSelfPaid = split.selfPaid === split.total && split.total > 0n;
  return {
    feedetl_sn: number,
    det_item_fee_sumamt: amountNumber(split.total),
    cnt: rawNumber(leaf(raw, 'cnt')),
    pric: rawNumber(leaf(raw, 'pric')),
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
    lmt_used_flag: item?.restricted === true ? '1' : '0',
    drt_reim_flag: '0',
    memo: item === undefined ? '目录外项目' : '',
  };
}

function withdraw(book: VisitBook, data: JsonObject): CoreAnswer {
  const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'));
  if ('refusal' in visit) return visit;
  const wanted = leaf(data, 'chrg_bchno');
  if (wanted === '0000') {
    for (const [number, { settled }] of visit.batches) if (!settled) visit.batches.delete(number);
    return { output: null };
  }
  const batch = visit.batches.get(wanted);
  if (batch === undefined) return { refusal: `未查询到收费批次：${wanted}` };
  if (batch.settled) return { refusal: '已结算的费用明细不能撤销' };
  visit.batches.delete(wanted);
  return { output: null };
}
