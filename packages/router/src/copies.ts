/** Copies of one message of which the answer never came, while a repetition of it is answered. */
import type { CanonicalResponse } from '@yiqiao/model';
import type { Attempt } from './attempt.ts';
import { toLegOutcome } from './case.ts';
import type { Case, Hop, Sent } from './case.ts';
import { awaitLanded, persist } from './machine.ts';
import type { Machine } from './machine.ts';
import { operationOf } from './requests.ts';

/** A message that was answered. */
type Answered = Extract<Attempt<CanonicalResponse>, { readonly kind: 'answered' }>;

/**
 * The copies of a message that is sent until it is answered. Most messages name no other message: a copy that lands
 * after the repetition was answered does it once more, to what has been done since (2205 withdraws what was uploaded
 * anew). So such an answer counts only when no unanswered copy can land any more.
 */
export interface Copies {
  /** Notes that the last copy was not answered: it may land at any time from now on. */
  lost(): void;
  /** Puts the answer on record and waits. Nothing to wait for with 2601, which names its message. */
  landed(answer: Answered): Promise<void>;
}

/** Reason of a leg whose repetition was answered while an earlier copy could still land. */
const ANSWERED_ANEW = 'answered-anew';

/** Begins to count; `doubtful` when a copy of an earlier attempt is unanswered already. */
export function createCopies(
  machine: Machine,
  opened: Case,
  hop: Hop,
  { doubtful }: { readonly doubtful: boolean },
): Copies {
  let last: Readonly<Sent> | undefined = doubtful ? lastCopy(machine, hop) : undefined;
  return {
    lost() {
      last = lastCopy(machine, hop);
    },
    async landed(answer) {
      if (last === undefined || namesItsMessage(hop)) return;
      if (machine.untilLanded(last, machine.now()) <= 0) return;
      await note(machine, opened, hop, answer);
      await awaitLanded(machine, last);
    },
  };
}

/** The answer that was waiting when the program stopped, once its wait is over; `undefined` when there was none. */
export async function answerOnRecord(machine: Machine, hop: Hop): Promise<Answered | undefined> {
  const { reason, response, notedAt } = hop;
  if (reason !== ANSWERED_ANEW || response === undefined || notedAt === undefined) return undefined;
  await awaitLanded(machine, { sentAt: notedAt });
  return { kind: 'answered', value: response, reply: undefined };
}

/** A restart then sends no further copy. To everyone else the outcome is not known yet. */
async function note(
  machine: Machine,
  opened: Case,
  hop: Hop,
  { value: response, reply }: Answered,
): Promise<void> {
  const { id, accepted } = opened;
  const { number: leg } = hop;
  if (id === undefined || leg === undefined) return;
  const at = machine.deps.clock.now();
  const outcome = toLegOutcome({
    leg,
    state: 'unknown',
    at,
    reason: ANSWERED_ANEW,
    response,
    ...(reply && { reply }),
  });
  await persist(machine, accepted.key, () => machine.deps.journal.settleLeg(id, outcome));
}

/** Repetitions are not on record: what ran before the start may have sent one just before its end. */
function lastCopy(machine: Machine, { sentAt, sentElapsed }: Hop): Readonly<Sent> {
  if (sentElapsed !== undefined) return { sentAt, sentElapsed };
  const { wall, elapsed } = machine.now();
  return { sentAt: wall, sentElapsed: elapsed };
}

function namesItsMessage(hop: Hop): boolean {
  return hop.entry?.effect === 'read' || operationOf(hop.request) === 'reverseTransaction';
}
