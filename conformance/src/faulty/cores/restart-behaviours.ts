/** Ways in which a faulty system forgets something when it is started anew, by name. */
import type { CoreAnswer, CoreRequest, TransactionHandler } from '@yiqiao/sandbox';
import { amountNumber, child, children, fenOf, leaf, parseMessage } from '../../run/own-reading.ts';
import type { OwnObject } from '../../run/own-reading.ts';
import { CANCELLATIONS, SETTLEMENTS, VISIT_SETTLEMENTS } from '../../sound/courses.ts';
import { acting } from './acts.ts';
import type { Behaviour, Behaviours, SystemState } from './acts.ts';
import {
  anew,
  datum,
  infoOf,
  isDone,
  matterOf,
  originalOf,
  outputOf,
  renamed,
  withBalance,
  withData,
  withInfo,
} from './messages.ts';

/** Whether something was noted in an earlier start of the system. */
interface Memory {
  note(key: string): void;
  isFromBefore(key: string): boolean;
}

type RememberingAct = (request: CoreRequest, go: TransactionHandler, memory: Memory) => CoreAnswer;

/** By name. */
export const RESTART_BEHAVIOURS: Behaviours = {
  'forgets-settlements': remembering((request, go, memory) => {
    const { infno } = request;
    if (CANCELLATIONS.includes(infno) && memory.isFromBefore(datum(request, 'setl_id')))
      return { refusal: '未查询到原结算' };
    const answer = go(request);
    if (SETTLEMENTS.includes(infno)) memory.note(leaf(infoOf(answer), 'setl_id'));
    return answer;
  }),
  'forgets-messages': remembering((request, go, memory) => {
    if (!SETTLEMENTS.includes(request.infno)) return go(request);
    const again = memory.isFromBefore(request.msgid);
    memory.note(request.msgid);
    return go(again ? anew(request) : request);
  }),
  'forgets-matters': remembering((request, go, memory) => {
    if (!VISIT_SETTLEMENTS.includes(request.infno)) return go(request);
    const [matter, message] = [`matter ${matterOf(request)}`, `message ${request.msgid}`];
    const again = memory.isFromBefore(matter) && !memory.isFromBefore(message);
    memory.note(matter);
    memory.note(message);
    return go(again ? anew(request) : request);
  }),
  'charges-again': acting(({ starts }) => {
    const known = new Map<string, { readonly start: number; readonly paid: bigint }>();
    let offset = 0n;
    return (request, go) => {
      const answer = go(request);
      if (request.infno === '1101') return withBalance(answer, offset);
      if (!SETTLEMENTS.includes(request.infno)) return answer;
      const before = known.get(request.msgid);
      if (before !== undefined && before.start < starts()) offset -= before.paid;
      if (isDone(answer))
        known.set(request.msgid, { start: starts(), paid: fenOf(infoOf(answer), 'acct_pay') });
      return answer;
    };
  }),
  'forgets-cancellations': acting(({ starts }) => {
    const cancelled = new Map<string, { readonly start: number; readonly answer: CoreAnswer }>();
    return (request, go) => {
      if (!CANCELLATIONS.includes(request.infno)) return go(request);
      const before = cancelled.get(datum(request, 'setl_id'));
      if (before !== undefined && before.start < starts()) return before.answer;
      const answer = go(request);
      if (isDone(answer)) cancelled.set(datum(request, 'setl_id'), { start: starts(), answer });
      return answer;
    };
  }),
  'forgets-what-to-reverse': remembering((request, go, memory) => {
    if (SETTLEMENTS.includes(request.infno)) memory.note(request.msgid);
    const lost = request.infno === '2601' && memory.isFromBefore(originalOf(request));
    return lost ? { refusal: '未查询到原交易' } : go(request);
  }),
  'forgets-reversals': remembering((request, go, memory) => {
    if (request.infno === '2601') memory.note(originalOf(request));
    const late = SETTLEMENTS.includes(request.infno) && memory.isFromBefore(request.msgid);
    return go(late ? renamed(request) : request);
  }),
  'gives-settlement-ids-anew': acting(({ starts }) => {
    const real = new Map<string, string>();
    const next = countingFromAnew(starts);
    return (request, go) => {
      const named = datum(request, 'setl_id');
      if (CANCELLATIONS.includes(request.infno))
        return go(withData(request, { setl_id: real.get(named) ?? named }));
      const answer = go(request);
      if (!SETTLEMENTS.includes(request.infno) || !isDone(answer)) return answer;
      const id = `A330100${String(next()).padStart(13, '0')}`;
      real.set(id, leaf(infoOf(answer), 'setl_id'));
      return withInfo(answer, { setl_id: id });
    };
  }),
  'fills-the-accounts-anew': acting(({ starts }) => {
    let [run, offset, paid] = [1, 0n, 0n];
    return (request, go) => {
      const answer = go(request);
      const { infno } = request;
      if ([...SETTLEMENTS, ...CANCELLATIONS].includes(infno)) paid += fenOf(infoOf(answer), 'acct_pay');
      if (run !== starts()) [run, offset] = [starts(), paid];
      return infno === '1101' ? withBalance(answer, offset) : answer;
    };
  }),
  'tries-dearer-later': acting(({ starts }) => (request, go) => {
    const answer = go(request);
    if (request.infno !== '2206' || starts() === 1 || !isDone(answer)) return answer;
    const info = infoOf(answer);
    const dearer = BigInt(starts());
    const fund = amountNumber(fenOf(info, 'fund_pay_sumamt') - dearer);
    return withInfo(answer, {
      psn_cash_pay: amountNumber(fenOf(info, 'psn_cash_pay') + dearer),
      psn_part_amt: amountNumber(fenOf(info, 'psn_part_amt') + dearer),
      fund_pay_sumamt: fund,
      hifp_pay: fund,
    });
  }),
  'forgets-accumulations': acting(({ starts }) => {
    let settledIn = 1;
    return (request, go) => {
      const answer = go(request);
      if (SETTLEMENTS.includes(request.infno)) settledIn = starts();
      if (request.infno !== '5206' || settledIn === starts() || !isDone(answer)) return answer;
      const rows = children(outputOf(answer), 'cuminfo').map((row) => ({ ...row, cum: amountNumber(0n) }));
      return { output: { cuminfo: rows } };
    };
  }),
  'forgets-declarations': remembering((request, go, memory) => {
    const answer = go(request);
    if (request.infno === '2501') memory.note(leaf(child(request.input, 'refmedin'), 'reflin_medins_name'));
    if (request.infno !== '5304' || !isDone(answer)) return answer;
    const rows = children(outputOf(answer), 'refmedin');
    return {
      output: { refmedin: rows.filter((row) => !memory.isFromBefore(leaf(row, 'reflin_medins_name'))) },
    };
  }),
  'keeps-declarations-for-good': remembering((request, go, memory) => {
    const number = datum(request, 'trt_dcla_detl_sn');
    if (request.infno === '2502' && memory.isFromBefore(number)) return { refusal: '未查询到该申报' };
    const answer = go(request);
    if (request.infno === '2501') memory.note(leaf(child(outputOf(answer), 'result'), 'trt_dcla_detl_sn'));
    return answer;
  }),
  'forgets-withdrawals': acting(({ starts }) => {
    const withdrawn = new Map<string, { readonly start: number; readonly row: OwnObject }>();
    const numbers = new Map<string, OwnObject>();
    return (request, go) => {
      const answer = go(request);
      const { infno, input } = request;
      if (!isDone(answer)) return answer;
      const number = datum(request, 'trt_dcla_detl_sn');
      if (infno === '2501')
        numbers.set(leaf(child(outputOf(answer), 'result'), 'trt_dcla_detl_sn'), child(input, 'refmedin'));
      if (infno === '2502') withdrawn.set(number, { start: starts(), row: numbers.get(number) ?? {} });
      if (infno !== '5304') return answer;
      const back = [...withdrawn.values()].filter(({ start }) => start < starts()).map(({ row }) => row);
      return { output: { refmedin: [...children(outputOf(answer), 'refmedin'), ...back] } };
    };
  }),
  'gives-visits-anew': renumbering('2201', ['data', 'mdtrt_id']),
  'gives-signs-anew': renumbering('9001', ['signinoutb', 'sign_no']),
  'is-not-ready': acting(({ starts }) => {
    let ready = 1;
    return (request, go) => {
      if (starts() === ready || !['1101', '9001'].includes(request.infno)) return go(request);
      ready = starts();
      return { refusal: '系统启动中，请稍后再试' };
    };
  }),
};

function remembering(act: RememberingAct): Behaviour {
  return acting(({ starts }) => {
    const first = new Map<string, number>();
    const memory: Memory = {
      note: (key) => void first.set(key, first.get(key) ?? starts()),
      isFromBefore: (key) => (first.get(key) ?? starts()) < starts(),
    };
    return (request, go) => act(request, go, memory);
  });
}

/** Numbers from the beginning after each start; what is named by such a number is the last that had it. */
function renumbering(infno: string, [node, member]: readonly [string, string]): Behaviour {
  return acting(({ starts }) => {
    const real = new Map<string, string>();
    const next = countingFromAnew(starts);
    return (request, go) => {
      const answer = go({ ...request, input: withNames(request.input, real) });
      const id = leaf(child(outputOf(answer), node), member);
      if (request.infno === infno && id !== '')
        real.set(`${id.slice(0, -7)}${String(next()).padStart(7, '9')}`, id);
      const fakes = new Map([...real].map(([fake, one]) => [one, fake]));
      return isDone(answer)
        ? (withNames(answer as unknown as OwnObject, fakes) as unknown as CoreAnswer)
        : answer;
    };
  });
}

/** A body with other texts in place of some. */
function withNames(body: OwnObject, names: ReadonlyMap<string, string>): OwnObject {
  let text = JSON.stringify(body);
  for (const [from, to] of names) text = text.replaceAll(`"${from}"`, `"${to}"`);
  return parseMessage(text);
}

/** Counts from 1, after each start from 1 again. */
function countingFromAnew(starts: SystemState['starts']): () => number {
  let [run, serial] = [0, 0];
  return () => {
    [run, serial] = run === starts() ? [run, serial + 1] : [starts(), 1];
    return serial;
  };
}
