/** Chance of which one number decides all: the same seed and name draw the same values. */
import { hash } from 'node:crypto';

/** A source of chance. */
export interface Random {
  /** A whole number, 0 ≤ x < `below`. */
  below(below: number): number;
  /** True in so many of a hundred cases. */
  percent(share: number): boolean;
  pick<T>(list: readonly [T, ...T[]]): T;
  /** One of a list; `undefined` of an empty one. */
  find<T>(list: readonly T[]): T | undefined;
  bytes(length: number): Buffer;
}

/** Makes chance from a text: seed, target and number of the input. Mulberry32. */
export function createRandom(name: string): Random {
  let state = Number.parseInt(hash('sha256', name, 'hex').slice(0, 8), 16);
  const next = (): number => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % Math.max(1, limit);
  return {
    below,
    percent: (share) => below(100) < share,
    pick: (list) => list[below(list.length)] ?? list[0],
    find: (list) => list[below(list.length)],
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
  };
}
