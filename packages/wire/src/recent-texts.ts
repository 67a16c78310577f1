/** Values met before in a message. */

/** Longer values are hardly ever repeated, and are slices, which hold no text of their own. */
const MAX_LENGTH = 40;
const SLOTS = 256;

/**
 * Cuts values out of one text. Rows of a message repeat most of what they say: dates, departments, doctors, flags. One
 * that was met shortly before is taken again, so that a message of many rows holds it once and there is less to collect.
 * Nothing is kept beyond the message.
 */
export class RecentTexts {
  readonly #known: (string | undefined)[] = [];

  /** The part of a text from `start` to `end`. */
  part(text: string, start: number, end: number): string {
    const length = end - start;
    if (length === 0 || length > MAX_LENGTH) return text.slice(start, end);
    const ends = text.charCodeAt(start) * 7 + text.charCodeAt(end - 1) * 31;
    const slot = (ends + text.charCodeAt(start + (length >> 1)) * 13 + length) & (SLOTS - 1);
    const candidate = this.#known[slot];
    if (candidate !== undefined && candidate.length === length && text.startsWith(candidate, start))
      return candidate;
    const value = text.slice(start, end);
    this.#known[slot] = value;
    return value;
  }
}
