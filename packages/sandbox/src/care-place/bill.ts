/** What is settled at once: a charge batch, or the open lines of a stay. */
import type { FeeLine } from '../fee-line.ts';
import { sumSplits } from '../fee-split.ts';
import type { FeeSplit } from '../fee-split.ts';

/** A line on a visit's account. */
export interface BookedLine extends FeeLine {
  /** The bill by which it is settled at present. */
  settledBy?: Bill;
  /** Quantity not given back yet, in 1/10000. */
  left: bigint;
}

/** Lines settled together. */
export interface Bill {
  readonly lines: readonly BookedLine[];
  readonly totals: FeeSplit;
}

/** Makes a bill of these lines. */
export function createBill(lines: readonly BookedLine[]): Bill {
  return { lines, totals: sumSplits(lines.map(({ split }) => split)) };
}

/** Whether any of its lines is settled, by this bill or another. */
export function isSettled({ lines }: Bill): boolean {
  return lines.some(({ settledBy }) => settledBy !== undefined);
}

/** Its lines are settled from now on. */
export function settleBill(bill: Bill): void {
  for (const line of bill.lines) line.settledBy = bill;
}

/** Its lines are open again. */
export function reopenBill({ lines }: Bill): void {
  for (const line of lines) delete line.settledBy;
}
