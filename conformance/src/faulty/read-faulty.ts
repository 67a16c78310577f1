/** Reads the faulty systems: conformance/faulty/*.json. */
import { readdirSync, readFileSync } from 'node:fs';
import type { FaultySystem } from './types.ts';

const FOLDER = new URL('../../faulty/', import.meta.url);

/** All faulty systems, by file and place. */
export function readFaultySystems(): readonly FaultySystem[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .toSorted()
    .flatMap((name) => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as readonly FaultySystem[]);
}
