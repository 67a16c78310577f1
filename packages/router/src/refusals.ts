/**
 * Refusals of which nothing is on record. A copy of the message may still be on its way when one is told: done then, it
 * would stand although the caller was told that it was not done. So the same message hears the same refusal until no
 * copy can land any more. This is not on disk: a gateway that stops in between forgets it.
 */
import type { ExchangeKey } from '@yiqiao/journal';
import { keyText } from './machine.ts';
import type { Ending, ExchangeDeps, Incoming } from './types.ts';

/** The refusals of late. */
export interface Refusals {
  /** The refusal that this very message was told, while a copy of it can still be on its way. */
  find(message: Pick<Incoming, 'key' | 'digest'>): Ending | undefined;
  /** Notes what is told; an end that is not a plain refusal is passed over, and a repetition lengthens nothing. */
  note(message: Pick<Incoming, 'key' | 'digest'>, ending: Ending): void;
}

/** More than come in the time that a message can be on its way; beyond, the oldest are forgotten. */
const MOST = 100_000;

/** Creates the memory. */
export function createRefusals({ elapsed, policy }: Pick<ExchangeDeps, 'elapsed' | 'policy'>): Refusals {
  const told = new Map<string, { readonly ending: Ending; readonly until: number }>();
  const idOf = ({ key, digest }: { readonly key: ExchangeKey; readonly digest: string }): string =>
    `${keyText(key)}\n${digest}`;
  const forget = (now: number): void => {
    // The oldest come first, and all are kept for the same time.
    for (const [id, { until }] of told) {
      if (until > now && told.size <= MOST) return;
      told.delete(id);
    }
  };
  return {
    find(message) {
      const found = told.get(idOf(message));
      return found === undefined || found.until <= elapsed.now() ? undefined : found.ending;
    },
    note(message, ending) {
      if (ending.error === undefined || ending.error.kind.infcode === null) return;
      const now = elapsed.now();
      forget(now);
      const id = idOf(message);
      if ((told.get(id)?.until ?? 0) > now) return;
      told.delete(id);
      told.set(id, { ending, until: now + policy.inFlightMs });
    },
  };
}
