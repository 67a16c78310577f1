/** How a HIS books what it was told. */
import { createLedger, mirrored } from '../ledger.ts';
import type { Ledger } from '../ledger.ts';
import type { SettledCharge, Settlement } from './his.ts';

/** The cashier's book. */
export interface CashBook {
  readonly ledger: Ledger;
  settled(mdtrtId: string, charge: SettledCharge): void;
  /** `told` is absent when the format does not answer the negative settlement. */
  cancelled(mdtrtId: string, charge: SettledCharge, told: Settlement | undefined): void;
  reversed(messageId: string): void;
}

/** Opens a book. */
export function createCashBook(): CashBook {
  const ledger = createLedger();
  const rows = new Map<string, number>();
  return {
    ledger,
    settled(mdtrtId, { messageId, settlement }) {
      if (rows.has(messageId)) return;
      rows.set(messageId, ledger.book(settlement.setlId, mdtrtId, { paid: settlement, state: 'settled' }));
    },
    cancelled(mdtrtId, { messageId, settlement }, told) {
      const row = rows.get(messageId);
      if (row !== undefined) ledger.mark(row, 'cancelled');
      const paid = told ?? mirrored(settlement);
      ledger.book(told?.setlId ?? '', mdtrtId, { paid, state: 'cancellation' });
    },
    reversed(messageId) {
      const row = rows.get(messageId);
      if (row !== undefined) ledger.mark(row, 'reversed');
    },
  };
}
