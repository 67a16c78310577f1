/** Where a person sees whether a write was done: of an operation, and of an exchange that waits for one. */
import { createRegistry } from '@yiqiao/registry';
import type { OperationEntry } from '@yiqiao/registry';

/** A message of an exchange, as far as it matters here. */
interface Leg {
  readonly purpose: string;
  readonly state: string;
  readonly transaction: string;
}

/** What is known of a write by its number. */
export type Look = Pick<OperationEntry, 'transaction' | 'shownBy' | 'notShown'>;

/** The queries that show a write, each with what it needs and what to look for; or why none does. */
export function linesOf({ shownBy = [], notShown }: Pick<Look, 'shownBy' | 'notShown'>): readonly string[] {
  if (notShown !== undefined) return [`是否办成 / whether it was done: — ${notShown.zh} / ${notShown.en}`];
  return shownBy.map(({ query, needs, look, confidence }) => {
    const needed = needs.length === 0 ? '' : `; 另需 / needs: ${needs.join(', ')}`;
    return `是否办成 / whether it was done: ${query}，${look.zh} / ${look.en}${needed} (${confidence})`;
  });
}

/**
 * What to look up for an exchange that waits for a person: each transaction of a message in doubt, or where none is (an
 * undoing was refused) of what was sent on.
 */
export function looksOf(legs: readonly Leg[]): readonly Look[] {
  const registry = createRegistry();
  const asking = legs.filter(({ purpose }) => purpose !== 'confirm' && purpose !== 'cancel');
  const doubtful = asking.filter(({ state }) => state === 'sent' || state === 'unknown');
  const chosen = doubtful.length > 0 ? doubtful : asking.filter(({ purpose }) => purpose === 'forward');
  const transactions = new Set(chosen.map(({ transaction }) => transaction));
  return [...transactions].flatMap((transaction) => {
    const { shownBy, notShown } = registry.findOperation(transaction) ?? {};
    if (shownBy === undefined) return [];
    return [{ transaction, shownBy, ...(notShown !== undefined && { notShown }) }];
  });
}
