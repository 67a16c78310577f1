/** Ways in which a province goes wrong at a cutover, by name. */
import type { CoreAnswer } from '@yiqiao/sandbox';
import { fenOf } from '../../run/own-reading.ts';
import {
  acting,
  closedByReversal,
  doingAgain,
  keepingTheMoney,
  reversing,
  when,
  withAccount,
} from './acts.ts';
import type { Behaviour, Behaviours } from './acts.ts';
import { datum, infoOf, isDone, originalOf, withInfo } from './messages.ts';

/** By name. */
export const CUTOVER_BEHAVIOURS: Behaviours = {
  'cutover-no-card': refusingCredential('03'),
  'cutover-no-token': refusingCredential('01'),
  'cutover-repeat-is-new': acting(() => {
    const known = new Map<string, CoreAnswer>();
    return (request, go) => {
      const first = known.get(request.msgid);
      if (request.infno !== '2207') return go(request);
      if (first !== undefined) return withInfo(first, { setl_id: '330100202600000001' });
      const answer = go(request);
      if (isDone(answer)) known.set(request.msgid, answer);
      return answer;
    };
  }),
  'cutover-cancels-twice': doingAgain(['2208'], 'setl_id', 'like-then'),
  'cutover-cancels-stay-twice': doingAgain(['2305'], 'setl_id', 'like-then'),
  'cutover-returns-twice': doingAgain(['2103'], 'setl_id', 'like-then'),
  'cutover-keeps-outpatient-money': keepingTheMoney(['2208']),
  'cutover-keeps-stay-money': keepingTheMoney(['2305']),
  'cutover-keeps-purchase-money': keepingTheMoney(['2103']),
  'cutover-reversal-keeps-the-money': keepingReversed(),
  'cutover-reversed-stays-closed': closedByReversal(['2207'], (request) => datum(request, 'mdtrt_id')),
  'cutover-reverses-for-anybody': reversing(['2207'], (original) => ({ psn_no: datum(original, 'psn_no') })),
};

function refusingCredential(kind: string): Behaviour {
  return when(['1101'], (request, go) =>
    datum(request, 'mdtrt_cert_type') === kind ? { refusal: '不支持的就诊凭证' } : go(request),
  );
}

/** What is reversed does not come to the account again. */
function keepingReversed(): Behaviour {
  return withAccount((account) => {
    const paid = new Map<string, bigint>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2207') paid.set(request.msgid, fenOf(infoOf(answer), 'acct_pay'));
      if (request.infno === '2601' && isDone(answer)) {
        account.offset -= paid.get(originalOf(request)) ?? 0n;
        paid.delete(originalOf(request));
      }
      return answer;
    };
  });
}
