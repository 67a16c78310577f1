/** What a party of the simulated world has on its books. */
import { amountText } from './amount.ts';

/**
 * `settled`: in force. `cancelled`: undone by a `cancellation`, its negative mirror. `reversed`: taken back by
 * a reversal (2601, 1301), as if it had never been.
 */
export type LedgerState = 'settled' | 'cancelled' | 'cancellation' | 'reversed';

/** One row. Amounts are 元 with two decimals. */
export interface LedgerRow {
  /** 结算ID `setl_id`; empty when the party was never told it (0305 answers nothing). */
  readonly setlId: string;
  /** 就诊ID `mdtrt_id`. */
  readonly mdtrtId: string;
  readonly total: string;
  readonly fund: string;
  readonly account: string;
  readonly cash: string;
  readonly state: LedgerState;
}

/** Amounts of a settlement in 分. */
export interface Paid {
  readonly total: bigint;
  readonly fund: bigint;
  readonly account: bigint;
  readonly cash: bigint;
}

/** The books of one party. */
export interface Ledger {
  /** Writes a row and returns its number. */
  book(setlId: string, mdtrtId: string, entry: { readonly paid: Paid; readonly state: LedgerState }): number;
  /** Changes the state of a row. */
  mark(row: number, state: LedgerState): void;
  /** All rows in order of writing. */
  rows(): readonly LedgerRow[];
  /** The rows that count: all but the reversed. */
  effective(): readonly LedgerRow[];
}

/** Amounts with their sign changed, as a cancellation has them. */
export function mirrored({ total, fund, account, cash }: Paid): Paid {
  return { total: -total, fund: -fund, account: -account, cash: -cash };
}

/** Opens empty books. */
export function createLedger(): Ledger {
  const rows: LedgerRow[] = [];
  return {
    book(setlId, mdtrtId, { paid, state }) {
      const { total, fund, account, cash } = paid;
      return (
        rows.push({
          setlId,
          mdtrtId,
          total: amountText(total),
          fund: amountText(fund),
          account: amountText(account),
          cash: amountText(cash),
          state,
        }) - 1
      );
    },
    mark(row, state) {
      const before = rows[row];
      if (before !== undefined) rows[row] = { ...before, state };
    },
    rows: () => [...rows],
    effective: () => rows.filter((row) => row.state !== 'reversed'),
  };
}
