export { createSqliteJournal } from './sqlite-journal.ts';
export type {
  CopiedJournal,
  MaintainedJournal,
  SqliteJournal,
  SqliteJournalOptions,
} from './sqlite-journal.ts';
export { archiveDays, restoreArchive } from './archive/archive.ts';
export type { ArchivedDay, ArchivePlace } from './archive/archive.ts';
export { readArchive } from './archive/read-archive.ts';
export type { ArchiveSummary } from './archive/write-archive.ts';
export { checkPostgresJournal } from './postgres/check.ts';
export { examinePostgres } from './postgres/examine.ts';
export type { PostgresExamined } from './postgres/examine.ts';
export { createPostgresJournal } from './postgres/postgres-journal.ts';
export type { PostgresJournalOptions } from './postgres/postgres-journal.ts';
export type { PostgresPlace } from './postgres/connection.ts';
export type { JournalEncryption, SealingAlgorithm } from './sealing.ts';
export type { Maintenance, Retention } from './upkeep.ts';
export { openEvidenceFile } from './evidence-file.ts';
export type { EvidenceBatch, EvidenceEntry, EvidenceReader, EvidenceStore } from './evidence-types.ts';
export type { Awaitable, JournalFigures } from './read-types.ts';
export { MOST_PROCESSES } from './shared-work.ts';
export type { SharedWork, ToldRefusal } from './shared-work.ts';
export { checkJournalFile } from './file-check.ts';
export type { JournalReport } from './file-check.ts';
export type { FileDamage } from './damage.ts';
export type { AuditEntry, AuditReport, KnownAudit, NewAuditEntry } from './audit-log.ts';
export type { Look, OddAnswer, Oddity, OddPlace } from './odd-answer.ts';
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
