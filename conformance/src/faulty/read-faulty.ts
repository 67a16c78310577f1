/** Reads the faulty systems: conformance/faulty/*.json. */
import { readdirSync, readFileSync } from 'node:fs';
import type { FaultySystem } from './types.ts';

const FOLDER = new URL('../../faulty/', import.meta.url);

/** Requirements that are made of much, so that they fall with many systems: conformance/faulty/also/*.json. */
interface Also {
  readonly kit: string;
  readonly also: readonly string[];
  /** Ids of the systems. */
  readonly with: readonly string[];
}

/** All faulty systems, by file and place. */
export function readFaultySystems(): readonly FaultySystem[] {
  const further = readAll<Also>('also/');
  return readAll<FaultySystem>('').map((system) => ({
    ...system,
    also: [
      ...(system.also ?? []),
      ...further.flatMap((one) => (one.kit === system.kit && one.with.includes(system.id) ? one.also : [])),
    ],
  }));
}

function readAll<T>(folder: string): readonly T[] {
  const place = new URL(folder, FOLDER);
  return readdirSync(place)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, place), 'utf8')) as readonly T[]);
}
