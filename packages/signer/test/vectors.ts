/** The vectors of schemas/signing/vectors.json that belong to this package. */
import { readFileSync } from 'node:fs';

interface Vectors {
  readonly vectors: readonly Record<string, string>[];
}

const file = new URL('../../../schemas/signing/vectors.json', import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

/** A member of a vector. */
export function known(id: string, member: string): string {
  const value = vectors.find((vector) => vector['id'] === id)?.[member];
  if (value === undefined) throw new Error(`no ${member} in ${id}`);
  return value;
}

/** Ids of the vectors of one algorithm. */
export function idsOf(algorithm: string): readonly string[] {
  return vectors.flatMap(({ id, algorithm: own }) => (own === algorithm && id !== undefined ? [id] : []));
}
