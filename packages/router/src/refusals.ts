/**
 * Refusals of which nothing is on record. A copy of the message may still be on its way when one is told: done then, it
 * would stand although the caller was told that it was not done. So the same message hears the same refusal until no
 * copy can land any more. In one process this is not on disk: a gateway that stops in between forgets it. Several on
 * one journal find it there.
 */
import { ERRORS, GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import type { ExchangeKey } from '@yiqiao/journal';
import { keyText } from './machine.ts';
import type { Ending, ExchangeDeps, Incoming } from './types.ts';

/** The refusals of late. */
export interface Refusals {
  /** The refusal that this very message was told, while a copy of it can still be on its way. */
  find(message: Pick<Incoming, 'key' | 'digest'>): Promise<Ending | undefined>;
  /** Notes what is told; an end that is not a plain refusal is passed over, and a repetition lengthens nothing. */
  note(message: Pick<Incoming, 'key' | 'digest'>, ending: Ending): Promise<void>;
}

/** More than come in the time that a message can be on its way; beyond, the oldest are forgotten. */
const MOST = 100_000;

type Parts = Pick<ExchangeDeps, 'clock' | 'elapsed' | 'journal' | 'policy'>;

/** Creates the memory. */
export function createRefusals({ clock, elapsed, journal: { shared }, policy }: Parts): Refusals {
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
    async find(message) {
      const found = told.get(idOf(message));
      if (found !== undefined && found.until > elapsed.now()) return found.ending;
      const text = await shared?.findRefusal(message.key, message.digest);
      return text === undefined ? undefined : decode(text);
    },
    async note(message, ending) {
      const { error } = ending;
      if (error === undefined || error.kind.infcode === null) return;
      const now = elapsed.now();
      forget(now);
      const id = idOf(message);
      if ((told.get(id)?.until ?? 0) > now) return;
      told.delete(id);
      told.set(id, { ending, until: now + policy.inFlightMs });
      // While the store is not reached, nobody can begin the message either.
      if (error.code === 'JOURNAL_FAILED') return;
      const { key, digest } = message;
      await shared?.noteRefusal({
        key,
        digest,
        told: encode(ending),
        until: clock.now() + policy.inFlightMs,
      });
    },
  };
}

/** What a copy is told: the refusal without the bytes, which are signed anew. */
function encode({ state, reason, error }: Ending): string {
  return JSON.stringify({ state, reason, code: error?.code, details: error?.details });
}

function decode(text: string): Ending {
  const { state, reason, code, details } = JSON.parse(text) as Pick<Ending, 'state' | 'reason'> & {
    readonly code: string;
    readonly details?: ConstructorParameters<typeof GatewayError>[1];
  };
  const known: ErrorCode = Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'UPSTREAM_REJECTED';
  return { state, error: new GatewayError(known, details), ...(reason !== undefined && { reason }) };
}
