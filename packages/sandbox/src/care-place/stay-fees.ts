/** 2301, 2302 and 2306 at the care place: fee lines of a stay, uploaded as they arise, returned, withdrawn, remarked on. */
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import type { CoreAnswer } from '../core-answer.ts';
import { answerFeeLine } from '../fee-line.ts';
import { children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { BookedLine } from './bill.ts';
import { bookLine } from './fees.ts';
import type { FeeBooks } from './fees.ts';
import type { Visit, VisitBook } from './visit-book.ts';

/** Everything about one line that an upload brings. */
interface Uploaded {
  readonly visit: Visit;
  readonly line: BookedLine;
}

/** Fee lines of stays. */
export function stayFeeHandlers(books: FeeBooks): Readonly<Record<string, TransactionHandler>> {
  return {
    2301: (request) => upload(request, books),
    2302: ({ input }) => withdraw(books.book, children(input, 'data')),
    2306: ({ input }) => remark(books.book, children(input, 'data')),
  };
}

/** All lines go on the account or none. */
function upload({ input }: CoreRequest, books: FeeBooks): CoreAnswer {
  const uploaded: Uploaded[] = [];
  const refusal = uploadLines(children(input, 'feedetail'), { books, uploaded });
  if (refusal === undefined && uploaded.length > 0) {
    return { output: { result: uploaded.map(({ line }) => answerFeeLine(line)) } };
  }
  for (const { visit, line } of uploaded.reverse()) removeLine(visit, line);
  return { refusal: refusal ?? '费用明细（feedetail）为空' };
}

function uploadLines(
  rows: readonly JsonObject[],
  { books, uploaded }: { readonly books: FeeBooks; readonly uploaded: Uploaded[] },
): string | undefined {
  for (const raw of rows) {
    const visit = findInHospital(books.book, raw);
    if ('refusal' in visit) return visit.refusal;
    const line = bookLine(raw, { lines: visit.lines, catalogue: books.catalogue, returns: true });
    if ('refusal' in line) return line.refusal;
    const refusal = giveBack(visit, line);
    if (refusal !== undefined) return refusal;
    visit.lines.set(line.number, line);
    uploaded.push({ visit, line });
  }
  return undefined;
}

function findInHospital(book: VisitBook, raw: JsonObject): Visit | { readonly refusal: string } {
  const visit = book.find(leaf(raw, 'mdtrt_id'), leaf(raw, 'psn_no'), 'inpatient');
  if ('refusal' in visit || visit.discharge === undefined) return visit;
  return { refusal: '已办理出院，不能再变动费用明细，须先撤销出院（2405）' };
}

/** A negative line takes from the line it names, never more than is left of it. Source: 2301, rules. */
function giveBack(visit: Visit, line: BookedLine): string | undefined {
  if (line.left >= 0n) return undefined;
  const number = leaf(line.raw, 'init_feedetl_sn');
  const original = visit.lines.get(number);
  if (original === undefined || original.left < 0n) {
    return `退费明细 ${line.number} 的原费用流水号不存在：${number}`;
  }
  if (leaf(original.raw, 'med_list_codg') !== leaf(line.raw, 'med_list_codg')) {
    return `退费明细 ${line.number} 的项目与原费用不同`;
  }
  if (original.left + line.left < 0n) return `退费明细 ${line.number} 的数量多于原费用余量`;
  original.left += line.left;
  return undefined;
}

function removeLine(visit: Visit, line: BookedLine): void {
  visit.lines.delete(line.number);
  const original = line.left < 0n ? visit.lines.get(leaf(line.raw, 'init_feedetl_sn')) : undefined;
  if (original !== undefined) original.left -= line.left;
}

/** All rows are withdrawn or none; `0000` stands for every line that is not settled. */
function withdraw(book: VisitBook, rows: readonly JsonObject[]): CoreAnswer {
  if (rows.length === 0) return { refusal: '未指定要撤销的费用明细（data）' };
  const going = new Map<Visit, Set<BookedLine>>();
  for (const row of rows) {
    const visit = findInHospital(book, row);
    if ('refusal' in visit) return visit;
    const lines = linesToWithdraw(visit, leaf(row, 'feedetl_sn'));
    if ('refusal' in lines) return lines;
    const own = going.get(visit) ?? new Set();
    for (const line of lines) own.add(line);
    going.set(visit, own);
  }
  for (const [visit, own] of going) {
    const refusal = returnLeft(visit, own);
    if (refusal !== undefined) return { refusal };
  }
  for (const [visit, own] of going) for (const line of own) removeLine(visit, line);
  return { output: null };
}

/** A line stays as long as a return of it stays. */
function returnLeft(visit: Visit, going: ReadonlySet<BookedLine>): string | undefined {
  for (const line of visit.lines.values()) {
    if (line.left >= 0n || going.has(line)) continue;
    const original = visit.lines.get(leaf(line.raw, 'init_feedetl_sn'));
    if (original !== undefined && going.has(original)) {
      return `明细 ${original.number} 已有退费，须先撤销退费明细 ${line.number}`;
    }
  }
  return undefined;
}

function linesToWithdraw(visit: Visit, number: string): readonly BookedLine[] | { readonly refusal: string } {
  if (number === '0000') {
    return [...visit.lines.values()].filter(({ settledBy }) => settledBy === undefined);
  }
  const line = visit.lines.get(number);
  if (line === undefined) return { refusal: `未查询到费用明细：${number}` };
  return line.settledBy === undefined ? [line] : { refusal: `明细 ${number} 已结算，不能撤销` };
}

/** All remarks are taken or none; they concern no money, so that a settled line takes one as well. */
function remark(book: VisitBook, rows: readonly JsonObject[]): CoreAnswer {
  if (rows.length === 0) return { refusal: '未指定要修改备注的费用明细（data）' };
  const changes: (() => void)[] = [];
  for (const row of rows) {
    const visit = book.find(leaf(row, 'mdtrt_id'), leaf(row, 'psn_no'), 'inpatient');
    if ('refusal' in visit) return visit;
    const number = leaf(row, 'bkkp_sn');
    const line = visit.lines.get(number);
    if (line === undefined || leaf(line.raw, 'med_list_codg') !== leaf(row, 'med_list_codg')) {
      return { refusal: `未查询到费用明细：${number}` };
    }
    const memo = leaf(row, 'memo');
    changes.push(() => visit.lines.set(number, { ...line, raw: { ...line.raw, memo } }));
  }
  for (const change of changes) change();
  return { output: null };
}
