/** One page of a list, with `parameters` beside it, as the clearing platform tells it. */
import type { SaidAnswer } from '../core-answer.ts';
import { leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';

/** Rows of a page when the request does not say. */
const USUAL_SIZE = '20';

/**
 * The page that `page_num` (from 1) and `page_size` ask for; past the last one it is empty. Refused when one of
 * them is no count. Source: transactions/2172, response.
 */
export function answerPage(input: JsonObject, rows: readonly JsonObject[]): SaidAnswer {
  const [number, size] = [leaf(input, 'page_num') || '1', leaf(input, 'page_size') || USUAL_SIZE];
  const wrong = [
    ...(isCount(number) ? [] : [`页码不合法：${number}`]),
    ...(isCount(size) ? [] : [`每页条目数不合法：${size}`]),
  ];
  if (wrong.length > 0) return { refusal: wrong.join('；') };
  return { output: pageOf(rows, { number: Number(number), size: Number(size) }) };
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
