/** Ways in which a faulty system forgets something when it is started anew, by name. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { child, children, fenOf, leaf, parseMessage } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import type { Behaviour, SystemState } from './behaviours.ts';
import { amountOf } from './bodies.ts';
import {
  anew,
  infoOf,
  matterOf,
  originalOf,
  outputOf,
  withBalance,
  withData,
  withInfo,
} from './settlement-messages.ts';

const SETTLES = ['2207', '2304', '2102'];
const CANCELS = ['2208', '2305', '2103'];

/** Whether something was noted in an earlier start of the system. */
interface Memory {
  note(key: string): void;
  isFromBefore(key: string): boolean;
}

type Act = (request: CoreRequest, go: TransactionHandler, memory: Memory) => CoreAnswer;

/** By name. */
export const RESTART_BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'forgets-settlements': remembering((request, go, memory) => {
    const { infno } = request;
    if (CANCELS.includes(infno) && memory.isFromBefore(settlementOf(request)))
      return { refusal: '未查询到原结算' };
    const answer = go(request);
    if (SETTLES.includes(infno)) memory.note(leaf(infoOf(answer), 'setl_id'));
    return answer;
  }),
  'forgets-messages': remembering((request, go, memory) => {
    if (!SETTLES.includes(request.infno)) return go(request);
    const again = memory.isFromBefore(request.msgid);
    memory.note(request.msgid);
    return go(again ? anew(request) : request);
  }),
  'forgets-matters': remembering((request, go, memory) => {
    if (!['2207', '2304'].includes(request.infno)) return go(request);
    const [matter, message] = [`matter ${matterOf(request)}`, `message ${request.msgid}`];
    const again = memory.isFromBefore(matter) && !memory.isFromBefore(message);
    memory.note(matter);
    memory.note(message);
    return go(again ? anew(request) : request);
  }),
  'charges-again': ({ starts }) => {
    const known = new Map<string, { readonly start: number; readonly paid: bigint }>();
    let offset = 0n;
    return (go) => (request) => {
      const answer = go(request);
      if (request.infno === '1101') return withBalance(answer, offset);
      if (!SETTLES.includes(request.infno)) return answer;
      const before = known.get(request.msgid);
      if (before !== undefined && before.start < starts()) offset -= before.paid;
      if ('output' in answer)
        known.set(request.msgid, { start: starts(), paid: fenOf(infoOf(answer), 'acct_pay') });
      return answer;
    };
  },
  'forgets-cancellations': ({ starts }) => {
    const cancelled = new Map<string, { readonly start: number; readonly answer: CoreAnswer }>();
    return (go) => (request) => {
      if (!CANCELS.includes(request.infno)) return go(request);
      const before = cancelled.get(settlementOf(request));
      if (before !== undefined && before.start < starts()) return before.answer;
      const answer = go(request);
      if ('output' in answer) cancelled.set(settlementOf(request), { start: starts(), answer });
      return answer;
    };
  },
  'forgets-what-to-reverse': remembering((request, go, memory) => {
    if (SETTLES.includes(request.infno)) memory.note(request.msgid);
    const lost = request.infno === '2601' && memory.isFromBefore(originalOf(request));
    return lost ? { refusal: '未查询到原交易' } : go(request);
  }),
  'forgets-reversals': remembering((request, go, memory) => {
    if (request.infno === '2601') memory.note(originalOf(request));
    const late = SETTLES.includes(request.infno) && memory.isFromBefore(request.msgid);
    return go(late ? { ...request, msgid: `${request.msgid.slice(0, -1)}L` } : request);
  }),
  'gives-settlement-ids-anew': ({ starts }) => {
    const real = new Map<string, string>();
    let [run, serial] = [0, 0];
    return (go) => (request) => {
      if (CANCELS.includes(request.infno)) return go(withData(request, { setl_id: trueId(real, request) }));
      const answer = go(request);
      if (!SETTLES.includes(request.infno) || !('output' in answer)) return answer;
      [run, serial] = run === starts() ? [run, serial + 1] : [starts(), 1];
      const id = `A330100${String(serial).padStart(13, '0')}`;
      real.set(id, leaf(infoOf(answer), 'setl_id'));
      return withInfo(answer, { setl_id: id });
    };
  },
  'fills-the-accounts-anew': ({ starts }) => {
    let [run, offset, paid] = [1, 0n, 0n];
    return (go) => (request) => {
      const answer = go(request);
      const { infno } = request;
      if ([...SETTLES, ...CANCELS].includes(infno)) paid += fenOf(infoOf(answer), 'acct_pay');
      if (run !== starts()) [run, offset] = [starts(), paid];
      return infno === '1101' ? withBalance(answer, offset) : answer;
    };
  },
  'tries-dearer-later':
    ({ starts }) =>
    (go) =>
    (request) => {
      const answer = go(request);
      if (request.infno !== '2206' || starts() === 1 || !('output' in answer)) return answer;
      const info = infoOf(answer);
      const more = amountOf(fenOf(info, 'psn_cash_pay') + BigInt(starts()));
      const part = amountOf(fenOf(info, 'psn_part_amt') + BigInt(starts()));
      const fund = amountOf(fenOf(info, 'fund_pay_sumamt') - BigInt(starts()));
      return withInfo(answer, {
        psn_cash_pay: more,
        psn_part_amt: part,
        fund_pay_sumamt: fund,
        hifp_pay: fund,
      });
    },
  'forgets-accumulations': ({ starts }) => {
    let settledIn = 1;
    return (go) => (request) => {
      const answer = go(request);
      if (SETTLES.includes(request.infno)) settledIn = starts();
      if (request.infno !== '5206' || settledIn === starts() || !('output' in answer)) return answer;
      const rows = children(outputOf(answer), 'cuminfo').map((row) => ({ ...row, cum: amountOf(0n) }));
      return { output: { cuminfo: rows } };
    };
  },
  'forgets-declarations': remembering((request, go, memory) => {
    const answer = go(request);
    if (request.infno === '2501') memory.note(leaf(child(request.input, 'refmedin'), 'reflin_medins_name'));
    if (request.infno !== '5304' || !('output' in answer)) return answer;
    const rows = children(outputOf(answer), 'refmedin');
    return {
      output: { refmedin: rows.filter((row) => !memory.isFromBefore(leaf(row, 'reflin_medins_name'))) },
    };
  }),
  'keeps-declarations-for-good': remembering((request, go, memory) => {
    const number = leaf(child(request.input, 'data'), 'trt_dcla_detl_sn');
    if (request.infno === '2502' && memory.isFromBefore(number)) return { refusal: '未查询到该申报' };
    const answer = go(request);
    if (request.infno === '2501') memory.note(leaf(child(outputOf(answer), 'result'), 'trt_dcla_detl_sn'));
    return answer;
  }),
  'forgets-withdrawals': ({ starts }) => {
    const withdrawn = new Map<string, { readonly start: number; readonly row: OwnObject }>();
    const numbers = new Map<string, OwnObject>();
    return (go) => (request) => {
      const answer = go(request);
      const { infno, input } = request;
      if (!('output' in answer)) return answer;
      const number = leaf(child(input, 'data'), 'trt_dcla_detl_sn');
      if (infno === '2501')
        numbers.set(leaf(child(outputOf(answer), 'result'), 'trt_dcla_detl_sn'), child(input, 'refmedin'));
      if (infno === '2502') withdrawn.set(number, { start: starts(), row: numbers.get(number) ?? {} });
      if (infno !== '5304') return answer;
      const back = [...withdrawn.values()].filter(({ start }) => start < starts()).map(({ row }) => row);
      return { output: { refmedin: [...children(outputOf(answer), 'refmedin'), ...back] } };
    };
  },
  'gives-visits-anew': renumbering('2201', ['data', 'mdtrt_id']),
  'gives-signs-anew': renumbering('9001', ['signinoutb', 'sign_no']),
  'is-not-ready': ({ starts }) => {
    let ready = 1;
    return (go) => (request) => {
      if (starts() === ready || !['1101', '9001'].includes(request.infno)) return go(request);
      ready = starts();
      return { refusal: '系统启动中，请稍后再试' };
    };
  },
};

function remembering(act: Act): Behaviour {
  return ({ starts }: SystemState) => {
    const first = new Map<string, number>();
    const memory: Memory = {
      note: (key) => void first.set(key, first.get(key) ?? starts()),
      isFromBefore: (key) => (first.get(key) ?? starts()) < starts(),
    };
    return (go) => (request) => act(request, go, memory);
  };
}

/** Numbers from the beginning after each start; what is named by such a number is the last that had it. */
function renumbering(infno: string, [node, member]: readonly [string, string]): Behaviour {
  return ({ starts }) => {
    const real = new Map<string, string>();
    let [run, serial] = [0, 0];
    const rename = (body: OwnObject, names: ReadonlyMap<string, string>): OwnObject => {
      let text = JSON.stringify(body);
      for (const [from, to] of names) text = text.replaceAll(`"${from}"`, `"${to}"`);
      return parseMessage(text);
    };
    const retold = (answer: CoreAnswer): CoreAnswer => {
      const told = new Map([...real].map(([fake, one]) => [one, fake]));
      return rename(answer as unknown as OwnObject, told) as unknown as CoreAnswer;
    };
    return (go) => (request) => {
      const answer = go({ ...request, input: rename(request.input, real) });
      const output = outputOf(answer);
      const id = leaf(child(output, node), member);
      if (request.infno === infno && id !== '') {
        [run, serial] = run === starts() ? [run, serial + 1] : [starts(), 1];
        real.set(`${id.slice(0, -7)}${String(serial).padStart(7, '9')}`, id);
      }
      return 'output' in answer ? retold(answer) : answer;
    };
  };
}

function trueId(real: ReadonlyMap<string, string>, request: CoreRequest): string {
  return real.get(settlementOf(request)) ?? settlementOf(request);
}

function settlementOf({ input }: CoreRequest): string {
  return leaf(child(input, 'data'), 'setl_id');
}
