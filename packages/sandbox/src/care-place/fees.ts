/** 2204 and 2205 at the care place: fee lines are split by the catalogue. */
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import type { CoreAnswer } from '../core-answer.ts';
import { scaledText } from '../amount.ts';
import { answerFeeLine, readFeeLine } from '../fee-line.ts';
import { child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import type { Catalogue } from '../catalogue.ts';
import { createBill, isSettled } from './bill.ts';
import type { Bill, BookedLine } from './bill.ts';
import type { Visit, VisitBook } from './visit-book.ts';

/** What fee transactions work on. */
export interface FeeBooks {
  readonly book: VisitBook;
  readonly catalogue: Catalogue;
}

interface Uploaded {
  readonly visit: Visit;
  readonly batch: string;
  readonly line: BookedLine;
}

/** Fee lines and their withdrawal. */
export function feeHandlers(books: FeeBooks): Readonly<Record<string, TransactionHandler>> {
  return {
    2204: (request) => upload(request, books),
    2205: ({ input }) => withdraw(books.book, child(input, 'data')),
  };
}

function upload({ input }: CoreRequest, books: FeeBooks): CoreAnswer {
  const uploaded: Uploaded[] = [];
  const seen = new Set<string>();
  for (const raw of children(input, 'feedetail')) {
    const one = readUploaded(raw, books);
    if ('refusal' in one) return one;
    const key = `${one.visit.id} ${one.line.number}`;
    if (seen.has(key)) return { refusal: `费用明细流水号重复：${one.line.number}` };
    seen.add(key);
    uploaded.push(one);
  }
  if (uploaded.length === 0) return { refusal: '费用明细（feedetail）为空' };
  for (const own of Map.groupBy(uploaded, ({ visit, batch }) => `${visit.id} ${batch}`).values()) {
    const [first] = own;
    first?.visit.batches.set(first.batch, createBill(own.map(({ line }) => line)));
  }
  for (const { visit, line } of uploaded) visit.lines.set(line.number, line);
  return { output: { result: uploaded.map(({ line }) => answerFeeLine(line)) } };
}

function readUploaded(
  raw: JsonObject,
  { book, catalogue }: FeeBooks,
): Uploaded | { readonly refusal: string } {
  const visit = book.find(leaf(raw, 'mdtrt_id'), leaf(raw, 'psn_no'), 'outpatient');
  if ('refusal' in visit) return visit;
  const batch = leaf(raw, 'chrg_bchno');
  if (batch === '') return { refusal: '收费批次号不能为空' };
  if (visit.batches.has(batch)) return { refusal: `收费批次已上传：${batch}` };
  const line = bookLine(raw, { lines: visit.lines, catalogue, returns: false });
  return 'refusal' in line ? line : { visit, batch, line };
}

/** Reads a line that is to go on an account; refused when its number is among `lines`. */
export function bookLine(
  raw: JsonObject,
  {
    lines,
    ...reading
  }: {
    readonly lines: ReadonlyMap<string, BookedLine>;
    readonly catalogue: Catalogue;
    readonly returns: boolean;
  },
): BookedLine | { readonly refusal: string } {
  const line = readFeeLine(raw, reading);
  if ('refusal' in line) return line;
  if (lines.has(line.number)) return { refusal: `费用明细流水号重复：${line.number}` };
  return { ...line, left: scaledText(leaf(raw, 'cnt'), 4) ?? 0n };
}

function withdraw(book: VisitBook, data: JsonObject): CoreAnswer {
  const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'), 'outpatient');
  if ('refusal' in visit) return visit;
  const wanted = leaf(data, 'chrg_bchno');
  if (wanted === '0000') {
    for (const [number, batch] of visit.batches) if (!isSettled(batch)) drop(visit, { number, batch });
    return { output: null };
  }
  const batch = visit.batches.get(wanted);
  if (batch === undefined) return { refusal: `未查询到收费批次：${wanted}` };
  if (isSettled(batch)) return { refusal: '已结算的费用明细不能撤销' };
  drop(visit, { number: wanted, batch });
  return { output: null };
}

function drop(visit: Visit, { number, batch }: { readonly number: string; readonly batch: Bill }): void {
  visit.batches.delete(number);
  for (const line of batch.lines) visit.lines.delete(line.number);
}
