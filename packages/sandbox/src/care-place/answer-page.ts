/** One page of a list, with `parameters` beside it, as the clearing platform tells it. */
import type { SaidAnswer } from '../core-answer.ts';
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

/** Rows of a page when the request does not say. */
const USUAL_SIZE = '20';

/** Which page is asked for: the first of twenty rows when nothing is said. Refused when one of the two is no count. */
export function readPage(
  input: JsonObject,
): { readonly number: number; readonly size: number } | { readonly refusal: string } {
  const [number, size] = [leaf(input, 'page_num') || '1', leaf(input, 'page_size') || USUAL_SIZE];
  const wrong = [
    ...(isCount(number) ? [] : [`页码（page_num）不合法：${number}`]),
    ...(isCount(size) ? [] : [`每页条目数（page_size）不合法：${size}`]),
  ];
  return wrong.length > 0 ? { refusal: wrong.join('；') } : { number: Number(number), size: Number(size) };
}

/**
 * The page that `page_num` (from 1) and `page_size` ask for; past the last one it is empty. Refused when one of
 * them is no count. Source: transactions/2172, response.
 */
export function answerPage(input: JsonObject, rows: readonly JsonObject[]): SaidAnswer {
  const page = readPage(input);
  return 'refusal' in page ? page : { output: pageOf(rows, page) };
}

/** Most rows that a page of a catalogue's rows may have. */
const MOST_ROWS = 100;

/** One page of rows under `data`, as the queries of catalogues answer. Source: transactions/1312, 1317. */
export function pageOfRows(data: JsonObject, rows: readonly JsonObject[]): SaidAnswer {
  const page = readPage(data);
  if ('refusal' in page || page.size > MOST_ROWS) {
    return { refusal: `页码（page_num）从 1 起，每页（page_size） 1 至 ${MOST_ROWS} 条` };
  }
  const first = (page.number - 1) * page.size;
  return { output: { data: rows.slice(first, first + page.size) } };
}

function isCount(text: string): boolean {
  return /^0*[1-9]\d{0,5}$/.test(text);
}

function pageOf(
  rows: readonly JsonObject[],
  { number, size }: { readonly number: number; readonly size: number },
): JsonObject {
  const first = (number - 1) * size;
  const told = rows.slice(first, first + size);
  const pages = Math.ceil(rows.length / size);
  const parameters = {
    pageNum: number,
    pageSize: size,
    startRow: told.length === 0 ? 0 : first + 1,
    endRow: told.length === 0 ? 0 : first + told.length,
    recordCounts: rows.length,
    size: told.length,
    pages,
    isFirstPage: number === 1,
    isLastPage: number >= pages,
  };
  return { parameters, n_output: told };
}
