/** Ways in which a faulty insured place handles credentials wrongly, by name. */
import type { CoreRequest } from '@yiqiao/sandbox';
import { child, fenOf, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { CANCELLATIONS, SETTLEMENTS } from '../../sound/courses.ts';
import { acting, when } from './acts.ts';
import type { Behaviours } from './acts.ts';
import { datum, isDone, isRefused, withBalance } from './messages.ts';

/** 测试己, whose token others show in the kit. */
const OTHER = {
  token: '330100EC00000000000000000006',
  certno: '000000198205060071',
};

/** By name. */
export const CREDENTIAL_BEHAVIOURS: Behaviours = {
  'takes-a-token-once': acting(() => {
    const used = new Set<string>();
    return (request, go) => {
      const token = datum(request, 'mdtrt_cert_no');
      if (request.infno !== '1101' || datum(request, 'mdtrt_cert_type') !== '01') return go(request);
      if (used.has(token)) return { refusal: '令牌已使用' };
      const answer = go(request);
      if (isDone(answer)) used.add(token);
      return answer;
    };
  }),
  'tells-whose-token': when(['1101'], (request, go) => {
    const answer = go(request);
    const shown = credentialOf(request) === OTHER.token;
    return shown && isRefused(answer) ? { refusal: '姓名不符，令牌属于测试己' } : answer;
  }),
  'cancels-by-token': when(CANCELLATIONS, (request, go) =>
    credentialOf(request) === '' ? { refusal: '撤销须出示电子凭证' } : go(request),
  ),
  'charges-who-owns-the-token': acting(() => {
    let charged = 0n;
    return (request, go) => {
      const answer = go(request);
      if (SETTLEMENTS.includes(request.infno) && credentialOf(request) === OTHER.token)
        charged += fenOf(dataOf(request), 'medfee_sumamt');
      const looked = request.infno === '1101' && datum(request, 'certno') === OTHER.certno;
      return looked ? withBalance(answer, -charged) : answer;
    };
  }),
  'one-credential-per-visit': acting(() => {
    const first = new Map<string, string>();
    return (request, go) => {
      const visit = datum(request, 'mdtrt_id');
      if (request.infno === '2206') first.set(visit, credentialOf(request));
      const before = request.infno === '2207' ? first.get(visit) : undefined;
      if (before !== undefined && before !== credentialOf(request))
        return { refusal: '结算凭证与预结算不一致' };
      return go(request);
    };
  }),
};

/** Who is treated, and what it costs: `data`, of purchases `druginfo`. */
function dataOf({ input }: CoreRequest): OwnObject {
  return { ...child(input, 'data'), ...child(input, 'druginfo') };
}

function credentialOf(request: CoreRequest): string {
  return leaf(dataOf(request), 'mdtrt_cert_no');
}
