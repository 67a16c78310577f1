/** One way to take a part of the evidence, and in what it differs from the way agreed. */
import type { DifferenceCode } from './difference-texts.ts';

/** `value` under a reading; no differences: as agreed. */
export interface Reading<T> {
  readonly differences: readonly DifferenceCode[];
  readonly value: T;
}

/** The readings that differ in their bytes, the ones with fewest differences first. */
export function distinct<T extends Uint8Array | string>(
  readings: readonly Reading<T>[],
): readonly Reading<T>[] {
  const seen = new Set<string>();
  const keep: Reading<T>[] = [];
  for (const reading of readings.toSorted(
    (one, other) => one.differences.length - other.differences.length,
  )) {
    const bytes =
      typeof reading.value === 'string' ? reading.value : Buffer.from(reading.value).toString('latin1');
    if (seen.has(bytes)) continue;
    seen.add(bytes);
    keep.push(reading);
  }
  return keep;
}
