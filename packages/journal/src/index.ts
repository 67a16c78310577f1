export { createSqliteJournal } from './sqlite-journal.ts';
export type { SqliteJournalOptions } from './sqlite-journal.ts';
export type {
  Damage,
  Exchange,
  ExchangeEnd,
  ExchangeKey,
  ExchangeState,
  Found,
  Journal,
  LedgerLine,
  Leg,
  LegOutcome,
  LegState,
  NewExchange,
  NewLeg,
  NewRecord,
  Opening,
  Resolution,
  SettlementLine,
} from './types.ts';
