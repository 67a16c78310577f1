/**
 * 2207, 2304, 2102, their cancellations and 2601 at the care place: the insured place has decided, its answer
 * (`setlinfo` and `setldetail` beside the request's nodes) is put on record here. Idempotent on msgid, as is 2401, which
 * 2601 takes back as well.
 */
import type { Catalogue } from '../catalogue.ts';
import { clearingTypeOf } from '../course.ts';
import type { Course } from '../course.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import type { Paid } from '../ledger.ts';
import { amountLeaf, child, children, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { isSettled, reopenBill, settleBill } from './bill.ts';
import { findOutpatientBill, findStayBill } from './billed.ts';
import type { Billed } from './billed.ts';
import { openPurchase } from './pharmacy.ts';
import type { SettlementBook, SettlementEntry } from './settlement-book.ts';
import type { VisitBook } from './visit-book.ts';

type Refusal = { readonly refusal: string };

interface Recorded {
  readonly psnNo: string;
  readonly answer: CoreAnswer;
  /** Takes the record back, or says why it cannot be. */
  undo(): string | undefined;
}

/** What records are made from and go to. */
export interface RecordBooks {
  readonly book: VisitBook;
  readonly catalogue: Catalogue;
  readonly settlements: SettlementBook;
}

/** Admission and its cancellation, 2401 and 2404. */
export interface StayHandlers {
  readonly admit: TransactionHandler;
  readonly cancel: TransactionHandler;
}

/** Records of what the insured place answered, and of admissions; and their reversal. */
export function recordHandlers(
  books: RecordBooks,
  stays: StayHandlers,
): Readonly<Record<string, TransactionHandler>> {
  const { book } = books;
  const recorded = new Map<string, Recorded & { readonly infno: string; undone: boolean }>();
  const reversedEarly = new Set<string>();

  const once =
    (record: (request: CoreRequest) => Recorded | Refusal) =>
    (request: CoreRequest): CoreAnswer => {
      const { infno, msgid } = request;
      const before = recorded.get(msgid);
      if (before !== undefined && before.infno !== infno)
        return { refusal: `发送方报文ID 已用于交易 ${before.infno}` };
      if (before !== undefined) return before.undone ? { refusal: '该报文已冲正' } : before.answer;
      if (reversedEarly.has(msgid)) return { refusal: '该报文已被冲正，不再受理' };
      const result = record(request);
      if ('refusal' in result) return result;
      recorded.set(msgid, { ...result, infno, undone: false });
      return result.answer;
    };
  const settlement = (find: (request: CoreRequest) => Billed | Refusal): TransactionHandler =>
    once((request) => recordSettlement(request, { books, find }));
  const cancellation = (course: Course): TransactionHandler =>
    once((request) => recordCancellation(request, { books, course }));

  return {
    2401: once((request) => recordAdmission(request, stays)),
    2207: settlement(({ input }) => findOutpatientBill(book, child(input, 'data'))),
    2304: settlement(({ input }) => findStayBill(book, child(input, 'data'))),
    2102: settlement((request) => openPurchase(request, books)),
    2208: cancellation('outpatient'),
    2305: cancellation('inpatient'),
    2103: cancellation('pharmacy'),
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

function recordSettlement(
  request: CoreRequest,
  { books, find }: { readonly books: RecordBooks; readonly find: (request: CoreRequest) => Billed | Refusal },
): Recorded | Refusal {
  const { settlements } = books;
  const told = readSettled(request.input);
  if ('refusal' in told) return told;
  if (settlements.find(told.setlId) !== undefined) return { refusal: `结算ID重复：${told.setlId}` };
  const billed = find(request);
  if ('refusal' in billed) return billed;
  const { visit, bill } = billed;
  if (told.paid.total !== bill.totals.total) return { refusal: '参保地结算总额与费用明细不符' };
  const entry = settlements.add({
    ...told,
    visit,
    bill,
    ...factsOf(request, billed),
    state: 'settled',
  });
  settleBill(bill);
  return {
    psnNo: visit.psnNo,
    answer: told.answer,
    undo() {
      if (entry.state !== 'settled') return '原结算已撤销，不能冲正';
      settlements.mark(entry, 'reversed');
      reopenBill(bill);
      if (visit.course === 'pharmacy') visit.cancelled = true;
      return undefined;
    },
  };
}

function recordCancellation(
  request: CoreRequest,
  { books, course }: { readonly books: RecordBooks; readonly course: Course },
): Recorded | Refusal {
  const { settlements } = books;
  const data = child(request.input, 'data');
  const original = settlements.find(leaf(data, 'setl_id'));
  const same =
    original?.visit.id === leaf(data, 'mdtrt_id') &&
    original.visit.psnNo === leaf(data, 'psn_no') &&
    original.visit.course === course;
  if (original === undefined || !same) return { refusal: '未查询到原结算' };
  if (original.state !== 'settled') return { refusal: '原结算已撤销或冲正' };
  const told = readSettled(request.input);
  if ('refusal' in told) return told;
  if (!isMirror(told.paid, original.paid)) return { refusal: '撤销结果的金额不是原结算的相反数' };
  const entry = settlements.add({
    ...original,
    ...told,
    ...requestOf(request),
    cancels: original,
    state: 'cancellation',
  });
  settlements.mark(original, 'cancelled');
  reopenBill(original.bill);
  return {
    psnNo: leaf(data, 'psn_no'),
    answer: told.answer,
    undo() {
      if (isSettled(original.bill)) return '该批次已重新结算，不能冲正';
      settlements.mark(entry, 'reversed');
      settlements.mark(original, 'settled');
      settleBill(original.bill);
      return undefined;
    },
  };
}

/** Source: identities, cancel-mirror. */
function isMirror(taken: Paid, paid: Paid): boolean {
  return (['total', 'fund', 'account', 'cash'] as const).every((part) => taken[part] === -paid[part]);
}

/** 2401 is reversible, too: what is taken back is the admission. Source: transactions/2601, rules. */
function recordAdmission(request: CoreRequest, stays: StayHandlers): Recorded | Refusal {
  const answer = stays.admit(request);
  if ('refusal' in answer) return answer;
  const psnNo = leaf(child(request.input, 'mdtrtinfo'), 'psn_no');
  const output = ('output' in answer ? answer.output : {}) as JsonObject;
  const mdtrtId = leaf(child(output, 'result'), 'mdtrt_id');
  return {
    psnNo,
    answer,
    undo() {
      const undone = stays.cancel({ ...request, input: { data: { mdtrt_id: mdtrtId, psn_no: psnNo } } });
      return 'refusal' in undone ? undone.refusal : undefined;
    },
  };
}

function requestOf({
  input,
  msgid,
  envelope,
}: CoreRequest): Pick<SettlementEntry, 'data' | 'msgid' | 'institution' | 'institutionName'> {
  const data = child(input, 'druginfo');
  return {
    data: Object.keys(data).length > 0 ? data : child(input, 'data'),
    msgid,
    institution: leaf(envelope, 'fixmedins_code'),
    institutionName: leaf(envelope, 'fixmedins_name') || leaf(envelope, 'fixmedins_code'),
  };
}

function factsOf(
  request: CoreRequest,
  { visit }: Billed,
): Pick<SettlementEntry, 'data' | 'msgid' | 'institution' | 'institutionName' | 'scheme' | 'clearingType'> {
  const sent = requestOf(request);
  const info = child(request.input, 'setlinfo');
  const medType = leaf(sent.data, 'med_type') || (visit.medType ?? '');
  return {
    ...sent,
    scheme: leaf(info, 'insutype') || leaf(sent.data, 'insutype'),
    clearingType: leaf(info, 'clr_type') || clearingTypeOf(visit.course, medType),
  };
}

/** What the insured place answered, checked for its payers. */
function readSettled(input: JsonObject):
  | {
      readonly setlId: string;
      readonly paid: Paid;
      readonly info: JsonObject;
      readonly details: readonly JsonObject[];
      readonly answer: CoreAnswer;
    }
  | Refusal {
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
  const split = children(input, 'detlcutinfo');
  return {
    setlId,
    paid,
    info,
    details,
    answer: {
      output: { setlinfo: info, setldetail: details, ...(split.length > 0 && { detlcutinfo: split }) },
    },
  };
}
