/** Opens the journal that a configuration names. */
import { createPostgresJournal, createSqliteJournal } from '@yiqiao/journal';
import type { MaintainedJournal } from '@yiqiao/journal';
import type { Clock, GatewayError } from '@yiqiao/model';
import type { JournalConfig } from './config-journal.ts';

/** @throws GatewayError `JOURNAL_UNUSABLE`. */
export async function openConfiguredJournal(
  { file, postgres, encryption }: JournalConfig,
  parts: { readonly clock: Clock; readonly onError: (error: GatewayError) => void },
): Promise<MaintainedJournal> {
  const all = { ...parts, ...(encryption && { encryption }) };
  return postgres === undefined
    ? createSqliteJournal({ file, ...all })
    : createPostgresJournal({ place: postgres, ...all });
}
