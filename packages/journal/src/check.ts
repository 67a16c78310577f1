/**
 * Whether what is on record of an exchange is what was written. The hashes carry no key: they show damage
 * and careless changes; whoever recomputes a whole chain is not found out here.
 */
import { isIntact } from './entry.ts';
import type { Entry } from './entry.ts';
import type { ExchangeRow } from './exchange-row.ts';
import { isSameExchange } from './exchange-row.ts';
import { foldEntries } from './fold.ts';
import type { Chain } from './fold-row.ts';
import type { Reads } from './reads.ts';
import type { Damage, LedgerLine, Leg, SettlementLine } from './types.ts';

/** See `Journal.checkExchange`. */
export function checkExchange(reads: Reads, exchangeId: number): readonly Damage[] {
  const row = reads.row(exchangeId);
  if (row === undefined) return [];
  const chain = reads.chain(row.head);
  if (reads.isArchived(chain)) return [];
  return checkChain(row, chain, {
    hasLegMessage: (leg) => reads.hasLegMessage(row.id, leg),
    hasNaturalKey: (key) => reads.hasNaturalKey(row, key),
    ledgerLine: (entry) => reads.ledgerLine(entry),
  });
}

/** What the tables have that find an exchange, and its line in the ledger. */
export interface Finders {
  hasLegMessage(leg: Pick<Leg, 'peer' | 'messageId'>): boolean;
  hasNaturalKey(key: string): boolean;
  /** The line written with an entry. */
  ledgerLine(entry: number): LedgerLine | undefined;
}

/** The same for what has been read. */
export function checkChain(
  row: ExchangeRow,
  { entries, missing }: Chain,
  finders: Finders,
): readonly Damage[] {
  const changed = entries
    .filter((entry, index) => !isIntact(entry, entries[index - 1], row.id))
    .map(({ id }): Damage => ({ entry: id, kind: 'entry-changed' }));
  if (missing !== undefined) return [{ entry: missing, kind: 'entry-missing' }, ...changed];
  if (changed.length > 0) return changed;
  return agrees(finders, row, entries) ? [] : [{ entry: 0, kind: 'state-differs' }];
}

/** Whether the tables say what the entries say. */
function agrees(finders: Finders, row: ExchangeRow, entries: readonly Entry[]): boolean {
  const last = entries.at(-1);
  if (last === undefined || Buffer.compare(last.hash, row.headHash) !== 0) return false;
  if (row.state === 'buried') return last.kind === 'buried';
  if (last.kind === 'buried') return false;
  const exchange = foldEntries(row.id, entries);
  const end = entries.find(({ kind }) => kind === 'ended');
  return (
    isSameExchange(row, exchange) &&
    exchange.legs.every((leg) => finders.hasLegMessage(leg)) &&
    (exchange.naturalKeys ?? []).every((key) => finders.hasNaturalKey(key)) &&
    sameLine(end && finders.ledgerLine(end.id), exchange.settlement)
  );
}

function sameLine(line: LedgerLine | undefined, settlement: SettlementLine | undefined): boolean {
  if (line === undefined || settlement === undefined) return line === settlement;
  return (
    line.settlementId === settlement.settlementId &&
    line.visitId === settlement.visitId &&
    line.institution === settlement.institution &&
    line.total === settlement.total &&
    line.fundPaid === settlement.fundPaid &&
    line.accountPaid === settlement.accountPaid &&
    line.cashPaid === settlement.cashPaid
  );
}
