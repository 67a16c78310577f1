/** Ways in which a faulty care place acts wrongly, by name. */
import type { CoreAnswer, CoreRequest } from '@yiqiao/sandbox';
import { child, children, leaf } from '../run/own-reading.ts';
import type { Behaviour } from './behaviours.ts';

const DONE: CoreAnswer = { output: null };

/** By name. */
export const CARE_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'signs-out-twice': () => {
    const seen = new Set<string>();
    return (go) => (request) => {
      if (request.infno !== '9002') return go(request);
      const number = leaf(child(request.input, 'signOut'), 'sign_no');
      const answer = go(request);
      if ('output' in answer) seen.add(number);
      return seen.has(number) ? { output: { sign_time: {} } } : answer;
    };
  },
  'fees-after-unregistering': () => {
    const cancelled = new Set<string>();
    return (go) => (request) => {
      const answer = go(request);
      if (request.infno === '2202' && 'output' in answer)
        cancelled.add(leaf(child(request.input, 'data'), 'mdtrt_id'));
      const visit = leaf(child(request.input, 'feedetail'), 'mdtrt_id');
      return request.infno === '2204' && cancelled.has(visit) ? DONE : answer;
    };
  },
  'withdraws-nothing': () => {
    const known = new Set<string>();
    return (go) => (request) => {
      for (const row of children(request.input, 'feedetail')) known.add(batchOf(row));
      const batch = batchOf(child(request.input, 'data'));
      return request.infno === '2205' && known.has(batch) ? DONE : go(request);
    };
  },
  'not-all': () => (go) => (request) => {
    const all = leaf(child(request.input, 'data'), 'chrg_bchno') === '0000';
    return request.infno === '2205' && all ? DONE : go(request);
  },
  'unregisters-with-fees': forgiving('2202', '已有费用'),
  'two-kinds-of-care': forgiving('2203', '一个医疗类别'),
  'same-batch-twice': forgiving('2204', '批次已上传'),
  'withdraws-the-unknown': forgiving('2205', '未查询到收费批次'),
};

/** Says yes where the sandbox refuses with these words, and does nothing. */
function forgiving(infno: string, words: string): Behaviour {
  return () => (go) => (request) => {
    const answer = go(request);
    const forgiven = request.infno === infno && 'refusal' in answer && answer.refusal.includes(words);
    return forgiven ? DONE : answer;
  };
}

function batchOf(node: CoreRequest['input']): string {
  return `${leaf(node, 'mdtrt_id')} ${leaf(node, 'chrg_bchno')}`;
}
