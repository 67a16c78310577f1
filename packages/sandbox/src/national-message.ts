/**
 * The simulated systems' own codec of the national JSON envelope. Numbers are kept as the text they had on
 * the wire; the text of the body is cut out or put in as it is, because signatures cover exactly these bytes.
 */
import { amountFromText, amountText } from './amount.ts';

/** A JSON number as its text; `JSON.stringify` writes it back unchanged. */
export interface RawNumber {
  readonly rawJSON: string;
}

/** Any value of a message; `number` only where one is written, reading gives `RawNumber`. */
export type JsonValue = string | number | boolean | null | RawNumber | JsonObject | readonly JsonValue[];

/** A node of a message. */
export interface JsonObject {
  readonly [name: string]: JsonValue | undefined;
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

const json = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): value is RawNumber;
};

/** A number by its text, `12.50`. */
export function rawNumber(text: string): RawNumber {
  return json.rawJSON(text);
}

/** A number given back as it was sent; as text when JSON could not hold it as a number (`007`, `1.`). */
export function sentNumber(text: string): RawNumber | string {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) ? rawNumber(text) : text;
}

/** An amount in 分 as a number of 元 with two decimals, `12.50`. */
export function amountNumber(fen: bigint): RawNumber {
  return rawNumber(amountText(fen));
}

/** Reads a message. @throws SyntaxError when it is not JSON, TypeError when it is no object. */
export function parseMessage(text: string): JsonObject {
  const value = json.parse(text, (_key, member, { source }) =>
    typeof member === 'number' ? rawNumber(source ?? String(member)) : member,
  );
  if (!isNode(value)) throw new TypeError('the message is not a JSON object');
  return value;
}

/** Reads a message; `undefined` when it is no JSON object. */
export function findMessage(text: string): JsonObject | undefined {
  try {
    return parseMessage(text);
  } catch {
    return undefined;
  }
}

/**
 * Writes an envelope whose member `bodyName` is given as text and goes in untouched. `members` sets the order;
 * its own value of `bodyName` is ignored.
 */
export function writeMessage(members: JsonObject, bodyName: string, bodyText: string): string {
  const parts = Object.entries(members).map(
    ([name, value]) => `${JSON.stringify(name)}:${name === bodyName ? bodyText : JSON.stringify(value)}`,
  );
  return `{${parts.join(',')}}`;
}

/** The exact text of a member of the outermost object; `undefined` when there is none. The last one counts. */
export function rawMember(text: string, name: string): string | undefined {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;
  let depth = 0;
  let key: string | undefined;
  let start = -1;
  let previous = '';
  let found: string | undefined;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const mark = token[0];
    if (mark === '{' || mark === '[') depth += 1;
    if (depth === 1 && mark === ':') [key, start] = [previous, token.index + 1];
    if (depth === 1 && (mark === ',' || mark === '}') && key !== undefined) {
      if (JSON.parse(key) === name) found = text.slice(start, token.index).trim();
      key = undefined;
    }
    if (mark === '}' || mark === ']') depth -= 1;
    previous = mark;
  }
  return found;
}

/** True for a node: no leaf, no list. */
function isNode(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}

/** A child node; an empty one when absent, the first when the sender made a list of it. */
export function child(parent: JsonObject, name: string): JsonObject {
  return children(parent, name)[0] ?? {};
}

/** Child nodes of a list; a single node counts as a list of one. */
export function children(parent: JsonObject, name: string): readonly JsonObject[] {
  const value = parent[name];
  const list = Array.isArray(value) ? (value as readonly JsonValue[]) : [value];
  return list.filter(isNode);
}

/** A leaf as text; empty when absent or null. */
export function leaf(parent: JsonObject, name: string): string {
  const value = parent[name];
  if (json.isRawJSON(value)) return value.rawJSON;
  return value === null || value === undefined || typeof value === 'object' ? '' : String(value);
}

/** A leaf as an amount in 分; `undefined` when absent or no amount. */
export function amountLeaf(parent: JsonObject, name: string): bigint | undefined {
  return amountFromText(leaf(parent, name));
}
