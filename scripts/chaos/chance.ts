/** Chance that can be repeated: every decision follows from the seed and the name of what is decided. */
import { createHash } from 'node:crypto';

/** A source of chance. */
export interface Chance {
  readonly seed: number;
  /** 0 ≤ x < 1, always the same for the same name. */
  share(name: string): number;
  /** One of a list, always the same for the same name. */
  pick<T>(name: string, list: readonly [T, ...T[]]): T;
}

/** Makes chance from a seed. */
export function createChance(seed: number): Chance {
  const share = (name: string): number =>
    createHash('sha256').update(`${seed}\n${name}`).digest().readUInt32BE(0) / 2 ** 32;
  return {
    seed,
    share,
    pick: (name, list) => list[Math.floor(share(name) * list.length)] ?? list[0],
  };
}
