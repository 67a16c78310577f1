export { createSqliteJournal } from './sqlite-journal.ts';
export type { MaintainedJournal, SqliteJournalOptions } from './sqlite-journal.ts';
export type { JournalEncryption, SealingAlgorithm } from './sealing.ts';
export type { Maintenance, Retention } from './upkeep.ts';
export { checkJournalFile } from './file-check.ts';
export type { JournalReport } from './file-check.ts';
export type { FileDamage } from './damage.ts';
export type { AuditEntry, AuditReport, KnownAudit, NewAuditEntry } from './audit-log.ts';
export type { ExchangeQuery } from './search.ts';
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
  NaturalMatch,
  NewExchange,
  NewLeg,
  NewRecord,
  Opening,
  Resolution,
  SettlementLine,
} from './types.ts';
