/** Evidence of a journal file that no gateway has open. */
import type { EvidenceReader } from './evidence-types.ts';
import type { JournalEncryption } from './sealing.ts';
import { openJournalToRead } from './sqlite-file.ts';
import { createSqliteEvidenceReader } from './sqlite-evidence.ts';
import { createVault } from './vault.ts';

/** A reader that holds the file open. */
export interface EvidenceFile extends EvidenceReader {
  close(): void;
}

/**
 * Opens a journal file to check or export its evidence; several may do so at once. Without its keys, sealed contents
 * stay closed.
 * @throws GatewayError `JOURNAL_UNUSABLE`: missing, in use, not a journal, of another version, other keys.
 */
export function openEvidenceFile(file: string, encryption?: JournalEncryption): EvidenceFile {
  const vault = createVault(encryption);
  const db = openJournalToRead(file, vault);
  return { ...createSqliteEvidenceReader({ db, vault }), close: () => db.close() };
}
