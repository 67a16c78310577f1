/** JSON read with the platform's own parser and every number kept as its text; shares nothing with the product. */

/** A bare number, by its text on the wire. */
export class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Any JSON value. */
export type ExactValue =
  string | boolean | null | NumberText | readonly ExactValue[] | { readonly [name: string]: ExactValue };

/** A JSON object. */
export type ExactObject = { readonly [name: string]: ExactValue };

/** `JSON.parse` hands the source text of a leaf to its reviver; the library types lag behind. */
type Parse = (
  text: string,
  reviver: (key: string, value: unknown, leaf: { source?: string }) => unknown,
) => unknown;

/** Reads a JSON text. @throws SyntaxError */
export function readExact(text: string): ExactValue {
  const parse = JSON.parse as Parse;
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' ? new NumberText(source ?? String(value)) : value,
  ) as ExactValue;
}

/** A member of an object; `undefined` when there is none or the value is no object. */
export function memberOf(value: ExactValue | undefined, name: string): ExactValue | undefined {
  return isExactObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** True for an object: neither leaf nor list. */
export function isExactObject(value: ExactValue | undefined): value is ExactObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberText)
  );
}
