/** What archiving needs of a store; SQLite and PostgreSQL answer it each in their way. */
import { hash } from 'node:crypto';
import type { StoredEntry } from '../entry.ts';
import type { EndedFacts, KeptFacts, RecordFacts } from '../facts.ts';
import type { OddState } from '../odd-answer.ts';
import type { Awaitable } from '../read-types.ts';
import type { Vault } from '../vault.ts';
import type { ArchiveSummary } from './write-archive.ts';

/** An exchange whose last entry is of the day. */
export interface DayExchange {
  readonly id: number;
  readonly state: string;
  readonly odd: OddState;
  readonly head: number;
  readonly headHash: Uint8Array;
}

/** An archive that the store knows. */
export interface KnownArchive {
  readonly file: string;
  readonly restored: boolean;
}

/** Days are counted from 1970, in UTC. One process at a time has it open; gateways may be at work beside it. */
export interface ArchiveStore {
  /** Digest of the salt. */
  readonly journal: string;
  readonly vault: Vault;
  /** Days that have entries and get no more, in order; `upTo` and later ones are left out. */
  days(upTo: number): Awaitable<readonly number[]>;
  /** Entries with greater numbers are in no signed batch yet; absent when nothing was ever signed. */
  signedUpTo(): Awaitable<number | undefined>;
  /** Those after an entry, in order of their last entries. */
  exchangesOf(day: number, after: number, limit: number): Awaitable<readonly DayExchange[]>;
  /** Entries of a day that belong to no exchange. */
  recordsOf(day: number, after: number, limit: number): Awaitable<readonly StoredEntry[]>;
  /** The entries from these back to the first, in any order. */
  chains(heads: readonly number[]): Awaitable<readonly StoredEntry[]>;
  /** Whether an entry that is not there lies in an archive. */
  isArchived(entry: number): Awaitable<boolean>;
  /** Forgets which entries were to leave. */
  beginDay(): Awaitable<void>;
  /** Notes entries that are to leave. */
  leave(entries: readonly number[]): Awaitable<void>;
  /** Puts the archive on record, in one commit with all that finds its entries, and takes what was noted out. */
  takeOut(archive: ArchiveSummary & { readonly file: string; readonly dayNumber: number }): Awaitable<void>;
  /** What is on record of an archive. */
  find(sha256: string): Awaitable<KnownArchive | undefined>;
  /** Puts entries back in one commit; `read` hands them on in parts. */
  putBack(
    archive: ArchiveSummary & { readonly dayNumber: number; readonly restoredAt: number },
    read: (put: (entries: readonly StoredEntry[]) => Promise<void>) => Promise<void>,
  ): Promise<void>;
  close(): Awaitable<void>;
}

/** What an archive leaves in the audit log. */
export function auditOf(action: 'journal.archive' | 'journal.archive-restore', at: number, sha256: string) {
  return { at, action, outcome: 'done', target: `archive ${sha256}` } as const;
}

/** The records that an entry was the source of; none once its contents are gone. */
export function recordsIn({ keptAs, facts }: StoredEntry): readonly RecordFacts[] {
  if (keptAs === 'expired') return [];
  return (JSON.parse(facts) as Partial<EndedFacts | KeptFacts>).records ?? [];
}

/** What archives call a journal: it tells journals apart, and nothing of the salt. */
export function journalName(salt: Uint8Array): string {
  return hash('sha256', salt).slice(0, 16);
}
