/** The books of a predecessor's core on stays: it knows admissions and lines, and refuses what does not fit them. */
import type { PredecessorAnswer, PredecessorCall } from './predecessor-far-side.ts';

/** One stay on the books. */
interface Stay {
  readonly careType: string;
  readonly person: string;
  /** Number of the message that registered it. */
  readonly transid: string;
  /** Line number → amount as it came. */
  readonly lines: Map<string, string>;
  discharged: boolean;
  /** Settlement in force, and the number of the message that made it. */
  settled?: { readonly id: string; readonly transid: string };
}

/** A core's books, and how it answers. */
export interface Ward {
  readonly stays: ReadonlyMap<string, Stay>;
  answer(call: PredecessorCall): PredecessorAnswer;
}

const OK: PredecessorAnswer = { output: '' };
const refused = (text: string): PredecessorAnswer => ({ refused: text });

/** Opens empty books. */
export function openWard(): Ward {
  const stays = new Map<string, Stay>();
  const steps: Readonly<Record<string, (call: PredecessorCall, stay: Stay) => PredecessorAnswer>> = {
    '0213': () => OK,
    '0301'(call, { lines }) {
      for (const { ykc610 = '', akc264 = '' } of call.rows()) lines.set(ykc610, akc264);
      return OK;
    },
    '0302': (call, { lines }) => withdraw(call, lines),
    '0215'(_, stay) {
      stay.discharged = true;
      return OK;
    },
    '0216'(call, stay) {
      if (call.element('otransid') !== '0') return refused('原交易流水号有误');
      stay.discharged = false;
      return OK;
    },
    '0214'(call, { lines, transid }) {
      if (call.element('otransid') !== transid) return refused('原交易流水号有误');
      if (lines.size > 0) return refused('尚有费用明细，不能撤销登记');
      stays.delete(call.element('ykc700') ?? '');
      return OK;
    },
    '0303': (call, stay) => unfit(call, stay) ?? trial(call),
    '0304'(call, stay) {
      const fault = unfit(call, stay);
      if (fault !== undefined) return fault;
      if (!stay.discharged && call.element('ake170') !== '1') return refused('未办理出院登记');
      if (call.element('aka130') !== stay.careType) return refused('医疗类别与登记不符');
      const id = `A${call.element('ykc700')}`;
      stay.settled = { id, transid: call.element('transid') ?? '' };
      return settled(call, id);
    },
  };
  return {
    stays,
    answer(call) {
      const { transaction } = call;
      const number = call.element('ykc700') ?? '';
      if (transaction === '0212') {
        const id = `S${String(stays.size + 1).padStart(4, '0')}`;
        const [careType, person] = [call.element('aka130') ?? '', call.element('aac044') ?? ''];
        const transid = call.element('transid') ?? '';
        stays.set(id, { careType, person, transid, lines: new Map(), discharged: false });
        return { output: `<ykc700>${id}</ykc700>` };
      }
      if (transaction === '0305' || transaction === '1301') return takeBack(call, stays);
      const stay = stays.get(number);
      if (stay === undefined) return refused('未查询到就诊登记');
      return steps[transaction]?.(call, stay) ?? refused(`不受理交易 ${transaction}`);
    },
  };
}

/** 0302: `ykc610` is one line, else `otransid` 0 all of them. */
function withdraw(call: PredecessorCall, lines: Map<string, string>): PredecessorAnswer {
  const one = call.element('ykc610') ?? '';
  if (one !== '') return lines.delete(one) ? OK : refused(`没有明细 ${one}`);
  if (call.element('otransid') !== '0') return refused('原交易流水号有误');
  lines.clear();
  return OK;
}

function takeBack(call: PredecessorCall, stays: Map<string, Stay>): PredecessorAnswer {
  const { transaction } = call;
  if (transaction === '1301' && call.element('otransno') === '0212') {
    const [id] = [...stays].find(([, { transid }]) => transid === call.element('otransid')) ?? [];
    return id !== undefined && stays.delete(id) ? OK : refused('未查询到就诊登记');
  }
  const stay = [...stays.values()].find(
    ({ settled: one }) =>
      one?.transid === call.element('otransid') &&
      (transaction === '1301' || one?.id === call.element('aaz216')),
  );
  if (stay === undefined) return refused('未查询到结算信息');
  delete stay.settled;
  return OK;
}

function unfit(call: PredecessorCall, stay: Stay): PredecessorAnswer | undefined {
  if (call.element('aac044') !== stay.person) return refused('不是登记的人员');
  const fen = [...stay.lines.values()].reduce((sum, amount) => sum + Math.round(Number(amount) * 100), 0);
  return call.element('akc264') === (fen / 100).toFixed(2) ? undefined : refused('总费用与明细不符');
}

/** Half is paid by the pool, half in cash. */
function half(call: PredecessorCall): string {
  return (Number(call.element('akc264')) / 2).toFixed(2);
}

function trial(call: PredecessorCall): PredecessorAnswer {
  const [total, part] = [call.element('akc264'), half(call)];
  return {
    output: `<akc264>${total}</akc264><akb068>${part}</akb068><ake039>${part}</ake039><akb066>0.00</akb066><ykc624>${part}</ykc624><aae140>310</aae140>`,
  };
}

function settled(call: PredecessorCall, id: string): PredecessorAnswer {
  const part = half(call);
  return {
    output: `<aaz216>${id}</aaz216><akc194>${call.element('akc194') ?? ''}</akc194><ake149>${part}</ake149><ake039>${part}</ake039><akb067>${part}</akb067><ake038>0.00</ake038><aac044>${call.element('aac044')}</aac044><aae140>310</aae140>`,
  };
}
