/** 9001, 9002, 2201, 2202, 2203 at the care place. */
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { dateTime, shortDate } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import { child, children, leaf } from '../national-message.ts';
import type { VisitBook } from './visit-book.ts';

/** Sign-in and sign-out. Other transactions are answered with or without a sign-in. */
export function signInHandlers(region: string): Readonly<Record<string, TransactionHandler>> {
  const signedIn = new Set<string>();
  let serial = 0;
  return {
    9001: ({ input, now }) => {
      if (leaf(child(input, 'signIn'), 'opter_no') === '') return { refusal: '操作员编号不能为空' };
      serial += 1;
      const number = `${region}G${shortDate(now)}${String(serial).padStart(7, '0')}`;
      signedIn.add(number);
      return { output: { signinoutb: { sign_time: dateTime(now), sign_no: number } } };
    },
    9002: ({ input, now }) => {
      if (!signedIn.delete(leaf(child(input, 'signOut'), 'sign_no'))) return { refusal: '未查询到签到记录' };
      return { output: { sign_time: { sign_time: dateTime(now) } } };
    },
  };
}

/** Registration of a visit, its cancellation, and what the doctor found. */
export function registrationHandlers(book: VisitBook): Readonly<Record<string, TransactionHandler>> {
  const record = (request: CoreRequest): CoreAnswer => recordVisit(book, request);
  return {
    2201: ({ input, envelope, now }) => {
      const data = child(input, 'data');
      const psnNo = leaf(data, 'psn_no');
      if (psnNo === '') return { refusal: '人员编号不能为空' };
      const { id } = book.open(
        {
          psnNo,
          course: 'outpatient',
          institution: leaf(envelope, 'fixmedins_code'),
          registration: data,
          begins: leaf(data, 'begntime') || dateTime(now),
        },
        { now },
      );
      const iptOtpNo = leaf(data, 'ipt_otp_no');
      return { output: { data: { mdtrt_id: id, psn_no: psnNo, ipt_otp_no: iptOtpNo, exp_content: '' } } };
    },
    2202: ({ input }) => {
      const data = child(input, 'data');
      const visit = book.find(leaf(data, 'mdtrt_id'), leaf(data, 'psn_no'), 'outpatient');
      if ('refusal' in visit) return visit;
      if (visit.batches.size > 0) return { refusal: '该就诊已有费用，请先撤销费用明细' };
      visit.cancelled = true;
      return { output: null };
    },
    2203: record,
    '2203A': record,
  };
}

function recordVisit(book: VisitBook, { input }: CoreRequest): CoreAnswer {
  const info = child(input, 'mdtrtinfo');
  const visit = book.find(leaf(info, 'mdtrt_id'), leaf(info, 'psn_no'), 'outpatient');
  if ('refusal' in visit) return visit;
  const medType = leaf(info, 'med_type');
  if (visit.medType !== undefined && visit.medType !== medType) {
    return { refusal: `一次就诊只能有一个医疗类别，已登记 ${visit.medType}` };
  }
  visit.medType = medType;
  // A diagnosis is voided by sending it again with vali_flag 0. Source: transactions/2203, rules.
  visit.diagnoses = children(input, 'diseinfo').filter((row) => leaf(row, 'vali_flag') !== '0');
  return { output: null };
}
