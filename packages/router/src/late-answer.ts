/** An answer that comes when nobody waits for it any more: recorded, reported, and taken back where it stands. */
import type { CanonicalRequest, LateAnswer } from '@yiqiao/model';
import { reportDeviations } from './attempt.ts';
import { encodeCanonical } from './canonical-text.ts';
import { oddIn } from './case.ts';
import type { Case, Hop } from './case.ts';
import { createOwed, lateKey, openingOf } from './follow-up.ts';
import { persist } from './machine.ts';
import type { Machine } from './machine.ts';
import { buildRequest, reversalBody } from './requests.ts';

/** See `Machine.noteLate`. */
export async function recordLateAnswer(
  machine: Machine,
  opened: Case,
  hop: Hop,
  late: LateAnswer,
): Promise<void> {
  const { id, accepted } = opened;
  const { state, number: leg } = hop;
  if (id === undefined || leg === undefined) return;
  const { journal, events } = machine.deps;
  events.onLateAnswer?.({ key: accepted.key, exchangeId: id, transaction: accepted.transaction, state });
  hop.answeredLate = true;
  // The answer of a repetition is on record already.
  if (state === 'answered') return;
  const response = late.response === undefined ? {} : { response: encodeCanonical(late.response) };
  const at = machine.deps.clock.now();
  const reason = state === 'unknown' || state === 'sent' ? {} : { reason: 'late-answer' };
  const odd = oddIn(hop, late.response);
  const outcome = { leg, state, at, reply: late.reply, ...reason, ...response, ...(odd && { odd }) };
  if (late.response !== undefined) reportDeviations(events, hop, late.response);
  try {
    await persist(machine, accepted.key, () => journal.settleLeg(id, outcome));
    if (stands(opened, hop)) await takeBackLate(machine, opened, hop);
  } catch (error) {
    events.onTrouble?.(error, accepted.key);
  }
}

/** What was taken to have never arrived has arrived; what was emptied by its keys may have come in afterwards. */
function stands(opened: Case, hop: Hop): boolean {
  if (hop.state === 'rejected') return hop.reason === 'NEVER_ARRIVED';
  const undone = opened.hops.some(({ purpose, ofLeg }) => purpose === 'undo' && ofLeg === hop.number);
  return hop.state === 'reversed' && undone;
}

/** An exchange of its own, since the other one has ended; without a 2601 that may be sent, it goes to a person. */
async function takeBackLate(machine: Machine, opened: Case, hop: Hop): Promise<void> {
  const { deps } = machine;
  const body = hop.entry?.reversible === true ? reversalBody(hop.request) : undefined;
  const request: CanonicalRequest =
    body === undefined
      ? hop.request
      : buildRequest(hop.request, deps.registry.operation('reverseTransaction'), body);
  const key = lateKey(opened.accepted.key);
  if (opened.id !== undefined) await machine.join(opened.id);
  const owed = createOwed(machine, key, { purpose: 'forward', peer: hop.peer, request, keepsTime: false });
  const { exchange, leg } = openingOf(owed);
  const id = await persist(machine, key, () => deps.journal.open(exchange, leg));
  if (body !== undefined) return machine.follow({ ...owed, id });
  const { transaction } = opened.accepted;
  const reason = 'late-answer';
  await persist(machine, key, () =>
    deps.journal.end(id, { state: 'handed-to-person', at: deps.clock.now(), reason }),
  );
  deps.events.onStateChange?.({ key, exchangeId: id, transaction, state: 'handed-to-person', reason });
}
