/** Message ids of gateways that have a journal in common. */
import { ALL_SEQUENCES } from '@yiqiao/insurance-platform';
import type { Sequences } from '@yiqiao/insurance-platform';
import { MOST_PROCESSES } from '@yiqiao/journal';

/** Each has its share of the four digits that a message id ends with. */
const PER_PROCESS = Math.floor(ALL_SEQUENCES.last / MOST_PROCESSES);

/** The sequences of one process, by its slot in the journal. */
export function sequencesOf(slot: number): Sequences {
  const first = slot * PER_PROCESS + 1;
  return { first, last: first + PER_PROCESS - 1 };
}
