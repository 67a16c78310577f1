/** The journal of a gateway that is not running, with the keys that its configuration names. */
import type { EvidenceSource } from '@yiqiao/evidence';
import { archiveDays, checkJournalFile, checkPostgresJournal, restoreArchive } from '@yiqiao/journal';
import type {
  ArchivedDay,
  ArchivePlace,
  ArchiveSummary,
  Journal,
  JournalReport,
  Maintenance,
} from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import type { GatewayError } from '@yiqiao/model';
import { loadConfig } from './config.ts';
import { openConfiguredJournal } from './journal-of-config.ts';

/** What came of it, and every damaged record that was met. */
export interface OfflineMaintenance extends Maintenance {
  readonly file: string;
  readonly errors: readonly GatewayError[];
}

/**
 * Seals everything with the key in force; `expire` also deletes what has had its time. The file is rewritten, so that
 * nothing of what was replaced is left in it.
 * @throws GatewayError `CONFIG_INVALID` | `JOURNAL_UNUSABLE` (a gateway has it open, other keys, …) | `JOURNAL_FAILED`.
 */
export async function maintainJournal(
  configFile: string,
  { expire }: { readonly expire: boolean },
): Promise<OfflineMaintenance> {
  const { journal: settings } = loadConfig(configFile);
  const { file, retention } = settings;
  const errors: GatewayError[] = [];
  const onError = (error: GatewayError): void => void errors.push(error);
  const journal = await openConfiguredJournal(settings, { clock: systemClock, onError });
  try {
    return { ...(await journal.maintain(expire ? retention : {}, { rewrite: true })), file, errors };
  } finally {
    await journal.close();
  }
}

/** The file of the journal of a configuration. @throws GatewayError `CONFIG_INVALID`. */
export function journalFileOf(configFile: string): string {
  return loadConfig(configFile).journal.file;
}

/**
 * Checks the journal of a configuration, contents included; one in PostgreSQL also while gateways are at work.
 * @throws GatewayError as `maintainJournal`.
 */
export async function checkConfiguredJournal(configFile: string): Promise<JournalReport> {
  const { file, postgres, encryption } = loadConfig(configFile).journal;
  return postgres === undefined
    ? checkJournalFile(file, encryption)
    : checkPostgresJournal({ place: postgres, clock: systemClock, ...(encryption && { encryption }) });
}

/** Moves days to files; see `archiveDays`. @throws GatewayError `CONFIG_INVALID` | `JOURNAL_UNUSABLE` | `JOURNAL_FAILED`. */
export function archiveConfiguredJournal(
  configFile: string,
  what: { readonly before: number; readonly folder: string },
): Promise<readonly ArchivedDay[]> {
  return archiveDays({ ...archivePlace(configFile), ...what });
}

/** Puts an archived day back; see `restoreArchive`. @throws GatewayError as `archiveConfiguredJournal`. */
export function restoreConfiguredArchive(configFile: string, file: string): Promise<ArchiveSummary> {
  return restoreArchive(archivePlace(configFile), file);
}

function archivePlace(configFile: string): ArchivePlace {
  const { file, postgres, encryption } = loadConfig(configFile).journal;
  return { place: postgres ?? { file }, clock: systemClock, ...(encryption && { encryption }) };
}

/** Where the journal of a configuration is, and its keys. @throws GatewayError `CONFIG_INVALID`. */
export function journalSource(configFile: string): EvidenceSource {
  const { file, postgres, encryption } = loadConfig(configFile).journal;
  return { file, ...(postgres && { postgres }), ...(encryption && { encryption }) };
}

/**
 * Opens the journal of a configuration, or `file` in its place (a back-up), with its keys.
 * @throws GatewayError `CONFIG_INVALID` | `JOURNAL_UNUSABLE`.
 */
export async function openJournalOffline(configFile: string, file?: string): Promise<Journal> {
  const { postgres, ...settings } = loadConfig(configFile).journal;
  const place = file === undefined ? { ...settings, ...(postgres && { postgres }) } : { ...settings, file };
  return await openConfiguredJournal(place, { clock: systemClock, onError: () => undefined });
}
