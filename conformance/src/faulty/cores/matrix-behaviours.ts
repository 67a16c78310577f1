/** Ways in which a faulty insured place treats one kind of person or care wrongly, by name. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { child, children, fenOf, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import type { Behaviour } from './behaviours.ts';
import { amountOf } from './bodies.ts';

const TRIALS = ['2206', '2303', '2101'];

/** People of the sandbox who are filed and do not stand for anything else in the kits. */
const FILED = ['33010000000000000000000002', '33010000000000000000000004'];

/** By name. */
export const MATRIX_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'forgets-filings': () => (go) => (request) =>
    TRIALS.includes(request.infno) && FILED.includes(personOf(request))
      ? { refusal: '未办理异地就医备案，不能直接结算' }
      : go(request),
  'refuses-the-referred': () => {
    const referred = new Set<string>();
    return (go) => (request) => {
      const { infno } = request;
      if (TRIALS.includes(infno) && referred.has(personOf(request)))
        return { refusal: '参保人已转诊，不在本院' };
      const answer = go(request);
      if (infno === '2501' && 'output' in answer)
        referred.add(leaf(child(request.input, 'refmedin'), 'psn_no'));
      if (infno === '2502' && 'output' in answer) referred.delete(personOf(request));
      return answer;
    };
  },
  'residents-are-employees': () => (go) => (request) => {
    const answer = go(request);
    return request.infno === '1101' ? withInsured(answer, { insutype: '310' }) : answer;
  },
  'returns-half-of-stays': () => (go) => (request) => {
    const answer = go(request);
    const concerned = request.infno === '2305' && personOf(request) !== '33010000000000000000000001';
    return concerned ? halved(answer) : answer;
  },
};

function personOf({ input }: CoreRequest): string {
  return leaf(child(input, 'data'), 'psn_no') || leaf(child(input, 'druginfo'), 'psn_no');
}

function withInsured(answer: CoreAnswer, members: OwnObject): CoreAnswer {
  const output = outputOf(answer);
  if (output === undefined) return answer;
  const insuinfo = children(output, 'insuinfo').map((row) =>
    leaf(row, 'insutype') === '390' ? { ...row, ...members } : row,
  );
  return { output: { ...output, insuinfo } };
}

function halved(answer: CoreAnswer): CoreAnswer {
  const output = outputOf(answer);
  if (output === undefined) return answer;
  const info = child(output, 'setlinfo');
  const half = amountOf(fenOf(info, 'medfee_sumamt') / 2n);
  return { output: { ...output, setlinfo: { ...info, medfee_sumamt: half } } };
}

function outputOf(answer: ReturnType<TransactionHandler>): OwnObject | undefined {
  return 'output' in answer ? (answer.output as OwnObject) : undefined;
}
