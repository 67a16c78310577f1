/** What an insured place has settled, and what each message did, so that it can be taken back. */
import { shortDate } from '../china-time.ts';
import type { Paid } from '../ledger.ts';
import type { InsuredBooks } from './insured-books.ts';
import { addTo } from './register.ts';
import type { Balance } from './register.ts';
import type { ComputedCase } from './settlement-case.ts';

/** A settlement on the books. */
export interface PostedSettlement extends ComputedCase {
  readonly setlId: string;
  readonly row: number;
  /** Epoch milliseconds. */
  readonly time: number;
  state: 'settled' | 'cancelled' | 'reversed';
}

/** What was done under a message id, so that a 2601 can undo it. */
interface Done {
  readonly psnNo: string;
  /** 定点医药机构编号 of the sender. */
  readonly institution: string;
  /** Undoes it, or says why it cannot be. */
  undo(): string | undefined;
  undone: boolean;
}

/** Everything that is settled. */
export interface PostedSettlements {
  readonly books: InsuredBooks;
  readonly settlements: Map<string, PostedSettlement>;
  /** Settlement in force by each of its keys. */
  readonly inForce: Map<string, PostedSettlement>;
  /** By transaction and message id. */
  readonly done: Map<string, Done>;
  /** Who was settled for, by 就诊ID. */
  readonly visitors: Map<string, string>;
  /** Message ids whose reversal came first. */
  readonly reversedEarly: Set<string>;
  /** `A` a settlement, `D` a purchase; city, date, serial. */
  nextId(letter: 'A' | 'D', city: string, now: number): string;
}

/** Makes an empty book. */
export function createPostedSettlements(books: InsuredBooks): PostedSettlements {
  const serials = { A: 0, D: 0 };
  return {
    books,
    settlements: new Map(),
    inForce: new Map(),
    done: new Map(),
    visitors: new Map(),
    reversedEarly: new Set(),
    nextId(letter, city, now) {
      serials[letter] += 1;
      return `${letter}${city}${shortDate(now)}${String(serials[letter]).padStart(7, '0')}`;
    },
  };
}

/** Amounts of a settlement for the ledger. */
export function paidOf({ totals, benefit }: Pick<ComputedCase, 'totals' | 'benefit'>): Paid {
  return { total: totals.total, fund: benefit.fund, account: benefit.account, cash: benefit.cash };
}

/** Puts a settlement in force: account, sums and keys. */
export function enforce({ inForce }: PostedSettlements, settlement: PostedSettlement): void {
  settlement.state = 'settled';
  move(settlement, 1n);
  for (const key of settlement.keys) inForce.set(key, settlement);
}

/** Takes a settlement out of force. */
export function withdraw(
  { books, inForce }: PostedSettlements,
  { settlement, state }: { readonly settlement: PostedSettlement; readonly state: 'cancelled' | 'reversed' },
): void {
  settlement.state = state;
  move(settlement, -1n);
  books.ledger.mark(settlement.row, state);
  for (const key of settlement.keys) inForce.delete(key);
}

/** Moves account and yearly sums; sign -1 puts everything back. */
function move({ balance, payer, benefit, year, course, visitId }: PostedSettlement, sign: 1n | -1n): void {
  payer.credit(-sign * benefit.account);
  if (course === 'inpatient') {
    addTo(balance.stayPoolPaid, year, sign * benefit.fund);
    moveStay(balance, { visitId, year, deductible: sign * benefit.deductible, settlements: Number(sign) });
    return;
  }
  addTo(balance.deductiblePaid, year, sign * benefit.deductible);
  addTo(balance.poolPaid, year, sign * benefit.fund);
}

function moveStay(
  { stays }: Balance,
  {
    visitId,
    year,
    deductible,
    settlements,
  }: {
    readonly visitId: string;
    readonly year: string;
    readonly deductible: bigint;
    readonly settlements: number;
  },
): void {
  const stay = stays.get(visitId) ?? { year, settlements: 0, deductiblePaid: 0n };
  stay.settlements += settlements;
  stay.deductiblePaid += deductible;
  if (stay.settlements > 0) stays.set(visitId, stay);
  else stays.delete(visitId);
}
