/** Holds the books of the cashiers, of the three gateways and of the core against each other. */
import type { LedgerLine } from '@yiqiao/journal';
import type { CashierRow, VisitEnd } from './cashier.ts';
import type { CoreEntry } from './core-books.ts';

/** A line of a gateway's ledger with the message that wrote it, by its id on the caller's side. */
export interface GatewayLine extends LedgerLine {
  readonly messageId: string;
}

/** The books at the end of a run. */
export interface AllBooks {
  readonly ends: readonly VisitEnd[];
  /** By gateway; a settlement and what takes it back are lines of one settlement id or of two. */
  readonly gateways: Readonly<Record<string, readonly GatewayLine[]>>;
  readonly core: readonly CoreEntry[];
}

/** What the books say together. */
export interface Verdict {
  /** Settlements and cancellations that the cashier was told of and the core does not have. */
  readonly lost: number;
  /** Charges that were not reversed, beyond the one that a person was to have. */
  readonly doubled: number;
  /** Settlements in force that no cashier knows of (单边账). */
  readonly oneSided: number;
  readonly ledgersEqual: boolean;
  /** Each difference in words. */
  readonly differences: readonly string[];
}

type Totals = ReadonlyMap<string, number>;

/** Compares; visits that a person looks after are held to the gateways and the core alone. */
export function compareBooks({ ends, gateways, core }: AllBooks): Verdict {
  const counted = core.filter(({ state }) => state !== 'reversed');
  const open = new Set(ends.filter(({ money }) => money === 'open').map(({ visit }) => visit.person));
  const closedCore = totalsOf(counted.filter(({ person }) => !open.has(person)));
  const cashier = totalsOf(
    ends.filter(({ money }) => money === 'closed').flatMap(({ rows }) => effective(rows)),
  );
  const idsOfOpen = new Set(core.filter(({ person }) => open.has(person)).map((entry) => entry.settlementId));
  const missing = [...cashier].filter(([id, total]) => closedCore.get(id) !== total);
  const unknown = [...closedCore].filter(([id]) => !cashier.has(id));
  const books = Object.entries(gateways).flatMap(([name, lines]) => {
    const found = totalsOf(lines.map((line) => ({ ...line, total: Math.round(Number(line.total) * 100) })));
    return differences(name, { found, core: closedCore, ignored: idsOfOpen });
  });
  return {
    lost: missing.length,
    doubled: doubledIn(counted),
    oneSided: unknown.length,
    ledgersEqual: missing.length + unknown.length + books.length === 0,
    differences: [
      ...missing.map(([id, total]) => `the cashier was told of ${id} ${total}, the core has it not`),
      ...unknown.map(([id, total]) => `the core has ${id} ${total}, no cashier was told of it`),
      ...books,
    ],
  };
}

function effective(rows: readonly CashierRow[]): readonly CashierRow[] {
  return rows.filter(({ state }) => state !== 'reversed');
}

/** Sums by settlement id; what adds up to nothing has been taken back. */
function totalsOf(lines: readonly { readonly settlementId: string; readonly total: number }[]): Totals {
  const totals = new Map<string, number>();
  for (const { settlementId, total } of lines)
    totals.set(settlementId, (totals.get(settlementId) ?? 0) + total);
  return new Map([...totals].filter(([, total]) => total !== 0));
}

function doubledIn(entries: readonly CoreEntry[]): number {
  const settled = new Map<string, number>();
  for (const { person, state } of entries)
    if (state !== 'cancellation') settled.set(person, (settled.get(person) ?? 0) + 1);
  return [...settled.values()].reduce((sum, count) => sum + count - 1, 0);
}

function differences(
  name: string,
  books: { readonly found: Totals; readonly core: Totals; readonly ignored: ReadonlySet<string> },
): readonly string[] {
  const { found, core, ignored } = books;
  const ids = new Set([...found.keys(), ...core.keys()]);
  return [...ids]
    .filter((id) => !ignored.has(id) && found.get(id) !== core.get(id))
    .map(
      (id) =>
        `${name} has ${id} with ${found.get(id) ?? 'nothing'}, the core with ${core.get(id) ?? 'nothing'}`,
    );
}
