/** 3260-3262 at the care place: a month's settlements of people from elsewhere, fetched, confirmed, rolled back. */
import { amountText } from '../amount.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { amountLeaf, amountNumber, child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { SettlementBook, SettlementEntry } from './settlement-book.ts';
import { selectEntries } from './settlement-selection.ts';

/** Most rows of one 3260. Source: 3260, rules. */
const ROWS_A_CALL = 100;

/** A confirmation: its number is `inf_refmsgid` of the answer to 3261. */
interface Confirmation {
  readonly number: string;
  readonly institution: string;
  /** `yyyy-MM`. */
  readonly month: string;
}

interface Books {
  readonly settlements: SettlementBook;
  /** By 结算流水号. */
  readonly confirmed: Map<string, Confirmation>;
}

/** Fetching, confirming and rolling back. */
export function offSiteClearingHandlers(
  settlements: SettlementBook,
): Readonly<Record<string, TransactionHandler>> {
  const books = { settlements, confirmed: new Map<string, Confirmation>() };
  return {
    3260: (request) => wrongMonth(dataOf(request)) ?? fetchRows(books, request),
    3261: (request) => wrongMonth(dataOf(request)) ?? confirm(books, request),
    3262: (request) => wrongMonth(dataOf(request)) ?? rollBack(books, request),
  };
}

/** One client sends the members directly under `input`. Source: 3262, rules. */
function dataOf({ input }: CoreRequest): JsonObject {
  return input['data'] === undefined ? input : child(input, 'data');
}

/** A refusal when year or month is none, or the first row wanted is no count. */
function wrongMonth(data: JsonObject): { readonly refusal: string } | undefined {
  const [year, month, first] = ['trt_year', 'trt_month', 'startrow'].map((name) => leaf(data, name));
  const wrong = [
    ...(/^\d{4}$/.test(year ?? '') ? [] : [`结算年度（trt_year）不合法：${year}`]),
    ...(/^(0?[1-9]|1[0-2])$/.test(month ?? '') ? [] : [`结算月份（trt_month）不合法：${month}`]),
    ...(/^(|0*[1-9]\d{0,8})$/.test(first ?? '') ? [] : [`开始行数（startrow）不合法：${first}`]),
  ];
  return wrong.length === 0 ? undefined : { refusal: wrong.join('；') };
}

function monthOf(data: JsonObject): string {
  return `${leaf(data, 'trt_year')}-${leaf(data, 'trt_month').padStart(2, '0')}`;
}

function entriesOf({ settlements }: Books, request: CoreRequest): readonly SettlementEntry[] {
  const month = monthOf(dataOf(request));
  return selectEntries(settlements, {
    institution: leaf(request.envelope, 'fixmedins_code'),
    scheme: '',
    clearingType: '',
    refunds: '',
    from: `${month}-01`,
    to: `${month}-31`,
  });
}

function fetchRows(books: Books, request: CoreRequest): CoreAnswer {
  const first = Math.max(1, Number(leaf(dataOf(request), 'startrow')) || 1);
  const entries = entriesOf(books, request).slice(first - 1, first - 1 + ROWS_A_CALL);
  return { output: { data: entries.map((entry, at) => clearingRow(entry, { seqno: first + at, request })) } };
}

function clearingRow(
  { info, visit, ...entry }: SettlementEntry,
  { seqno, request }: { readonly seqno: number; readonly request: CoreRequest },
): JsonObject {
  return {
    seqno,
    mdtrtarea: leaf(request.envelope, 'mdtrtarea_admvs'),
    medins_no: entry.institution,
    certno: leaf(info, 'certno') || leaf(visit.registration, 'certno'),
    mdtrt_id: visit.id,
    mdtrt_setl_time: leaf(info, 'setl_time'),
    setl_sn: entry.setlId,
    fulamt_advpay_flag: '0',
    medfee_sumamt: amountNumber(entry.paid.total),
    optins_pay_sumamt: amountNumber(entry.paid.fund),
  };
}

/** All rows are confirmed or none. 确认标志 0 leaves a row out. */
function confirm(books: Books, request: CoreRequest): CoreAnswer {
  const rows = children(request.input, 'detail');
  const data = dataOf(request);
  const entries = new Map(entriesOf(books, request).map((entry) => [entry.setlId, entry]));
  const announced = Number(leaf(data, 'totalrow'));
  if (announced !== rows.length && announced !== entries.size) {
    return { refusal: `总行数 ${announced} 不是本批 ${rows.length} 行，也不是本月 ${entries.size} 行` };
  }
  const wrong = rows.flatMap((row) => rowFault(books, { row, entry: entries.get(leaf(row, 'setl_sn')) }));
  if (rows.length === 0 || wrong.length > 0) {
    return { refusal: rows.length === 0 ? '确认明细（detail）为空' : wrong.slice(0, 10).join('；') };
  }
  const institution = leaf(request.envelope, 'fixmedins_code');
  const confirmation = { number: request.answerNumber, institution, month: monthOf(data) };
  for (const row of rows) {
    if (leaf(row, 'cnfm_flag') !== '0') books.confirmed.set(leaf(row, 'setl_sn'), confirmation);
  }
  return { output: null };
}

function rowFault(
  { confirmed }: Books,
  { row, entry }: { readonly row: JsonObject; readonly entry: SettlementEntry | undefined },
): readonly string[] {
  const number = leaf(row, 'setl_sn');
  if (entry === undefined) return [`${number} 不在本月清分明细中`];
  if (confirmed.has(number)) return [`${number} 已确认`];
  const { total, fund } = entry.paid;
  const same = amountLeaf(row, 'medfee_sumamt') === total && amountLeaf(row, 'optins_pay_sumamt') === fund;
  return same ? [] : [`${number} 应为总费用${amountText(total)}、经办机构支付${amountText(fund)}`];
}

/** 0 rolls back every confirmation of the institution for the month. Source: 3262, rules. */
function rollBack({ confirmed }: Books, request: CoreRequest): CoreAnswer {
  const data = dataOf(request);
  const wanted = leaf(data, 'otransid');
  const institution = leaf(request.envelope, 'fixmedins_code');
  const gone = [...confirmed].filter(
    ([, one]) =>
      one.institution === institution &&
      one.month === monthOf(data) &&
      (wanted === '0' || one.number === wanted),
  );
  for (const [setlId] of gone) confirmed.delete(setlId);
  return gone.length > 0 ? { output: null } : { refusal: `未查询到清分确认：${wanted}` };
}
