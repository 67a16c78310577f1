/**
 * Numbers with a letter behind them that nothing defines. They are met in the field (2207A), and what they are is what
 * stands before the letter. Source: envelope.json, infno: letters may follow the digits.
 */
import type { Profile } from './profile-types.ts';
import type { TransactionDefinition } from './types.ts';

/** What such a number is judged by. */
interface LetteredSources {
  resolve(profileId: string): Profile;
  /** Whether a profile itself, not one that it extends, has a definition or an overlay of the number. */
  isDefined(profileId: string, number: string): boolean;
  /** A transaction of a profile, its own or inherited. */
  find(profileId: string, number: string): TransactionDefinition | undefined;
}

const LETTERED = /^(\d{4})[A-Z]$/;

/** Lookups of such numbers. */
interface Lettered {
  /**
   * What a number is taken for: `2207A` → `2207`; `undefined` for every other number, for one that the profile defines
   * or lists as a local transaction it knows no more of, and for forms with numbers of their own.
   */
  takenFor(profileId: string, number: string): string | undefined;
  /** The transaction under this number. Nothing is attested of it, however well the one without the letter is known. */
  find(profileId: string, number: string): TransactionDefinition | undefined;
}

/** Makes the lookups. */
export function createLettered(sources: LetteredSources): Lettered {
  const takenFor = (profileId: string, number: string): string | undefined => {
    const base = LETTERED.exec(number)?.[1];
    if (base === undefined) return undefined;
    const { lineage, data } = sources.resolve(profileId);
    if (lineage[0] !== 'national' || lineage.some((id) => sources.isDefined(id, number))) return undefined;
    const { localTransactions } = data;
    if (Array.isArray(localTransactions) && localTransactions.includes(number)) return undefined;
    return sources.find(profileId, base) === undefined ? undefined : base;
  };
  return {
    takenFor,
    find(profileId, number) {
      const base = takenFor(profileId, number);
      const definition = base === undefined ? undefined : sources.find(profileId, base);
      return definition && { ...definition, number, confidence: 'inferred' };
    },
  };
}
