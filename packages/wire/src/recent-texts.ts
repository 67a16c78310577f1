/** Values met before in a message. */

/** Longer values are hardly ever repeated, and are slices, which hold no text of their own. */
const LONGEST = 24;
/** Of a single character the engine has one string anyway. */
const SHORTEST = 2;
const SLOTS = 256;

/**
 * Cuts values out of one text. Rows of a message repeat most of what they say: dates, departments, doctors, flags. One
 * that was met shortly before is taken again, so that a message of many rows holds it once: what is read of 10,000 rows
 * is alive at once, and the collector moves it. Nothing is kept beyond the message.
 */
export class RecentTexts {
  readonly #known: (string | undefined)[] = Array.from({ length: SLOTS });

  /** The part of a text from `start` to `end`. */
  part(text: string, start: number, end: number): string {
    const length = end - start;
    if (length < SHORTEST || length > LONGEST) return text.slice(start, end);
    const middle = text.charCodeAt(start + (length >> 1));
    const slot = (text.charCodeAt(end - 1) * 31 + middle * 13 + length) & (SLOTS - 1);
    const candidate = this.#known[slot];
    if (candidate !== undefined && candidate.length === length && text.startsWith(candidate, start))
      return candidate;
    const value = text.slice(start, end);
    this.#known[slot] = value;
    return value;
  }
}
