/**
 * 2207, 2208 and 2601 at the care place: the insured place has decided, its answer (`setlinfo` and `setldetail`
 * beside `data`) is put on record here. Idempotent on msgid.
 */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import type { Ledger, Paid } from '../ledger.ts';
import { amountLeaf, child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { findBilled } from './settlement-check.ts';
import type { Batch, VisitBook } from './visit-book.ts';

interface Recorded {
  readonly infno: string;
  readonly psnNo: string;
  readonly answer: CoreAnswer;
  /** Takes the record back, or says why it cannot be. */
  undo(): string | undefined;
  undone: boolean;
}

interface OnRecord {
  readonly row: number;
  readonly mdtrtId: string;
  readonly batch: Batch;
  state: 'settled' | 'cancelled' | 'reversed';
}

/** Records of what the insured place answered. */
export function recordHandlers(
  book: VisitBook,
  ledger: Ledger,
): Readonly<Record<string, TransactionHandler>> {
  const recorded = new Map<string, Recorded>();
  const settlements = new Map<string, OnRecord>();
  const reversedEarly = new Set<string>();

  const once =
    (record: (request: CoreRequest) => Omit<Recorded, 'infno' | 'undone'> | { readonly refusal: string }) =>
    (request: CoreRequest): CoreAnswer => {
      const { infno, msgid } = request;
      const before = recorded.get(msgid);
      if (before !== undefined) return before.undone ? { refusal: '该报文已冲正' } : before.answer;
      if (reversedEarly.has(msgid)) return { refusal: '该报文已被冲正，不再受理' };
      const result = record(request);
      if ('refusal' in result) return result;
      recorded.set(msgid, { ...result, infno, undone: false });
      return result.answer;
    };

  return {
    2207: once(({ input }) => recordSettlement(input, { book, ledger, settlements })),
    2208: once(({ input }) => recordCancellation(input, { ledger, settlements })),
    2601: ({ input }) => {
      const data = child(input, 'data');
      const original = recorded.get(leaf(data, 'omsgid'));
      if (original?.infno !== leaf(data, 'oinfno') || original.psnNo !== leaf(data, 'psn_no')) {
        reversedEarly.add(leaf(data, 'omsgid'));
        return { refusal: '未查询到原交易' };
      }
      const refusal = original.undone ? undefined : original.undo();
      if (refusal !== undefined) return { refusal };
      original.undone = true;
      return { output: null };
    },
  };
}

interface Stores {
  readonly ledger: Ledger;
  readonly settlements: Map<string, OnRecord>;
}

type RecordResult = Omit<Recorded, 'infno' | 'undone'> | { readonly refusal: string };

function recordSettlement(
  input: JsonObject,
  { book, ledger, settlements }: Stores & { book: VisitBook },
): RecordResult {
  const data = child(input, 'data');
  const billed = findBilled(book, data);
  if ('refusal' in billed) return billed;
  const { visit, batch } = billed;
  const told = readSettled(input);
  if ('refusal' in told) return told;
  if (told.paid.total !== batch.totals.total) return { refusal: '参保地结算总额与费用明细不符' };
  if (settlements.has(told.setlId)) return { refusal: `结算ID重复：${told.setlId}` };
  const row = ledger.book(told.setlId, visit.id, { paid: told.paid, state: 'settled' });
  const entry: OnRecord = { row, mdtrtId: visit.id, batch, state: 'settled' };
  settlements.set(told.setlId, entry);
  batch.settled = true;
  return {
    psnNo: visit.psnNo,
    answer: told.answer,
    undo() {
      if (entry.state !== 'settled') return '原结算已撤销，不能冲正';
      entry.state = 'reversed';
      batch.settled = false;
      ledger.mark(row, 'reversed');
      return undefined;
    },
  };
}

function recordCancellation(input: JsonObject, { ledger, settlements }: Stores): RecordResult {
  const data = child(input, 'data');
  const original = settlements.get(leaf(data, 'setl_id'));
  if (original?.mdtrtId !== leaf(data, 'mdtrt_id')) return { refusal: '未查询到原结算' };
  if (original.state !== 'settled') return { refusal: '原结算已撤销或冲正' };
  const told = readSettled(input);
  if ('refusal' in told) return told;
  const row = ledger.book(told.setlId, original.mdtrtId, { paid: told.paid, state: 'cancellation' });
  ledger.mark(original.row, 'cancelled');
  original.state = 'cancelled';
  original.batch.settled = false;
  return {
    psnNo: leaf(data, 'psn_no'),
    answer: told.answer,
    undo() {
      if (original.batch.settled) return '该批次已重新结算，不能冲正';
      ledger.mark(row, 'reversed');
      ledger.mark(original.row, 'settled');
      original.state = 'settled';
      original.batch.settled = true;
      return undefined;
    },
  };
}

/** What the insured place answered, checked for its payers. */
function readSettled(
  input: JsonObject,
):
  | { readonly setlId: string; readonly paid: Paid; readonly answer: CoreAnswer }
  | { readonly refusal: string } {
  const info = child(input, 'setlinfo');
  const amount = (name: string): bigint => amountLeaf(info, name) ?? 0n;
  const setlId = leaf(info, 'setl_id');
  if (setlId === '') return { refusal: '缺少参保地结算结果 setlinfo' };
  const paid = {
    total: amount('medfee_sumamt'),
    fund: amount('fund_pay_sumamt'),
    account: amount('acct_pay'),
    cash: amount('psn_cash_pay'),
  };
  if (paid.total !== paid.fund + paid.account + paid.cash + amount('hosp_part_amt')) {
    return { refusal: '参保地结算结果不平：总额≠基金+个人账户+现金+医院负担' };
  }
  const details = children(input, 'setldetail');
  return { setlId, paid, answer: { output: { setlinfo: info, setldetail: details } } };
}
