/** 2206, 2303 and 2101 at the care place: are the totals sent those of the lines? */
import { dateTime } from '../china-time.ts';
import { clearingTypeOf } from '../course.ts';
import type { Course } from '../course.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest } from '../core-server.ts';
import type { FeeSplit } from '../fee-split.ts';
import { amountNumber, child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { findOutpatientBill, findStayBill, TOTALS } from './billed.ts';
import type { VisitBook } from './visit-book.ts';

/** Answers 2206 and 2303: the totals of the lines, everything still the patient's to pay. */
export function checkTotals(
  book: VisitBook,
  request: CoreRequest,
  course: Exclude<Course, 'pharmacy'>,
): CoreAnswer {
  const data = child(request.input, 'data');
  const billed = course === 'inpatient' ? findStayBill(book, data) : findOutpatientBill(book, data);
  if ('refusal' in billed) return billed;
  const { visit, bill } = billed;
  const medType = leaf(data, 'med_type') || (visit.medType ?? '');
  const setlinfo = unpaidInfo(request, {
    visit,
    told: { ...visit.registration, ...data, med_type: medType },
    totals: bill.totals,
  });
  return { output: { setlinfo, setldetail: [] } };
}

/** `setlinfo` of a check. `told` has what the messages said of the person and the visit. */
export function unpaidInfo(
  { msgid, now, envelope }: CoreRequest,
  {
    visit,
    told,
    totals,
  }: {
    readonly visit: { readonly id: string; readonly psnNo: string; readonly course: Course };
    readonly told: JsonObject;
    readonly totals: FeeSplit;
  },
): JsonObject {
  return {
    mdtrt_id: visit.id,
    psn_no: visit.psnNo,
    psn_name: leaf(told, 'psn_name'),
    psn_cert_type: leaf(told, 'psn_cert_type') || leaf(told, 'cert_type'),
    certno: leaf(told, 'certno'),
    insutype: leaf(told, 'insutype'),
    psn_type: leaf(told, 'psn_type'),
    cvlserv_flag: '0',
    setl_time: dateTime(now),
    mdtrt_cert_type: leaf(told, 'mdtrt_cert_type'),
    med_type: leaf(told, 'med_type'),
    ...unpaid(totals),
    medins_setl_id: msgid,
    clr_optins: leaf(envelope, 'mdtrtarea_admvs'),
    clr_way: '1',
    clr_type: clearingTypeOf(visit.course, leaf(told, 'med_type')),
    exp_content: '',
  };
}

function unpaid(totals: FeeSplit): JsonObject {
  const zero = amountNumber(0n);
  const total = amountNumber(totals.total);
  return {
    ...Object.fromEntries(TOTALS.map(([name, part]) => [name, amountNumber(totals[part])])),
    act_pay_dedc: zero,
    hifp_pay: zero,
    pool_prop_selfpay: 0,
    cvlserv_pay: zero,
    hifes_pay: zero,
    hifmi_pay: zero,
    hifob_pay: zero,
    hifdm_pay: zero,
    maf_pay: zero,
    oth_pay: zero,
    fund_pay_sumamt: zero,
    psn_part_amt: total,
    acct_pay: zero,
    psn_cash_pay: total,
    hosp_part_amt: zero,
    balc: zero,
    acct_mulaid_pay: zero,
  };
}
