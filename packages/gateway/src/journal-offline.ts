/** The journal of a gateway that is not running, with the keys that its configuration names. */
import { checkJournalFile, createSqliteJournal } from '@yiqiao/journal';
import type { JournalReport, Maintenance } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import type { GatewayError } from '@yiqiao/model';
import { loadConfig } from './config.ts';

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
  const { file, encryption, retention } = settings;
  const errors: GatewayError[] = [];
  const journal = createSqliteJournal({
    file,
    clock: systemClock,
    ...(encryption && { encryption }),
    onError: (error) => errors.push(error),
  });
  try {
    return { ...(await journal.maintain(expire ? retention : {}, { rewrite: true })), file, errors };
  } finally {
    await journal.close();
  }
}

/** Checks the journal of a configuration, contents included. @throws GatewayError as `maintainJournal`. */
export function checkConfiguredJournal(configFile: string): JournalReport {
  const { file, encryption } = loadConfig(configFile).journal;
  return checkJournalFile(file, encryption);
}
