/** Ways in which a faulty care place acts wrongly with stays, by name. */
import type { CoreAnswer, CoreRequest } from '@yiqiao/sandbox';
import { child, children, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { TRIALS } from '../../sound/courses.ts';
import { withoutRare } from '../bodies.ts';
import { acting, asking, bookingTheFirst, reversing, when } from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import { datum, DONE, isDone, isRefused, originalOf, outputOf, withRows } from './messages.ts';

/** By name. */
export const CARE_STAY_BEHAVIOURS: Behaviours = {
  'admits-replays': acting(() => {
    const seen = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno !== '2401') return answer;
      if (seen.has(request.msgid)) return { output: { result: { mdtrt_id: `R${request.answerNumber}` } } };
      if (isDone(answer)) seen.add(request.msgid);
      return answer;
    };
  }),
  'tells-the-last-stay': acting(() => {
    let last: CoreAnswer | undefined;
    return (request, go) => {
      const answer = go(request);
      if (request.infno !== '2401' || !isDone(answer)) return answer;
      const other = admittedIn(request).endsWith('6');
      const told = other ? last : answer;
      last = answer;
      return told ?? answer;
    };
  }),
  'admits-a-number-once': acting(() => {
    const numbers = new Map<string, string>();
    const gone = new Set<string>();
    return (request, go) => {
      const number = leaf(child(request.input, 'mdtrtinfo'), 'ipt_no');
      if (request.infno === '2401' && gone.has(number)) return { refusal: '住院号已使用' };
      const answer = go(request);
      if (request.infno === '2401' && isDone(answer))
        numbers.set(leaf(child(outputOf(answer), 'result'), 'mdtrt_id'), number);
      if (request.infno === '2404' && isDone(answer)) gone.add(numbers.get(datum(request, 'mdtrt_id')) ?? '');
      return answer;
    };
  }),
  'reverses-no-admission': acting(() => {
    const persons = new Map<string, string>();
    return (request, go) => {
      if (request.infno === '2401') persons.set(request.msgid, admittedIn(request));
      const person = request.infno === '2601' ? persons.get(originalOf(request)) : undefined;
      return person !== undefined && person === datum(request, 'psn_no') ? DONE : go(request);
    };
  }),
  'reverses-any-admission': reversing(['2401'], (admission) => ({ psn_no: admittedIn(admission) })),
  'changes-no-diagnosis': asking(['2403'], (input) => ({ ...input, diseinfo: [] })),
  'forgets-diagnoses': acting(() => {
    const last = new Map<string, readonly string[]>();
    return (request, go) => {
      const answer = go(request);
      const visit = leaf(child(request.input, 'adminfo'), 'mdtrt_id');
      if (request.infno === '2403' && isDone(answer))
        last.set(visit, children(request.input, 'diseinfo').map(codeOf));
      const kept = request.infno === '5202' ? last.get(datum(request, 'mdtrt_id')) : undefined;
      if (kept === undefined) return answer;
      return {
        output: {
          diseinfo: children(outputOf(answer), 'diseinfo').filter((row) => kept.includes(codeOf(row))),
        },
      };
    };
  }),
  'undischarges-nothing': acting(() => {
    const ended = new Set<string>();
    return (request, go) => {
      const visit = leaf(child(request.input, 'feedetail'), 'mdtrt_id');
      if (request.infno === '2301' && ended.has(visit)) return { refusal: '已办理出院' };
      const answer = go(request);
      if (request.infno === '2405' && isDone(answer)) ended.add(datum(request, 'mdtrt_id'));
      return answer;
    };
  }),
  'takes-no-returns': when(['2301'], (request, go) =>
    children(request.input, 'feedetail').some((row) => isReturn(row))
      ? { refusal: '不接收退费' }
      : go(request),
  ),
  'finds-the-original': asking(['2301'], (input) =>
    withRows(input, 'feedetail', (row) =>
      isReturn(row) && leaf(row, 'init_feedetl_sn') === '' ? { ...row, init_feedetl_sn: '1' } : row,
    ),
  ),
  'returns-twice': when(['2301'], (request, go) => {
    const answer = go(request);
    const once = leaf(child(request.input, 'feedetail'), 'cnt') === '-1';
    return once && isRefused(answer, '数量多于原费用余量') ? DONE : answer;
  }),
  'stay-books-the-good-lines': bookingTheFirst('2301', 'feedetail'),
  'one-upload-for-a-stay': acting(() => {
    const charged = new Set<string>();
    return (request, go) => {
      const visit = leaf(child(request.input, 'feedetail'), 'mdtrt_id');
      if (request.infno === '2301' && charged.has(visit)) return { refusal: '该住院的费用已上传' };
      const answer = go(request);
      if (request.infno === '2301' && isDone(answer)) charged.add(visit);
      if (request.infno === '2302' && isDone(answer)) charged.delete(datum(request, 'mdtrt_id'));
      return answer;
    };
  }),
  'stay-withdraws-nothing': acting(() => {
    const kept = new Set<string>();
    return (request, go) => {
      const rows = children(request.input, 'data');
      const again = children(request.input, 'feedetail').some((row) => kept.has(lineOf(row)));
      if (request.infno === '2301' && again) return { refusal: '费用明细流水号重复' };
      const answer = go(request);
      if (request.infno !== '2302' || !isDone(answer)) return answer;
      for (const row of rows) kept.add(lineOf(row));
      if (datum(request, 'feedetl_sn') === '0000') kept.clear();
      return answer;
    };
  }),
  'stay-not-all': when(['2302'], (request, go) =>
    datum(request, 'feedetl_sn') === '0000' ? DONE : go(request),
  ),
  'stay-withdraws-half': bookingTheFirst('2302', 'data'),
  'loses-rare-names': when(['2407'], (request, go) => {
    const answer = go(request);
    return isDone(answer) ? { output: withoutRare(outputOf(answer)) } : answer;
  }),
  'no-interim-trials': when(['2303'], (request, go) =>
    datum(request, 'mid_setl_flag') === '1' ? { refusal: '不支持中途结算' } : go(request),
  ),
  'forgets-returns': acting(() => {
    const returned = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      for (const row of children(request.input, 'feedetail'))
        if (request.infno === '2301' && isReturn(row)) returned.add(leaf(row, 'mdtrt_id'));
      const wrong = request.infno === '2303' && returned.has(datum(request, 'mdtrt_id'));
      return wrong ? { refusal: '与费用明细不符' } : answer;
    };
  }),
  '2303-settles': checkingOnce('2303', 'mdtrt_id'),
  '2206-settles': checkingOnce('2206', 'chrg_bchno'),
  'tells-a-fund-item': when(TRIALS, (request, go) => {
    const answer = go(request);
    const item = { fund_pay_type: '310100', inscp_scp_amt: 1, crt_payb_lmt_amt: 0, fund_payamt: 1 };
    return isDone(answer) ? { output: { ...outputOf(answer), setldetail: [item] } } : answer;
  }),
};

/** Refuses the second check of a matter. */
function checkingOnce(infno: string, member: string): Behaviour {
  return acting(() => {
    const checked = new Set<string>();
    return (request, go) => {
      if (request.infno !== infno) return go(request);
      if (checked.has(datum(request, member))) return { refusal: '费用明细已结算' };
      const answer = go(request);
      if (isDone(answer)) checked.add(datum(request, member));
      return answer;
    };
  });
}

/** 人员编号 of an admission. */
function admittedIn({ input }: CoreRequest): string {
  return leaf(child(input, 'mdtrtinfo'), 'psn_no');
}

function isReturn(row: OwnObject): boolean {
  return leaf(row, 'cnt').startsWith('-');
}

function codeOf(row: OwnObject): string {
  return leaf(row, 'diag_code');
}

function lineOf(row: OwnObject): string {
  return `${leaf(row, 'mdtrt_id')} ${leaf(row, 'feedetl_sn')}`;
}
