/** Whether entries tell what can have happened, whatever each of them says. */
import type { Entry, EntryKind } from './entry.ts';

/** What comes only after an exchange has ended. */
const AFTER_END: ReadonlySet<EntryKind> = new Set(['reversed', 'resolved', 'looked']);

/** Number of the first entry of a chain that cannot stand where it stands. */
export function findImpossible(entries: readonly Entry[]): number | undefined {
  let ended = false;
  for (const [index, { id, kind }] of entries.entries()) {
    const first = index === 0;
    const begins = kind === 'accepted' || kind === 'buried';
    if (first !== begins || kind === 'kept') return id;
    if (entries[0]?.kind === 'buried' && !first) return id;
    if (kind === 'ended' ? ended : AFTER_END.has(kind) && !ended) return id;
    ended ||= kind === 'ended';
  }
  return undefined;
}
