/** Ways in which a faulty insured place treats one kind of person or care wrongly, by name. */
import type { CoreRequest } from '@yiqiao/sandbox';
import { amountNumber, child, fenOf, leaf } from '../../run/own-reading.ts';
import { TRIALS } from '../../sound/courses.ts';
import { acting, when } from './acts.ts';
import type { Behaviours } from './acts.ts';
import { infoOf, isDone, outputOf, withInfo, withRows } from './messages.ts';

/** 测试甲, whose stays are paid back whole. */
const EMPLOYEE = '33010000000000000000000001';

/** People of the sandbox who are filed and do not stand for anything else in the kits. */
const FILED = ['33010000000000000000000002', '33010000000000000000000004'];

/** By name. */
export const MATRIX_BEHAVIOURS: Behaviours = {
  'forgets-filings': when(TRIALS, (request, go) =>
    FILED.includes(personOf(request)) ? { refusal: '未办理异地就医备案，不能直接结算' } : go(request),
  ),
  'refuses-the-referred': acting(() => {
    const referred = new Set<string>();
    return (request, go) => {
      const { infno, input } = request;
      if (TRIALS.includes(infno) && referred.has(personOf(request)))
        return { refusal: '参保人已转诊，不在本院' };
      const answer = go(request);
      if (infno === '2501' && isDone(answer)) referred.add(leaf(child(input, 'refmedin'), 'psn_no'));
      if (infno === '2502' && isDone(answer)) referred.delete(personOf(request));
      return answer;
    };
  }),
  'residents-are-employees': when(['1101'], (request, go) => {
    const answer = go(request);
    if (!isDone(answer)) return answer;
    return {
      output: withRows(outputOf(answer), 'insuinfo', (row) =>
        leaf(row, 'insutype') === '390' ? { ...row, insutype: '310' } : row,
      ),
    };
  }),
  'returns-half-of-stays': when(['2305'], (request, go) => {
    const answer = go(request);
    if (!isDone(answer) || personOf(request) === EMPLOYEE) return answer;
    return withInfo(answer, { medfee_sumamt: amountNumber(fenOf(infoOf(answer), 'medfee_sumamt') / 2n) });
  }),
};

function personOf({ input }: CoreRequest): string {
  return leaf(child(input, 'data'), 'psn_no') || leaf(child(input, 'druginfo'), 'psn_no');
}
