/**
 * What the far sides do and remember. They protect nobody from a gateway that errs: the hub forgets a reversal
 * that found nothing, and whatever should never have been sent is noted as a violation.
 */
import { settlementAnswer } from './messages.ts';

/** A message as a far side reads it. */
export interface Message {
  readonly infno: string;
  readonly msgid: string;
  readonly input: {
    readonly data?: Readonly<Record<string, string | number>>;
    readonly feedetail?: readonly Readonly<Record<string, string | number>>[];
    readonly setlinfo?: Readonly<Record<string, string | number>>;
  };
}

/** What it answers. */
export type Answer = { readonly output: object | null } | { readonly refusal: string };

/** One settlement or cancellation. Amounts in 分. */
export interface Entry {
  readonly settlementId: string;
  readonly visitId: string;
  readonly total: number;
  state: 'in-force' | 'cancelled' | 'cancellation' | 'reversed';
}

/** The books of a far side. */
export interface Books {
  answer(message: Message): Answer;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly violations: readonly string[];
}

/** The books of the care place's core, which holds the fee lines as well. */
export interface CoreBooks extends Books {
  /** Whether the fee lines of a charge batch are there. */
  hasFees(visitId: string, batch: string): boolean;
}

/** 人员编号 `psn_no` of a message. */
export function personOf({ input }: Message): string {
  return String((input.data ?? input.feedetail?.[0])?.['psn_no'] ?? '');
}

interface Done {
  readonly infno: string;
  readonly answer: Answer;
  readonly undo: () => void;
  undone: boolean;
}

const NOT_FOUND: Answer = { refusal: '未查询到原交易' };

/** Member of `data` as text. */
function dataOf({ input }: Message, name: string): string {
  return String(input.data?.[name] ?? '');
}

function reverse(done: ReadonlyMap<string, Done>, message: Message): Answer {
  const original = done.get(dataOf(message, 'omsgid'));
  if (original?.infno !== dataOf(message, 'oinfno')) return NOT_FOUND;
  if (!original.undone) original.undo();
  original.undone = true;
  return { output: null };
}

/** The side that decides: settles, cancels and reverses. A settlement or cancellation must never come twice. */
export function createHubBooks(): Books {
  const entries = new Map<string, Entry>();
  const done = new Map<string, Done>();
  const violations: string[] = [];
  const inForce = (visitId: string): Entry | undefined =>
    [...entries.values()].find((entry) => entry.visitId === visitId && entry.state === 'in-force');

  const book = (message: Message, entry: Entry, undo: () => void): Answer => {
    entries.set(entry.settlementId, entry);
    const answer = { output: settlementAnswer(entry) };
    const { infno, msgid } = message;
    done.set(msgid, { infno, answer, undone: false, undo });
    return answer;
  };
  const settle = (message: Message): Answer => {
    const visitId = dataOf(message, 'mdtrt_id');
    if (inForce(visitId) !== undefined) return { refusal: '该收费批次已结算' };
    const settlementId = `S${entries.size + 1}`;
    const total = Math.round(Number(dataOf(message, 'medfee_sumamt')) * 100);
    const entry: Entry = { settlementId, visitId, total, state: 'in-force' };
    return book(message, entry, () => (entry.state = 'reversed'));
  };
  const cancel = (message: Message): Answer => {
    const original = entries.get(dataOf(message, 'setl_id'));
    if (original?.state !== 'in-force') return { refusal: '原结算不存在或已撤销' };
    original.state = 'cancelled';
    const settlementId = `S${entries.size + 1}`;
    const { visitId, total } = original;
    const entry: Entry = { settlementId, visitId, total: -total, state: 'cancellation' };
    return book(message, entry, () => {
      entry.state = 'reversed';
      original.state = 'in-force';
    });
  };
  return {
    entries,
    violations,
    answer(message) {
      if (message.infno === '2601') return reverse(done, message);
      if (done.has(message.msgid)) violations.push(`${message.infno} ${message.msgid} came twice to the hub`);
      return message.infno === '2207' ? settle(message) : cancel(message);
    },
  };
}

/** The side that holds the fee lines and records what was decided; what comes again changes nothing. */
export function createCoreBooks(): CoreBooks {
  const entries = new Map<string, Entry>();
  const fees = new Map<string, number>();
  const uploads = new Set<string>();
  const done = new Map<string, Done>();
  const violations: string[] = [];

  const upload = ({ msgid, input }: Message): Answer => {
    if (uploads.has(msgid)) violations.push(`2204 ${msgid} came twice to the core`);
    uploads.add(msgid);
    const [line = {}] = input.feedetail ?? [];
    const key = `${line['mdtrt_id']} ${line['chrg_bchno']}`;
    if (fees.has(key)) return { refusal: '收费批次已上传' };
    fees.set(key, Math.round(Number(line['det_item_fee_sumamt']) * 100));
    const { feedetl_sn: number, det_item_fee_sumamt: amount, pric: price } = line;
    const split = { pric_uplmt_amt: 999_999, chrgitm_lv: '01', med_chrgitm_type: '14', lmt_used_flag: '0' };
    const row = { feedetl_sn: String(number), det_item_fee_sumamt: amount, cnt: 1, pric: price, ...split };
    return { output: { result: [row] } };
  };
  const feeKey = (message: Message): string =>
    `${dataOf(message, 'mdtrt_id')} ${dataOf(message, 'chrg_bchno')}`;
  const check = (message: Message): Answer => {
    const total = fees.get(feeKey(message));
    if (total === undefined) return { refusal: '未查询到收费批次' };
    const visitId = dataOf(message, 'mdtrt_id');
    return { output: settlementAnswer({ settlementId: 'TRIAL', visitId, total }) };
  };
  const record = (message: Message): Answer => {
    const { infno, msgid, input } = message;
    const before = done.get(msgid);
    if (before !== undefined) return before.answer;
    const settlementId = String(input.setlinfo?.['setl_id'] ?? '');
    if (entries.has(settlementId)) violations.push(`${settlementId} is told to the core in two messages`);
    const visitId = dataOf(message, 'mdtrt_id');
    const total = Math.round(Number(input.setlinfo?.['medfee_sumamt']) * 100);
    const original = infno === '2208' ? entries.get(dataOf(message, 'setl_id')) : undefined;
    if (infno === '2208' && original?.state !== 'in-force') {
      violations.push(`${settlementId} cancels what the core does not have`);
      return { refusal: '未查询到原结算' };
    }
    const state = original === undefined ? 'in-force' : 'cancellation';
    const entry: Entry = { settlementId, visitId, total, state };
    entries.set(settlementId, entry);
    if (original !== undefined) original.state = 'cancelled';
    const answer = { output: settlementAnswer(entry) };
    const undo = (): void => {
      entry.state = 'reversed';
      if (original !== undefined) original.state = 'in-force';
    };
    done.set(msgid, { infno, answer, undone: false, undo });
    return answer;
  };
  return {
    entries,
    violations,
    hasFees: (visitId, batch) => fees.has(`${visitId} ${batch}`),
    answer(message) {
      switch (message.infno) {
        case '2204':
          return upload(message);
        case '2205':
          fees.delete(feeKey(message));
          return { output: null };
        case '2206':
          return check(message);
        case '2601':
          return reverse(done, message);
        default:
          return record(message);
      }
    },
  };
}
