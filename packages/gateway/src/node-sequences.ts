/** Message ids of gateways that have a journal in common. */
import type { Sequences } from '@yiqiao/insurance-platform';

/** So many at most, each with its share of the four digits that a message id ends with. */
const MOST = 16;
const PER_NODE = Math.floor(9_999 / MOST);

/** The sequences of one of several. */
export function sequencesOf(slot: number): Sequences {
  const first = (slot % MOST) * PER_NODE + 1;
  return { first, last: first + PER_NODE - 1 };
}
