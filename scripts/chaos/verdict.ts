/** Holds the books of all parties against each other. Nothing but their rows is needed. */
import { KEEPERS } from './ledgers.ts';
import type { LedgerRow, Ledgers } from './ledgers.ts';

/** What the books say together. */
export interface Verdict {
  /** Settlements and cancellations that a cashier was told of and the core does not have. */
  readonly lost: number;
  /** Charges in force beyond the first of a visit. */
  readonly doubled: number;
  /** Settlements in force that no cashier knows of (单边账). */
  readonly oneSided: number;
  readonly ledgersEqual: boolean;
  /** Each difference in words. */
  readonly differences: readonly string[];
}

/** Amounts by settlement id. */
type Totals = ReadonlyMap<string, number>;

/** Compares. What a person looks after must be in each book, or among what that gateway has handed over. */
export function compareLedgers(ledgers: Ledgers): Verdict {
  const { his, core } = ledgers;
  const open = new Set(his.filter(isOpen).map(({ total }) => Math.abs(total)));
  const closed = (rows: readonly LedgerRow[]): Totals =>
    totalsOf(rows.filter(({ total }) => !open.has(Math.abs(total))));
  const told = closed(his);
  const real = closed(core);
  const missing = [...told].filter(([id, total]) => real.get(id) !== total);
  const unknown = [...real].filter(([id]) => !told.has(id));
  const differences = [
    ...missing.map(([id, total]) => `a cashier was told of ${id} ${total}, the core has it not`),
    ...unknown.map(([id, total]) => `the core has ${id} ${total}, no cashier was told of it`),
    ...GATEWAYS_AND_CARE_CORE.flatMap((name) => differencesOf(name, closed(ledgers[name]), real)),
    ...GATEWAYS.flatMap((name) => handoverFaults(name, { rows: ledgers[name], core, open })),
    ...feeDifferences(ledgers),
  ];
  return {
    lost: missing.length,
    doubled: doubledIn(core),
    oneSided: unknown.length,
    ledgersEqual: differences.length === 0,
    differences,
  };
}

const GATEWAYS = ['care-place', 'hub', 'insured-place'] as const;
const GATEWAYS_AND_CARE_CORE = KEEPERS.filter((name) => name !== 'his' && name !== 'core');
const NOT_COUNTED: ReadonlySet<string> = new Set(['reversed', 'handed-over', 'unknown', 'fees']);

function isOpen({ state }: LedgerRow): boolean {
  return state === 'handed-over' || state === 'unknown';
}

/** Sums by settlement id; what adds up to nothing has been taken back. */
function totalsOf(rows: readonly LedgerRow[]): Totals {
  const totals = new Map<string, number>();
  for (const { settlementId, total, state } of rows)
    if (!NOT_COUNTED.has(state)) totals.set(settlementId, (totals.get(settlementId) ?? 0) + total);
  return new Map([...totals].filter(([, total]) => total !== 0));
}

/** Each visit has a total of its own, so that two settlements in force of one total are a double. */
function doubledIn(core: readonly LedgerRow[]): number {
  const settled = core.filter(({ state }) => state === 'settled').map(({ total }) => total);
  return settled.length - new Set(settled).size;
}

function differencesOf(name: string, found: Totals, core: Totals): readonly string[] {
  const ids = new Set([...found.keys(), ...core.keys()]);
  return [...ids]
    .filter((id) => found.get(id) !== core.get(id))
    .map(
      (id) =>
        `${name} has ${id} with ${found.get(id) ?? 'nothing'}, the core with ${core.get(id) ?? 'nothing'}`,
    );
}

interface Handovers {
  readonly rows: readonly LedgerRow[];
  readonly core: readonly LedgerRow[];
  /** Totals of what the cashiers know to be open. */
  readonly open: ReadonlySet<number>;
}

/** A settlement that a person looks after is in the gateway's book or handed over there; nothing else is handed over. */
function handoverFaults(name: string, { rows, core, open }: Handovers): readonly string[] {
  const handed = new Set(rows.filter(isOpen).map(({ total }) => Math.abs(total)));
  const booked = totalsOf(rows);
  const real = totalsOf(core);
  return [
    ...[...handed]
      .filter((total) => !open.has(total))
      .map((total) => `${name} has handed ${total} to a person, no cashier was told so`),
    ...[...new Map([...booked, ...real])]
      .filter(([, total]) => open.has(Math.abs(total)) && !handed.has(Math.abs(total)))
      .filter(([id]) => booked.get(id) !== real.get(id))
      .map(([id, total]) => `${name} and the core differ in ${id} ${total}, which a person looks after`),
  ];
}

function feeDifferences(ledgers: Ledgers): readonly string[] {
  const told = feesOf(ledgers.his);
  const real = feesOf(ledgers['care-place-core']);
  return [...new Set([...told.keys(), ...real.keys()])]
    .filter((batch) => told.get(batch) !== real.get(batch))
    .map(
      (batch) =>
        `fees of ${batch}: a cashier has ${told.get(batch) ?? 'none'}, the care place ${real.get(batch) ?? 'none'}`,
    );
}

function feesOf(rows: readonly LedgerRow[]): Totals {
  const fees = rows.filter(({ state }) => state === 'fees');
  return new Map(fees.map(({ settlementId: batch, total }) => [batch, total]));
}
