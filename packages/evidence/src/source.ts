/** Opens a journal to check its evidence or export from it, wherever it is kept. */
import { createPostgresJournal, openEvidenceFile } from '@yiqiao/journal';
import type { EvidenceReader, JournalEncryption, PostgresPlace } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';

/** Where a journal is, and its keys; without them sealed contents stay closed in a file. */
export interface EvidenceSource {
  /** A file that no gateway has open. */
  readonly file: string;
  /** In place of the file; gateways may be at work on it. */
  readonly postgres?: PostgresPlace;
  readonly encryption?: JournalEncryption;
}

/** A reader that has to be closed. */
export interface OpenedEvidence extends EvidenceReader {
  close(): Promise<void>;
}

/** Opens it. @throws GatewayError `JOURNAL_UNUSABLE`. */
export async function openEvidence({ file, postgres, encryption }: EvidenceSource): Promise<OpenedEvidence> {
  if (postgres === undefined) {
    const opened = openEvidenceFile(file, encryption);
    return { ...opened, close: () => Promise.resolve(opened.close()) };
  }
  const journal = await createPostgresJournal({
    place: postgres,
    clock: systemClock,
    ...(encryption && { encryption }),
  });
  const { evidence } = journal;
  if (evidence === undefined) throw new TypeError('a journal in PostgreSQL keeps evidence');
  return { ...evidence, close: () => journal.close() };
}
