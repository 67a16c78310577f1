/** Asking what a person found out: a gateway further on, or the record of the message that a 2601 is about. */
import type { Exchange, Resolution } from '@yiqiao/journal';
import { attemptRequest, attemptReversal } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { restoreCase } from './case.ts';
import type { Case, Hop } from './case.ts';
import { findReversed } from './follow-up.ts';
import { FURTHER_ON, ORIGINAL_WITH_PERSON, tellsNotDone } from './further-on.ts';
import { endingOf } from './go-on.ts';
import { persist } from './machine.ts';
import type { Machine } from './machine.ts';
import type { Ending } from './types.ts';

/** Whether an exchange waits for a person further on, or for the one who has its original. */
export function canAskAgain({ state, reason }: Exchange): boolean {
  if (state !== 'handed-to-person') return false;
  return reason?.startsWith(FURTHER_ON) === true || reason === ORIGINAL_WITH_PERSON;
}

/**
 * Asks once more, under the same message id, what was told to be with a person, and puts on record what is known by
 * now. The one asked has the message on record, so that it does nothing anew. `askOriginal` asks for the original of a
 * 2601, which waits for the same person and for which nobody else may ask.
 */
export async function askAgain(
  machine: Machine,
  exchange: Exchange,
  askOriginal: (original: Exchange) => Promise<unknown>,
): Promise<Ending> {
  const opened = restoreCase(machine.deps, exchange);
  const [first] = opened.hops;
  const original = first && (await findReversed(machine, first.request, first.peer));
  if (original !== undefined && canAskAgain(original)) await askOriginal(original);
  const found = await findAnew(machine, opened, exchange);
  if (found === undefined) return endingOf(exchange);
  const { journal, clock } = machine.deps;
  const resolution: Resolution = { ...found, at: clock.now() };
  await persist(machine, exchange.key, () => journal.resolve(exchange.id, resolution));
  return endingOf({ ...exchange, state: found.as, resolution });
}

async function findAnew(
  machine: Machine,
  opened: Case,
  { reason }: Exchange,
): Promise<Omit<Resolution, 'at'> | undefined> {
  if (reason === ORIGINAL_WITH_PERSON) return findOfOriginal(machine, opened);
  const hop = opened.hops.findLast((one) => one.reason === FURTHER_ON);
  const as = hop === undefined ? undefined : await findOut(machine, opened, hop);
  return hop === undefined || as === undefined ? undefined : { as, reason: FURTHER_ON, operator: hop.peer };
}

/** The far side has refused the 2601; what the person found out about its original tells what there was to take back. */
async function findOfOriginal(
  machine: Machine,
  { hops: [hop] }: Case,
): Promise<Omit<Resolution, 'at'> | undefined> {
  const original = hop && (await findReversed(machine, hop.request, hop.peer));
  if (original === undefined || original.state === 'handed-to-person') return undefined;
  const as = original.state === 'answered' ? 'rejected' : 'answered';
  return { as, reason: ORIGINAL_WITH_PERSON, operator: original.resolution?.operator ?? '' };
}

/** How the exchange ended, if that is known by now. */
async function findOut(machine: Machine, opened: Case, hop: Hop): Promise<Resolution['as'] | undefined> {
  if (hop.purpose === 'reverse') {
    const attempt = await attemptReversal(machine, opened, hop);
    const reversed = attempt.kind === 'answered' ? attempt.value === 'reversed' : isConfirmed(attempt);
    return reversed ? 'reversed' : undefined;
  }
  const attempt = await attemptRequest(machine, opened, hop);
  if (attempt.kind === 'refused') return tellsNotDone(attempt.error) ? 'rejected' : undefined;
  return attempt.kind === 'answered' || isConfirmed(attempt) ? 'answered' : undefined;
}

function isConfirmed(attempt: Attempt<unknown>): boolean {
  return attempt.kind === 'person' && attempt.error.code === 'CONFIRMED_BY_PERSON';
}
