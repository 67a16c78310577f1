/** Personal accounts of the insured: one a person, whichever core is asked for the balance or pays from it. */
import type { Person } from './insured-place/persons.ts';

/** Balances in 分, by 人员编号. */
export interface Accounts {
  /** What is left; at first what the person came with. */
  left(person: Person): bigint;
  /** Adds to what is left; takes from it when negative. */
  add(person: Person, amount: bigint): void;
}

/** Opens accounts that nobody has used yet. */
export function createAccounts(): Accounts {
  const moved = new Map<string, bigint>();
  const left = (person: Person): bigint => person.account + (moved.get(person.psnNo) ?? 0n);
  return {
    left,
    add(person, amount) {
      moved.set(person.psnNo, (moved.get(person.psnNo) ?? 0n) + amount);
    },
  };
}
