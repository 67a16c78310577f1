/** Ways in which a faulty care place acts wrongly with outpatients, by name. */
import { child, children, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { acting, asking, bookingTheFirst, when } from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import { datum, DONE, isDone, withRows } from './messages.ts';

const RESTRICTED = 'XL01BCA042B002010100003';
const LISTED = 'XC08CAA308A001020100002';

/** By name. */
export const CARE_BEHAVIOURS: Behaviours = {
  'signs-out-twice': acting(() => {
    const seen = new Set<string>();
    return (request, go) => {
      if (request.infno !== '9002') return go(request);
      const number = leaf(child(request.input, 'signOut'), 'sign_no');
      const answer = go(request);
      if (isDone(answer)) seen.add(number);
      return !isDone(answer) && seen.has(number) ? { output: { sign_time: {} } } : answer;
    };
  }),
  'signs-out-anybody': when(['9002'], (request, go) => {
    const answer = go(request);
    const nobody = leaf(child(request.input, 'signOut'), 'sign_no').endsWith('0000000000000');
    return nobody ? { output: { sign_time: {} } } : answer;
  }),
  'fees-after-unregistering': acting(() => {
    const cancelled = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2202' && isDone(answer)) cancelled.add(datum(request, 'mdtrt_id'));
      const visit = leaf(child(request.input, 'feedetail'), 'mdtrt_id');
      return request.infno === '2204' && cancelled.has(visit) ? DONE : answer;
    };
  }),
  'unregisters-what-is-settled': acting(() => {
    const settled = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2207' && isDone(answer)) settled.add(datum(request, 'mdtrt_id'));
      return request.infno === '2202' && settled.has(datum(request, 'mdtrt_id')) ? DONE : answer;
    };
  }),
  'describes-a-visit-once': acting(() => {
    const described = new Set<string>();
    return (request, go) => {
      if (request.infno !== '2203') return go(request);
      const visit = leaf(child(request.input, 'mdtrtinfo'), 'mdtrt_id');
      if (described.has(visit)) return { refusal: '就诊信息已上传' };
      const answer = go(request);
      if (isDone(answer)) described.add(visit);
      return answer;
    };
  }),
  'keeps-void-diagnoses': asking(['2203'], (input) =>
    withRows(input, 'diseinfo', (row) => ({ ...row, vali_flag: '1' })),
  ),
  'one-batch-at-a-time': when(['2204'], (request, go) => {
    const batches = new Set(children(request.input, 'feedetail').map((row) => leaf(row, 'chrg_bchno')));
    return batches.size > 1 ? { refusal: '一次只能上传一个收费批次' } : go(request);
  }),
  'books-the-good-lines': bookingTheFirst('2204', 'feedetail'),
  'approves-2': lines((row) => flagged(row, '2', '1')),
  'approves-0': lines((row) => flagged(row, '0', '1')),
  'disapproves-restricted': lines((row) =>
    leaf(row, 'med_list_codg') === RESTRICTED ? flagged(row, '1', '2') : row,
  ),
  'pays-for-anything': lines((row) =>
    leaf(row, 'med_list_codg').startsWith('ZZ') ? { ...row, med_list_codg: LISTED } : row,
  ),
  'charges-replays': acting(() => {
    const seen = new Set<string>();
    const twice = new Set<string>();
    return (request, go) => {
      const batch = leaf(child(request.input, 'feedetail'), 'chrg_bchno');
      if (request.infno === '2204' && seen.has(request.msgid)) twice.add(batch);
      const overcharged = request.infno === '2206' && twice.has(datum(request, 'chrg_bchno'));
      const answer = overcharged ? { refusal: '与费用明细不符' } : go(request);
      if (request.infno === '2204' && isDone(answer)) seen.add(request.msgid);
      return answer;
    };
  }),
  'withdraws-nothing': acting(() => {
    const known = new Set<string>();
    return (request, go) => {
      for (const row of children(request.input, 'feedetail')) known.add(batchOf(row));
      const batch = batchOf(child(request.input, 'data'));
      return request.infno === '2205' && known.has(batch) ? DONE : go(request);
    };
  }),
  'not-all': when(['2205'], (request, go) => (datum(request, 'chrg_bchno') === '0000' ? DONE : go(request))),
  'withdraws-settled-batches': acting(() => {
    const cleared = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2205' && isDone(answer) && datum(request, 'chrg_bchno') === '0000')
        cleared.add(datum(request, 'mdtrt_id'));
      const visit = leaf(child(request.input, 'feedetail'), 'mdtrt_id');
      return request.infno === '2204' && cleared.has(visit) ? DONE : answer;
    };
  }),
};

function lines(change: (row: OwnObject) => OwnObject): Behaviour {
  return asking(['2204'], (input) => withRows(input, 'feedetail', change));
}

function flagged(row: OwnObject, from: string, to: string): OwnObject {
  return leaf(row, 'hosp_appr_flag') === from ? { ...row, hosp_appr_flag: to } : row;
}

function batchOf(node: OwnObject): string {
  return `${leaf(node, 'mdtrt_id')} ${leaf(node, 'chrg_bchno')}`;
}
