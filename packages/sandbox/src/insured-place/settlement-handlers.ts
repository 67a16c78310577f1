/** Trials, settlements, cancellations and 2601 at the insured place: 2206-2208, 2303-2305, 2101-2103. */
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import type { Course } from '../course.ts';
import { mirrored } from '../ledger.ts';
import { child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { enforce, paidOf, withdraw } from './posted-settlements.ts';
import type { PostedSettlement, PostedSettlements } from './posted-settlements.ts';
import { computeCase } from './settlement-case.ts';
import { settlementOutput } from './settlement-message.ts';

interface Asked {
  readonly course: Course;
  readonly request: CoreRequest;
}

/** Trial, settlement, cancellation, reversal. */
export function settlementHandlers(posted: PostedSettlements): Readonly<Record<string, TransactionHandler>> {
  const tries =
    (course: Course): TransactionHandler =>
    (request) =>
      trial(posted, { course, request });
  const unlessReversed =
    (handler: (posted: PostedSettlements, asked: Asked) => CoreAnswer, course: Course): TransactionHandler =>
    (request) => {
      const { infno, msgid } = request;
      const undone = posted.done.get(doneKey(infno, msgid))?.undone === true;
      return undone || posted.reversedEarly.has(msgid)
        ? { refusal: '该报文已被冲正，不再受理' }
        : handler(posted, { course, request });
    };
  return {
    2101: tries('pharmacy'),
    2102: unlessReversed(settle, 'pharmacy'),
    2103: unlessReversed(cancel, 'pharmacy'),
    2206: tries('outpatient'),
    2207: unlessReversed(settle, 'outpatient'),
    2208: unlessReversed(cancel, 'outpatient'),
    2303: tries('inpatient'),
    2304: unlessReversed(settle, 'inpatient'),
    2305: unlessReversed(cancel, 'inpatient'),
    2601: (request) => reverse(posted, request),
  };
}

/** A visit is one person's. */
function caseOf(posted: PostedSettlements, asked: Asked): ReturnType<typeof computeCase> {
  const computed = computeCase(posted.books, asked);
  if ('refusal' in computed) return computed;
  const { visitId, person } = computed;
  const visitor = visitId === '' ? undefined : posted.visitors.get(visitId);
  return (visitor ?? person.psnNo) === person.psnNo ? computed : { refusal: '该就诊不属于此参保人' };
}

function trial(posted: PostedSettlements, { course, request }: Asked): CoreAnswer {
  const computed = caseOf(posted, { course, request });
  if ('refusal' in computed) return computed;
  const { balance, payer, benefit } = computed;
  const visitId = visitIdOf(posted, { settlement: computed, now: request.now });
  const account = balance === payer ? balance.account - benefit.account : balance.account;
  const { msgid, now } = request;
  return { output: settlementOutput({ ...computed, visitId }, { msgid, now, account, sign: 1n }) };
}

/** A purchase has no visit before it is settled: the insured place gives it a number. */
function visitIdOf(
  posted: PostedSettlements,
  {
    settlement,
    now,
  }: {
    readonly settlement: Pick<PostedSettlement, 'course' | 'visitId' | 'person'>;
    readonly now: number;
  },
): string {
  const { course, visitId, person } = settlement;
  return course === 'pharmacy' ? posted.nextId('D', person.insuredPlace, now) : visitId;
}

function settle(posted: PostedSettlements, { course, request }: Asked): CoreAnswer {
  const { books, inForce } = posted;
  const computed = caseOf(posted, { course, request });
  if ('refusal' in computed) return computed;
  if (computed.keys.some((key) => inForce.has(key))) return { refusal: ALREADY[course] };
  const { person, balance } = computed;
  const setlId = posted.nextId('A', person.insuredPlace, request.now);
  const visitId = visitIdOf(posted, { settlement: computed, now: request.now });
  const row = books.ledger.book(setlId, visitId, { paid: paidOf(computed), state: 'settled' });
  const settlement: PostedSettlement = {
    ...computed,
    setlId,
    visitId,
    row,
    time: request.now,
    state: 'settled',
  };
  enforce(posted, settlement);
  posted.settlements.set(setlId, settlement);
  posted.visitors.set(visitId, person.psnNo);
  posted.done.set(doneKey(request.infno, request.msgid), {
    psnNo: person.psnNo,
    institution: leaf(request.envelope, 'fixmedins_code'),
    undone: false,
    undo() {
      if (settlement.state !== 'settled') return '原结算已撤销，不能冲正';
      withdraw(posted, { settlement, state: 'reversed' });
      return undefined;
    },
  });
  return { output: output(settlement, { setlId, request, sign: 1n, account: balance.account }) };
}

const ALREADY: Readonly<Record<Course, string>> = {
  outpatient: '该就诊的收费批次已结算，不能重复结算',
  inpatient: '该住院已出院结算，不能重复结算',
  pharmacy: '费用明细流水号已结算，不能重复结算',
};

function cancel(posted: PostedSettlements, { course, request }: Asked): CoreAnswer {
  const data = child(request.input, 'data');
  const original = posted.settlements.get(leaf(data, 'setl_id'));
  const same = original?.visitId === leaf(data, 'mdtrt_id') && original.course === course;
  if (original?.person.psnNo !== leaf(data, 'psn_no') || !same) return { refusal: '未查询到原结算' };
  if (original.state !== 'settled') return { refusal: '原结算已撤销或冲正，不能重复撤销' };
  withdraw(posted, { settlement: original, state: 'cancelled' });
  const setlId = posted.nextId('A', original.person.insuredPlace, request.now);
  const paid = mirrored(paidOf(original));
  const row = posted.books.ledger.book(setlId, original.visitId, { paid, state: 'cancellation' });
  posted.done.set(doneKey(request.infno, request.msgid), {
    psnNo: original.person.psnNo,
    institution: leaf(request.envelope, 'fixmedins_code'),
    undone: false,
    undo: () => reinstate(posted, { original, row }),
  });
  return { output: output(original, { setlId, request, sign: -1n, account: original.balance.account }) };
}

/** Takes a cancellation back. */
function reinstate(
  posted: PostedSettlements,
  { original, row }: { readonly original: PostedSettlement; readonly row: number },
): string | undefined {
  const { ledger } = posted.books;
  if (original.keys.some((key) => posted.inForce.has(key))) return '该批次已重新结算，不能冲正';
  if (original.payer.account < original.benefit.account) return '个人账户余额不足，不能冲正';
  enforce(posted, original);
  ledger.mark(original.row, 'settled');
  ledger.mark(row, 'reversed');
  return undefined;
}

function reverse({ done, reversedEarly }: PostedSettlements, { input, envelope }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const omsgid = leaf(data, 'omsgid');
  const original = done.get(doneKey(leaf(data, 'oinfno'), omsgid));
  if (original === undefined) {
    reversedEarly.add(omsgid);
    return { refusal: '未查询到原交易' };
  }
  if (original.psnNo !== leaf(data, 'psn_no')) return { refusal: '人员编号与原交易不符' };
  if (original.institution !== leaf(envelope, 'fixmedins_code')) return { refusal: '原交易不是本机构的交易' };
  const refusal = original.undone ? undefined : original.undo();
  if (refusal !== undefined) return { refusal };
  original.undone = true;
  return { output: null };
}

function doneKey(infno: string, msgid: string): string {
  return `${infno} ${msgid}`;
}

function output(
  settlement: PostedSettlement,
  told: {
    readonly setlId: string;
    readonly request: CoreRequest;
    readonly sign: 1n | -1n;
    readonly account: bigint;
  },
): JsonObject {
  const { request, ...rest } = told;
  return settlementOutput(settlement, { ...rest, msgid: request.msgid, now: request.now });
}
