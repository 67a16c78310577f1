/** 2406 and 2407 at the care place: 就医特殊属性 of a stay. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { readPage } from './answer-page.ts';
import type { VisitBook } from './visit-book.ts';

/** Members of a query that narrow it. */
const FILTERS = [
  'ipt_psn_sp_flag_detl_id',
  'mdtrt_id',
  'psn_no',
  'certno',
  'psn_name',
  'ipt_otp_no',
  'ipt_psn_sp_flag_type',
  'ipt_psn_sp_flag',
];

/** Upload and query. */
export function stayMarkHandlers(book: VisitBook): Readonly<Record<string, TransactionHandler>> {
  const marks: JsonObject[] = [];
  return {
    2406: (request) => upload(request, { book, marks }),
    2407: ({ input, envelope }) => {
      const data = child(input, 'data');
      const page = readPage(data);
      if ('refusal' in page) return page;
      const wanted = FILTERS.filter((name) => leaf(data, name) !== '');
      const institution = leaf(envelope, 'fixmedins_code');
      const found = marks.filter(
        (mark) =>
          leaf(mark, 'fixmedins_code') === institution &&
          wanted.every((name) => leaf(mark, name) === leaf(data, name)),
      );
      const first = (page.number - 1) * page.size;
      return { output: { IptPsnSpFlagReg: found.slice(first, first + page.size) } };
    },
  };
}

function upload(
  { input, envelope }: CoreRequest,
  { book, marks }: { readonly book: VisitBook; readonly marks: JsonObject[] },
): CoreAnswer {
  const data = child(input, 'data');
  const missing = missingMembers(data, ['ipt_psn_sp_flag_type', 'ipt_psn_sp_flag', 'certno', 'psn_name']);
  if (missing !== undefined) return missing;
  const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'), 'inpatient');
  if ('refusal' in visit) return visit;
  const number = `S${visit.id}${String(marks.length + 1).padStart(8, '0')}`;
  const { memo: _, ...told } = data;
  marks.push({
    ...told,
    ipt_psn_sp_flag_detl_id: number,
    fixmedins_code: leaf(envelope, 'fixmedins_code'),
    fixmedins_name: leaf(envelope, 'fixmedins_name') || leaf(envelope, 'fixmedins_code'),
  });
  return { output: { IptPsnSpFlagRegOut: { ipt_psn_sp_flag_detl_id: number } } };
}
