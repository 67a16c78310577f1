/** Ways in which a faulty care place keeps wrong records of settlements, by name. */
import type { CoreRequest } from '@yiqiao/sandbox';
import { child, leaf } from '../../run/own-reading.ts';
import { datum, DONE, isDone, outputOf, remembering, when, withNode } from './care-acts.ts';
import type { Behaviours } from './care-acts.ts';

const SETTLES = ['2207', '2304', '2102'];
const CANCELS = ['2208', '2305', '2103'];
const RECORDS = [...SETTLES, ...CANCELS];

/** By name. */
export const CARE_RECORD_BEHAVIOURS: Behaviours = {
  'records-nothing': when(SETTLES, () => ({ refusal: '本系统不登记结算' })),
  'records-no-cancellations': when(CANCELS, () => ({ refusal: '本系统不登记撤销' })),
  'care-forgets-messages': remembering(() => {
    const seen = new Set<string>();
    return (request, go) => {
      if (!RECORDS.includes(request.infno)) return go(request);
      const answer = go(seen.has(request.msgid) ? { ...request, msgid: `${request.msgid}x` } : request);
      if (isDone(answer)) seen.add(request.msgid);
      return answer;
    };
  }),
  'interim-ends-the-stay': remembering(() => {
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
  'care-cancels-what-is-not-there': when(CANCELS, (request, go) => {
    const answer = go(request);
    return datum(request, 'setl_id').startsWith('0000') ? { output: { setlinfo: {} } } : answer;
  }),
  'care-cancels-any-visit': withSettled(CANCELS, 'mdtrt_id'),
  'care-cancels-for-anybody': withSettled(CANCELS, 'psn_no'),
  '5203-of-any-visit': withSettled(['5203'], 'mdtrt_id'),
  '5204-of-any-visit': withSettled(['5204'], 'mdtrt_id'),
  'cancels-stays-as-outpatients': remembering(() => {
    const stays = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2304' && isDone(answer)) stays.add(leaf(infoOf(request), 'setl_id'));
      const stay = request.infno === '2208' && stays.has(datum(request, 'setl_id'));
      return stay ? { output: { setlinfo: infoOf(request) } } : answer;
    };
  }),
  'cancelled-stays-closed': remembering(() => {
    const closed = new Set<string>();
    return (request, go) => {
      if (SETTLES.includes(request.infno) && closed.has(matterOf(request))) return { refusal: '明细已结算' };
      const answer = go(request);
      if (CANCELS.includes(request.infno) && isDone(answer)) closed.add(matterOf(request));
      return answer;
    };
  }),
  'keeps-cancelled-lines': remembering(() => {
    const kept = new Set<string>();
    return (request, go) => {
      if (request.infno === '2205' && kept.has(datum(request, 'mdtrt_id'))) return { refusal: '明细已结算' };
      const answer = go(request);
      if (request.infno === '2208' && isDone(answer)) kept.add(datum(request, 'mdtrt_id'));
      return answer;
    };
  }),
  'care-reversal-only-says-yes': remembering(() => {
    const known = new Map<string, CoreRequest>();
    return (request, go) => {
      if (SETTLES.includes(request.infno)) known.set(request.msgid, request);
      const original = request.infno === '2601' ? known.get(datum(request, 'omsgid')) : undefined;
      const right =
        original?.infno === datum(request, 'oinfno') &&
        leaf(infoOf(original), 'psn_no') === datum(request, 'psn_no');
      return right ? DONE : go(request);
    };
  }),
  'care-reversal-for-anybody': reversing((original) => ({ psn_no: leaf(infoOf(original), 'psn_no') })),
  'care-reversal-of-any-transaction': reversing(({ infno }) => ({ oinfno: infno })),
  'care-late-original': remembering(() => {
    const reversed = new Set<string>();
    return (request, go) => {
      if (request.infno === '2601') reversed.add(datum(request, 'omsgid'));
      const late = SETTLES.includes(request.infno) && reversed.has(request.msgid);
      return go(late ? { ...request, msgid: `${request.msgid}L` } : request);
    };
  }),
  'second-reversal-locks': remembering(() => {
    const matters = new Map<string, string>();
    const reversed = new Set<string>();
    const locked = new Set<string>();
    return (request, go) => {
      if (SETTLES.includes(request.infno) && locked.has(matterOf(request))) return { refusal: '明细已锁定' };
      const answer = go(request);
      if (!isDone(answer)) return answer;
      if (SETTLES.includes(request.infno)) matters.set(request.msgid, matterOf(request));
      const matter = request.infno === '2601' ? matters.get(datum(request, 'omsgid')) : undefined;
      if (matter !== undefined) (reversed.has(matter) ? locked : reversed).add(matter);
      return answer;
    };
  }),
  'cancellation-stays': remembering(() => {
    const cancellations = new Set<string>();
    return (request, go) => {
      if (CANCELS.includes(request.infno)) cancellations.add(request.msgid);
      const known = request.infno === '2601' && cancellations.has(datum(request, 'omsgid'));
      return known ? DONE : go(request);
    };
  }),
};

/** A later message that takes a member from the settlement it names in place of what was sent. */
function withSettled(infnos: readonly string[], member: string): Behaviours[string] {
  return remembering(() => {
    const known = new Map<string, string>();
    return (request, go) => {
      const value = infnos.includes(request.infno) ? known.get(datum(request, 'setl_id')) : undefined;
      const answer = go(value === undefined ? request : withNode(request, 'data', { [member]: value }));
      const info = child(outputOf(answer), 'setlinfo');
      if (SETTLES.includes(request.infno) && isDone(answer))
        known.set(leaf(info, 'setl_id'), leaf(info, member));
      return answer;
    };
  });
}

/** A reversal that takes members from its original in place of what was sent. */
function reversing(members: (original: CoreRequest) => Record<string, string>): Behaviours[string] {
  return remembering(() => {
    const known = new Map<string, CoreRequest>();
    return (request, go) => {
      if (SETTLES.includes(request.infno)) known.set(request.msgid, request);
      const original = request.infno === '2601' ? known.get(datum(request, 'omsgid')) : undefined;
      return go(original === undefined ? request : withNode(request, 'data', members(original)));
    };
  });
}

function infoOf({ input }: CoreRequest): ReturnType<typeof child> {
  return child(input, 'setlinfo');
}

/** What a record and its cancellation are about. */
function matterOf(request: CoreRequest): string {
  return leaf(infoOf(request), 'medins_setl_id');
}
