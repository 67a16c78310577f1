/**
 * Member names met before. Messages have some hundred different names: taking a known string saves cutting it
 * out, hashing it and finding it again in the engine's own table, which is half the cost of reading.
 */

const SLOTS = 4096;
const MAX_LENGTH = 40;
const known: (string | undefined)[] = Array.from({ length: SLOTS });

/** The part of a text from `start` to `end`, `hash` being any hash of it. */
export function nameIn(text: string, start: number, end: number, hash: number): string {
  const slot = hash & (SLOTS - 1);
  const candidate = known[slot];
  const length = end - start;
  if (candidate !== undefined && candidate.length === length && text.startsWith(candidate, start))
    return candidate;
  const name = text.slice(start, end);
  if (length > MAX_LENGTH) return name;
  // Through an object's keys the engine makes it a string of its own, which does not keep the message alive.
  const own = Object.keys({ [name]: true })[0] ?? name;
  known[slot] = own;
  return own;
}
