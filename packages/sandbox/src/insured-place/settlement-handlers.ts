/** 2206, 2207, 2208 and 2601 at the insured place. */
import { shortDate } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { mirrored } from '../ledger.ts';
import type { Ledger } from '../ledger.ts';
import { child, leaf } from '../national-message.ts';
import type { BenefitRules } from './benefit-rules.ts';
import { addTo } from './register.ts';
import type { Balance, Register } from './register.ts';
import { computeCase } from './settlement-case.ts';
import { settlementOutput } from './settlement-message.ts';
import type { Computed } from './settlement-message.ts';

/** What the handlers work on. */
export interface InsuredBooks {
  readonly register: Register;
  readonly rules: BenefitRules;
  readonly ledger: Ledger;
}

interface Settlement extends Computed {
  readonly balance: Balance;
  readonly setlId: string;
  /** Visit and charge batch. */
  readonly key: string;
  readonly row: number;
  state: 'settled' | 'cancelled' | 'reversed';
}

/** What was done under a message id, so that a 2601 can undo it. */
interface Done {
  readonly psnNo: string;
  /** Undoes it, or says why it cannot be. */
  undo(): string | undefined;
  undone: boolean;
}

/** Everything that is settled, and what each message did. */
interface Posted extends InsuredBooks {
  readonly settlements: Map<string, Settlement>;
  /** Settlement in force by visit and batch. */
  readonly inForce: Map<string, Settlement>;
  readonly done: Map<string, Done>;
  /** Message ids whose reversal came first. */
  readonly reversedEarly: Set<string>;
  nextId(city: string, now: number): string;
}

/** Trial, settlement, cancellation, reversal. */
export function settlementHandlers(books: InsuredBooks): Readonly<Record<string, TransactionHandler>> {
  let serial = 0;
  const posted: Posted = {
    ...books,
    settlements: new Map(),
    inForce: new Map(),
    done: new Map(),
    reversedEarly: new Set(),
    nextId(city, now) {
      serial += 1;
      return `A${city}${shortDate(now)}${String(serial).padStart(7, '0')}`;
    },
  };
  const unlessReversed =
    (handler: (posted: Posted, request: CoreRequest) => CoreAnswer): TransactionHandler =>
    (request) => {
      const { infno, msgid } = request;
      const undone = posted.done.get(doneKey(infno, msgid))?.undone === true;
      return undone || posted.reversedEarly.has(msgid)
        ? { refusal: '该报文已被冲正，不再受理' }
        : handler(posted, request);
    };
  return {
    2206: (request) => trial(books, request),
    2207: unlessReversed(settle),
    2208: unlessReversed(cancel),
    2601: (request) => reverse(posted, request),
  };
}

function settle(posted: Posted, request: CoreRequest): CoreAnswer {
  const computed = computeCase(posted.register, { rules: posted.rules, request });
  if ('refusal' in computed) return computed;
  const { data, person, balance } = computed;
  const key = `${leaf(data, 'mdtrt_id')} ${leaf(data, 'chrg_bchno')}`;
  if (posted.inForce.has(key)) return { refusal: '该就诊的收费批次已结算，不能重复结算' };
  const setlId = posted.nextId(person.insuredPlace, request.now);
  const paid = paidOf(computed);
  const row = posted.ledger.book(setlId, leaf(data, 'mdtrt_id'), { paid, state: 'settled' });
  const settlement: Settlement = { ...computed, setlId, key, row, state: 'settled' };
  post(settlement, 1n);
  posted.settlements.set(setlId, settlement);
  posted.inForce.set(key, settlement);
  posted.done.set(doneKey('2207', request.msgid), {
    psnNo: person.psnNo,
    undone: false,
    undo() {
      if (settlement.state !== 'settled') return '原结算已撤销，不能冲正';
      withdraw(posted, { settlement, state: 'reversed' });
      return undefined;
    },
  });
  return { output: output(settlement, { setlId, request, sign: 1n, account: balance.account }) };
}

function withdraw(
  { ledger, inForce }: Posted,
  { settlement, state }: { readonly settlement: Settlement; readonly state: 'cancelled' | 'reversed' },
): void {
  settlement.state = state;
  post(settlement, -1n);
  ledger.mark(settlement.row, state);
  inForce.delete(settlement.key);
}

function cancel(posted: Posted, request: CoreRequest): CoreAnswer {
  const data = child(request.input, 'data');
  const original = posted.settlements.get(leaf(data, 'setl_id'));
  const sameVisit = leaf(original?.data ?? {}, 'mdtrt_id') === leaf(data, 'mdtrt_id');
  if (original?.person.psnNo !== leaf(data, 'psn_no') || !sameVisit) return { refusal: '未查询到原结算' };
  if (original.state !== 'settled') return { refusal: '原结算已撤销或冲正，不能重复撤销' };
  withdraw(posted, { settlement: original, state: 'cancelled' });
  const setlId = posted.nextId(original.person.insuredPlace, request.now);
  const paid = mirrored(paidOf(original));
  const row = posted.ledger.book(setlId, leaf(data, 'mdtrt_id'), { paid, state: 'cancellation' });
  posted.done.set(doneKey('2208', request.msgid), {
    psnNo: original.person.psnNo,
    undone: false,
    undo: () => reinstate(posted, { original, row }),
  });
  return { output: output(original, { setlId, request, sign: -1n, account: original.balance.account }) };
}

/** Takes a cancellation back. */
function reinstate(
  { ledger, inForce }: Posted,
  { original, row }: { readonly original: Settlement; readonly row: number },
): string | undefined {
  if (inForce.has(original.key)) return '该批次已重新结算，不能冲正';
  if (original.balance.account < original.benefit.account) return '个人账户余额不足，不能冲正';
  original.state = 'settled';
  post(original, 1n);
  ledger.mark(original.row, 'settled');
  ledger.mark(row, 'reversed');
  inForce.set(original.key, original);
  return undefined;
}

function reverse({ done, reversedEarly }: Posted, { input }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const omsgid = leaf(data, 'omsgid');
  const original = done.get(doneKey(leaf(data, 'oinfno'), omsgid));
  if (original === undefined) {
    reversedEarly.add(omsgid);
    return { refusal: '未查询到原交易' };
  }
  if (original.psnNo !== leaf(data, 'psn_no')) return { refusal: '人员编号与原交易不符' };
  const refusal = original.undone ? undefined : original.undo();
  if (refusal !== undefined) return { refusal };
  original.undone = true;
  return { output: null };
}

function trial({ register, rules }: InsuredBooks, request: CoreRequest): CoreAnswer {
  const computed = computeCase(register, { rules, request });
  if ('refusal' in computed) return computed;
  const account = computed.balance.account - computed.benefit.account;
  return {
    output: settlementOutput(computed, { msgid: request.msgid, now: request.now, account, sign: 1n }),
  };
}

function doneKey(infno: string, msgid: string): string {
  return `${infno} ${msgid}`;
}

function paidOf({ totals, benefit }: Computed): {
  total: bigint;
  fund: bigint;
  account: bigint;
  cash: bigint;
} {
  return { total: totals.total, fund: benefit.fund, account: benefit.account, cash: benefit.cash };
}

/** Moves account and yearly sums; sign -1 puts everything back. */
function post({ balance, benefit, year }: Settlement, sign: 1n | -1n): void {
  balance.account -= sign * benefit.account;
  addTo(balance.deductiblePaid, year, sign * benefit.deductible);
  addTo(balance.poolPaid, year, sign * benefit.fund);
}

function output(
  settlement: Settlement,
  told: {
    readonly setlId: string;
    readonly request: CoreRequest;
    readonly sign: 1n | -1n;
    readonly account: bigint;
  },
): ReturnType<typeof settlementOutput> {
  const { request, ...rest } = told;
  return settlementOutput(settlement, { ...rest, msgid: request.msgid, now: request.now });
}
