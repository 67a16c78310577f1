/** Goes on with an exchange on record, from wherever it was left. */
import { GatewayError, isErrorCode } from '@yiqiao/model';
import type { CanonicalResponse } from '@yiqiao/model';
import type { Exchange } from '@yiqiao/journal';
import { decodeCanonical } from './canonical-text.ts';
import { forwardHops } from './case.ts';
import type { Case, Hop, HopEnd } from './case.ts';
import { finishAnswered, finishUndone } from './finish.ts';
import type { Machine } from './machine.ts';
import { placesOnRecord } from './odd-answers.ts';
import { reversalSuccess } from './requests.ts';
import type { Ending } from './types.ts';
import { insist, resolveHop } from './ways-out.ts';

/**
 * Ends an exchange whose caller is gone. Steps that were not begun are not begun any more, so that what
 * the earlier ones did is taken back.
 */
export async function goOn(machine: Machine, opened: Case): Promise<Ending> {
  const forwards = forwardHops(opened);
  const last = forwards.at(-1);
  if (last === undefined) return finishUndone(machine, opened, { state: 'unresolved', reason: 'no-message' });
  const end = await endOf(machine, opened, last);
  const complete = forwards.length === opened.steps && !opened.hops.some(isTakingBack);
  if (end.state !== 'answered') return finishUndone(machine, opened, end);
  if (!complete)
    return finishUndone(machine, opened, { state: 'reversed', error: new GatewayError('REVERSED') });
  const responses = forwards.map((hop) => hop.response).filter((response) => response !== undefined);
  return finishAnswered(machine, opened, responses);
}

function isTakingBack(hop: Hop): boolean {
  if (hop.purpose === 'undo' || hop.purpose === 'cancel') return true;
  return hop.purpose === 'reverse' && hop.state !== 'rejected';
}

async function endOf(machine: Machine, opened: Case, hop: Hop): Promise<HopEnd> {
  switch (hop.state) {
    case 'sent':
    case 'unknown':
      return resolveHop(machine, opened, hop, { reason: 'restart' });
    case 'answered':
      return hop.response === undefined
        ? { state: 'unresolved', reason: 'answer-not-on-record' }
        : { state: 'answered', response: hop.response };
    case 'rejected':
    case 'reversed':
      return { state: hop.state, error: errorOf(hop.reason, hop.state) };
  }
}

/** Tells the care place's core what was decided, until it has acknowledged it. */
export async function goOnRecording(machine: Machine, opened: Case): Promise<Ending> {
  const [hop] = opened.hops as [Hop];
  const end = await insist(machine, opened, hop, { doubtful: false });
  if (end?.state === 'answered') return finishAnswered(machine, opened, [end.response]);
  const reason = end?.state === 'unresolved' ? end.reason : 'record-refused';
  return finishUndone(machine, opened, { state: 'unresolved', reason });
}

/** The end of an exchange as it stands on record; only a person knows more of one without end. */
export function endingOf(exchange: Exchange): Ending {
  const { state, reason, reply, reversedBy, resolution } = exchange;
  switch (state) {
    case 'answered':
      if (resolution !== undefined) return confirmed();
      if (exchange.expired === true) return answerExpired();
      return {
        state,
        ...(reply === undefined
          ? { responses: responsesOf(exchange) }
          : { reply, odd: placesOnRecord(exchange) }),
      };
    case 'rejected':
    case 'reversed':
      return reversedBy === undefined
        ? { state, error: errorOf(reason, state), ...(reply && { reply }) }
        : { state, error: new GatewayError('REVERSED') };
    case 'handed-to-person':
    case 'sent':
    case 'unknown':
      return {
        state: 'handed-to-person',
        error: new GatewayError('HANDED_TO_PERSON', { facts: { reason: reason ?? '' } }),
      };
  }
}

/** It was done; what was told then has been deleted since. */
function answerExpired(): Ending {
  return { state: 'handed-to-person', error: new GatewayError('ANSWER_EXPIRED') };
}

/** A person knows that it was done, but nobody has the answer: the caller gets no envelope, and no promise. */
function confirmed(): Ending {
  return { state: 'handed-to-person', error: new GatewayError('CONFIRMED_BY_PERSON') };
}

function responsesOf(exchange: Exchange): readonly CanonicalResponse[] {
  if (exchange.reverses !== undefined) return [reversalSuccess('')];
  return exchange.legs.flatMap((leg) =>
    leg.purpose === 'forward' && leg.response !== undefined
      ? [decodeCanonical<CanonicalResponse>(leg.response)]
      : [],
  );
}

function errorOf(reason: string | undefined, state: 'rejected' | 'reversed'): GatewayError {
  const code = reason !== undefined && isErrorCode(reason) ? reason : undefined;
  return new GatewayError(code ?? (state === 'reversed' ? 'REVERSED' : 'UPSTREAM_REJECTED'));
}
