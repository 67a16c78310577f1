/** The vectors of schemas/signing/vectors.json that belong to this package. */
import { readFileSync } from 'node:fs';

interface Vectors {
  readonly vectors: readonly Record<string, unknown>[];
}

const file = new URL('../../../schemas/signing/vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

/** A vector. */
export function vectorOf(id: string): Readonly<Record<string, unknown>> {
  const vector = vectors.find((one) => one['id'] === id);
  if (vector === undefined) throw new Error(`no ${id}`);
  return vector;
}

/** A member of a vector that is a text. */
export function known(id: string, member: string): string {
  const value = vectorOf(id)[member];
  if (typeof value !== 'string') throw new Error(`no ${member} in ${id}`);
  return value;
}

/** Ids of the vectors of one algorithm. */
export function idsOf(algorithm: string): readonly string[] {
  return vectors.flatMap(({ id, algorithm: own }) =>
    own === algorithm && typeof id === 'string' ? [id] : [],
  );
}
