/** Departures found by several readers of one message. */
import type { Deviation } from '@yiqiao/model';

/** All of both lists; what names the same rule at the same place is told once. */
export function mergeDeviations(
  found: readonly Deviation[],
  more: readonly Deviation[],
): readonly Deviation[] {
  if (found.length === 0 || more.length === 0) return found.length === 0 ? more : found;
  const known = new Set(found.map(({ rule, at }) => `${rule} ${at}`));
  return [...found, ...more.filter(({ rule, at }) => !known.has(`${rule} ${at}`))];
}
