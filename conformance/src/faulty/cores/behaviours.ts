/** Ways in which a faulty insured place acts wrongly, by name. */
import { amountNumber, children, fenOf, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { COURSES, VISIT_SETTLEMENTS } from '../../sound/courses.ts';
import { withoutRare } from '../bodies.ts';
import {
  acting,
  cancellingTheUnknown,
  carryingOutLate,
  closedByReversal,
  doingAgain,
  fromSettlement,
  keepingTheMoney,
  reversing,
  when,
  withAccount,
} from './acts.ts';
import type { Behaviours } from './acts.ts';
import {
  anew,
  datum,
  DONE,
  infoOf,
  isDone,
  isRefused,
  matterOf,
  originalOf,
  outputOf,
  withData,
  withInfo,
} from './messages.ts';

/** Of visits alone: purchases have faulty systems of their own. */
const { outpatient, stay } = COURSES;
const TRIES: readonly string[] = [outpatient.trial, stay.trial];
const CANCELS: readonly string[] = [outpatient.cancel, stay.cancel];

/** By name. */
export const BEHAVIOURS: Behaviours = {
  'settles-the-same-message-twice': acting(() => {
    const seen = new Set<string>();
    return (request, go) =>
      go(VISIT_SETTLEMENTS.includes(request.infno) && wasSeen(seen, request.msgid) ? anew(request) : request);
  }),
  'settles-the-same-matter-twice': acting(() => {
    const seen = new Map<string, string>();
    return (request, go) => {
      if (!VISIT_SETTLEMENTS.includes(request.infno)) return go(request);
      const first = seen.get(matterOf(request));
      seen.set(matterOf(request), first ?? request.msgid);
      return go(first === undefined || first === request.msgid ? request : anew(request));
    };
  }),
  'charges-the-account-again': withAccount((account) => {
    const seen = new Map<string, bigint>();
    return (request, go) => {
      const answer = go(request);
      if (!VISIT_SETTLEMENTS.includes(request.infno)) return answer;
      account.offset -= seen.get(matterOf(request)) ?? 0n;
      if (isDone(answer)) seen.set(matterOf(request), fenOf(infoOf(answer), 'acct_pay'));
      return answer;
    };
  }),
  'trial-charges-the-account': withAccount((account) => (request, go) => {
    const answer = go(request);
    if (TRIES.includes(request.infno)) account.offset -= fenOf(infoOf(answer), 'acct_pay');
    return answer;
  }),
  'settlement-leaves-the-account': withAccount((account) => (request, go) => {
    const answer = go(request);
    if ([...VISIT_SETTLEMENTS, ...CANCELS].includes(request.infno))
      account.offset += fenOf(infoOf(answer), 'acct_pay');
    if (request.infno === '2601' && isDone(answer)) account.offset = 0n;
    return answer;
  }),
  'tells-the-account-before': when(VISIT_SETTLEMENTS, (request, go) => {
    const answer = go(request);
    if (!isDone(answer)) return answer;
    const info = infoOf(answer);
    return withInfo(answer, { balc: amountNumber(fenOf(info, 'balc') + fenOf(info, 'acct_pay')) });
  }),
  'uses-the-account-unasked': when(VISIT_SETTLEMENTS, (request, go) =>
    go(withData(request, { acct_used_flag: '1' })),
  ),
  'same-id-for-all': when(VISIT_SETTLEMENTS, (request, go) => {
    const answer = go(request);
    return isDone(answer) ? withInfo(answer, { setl_id: '330100202600000001' }) : answer;
  }),
  'cancels-without-paying-back': keepingTheMoney(CANCELS),
  'cancels-twice': doingAgain(CANCELS, 'setl_id', 'like-then'),
  'cancels-what-is-not-there': cancellingTheUnknown(CANCELS),
  'cancels-for-anybody': fromSettlement(CANCELS, 'psn_no'),
  'cancels-any-visit': fromSettlement(CANCELS, 'mdtrt_id'),
  'cancel-keeps-the-id': when(CANCELS, (request, go) => {
    const answer = go(request);
    return isDone(answer) ? withInfo(answer, { setl_id: datum(request, 'setl_id') }) : answer;
  }),
  'stay-cancels-outpatients': acting(() => {
    const outpatients = new Map<string, OwnObject>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2207' && isDone(answer))
        outpatients.set(leaf(infoOf(answer), 'setl_id'), infoOf(answer));
      const other = outpatients.get(datum(request, 'setl_id'));
      return request.infno === '2305' && other !== undefined ? { output: { setlinfo: other } } : answer;
    };
  }),
  'reversal-only-says-yes': when(['2601'], () => DONE),
  'reversal-pays-twice': withAccount((account) => {
    const seen = new Set<string>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2601' && isDone(answer) && wasSeen(seen, originalOf(request)))
        account.offset += 100n;
      return answer;
    };
  }),
  'reversal-for-anybody': reversing(VISIT_SETTLEMENTS, (original) => ({ psn_no: datum(original, 'psn_no') })),
  'reversal-of-any-transaction': reversing(VISIT_SETTLEMENTS, ({ infno }) => ({ oinfno: infno })),
  'reverses-the-unknown': when(['2601'], (request, go) => {
    const answer = go(request);
    return originalOf(request).endsWith('202001010000000001') ? DONE : answer;
  }),
  'reverses-queries': when(['2601'], (request, go) =>
    datum(request, 'oinfno') === '1101' ? DONE : go(request),
  ),
  'late-original-is-carried-out': carryingOutLate(VISIT_SETTLEMENTS),
  'reversed-matter-stays-closed': closedByReversal(VISIT_SETTLEMENTS, matterOf),
  'cancellation-stays-after-reversal': when(['2601'], (request, go) =>
    CANCELS.includes(datum(request, 'oinfno')) ? DONE : go(request),
  ),
  'finds-somebody': when(['1101'], (request, go) => {
    const found = { mdtrt_cert_no: '000000199001010018', certno: '000000199001010018', psn_name: '' };
    const nobody = datum(request, 'mdtrt_cert_no') === '000000190001010000';
    return go(nobody ? withData(request, found) : request);
  }),
  'withdraws-twice': when(['2502'], (request, go) => {
    const answer = go(request);
    return isRefused(answer, '已撤销') ? DONE : answer;
  }),
  'lists-what-was-withdrawn': acting(() => {
    const rows = new Map<string, OwnObject>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno !== '5304' || !isDone(answer)) return answer;
      for (const row of children(outputOf(answer), 'refmedin'))
        rows.set(leaf(row, 'reflin_medins_name'), row);
      return { output: { refmedin: [...rows.values()] } };
    };
  }),
  'loses-rare-characters': when(['5304'], (request, go) => {
    const answer = go(request);
    return isDone(answer) ? { output: withoutRare(outputOf(answer)) } : answer;
  }),
  'answers-anything': when(['0000'], () => ({ output: {} })),
};

function wasSeen(seen: Set<string>, one: string): boolean {
  const before = seen.has(one);
  seen.add(one);
  return before;
}
