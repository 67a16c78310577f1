/** Ways in which a faulty care place keeps wrong records of settlements, by name. */
import type { CoreRequest } from '@yiqiao/sandbox';
import { child, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { CANCELLATIONS, SETTLEMENTS } from '../../sound/courses.ts';
import { acting, cancellingTheUnknown, carryingOutLate, fromSettlement, reversing, when } from './acts.ts';
import type { Behaviours } from './acts.ts';
import { datum, DONE, isDone, originalOf, renamed } from './messages.ts';

const RECORDS = [...SETTLEMENTS, ...CANCELLATIONS];

/** By name. */
export const CARE_RECORD_BEHAVIOURS: Behaviours = {
  'records-nothing': when(SETTLEMENTS, () => ({ refusal: '本系统不登记结算' })),
  'records-no-cancellations': when(CANCELLATIONS, () => ({ refusal: '本系统不登记撤销' })),
  'care-forgets-messages': acting(() => {
    const seen = new Set<string>();
    return (request, go) => {
      if (!RECORDS.includes(request.infno)) return go(request);
      const answer = go(seen.has(request.msgid) ? renamed(request) : request);
      if (isDone(answer)) seen.add(request.msgid);
      return answer;
    };
  }),
  'interim-ends-the-stay': acting(() => {
    const ended = new Set<string>();
    return (request, go) => {
      const visit = leaf(child(request.input, 'feedetail'), 'mdtrt_id');
      if (request.infno === '2301' && ended.has(visit)) return { refusal: '该住院已结算' };
      const answer = go(request);
      const interim = request.infno === '2304' && datum(request, 'mid_setl_flag') === '1';
      if (interim && isDone(answer)) ended.add(datum(request, 'mdtrt_id'));
      return answer;
    };
  }),
  'care-cancels-what-is-not-there': cancellingTheUnknown(CANCELLATIONS),
  'care-cancels-any-visit': fromSettlement(CANCELLATIONS, 'mdtrt_id'),
  'care-cancels-for-anybody': fromSettlement(CANCELLATIONS, 'psn_no'),
  '5203-of-any-visit': fromSettlement(['5203'], 'mdtrt_id'),
  '5204-of-any-visit': fromSettlement(['5204'], 'mdtrt_id'),
  'cancels-stays-as-outpatients': acting(() => {
    const stays = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2304' && isDone(answer)) stays.add(leaf(recordIn(request), 'setl_id'));
      const stay = request.infno === '2208' && stays.has(datum(request, 'setl_id'));
      return stay ? { output: { setlinfo: recordIn(request) } } : answer;
    };
  }),
  'cancelled-stays-closed': acting(() => {
    const closed = new Set<string>();
    return (request, go) => {
      if (SETTLEMENTS.includes(request.infno) && closed.has(matterOf(request)))
        return { refusal: '明细已结算' };
      const answer = go(request);
      if (CANCELLATIONS.includes(request.infno) && isDone(answer)) closed.add(matterOf(request));
      return answer;
    };
  }),
  'keeps-cancelled-lines': acting(() => {
    const kept = new Set<string>();
    return (request, go) => {
      if (request.infno === '2205' && kept.has(datum(request, 'mdtrt_id'))) return { refusal: '明细已结算' };
      const answer = go(request);
      if (request.infno === '2208' && isDone(answer)) kept.add(datum(request, 'mdtrt_id'));
      return answer;
    };
  }),
  'care-reversal-only-says-yes': acting(() => {
    const known = new Map<string, CoreRequest>();
    return (request, go) => {
      if (SETTLEMENTS.includes(request.infno)) known.set(request.msgid, request);
      const original = request.infno === '2601' ? known.get(originalOf(request)) : undefined;
      const right =
        original?.infno === datum(request, 'oinfno') &&
        leaf(recordIn(original), 'psn_no') === datum(request, 'psn_no');
      return right ? DONE : go(request);
    };
  }),
  'care-reversal-for-anybody': reversing(SETTLEMENTS, (original) => ({
    psn_no: leaf(recordIn(original), 'psn_no'),
  })),
  'care-reversal-of-any-transaction': reversing(SETTLEMENTS, ({ infno }) => ({ oinfno: infno })),
  'care-late-original': carryingOutLate(SETTLEMENTS),
  'second-reversal-locks': acting(() => {
    const matters = new Map<string, string>();
    const reversed = new Set<string>();
    const locked = new Set<string>();
    return (request, go) => {
      if (SETTLEMENTS.includes(request.infno) && locked.has(matterOf(request)))
        return { refusal: '明细已锁定' };
      const answer = go(request);
      if (!isDone(answer)) return answer;
      if (SETTLEMENTS.includes(request.infno)) matters.set(request.msgid, matterOf(request));
      const matter = request.infno === '2601' ? matters.get(originalOf(request)) : undefined;
      if (matter !== undefined) (reversed.has(matter) ? locked : reversed).add(matter);
      return answer;
    };
  }),
  'cancellation-stays': acting(() => {
    const cancellations = new Set<string>();
    return (request, go) => {
      if (CANCELLATIONS.includes(request.infno)) cancellations.add(request.msgid);
      const known = request.infno === '2601' && cancellations.has(originalOf(request));
      return known ? DONE : go(request);
    };
  }),
};

/** What is to be recorded: the settlement, or its cancellation, as the insured place told it. */
function recordIn({ input }: CoreRequest): OwnObject {
  return child(input, 'setlinfo');
}

/** What a record and its cancellation are about. */
function matterOf(request: CoreRequest): string {
  return leaf(recordIn(request), 'medins_setl_id');
}
