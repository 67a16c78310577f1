/** Ways in which a faulty insured place handles credentials wrongly, by name. */
import type { CoreRequest } from '@yiqiao/sandbox';
import { child, fenOf, leaf } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import type { Behaviour } from './behaviours.ts';
import { withBalance } from './settlement-messages.ts';

/** 测试己, whose token others show in the kit. */
const OTHER = {
  token: '330100EC00000000000000000006',
  certno: '000000198205060071',
};

/** By name. */
export const CREDENTIAL_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'takes-a-token-once': () => {
    const used = new Set<string>();
    return (go) => (request) => {
      const data = child(request.input, 'data');
      const token = leaf(data, 'mdtrt_cert_no');
      if (request.infno !== '1101' || leaf(data, 'mdtrt_cert_type') !== '01') return go(request);
      if (used.has(token)) return { refusal: '令牌已使用' };
      const answer = go(request);
      if ('output' in answer) used.add(token);
      return answer;
    };
  },
  'tells-whose-token': () => (go) => (request) => {
    const answer = go(request);
    const shown = request.infno === '1101' && credentialOf(request) === OTHER.token;
    return shown && 'refusal' in answer ? { refusal: '姓名不符，令牌属于测试己' } : answer;
  },
  'cancels-by-token': () => (go) => (request) =>
    ['2208', '2305', '2103'].includes(request.infno) && credentialOf(request) === ''
      ? { refusal: '撤销须出示电子凭证' }
      : go(request),
  'charges-who-owns-the-token': () => {
    let charged = 0n;
    return (go) => (request) => {
      const answer = go(request);
      const { infno, input } = request;
      if (['2207', '2304', '2102'].includes(infno) && credentialOf(request) === OTHER.token)
        charged += fenOf(dataOf(request), 'medfee_sumamt');
      const looked = infno === '1101' && leaf(child(input, 'data'), 'certno') === OTHER.certno;
      return looked ? withBalance(answer, -charged) : answer;
    };
  },
  'one-credential-per-visit': () => {
    const first = new Map<string, string>();
    return (go) => (request) => {
      if (!['2206', '2207'].includes(request.infno)) return go(request);
      const visit = leaf(dataOf(request), 'mdtrt_id');
      const before = first.get(visit) ?? credentialOf(request);
      if (request.infno === '2206') first.set(visit, credentialOf(request));
      else if (before !== credentialOf(request)) return { refusal: '结算凭证与预结算不一致' };
      return go(request);
    };
  },
};

function dataOf({ input }: CoreRequest): OwnObject {
  return { ...child(input, 'data'), ...child(input, 'druginfo') };
}

function credentialOf(request: CoreRequest): string {
  return leaf(dataOf(request), 'mdtrt_cert_no');
}
