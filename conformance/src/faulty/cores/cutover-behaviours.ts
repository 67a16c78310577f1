/** Ways in which a province goes wrong at a cutover, by name. */
import type { CoreAnswer } from '@yiqiao/sandbox';
import { amountNumber, child, children, fenOf, isNode, leaf } from '../../run/own-reading.ts';
import type { OwnObject, OwnValue } from '../../run/own-reading.ts';
import type { Behaviour } from './behaviours.ts';
import { remembering as acting } from './care-acts.ts';

/** By name. */
export const CUTOVER_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'cutover-no-card': refusingCredential('03'),
  'cutover-no-token': refusingCredential('01'),
  'cutover-repeat-is-new': acting(() => {
    const known = new Map<string, CoreAnswer>();
    return (request, go) => {
      const first = known.get(request.msgid);
      if (request.infno !== '2207') return go(request);
      const answer = first ?? go(request);
      if (first !== undefined) return withInfo(first, { setl_id: '330100202600000001' });
      if ('output' in answer) known.set(request.msgid, answer);
      return answer;
    };
  }),
  'cutover-cancels-twice': again('2208'),
  'cutover-cancels-stay-twice': again('2305'),
  'cutover-returns-twice': again('2103'),
  'cutover-keeps-outpatient-money': keeping('2208'),
  'cutover-keeps-stay-money': keeping('2305'),
  'cutover-keeps-purchase-money': keeping('2103'),
  'cutover-reversal-keeps-the-money': keeping('2601'),
  'cutover-reversed-stays-closed': acting(() => {
    const visits = new Map<string, string>();
    const closed = new Set<string>();
    return (request, go) => {
      const data = child(request.input, 'data');
      if (request.infno === '2601') closed.add(visits.get(leaf(data, 'omsgid')) ?? '');
      if (request.infno !== '2207') return go(request);
      if (closed.has(leaf(data, 'mdtrt_id'))) return { refusal: '该就诊已冲正，不能再结算' };
      visits.set(request.msgid, leaf(data, 'mdtrt_id'));
      return go(request);
    };
  }),
  'cutover-reverses-for-anybody': acting(() => {
    const persons = new Map<string, string>();
    return (request, go) => {
      const data = child(request.input, 'data');
      if (request.infno === '2207') persons.set(request.msgid, leaf(data, 'psn_no'));
      const psn_no = persons.get(leaf(data, 'omsgid'));
      if (request.infno !== '2601' || psn_no === undefined) return go(request);
      return go({ ...request, input: { ...request.input, data: { ...data, psn_no } } });
    };
  }),
};

function refusingCredential(kind: string): Behaviour {
  return acting(() => (request, go) => {
    const refused =
      request.infno === '1101' && leaf(child(request.input, 'data'), 'mdtrt_cert_type') === kind;
    return refused ? { refusal: '不支持的就诊凭证' } : go(request);
  });
}

/** Takes back once more what was taken back, and says so with the same answer. */
function again(infno: string): Behaviour {
  return acting(() => {
    const answers = new Map<string, CoreAnswer>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno !== infno) return answer;
      const key = leaf(child(request.input, 'data'), 'setl_id');
      if ('output' in answer) answers.set(key, answer);
      return 'output' in answer ? answer : (answers.get(key) ?? answer);
    };
  });
}

/** What this transaction takes back does not come to the account again. */
function keeping(infno: string): Behaviour {
  return acting(() => {
    const paid = new Map<string, bigint>();
    let kept = 0n;
    return (request, go) => {
      const answer = go(request);
      if (!('output' in answer)) return answer;
      const output = isNode(answer.output as OwnValue) ? (answer.output as OwnObject) : {};
      const data = child(request.input, 'data');
      if (request.infno === '2207') paid.set(request.msgid, fenOf(child(output, 'setlinfo'), 'acct_pay'));
      if (request.infno === infno && infno !== '2601') kept -= fenOf(child(output, 'setlinfo'), 'acct_pay');
      if (request.infno === infno && infno === '2601') {
        kept += paid.get(leaf(data, 'omsgid')) ?? 0n;
        paid.delete(leaf(data, 'omsgid'));
      }
      if (request.infno !== '1101' || kept === 0n) return answer;
      const insuinfo = children(output, 'insuinfo').map((row) => ({
        ...row,
        balc: amountNumber(fenOf(row, 'balc') - kept),
      }));
      return { output: { ...output, insuinfo } };
    };
  });
}

function withInfo(answer: CoreAnswer, members: OwnObject): CoreAnswer {
  if (!('output' in answer) || !isNode(answer.output as OwnValue)) return answer;
  const output = answer.output as OwnObject;
  return { output: { ...output, setlinfo: { ...child(output, 'setlinfo'), ...members } } };
}
