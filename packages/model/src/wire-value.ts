/**
 * The values of a message in the spec's own spelling, before they mean anything.
 * A number keeps the exact text it had on the wire: an amount never passes through a float.
 */

/** A bare JSON number, kept as its text (`12.50` stays `12.50`). */
export class ExactNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** Only for display and logs of non-personal members; the wire codecs write `text`. */
  toJSON(): string {
    return this.text;
  }
}

/** A leaf of a message. */
export type WireLeaf = string | boolean | null | ExactNumber;

/** Any value of a message. */
export type WireValue = WireLeaf | WireObject | readonly WireValue[];

/** A node of a message, members in the order in which they were received. */
export interface WireObject {
  readonly [name: string]: WireValue;
}

/** True for a node: neither leaf nor list. */
export function isWireObject(value: WireValue | undefined): value is WireObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

/** The text of a string or number leaf, `undefined` for everything else. */
export function leafText(value: WireValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof ExactNumber ? value.text : undefined;
}
