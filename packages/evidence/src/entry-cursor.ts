/** Entries in order, a page at a time, taken off as batches ask for them. */
import type { EvidenceEntry, EvidenceReader } from '@yiqiao/journal';

const PAGE = 256;

/** Goes through entries once. */
export interface EntryCursor {
  /** Those that come next, up to a number. */
  upTo(last: number): AsyncGenerator<EvidenceEntry>;
  /** Leaves out what comes before a number. */
  skipTo(first: number): Promise<void>;
}

/** Begins behind an entry. */
export function createEntryCursor(reader: EvidenceReader, after: number): EntryCursor {
  let page: readonly EvidenceEntry[] = [];
  let index = 0;
  let reached = after;
  const peek = async (): Promise<EvidenceEntry | undefined> => {
    if (index >= page.length) {
      page = await reader.entriesAfter(reached, PAGE);
      index = 0;
    }
    return page[index];
  };
  const take = ({ id }: EvidenceEntry): void => {
    reached = id;
    index += 1;
  };
  return {
    async *upTo(last) {
      for (let next = await peek(); next !== undefined && next.id <= last; next = await peek()) {
        take(next);
        yield next;
      }
    },
    async skipTo(first) {
      for (let next = await peek(); next !== undefined && next.id < first; next = await peek()) take(next);
    },
  };
}
