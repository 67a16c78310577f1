/** Copies of one message of which the answer never came, while a repetition of it is answered. */
import type { Hop, Sent } from './case.ts';
import type { Machine } from './machine.ts';
import { operationOf } from './requests.ts';

/** What is known of the copies of a message. */
export interface Copies {
  /** Notes that the last copy was not answered: it may land at any time from now on. */
  lost(): void;
  /**
   * Waits until no unanswered copy can land any more. Most messages name no other message: a copy that lands after the
   * repetition was answered does it once more, to what has been done since (2205 withdraws what was uploaded anew).
   * Nothing to wait for with 2601, which names its message, nor where every copy was answered.
   */
  landed(): Promise<void>;
}

/** Begins to count; `doubtful` when a copy of an earlier attempt is unanswered already. */
export function createCopies(
  machine: Machine,
  hop: Hop,
  { doubtful }: { readonly doubtful: boolean },
): Copies {
  let last: Readonly<Sent> | undefined = doubtful ? lastCopy(machine, hop) : undefined;
  return {
    lost() {
      last = lastCopy(machine, hop);
    },
    async landed() {
      if (last === undefined || namesItsMessage(hop)) return;
      const onItsWayMs = machine.untilLanded(last, machine.now());
      if (onItsWayMs > 0) await machine.stop.pause(onItsWayMs);
    },
  };
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
