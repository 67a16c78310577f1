/** Ways in which a care place goes wrong with settlement lists, by name. */
import type { CoreAnswer, CoreRequest } from '@yiqiao/sandbox';
import { child, leaf } from '../../run/own-reading.ts';
import { acting, when } from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import {
  datum,
  DONE,
  fromInstitution,
  infoOf,
  institutionOf,
  isDone,
  isRefused,
  outputOf,
  withData,
  withInfo,
  withNode,
} from './messages.ts';

/** Numbers of lists that the sandbox does not give by itself begin after this. */
const OTHER_NUMBERS = 900_000_000;

/** By name. */
export const LIST_BEHAVIOURS: Behaviours = {
  'list-of-any-visit': knowing('4101', (request, { visit }) =>
    withNode(request, 'setlinfo', { mdtrt_id: visit }),
  ),
  'list-of-anybody': knowing('4101', (request, { person }) =>
    withNode(request, 'setlinfo', { psn_no: person }),
  ),
  'list-of-any-institution': knowing('4101', ofInstitution),
  'list-changes-any-institution': knowing('4102', ofInstitution),
  'list-tells-any-institution': knowing('4103', ofInstitution),
  'list-changes-anybody': knowing('4102', (request, { person }) => withData(request, { psn_no: person })),
  'list-tells-anybody': knowing('4103', (request, { person }) => withData(request, { psn_no: person })),
  'list-by-visit': refusedOf('未查询到结算信息', (visit, settled) => settled.has(visit)),
  'list-before-settlement': refusedOf('未查询到结算信息', (visit, settled) => !settled.has(visit)),
  'list-after-cancellation': endedBy('2305'),
  'list-after-reversal': endedBy('2601'),
  'list-one-a-visit': acting(() => {
    const visits = new Map<string, string>();
    return (request, go) => {
      if (request.infno !== '4101') return go(request);
      const info = child(request.input, 'setlinfo');
      const [visit, setlId] = [leaf(info, 'mdtrt_id'), leaf(info, 'setl_id')];
      if ((visits.get(visit) ?? setlId) !== setlId) return { refusal: '该就诊已上传清单' };
      const answer = go(request);
      if (isDone(answer)) visits.set(visit, setlId);
      return answer;
    };
  }),
  'list-keeps-the-first': acting(() => {
    const first = new Map<string, CoreAnswer>();
    return (request, go) => {
      if (request.infno !== '4101') return go(request);
      const setlId = leaf(child(request.input, 'setlinfo'), 'setl_id');
      const known = first.get(setlId);
      const answer = known ?? go(request);
      if (isDone(answer)) first.set(setlId, answer);
      return answer;
    };
  }),
  'list-another-number': numbering((request) => leaf(child(request.input, 'setlinfo'), 'setl_id')),
  'list-repeat-is-new': numbering(({ msgid }) => msgid),
  'list-refuses-and-moves': acting(() => {
    const moved = new Map<string, string>();
    return (request, go) => {
      const answer = go(request);
      const setlId = datum(request, 'setl_id');
      if (request.infno === '4102' && isRefused(answer)) moved.set(setlId, datum(request, 'stas_type'));
      const stas_type = request.infno === '4103' ? moved.get(setlId) : undefined;
      return stas_type === undefined || !isDone(answer) ? answer : withInfo(answer, { stas_type });
    };
  }),
  'list-count-due-falls': counting((counts) => ({
    ...counts,
    needUploadCnt: counts.needUploadCnt - counts.uploadedCnt,
  })),
  'list-count-uploads': acting(() => {
    let uploads = 0;
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '4101' && isDone(answer)) uploads += 1;
      if (request.infno !== '4105' || !isDone(answer)) return answer;
      const { uploadedCnt } = countsOf(answer);
      return { output: { ...outputOf(answer), uploadedCnt: uploadedCnt === 0 ? 0 : uploads } };
    };
  }),
  'list-count-cancelled': acting(() => {
    let cancelled = 0;
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2305' && isDone(answer)) cancelled += 1;
      if (request.infno !== '4105' || !isDone(answer)) return answer;
      const counts = countsOf(answer);
      const since = datum(request, 'stt_endtime') < '2000' ? 0 : cancelled;
      return { output: { ...counts, needUploadCnt: counts.needUploadCnt + since } };
    };
  }),
  'list-count-all-kinds': when(['4105'], (request, go) => go(withData(request, { medtype_list: '' }))),
};

interface Known {
  readonly visit: string;
  readonly person: string;
  readonly institution: string;
}

/** A system that takes from its settlement what it should hold against what was sent. */
function knowing(infno: string, change: (request: CoreRequest, known: Known) => CoreRequest): Behaviour {
  return acting(() => {
    const settlements = new Map<string, Known>();
    return (request, go) => {
      const node = child(request.input, infno === '4101' ? 'setlinfo' : 'data');
      const known = request.infno === infno ? settlements.get(leaf(node, 'setl_id')) : undefined;
      const answer = go(known === undefined ? request : change(request, known));
      if (request.infno === '2304' && isDone(answer)) {
        const info = infoOf(answer);
        settlements.set(leaf(info, 'setl_id'), {
          visit: leaf(info, 'mdtrt_id'),
          person: leaf(info, 'psn_no'),
          institution: institutionOf(request),
        });
      }
      return answer;
    };
  });
}

function ofInstitution(request: CoreRequest, { institution }: Known): CoreRequest {
  return fromInstitution(request, institution);
}

/** Says yes to a list of an unknown settlement when its visit is, or is not, settled. */
function refusedOf(
  words: string,
  forgives: (visit: string, settled: ReadonlySet<string>) => boolean,
): Behaviour {
  return acting(() => {
    const [admitted, settled, numbers] = [new Set<string>(), new Set<string>(), new Set<string>()];
    return (request, go) => {
      const answer = go(request);
      if (isDone(answer) && request.infno === '2401')
        admitted.add(leaf(child(outputOf(answer), 'result'), 'mdtrt_id'));
      if (isDone(answer) && request.infno === '2304') {
        settled.add(datum(request, 'mdtrt_id'));
        numbers.add(leaf(infoOf(answer), 'setl_id'));
      }
      if (request.infno !== '4101' || !isRefused(answer, words)) return answer;
      const info = child(request.input, 'setlinfo');
      const visit = leaf(info, 'mdtrt_id');
      const unknown = !numbers.has(leaf(info, 'setl_id'));
      return admitted.has(visit) && unknown && forgives(visit, settled) ? DONE : answer;
    };
  });
}

/** Takes the list of a settlement that this transaction ended. */
function endedBy(infno: string): Behaviour {
  return acting(() => {
    let last = '';
    return (request, go) => {
      const answer = go(request);
      if (['2305', '2601'].includes(request.infno) && isDone(answer)) last = request.infno;
      const ended = request.infno === '4101' && isRefused(answer, '该结算已撤销');
      return ended && last === infno ? DONE : answer;
    };
  });
}

/** Another number whenever `keyOf` gives what was there before. */
function numbering(keyOf: (request: CoreRequest) => string): Behaviour {
  return acting(() => {
    const seen = new Set<string>();
    let serial = OTHER_NUMBERS;
    return (request, go) => {
      const answer = go(request);
      if (request.infno !== '4101' || !isDone(answer)) return answer;
      const key = keyOf(request);
      if (!seen.has(key)) {
        seen.add(key);
        return answer;
      }
      serial += 1;
      return { output: { data: { setl_list_id: String(serial) } } };
    };
  });
}

interface Counts {
  readonly needUploadCnt: number;
  readonly uploadedCnt: number;
}

/** Tells the counts of 4105 otherwise. */
function counting(change: (counts: Counts) => Counts): Behaviour {
  return when(['4105'], (request, go) => {
    const answer = go(request);
    return isDone(answer) ? { output: { ...change(countsOf(answer)) } } : answer;
  });
}

function countsOf(answer: CoreAnswer): Counts {
  const output = outputOf(answer);
  const count = (name: keyof Counts): number => Number(leaf(output, name));
  return { needUploadCnt: count('needUploadCnt'), uploadedCnt: count('uploadedCnt') };
}
