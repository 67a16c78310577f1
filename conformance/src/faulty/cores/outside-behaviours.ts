/** Ways of being wrong that systems of others were found with, by name. */
import type { CoreAnswer } from '@yiqiao/sandbox';
import { amountNumber, child, fenOf, leaf } from '../../run/own-reading.ts';
import { acting, when, withAccount } from './acts.ts';
import type { Act, Behaviour, Behaviours } from './acts.ts';
import {
  anew,
  datum,
  DONE,
  fromInstitution,
  infoOf,
  institutionOf,
  isDone,
  isRefused,
  matterOf,
  originalOf,
  outputOf,
  renamed,
  withData,
  withInfo,
  withRows,
} from './messages.ts';

/** By name. */
export const OUTSIDE_BEHAVIOURS: Behaviours = {
  'reversal-pays-what-was-cancelled': withToldAccount((account) => {
    const paid = new Map<string, bigint>();
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2207' && isDone(answer))
        paid.set(request.msgid, fenOf(infoOf(answer), 'acct_pay'));
      if (request.infno !== '2601' || !isRefused(answer, '原结算已撤销')) return answer;
      account.offset += paid.get(originalOf(request)) ?? 0n;
      return DONE;
    };
  }),
  'cancels-what-was-reversed': acting(() => {
    const [messages, reversed] = [new Map<string, string>(), new Set<string>()];
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2207') messages.set(leaf(infoOf(answer), 'setl_id'), request.msgid);
      if (request.infno === '2601' && isDone(answer)) reversed.add(originalOf(request));
      const message = messages.get(datum(request, 'setl_id')) ?? '';
      return request.infno === '2208' && reversed.has(message) && !isDone(answer) ? DONE : answer;
    };
  }),
  'settles-what-comes-meanwhile': acting(({ starts }) => {
    let before: { readonly matter: string; readonly msgid: string; readonly start: number } | undefined;
    const seen = new Set<string>();
    return (request, go) => {
      const { infno, msgid } = request;
      const matter = matterOf(request);
      const meanwhile =
        before?.matter === matter && before.msgid !== msgid && before.start === starts() && infno === '2207';
      // Only the first settlement of a matter takes so long that another one can come meanwhile.
      before = infno === '2207' && !seen.has(matter) ? { matter, msgid, start: starts() } : undefined;
      seen.add(matter);
      return go(meanwhile ? anew(request) : request);
    };
  }),
  'account-pays-what-it-has-not': when(['2206'], (request, go) => {
    const answer = go(request);
    const info = infoOf(answer);
    const [account, cash] = [fenOf(info, 'acct_pay'), fenOf(info, 'psn_cash_pay')];
    if (account === 0n || cash === 0n) return answer;
    return withInfo(answer, {
      acct_pay: amountNumber(account + cash),
      psn_cash_pay: amountNumber(0n),
      balc: amountNumber(fenOf(info, 'balc') - cash),
    });
  }),
  'books-what-it-refuses': withToldAccount((account) => (request, go) => {
    const answer = go(request);
    const used = datum(request, 'acct_used_flag') === '1';
    if (request.infno === '2207' && used && isRefused(answer, '≠')) account.offset -= 100n;
    return answer;
  }),
  'cancelled-matter-stays-closed': acting(() => {
    const [matters, closed] = [new Map<string, string>(), new Set<string>()];
    return (request, go) => {
      if (request.infno === '2207' && closed.has(matterOf(request)))
        return { refusal: '该批次已撤销，不能再结算' };
      const answer = go(request);
      if (request.infno === '2207') matters.set(leaf(infoOf(answer), 'setl_id'), matterOf(request));
      if (request.infno === '2208' && isDone(answer))
        closed.add(matters.get(datum(request, 'setl_id')) ?? '');
      return answer;
    };
  }),
  'cancellation-rows-stay-positive': when(['2208'], (request, go) => {
    const answer = go(request);
    if (!isDone(answer)) return answer;
    return {
      output: withRows(outputOf(answer), 'setldetail', (row) => ({
        ...row,
        fund_payamt: amountNumber(-fenOf(row, 'fund_payamt')),
      })),
    };
  }),
  'settles-visits-of-others': acting(() => (request, go) => {
    const answer = go(request);
    return isRefused(answer, '该就诊不属于') ? go(anew(request)) : answer;
  }),
  'adds-up-floats': when(['2206'], (request, go) => {
    const parts = ['fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt'];
    const sum = parts.reduce((all, name) => all + Number(datum(request, name)), 0);
    return sum === Number(datum(request, 'medfee_sumamt'))
      ? go(request)
      : { refusal: '费用总额与各分项之和不符' };
  }),
  'accumulates-what-was-cancelled': acting(() => {
    let cancelled = 0n;
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '2208') cancelled -= fenOf(infoOf(answer), 'fund_pay_sumamt');
      if (request.infno !== '5206' || !isDone(answer)) return answer;
      return {
        output: withRows(outputOf(answer), 'cuminfo', (row) =>
          leaf(row, 'cum_type_code') === 'P01'
            ? { ...row, cum: amountNumber(fenOf(row, 'cum') + cancelled) }
            : row,
        ),
      };
    };
  }),
  'lists-referrals-of-the-last': acting(() => {
    let last = '';
    return (request, go) => {
      if (request.infno === '2501') last = leaf(child(request.input, 'refmedin'), 'psn_no');
      return go(request.infno === '5304' && last !== '' ? withData(request, { psn_no: last }) : request);
    };
  }),
  'refers-again': acting(() => {
    const seen = new Set<string>();
    return (request, go) => {
      const again = request.infno === '2501' && seen.has(request.msgid);
      seen.add(request.msgid);
      return go(again ? renamed(request) : request);
    };
  }),
  'any-card-serial': when(['1101'], (request, go) => {
    const answer = go(request);
    const own = { mdtrt_cert_type: '02', mdtrt_cert_no: datum(request, 'certno') };
    const byCard = datum(request, 'mdtrt_cert_type') === '03';
    return byCard && !isDone(answer) ? go(withData(request, own)) : answer;
  }),
  'any-insured-place': acting(
    () => (request, go) => go({ ...request, envelope: { ...request.envelope, insuplc_admdvs: '' } }),
  ),
  'answers-by-number-alone': acting(() => {
    const answers = new Map<string, readonly [matter: string, answer: CoreAnswer]>();
    return (request, go) => {
      if (request.infno !== '2207') return go(request);
      const [matter, known] = answers.get(request.msgid) ?? [];
      if (known !== undefined && matter !== matterOf(request)) return known;
      const answer = go(request);
      if (isDone(answer)) answers.set(request.msgid, [matterOf(request), answer]);
      return answer;
    };
  }),
  'any-institution-reverses': acting(() => {
    const senders = new Map<string, string>();
    return (request, go) => {
      if (request.infno !== '2601') senders.set(request.msgid, institutionOf(request));
      const sender = request.infno === '2601' ? senders.get(originalOf(request)) : undefined;
      return go(sender === undefined ? request : fromInstitution(request, sender));
    };
  }),
};

/** A system whose account is off by an amount, whoever tells it. */
function withToldAccount(make: (account: { offset: bigint }) => Act): Behaviour {
  return withAccount((account) => {
    const act = make(account);
    return (request, go) => {
      const answer = act(request, go);
      const info = infoOf(answer);
      return leaf(info, 'balc') === ''
        ? answer
        : withInfo(answer, { balc: amountNumber(fenOf(info, 'balc') + account.offset) });
    };
  });
}
