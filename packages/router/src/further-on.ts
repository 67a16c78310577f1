/** What another program tells of a message of ours besides its outcome. */
import { findToldCode } from '@yiqiao/model';
import type { ErrorCode, GatewayError } from '@yiqiao/model';
import { settleHop } from './case.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import type { Machine } from './machine.ts';

/** Begins the reason of a handover that follows one further on; that one's own reason comes after it. */
export const FURTHER_ON = 'further-on';

/** Reason of a handover of a 2601 that was refused while a person finds out what became of its original. */
export const ORIGINAL_WITH_PERSON = 'original-with-person';

/** Waiting longer is of no use: a person is at it. What the person finds out is asked for when the caller asks. */
export function givenToPerson(
  machine: Machine,
  opened: Case,
  hop: Hop,
  error: GatewayError,
): Extract<HopEnd, { readonly state: 'unresolved' }> {
  settleHop(opened, hop, { state: 'unknown', at: machine.deps.clock.now(), reason: FURTHER_ON });
  const told = error.details.facts?.['reason'];
  const reason = typeof told === 'string' ? told : '';
  return {
    state: 'unresolved',
    reason: reason.startsWith(FURTHER_ON) ? reason : `${FURTHER_ON} ${reason}`.trimEnd(),
  };
}

/** Refusals of a gateway that tell what became of a message; its others are about one copy of it alone. */
const OUTCOMES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UPSTREAM_REJECTED',
  'REVERSED',
  'NEVER_ARRIVED',
]);

/**
 * Whether a refusal tells that a message which a person has was not done. What was refused here, before anything left,
 * does not; nor does what the far side cannot read, take or look up now.
 */
export function tellsNotDone(error: GatewayError): boolean {
  if (error.code !== 'UPSTREAM_REJECTED' || isTurnedAway(error)) return false;
  const code = findToldCode(error.details.upstream?.text);
  return code === undefined || OUTCOMES.has(code);
}

/** The far side did not read it, or cannot take it now: nothing was done, and sending it again is right. */
export function isTurnedAway({ code, details }: GatewayError): boolean {
  const { facts } = details;
  return code === 'UPSTREAM_REJECTED' && (facts?.['status'] !== undefined || facts?.['notNow'] === true);
}
