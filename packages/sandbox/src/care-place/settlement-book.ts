/** The settlements a care-place core has on record. */
import type { Ledger, Paid } from '../ledger.ts';
import type { JsonObject } from '../national-message.ts';
import type { Bill } from './bill.ts';
import type { Visit } from './visit-book.ts';

/** What the insured place decided about a bill, or about taking a settlement back. */
export interface SettlementEntry {
  /** 结算ID `setl_id`. */
  readonly setlId: string;
  readonly visit: Visit;
  readonly bill: Bill;
  readonly paid: Paid;
  /** `setlinfo` and `setldetail` as the insured place answered. */
  readonly info: JsonObject;
  readonly details: readonly JsonObject[];
  /** The data node of the request. */
  readonly data: JsonObject;
  readonly msgid: string;
  readonly institution: string;
  readonly institutionName: string;
  /** 险种 and 清算类别. */
  readonly scheme: string;
  readonly clearingType: string;
  /** The settlement that this one takes back. */
  readonly cancels?: SettlementEntry;
  /** Row of the ledger. */
  readonly row: number;
  state: 'settled' | 'cancelled' | 'cancellation' | 'reversed';
}

/** All of them. */
export interface SettlementBook {
  readonly ledger: Ledger;
  find(setlId: string): SettlementEntry | undefined;
  /** Those that count: all but the reversed, cancellations as negative entries. */
  effective(): readonly SettlementEntry[];
  /** Settlements in force of a visit. */
  inForce(visit: Visit): readonly SettlementEntry[];
  add(entry: Omit<SettlementEntry, 'row'>): SettlementEntry;
  /** Sets the state here and in the ledger. */
  mark(entry: SettlementEntry, state: SettlementEntry['state']): void;
}

/** Makes an empty book over a ledger. */
export function createSettlementBook(ledger: Ledger): SettlementBook {
  const entries = new Map<string, SettlementEntry>();
  const byVisit = new Map<Visit, SettlementEntry[]>();
  return {
    ledger,
    find: (setlId) => entries.get(setlId),
    effective: () => [...entries.values()].filter(({ state }) => state !== 'reversed'),
    inForce: (visit) => (byVisit.get(visit) ?? []).filter(({ state }) => state === 'settled'),
    add(entry) {
      const { setlId, visit, paid, state } = entry;
      const added = Object.assign(entry, { row: ledger.book(setlId, visit.id, { paid, state }) });
      entries.set(setlId, added);
      const own = byVisit.get(visit);
      if (own === undefined) byVisit.set(visit, [added]);
      else own.push(added);
      return added;
    },
    mark(entry, state) {
      entry.state = state;
      ledger.mark(entry.row, state);
    },
  };
}
