/** JSON of whole-message envelopes: numbers as their text, names once, so that everybody reads the same message. */
import assert from 'node:assert/strict';
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';

const MAX_DEPTH = 64;
/** Names without end cost more than any other text; the widest known object has some 150. */
const MAX_MEMBERS = 2_000;

/**
 * Reads a JSON text.
 * @throws GatewayError `MESSAGE_NOT_READABLE`, `MESSAGE_TOO_DEEP`, `DUPLICATE_MEMBER`; facts tell the offset.
 */
export function readJson(text: string): WireValue {
  const reader = new JsonReader(text);
  return reader.readDocument();
}

/** Reads UTF-8 JSON of an object. @throws GatewayError as `readJson`, and `CHARSET_WRONG`. */
export function readJsonObject(bytes: Uint8Array): WireObject {
  const value = readJson(decodeUtf8(bytes));
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber))
    return value as WireObject;
  throw new GatewayError('MESSAGE_NOT_READABLE', { facts: { expected: 'an object' } });
}

/** Reads what may be JSON in UTF-8; `undefined` when it is not. */
export function findJson(bytes: Uint8Array): WireValue | undefined {
  try {
    return readJson(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** Writes JSON without blanks, non-ASCII as it is, members in their order. */
export function writeJson(value: WireValue): string {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly WireValue[]).map(writeJson).join(',')}]`;
  const members = Object.entries(value as WireObject).map(
    ([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`,
  );
  return `{${members.join(',')}}`;
}

/** JSON without blanks, names ascending by code unit at every depth, non-ASCII as it is. */
export function sortedJson(value: WireValue): string {
  if (value instanceof ExactNumber) return value.text;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly WireValue[]).map(sortedJson).join(',')}]`;
  const node = value as WireObject;
  const members = Object.keys(node)
    .toSorted(byCodeUnit)
    .map((name) => `${JSON.stringify(name)}:${sortedJson(node[name] as WireValue)}`);
  return `{${members.join(',')}}`;
}

/** Order of texts as Java and JavaScript have it by default. */
export function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new GatewayError('CHARSET_WRONG', { facts: { expected: 'UTF-8' } }, { cause });
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANKS = /[ \t\r\n]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

/** One pass over one text. */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): WireValue {
    const value = this.#readValue(0);
    this.#match(BLANKS);
    if (this.#at < this.#text.length) this.#fail();
    return value;
  }

  #readValue(depth: number): WireValue {
    this.#match(BLANKS);
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#readObject(depth + 1);
      case '[':
        return this.#readList(depth + 1);
      case '"':
        return this.#readString();
      case 't':
      case 'f':
      case 'n':
        return JSON.parse(this.#match(WORD) ?? this.#fail()) as boolean | null;
      default:
        return new ExactNumber(this.#match(NUMBER) ?? this.#fail());
    }
  }

  #readObject(depth: number): WireObject {
    const target: Record<string, WireValue> = {};
    let members = 0;
    for (let more = this.#open('}', depth); more; more = this.#goOn('}')) {
      const nameAt = this.#at;
      if (++members > MAX_MEMBERS) throw fault('MESSAGE_TOO_DEEP', nameAt);
      const name = this.#readString();
      if (Object.hasOwn(target, name)) throw fault('DUPLICATE_MEMBER', nameAt);
      this.#match(BLANKS);
      if (this.#text[this.#at] !== ':') this.#fail();
      this.#at += 1;
      const value = this.#readValue(depth);
      // A plain assignment would reach the setter of `__proto__`.
      Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return target;
  }

  #readList(depth: number): readonly WireValue[] {
    const items: WireValue[] = [];
    for (let more = this.#open(']', depth); more; more = this.#goOn(']')) items.push(this.#readValue(depth));
    return items;
  }

  /** Steps inside; false when there is nothing and the closing mark has been passed. */
  #open(close: string, depth: number): boolean {
    if (depth > MAX_DEPTH) throw fault('MESSAGE_TOO_DEEP', this.#at);
    this.#at += 1;
    this.#match(BLANKS);
    if (this.#text[this.#at] !== close) return true;
    this.#at += 1;
    return false;
  }

  /** Steps past a comma; false past the closing mark. */
  #goOn(close: string): boolean {
    this.#match(BLANKS);
    const mark = this.#text[this.#at];
    if (mark !== close && mark !== ',') this.#fail();
    this.#at += 1;
    this.#match(BLANKS);
    return mark === ',';
  }

  #readString(): string {
    const text = this.#text;
    const start = this.#at;
    if (text[start] !== '"') this.#fail();
    let isPlain = true;
    this.#at += 1;
    for (let code = text.charCodeAt(this.#at); code !== QUOTE; code = text.charCodeAt(this.#at)) {
      if (code === BACKSLASH) {
        isPlain = false;
        if (this.#match(ESCAPE) === undefined) this.#fail();
      } else if (code >= 0x20) this.#at += 1;
      // Also at the end, where there is no code.
      else this.#fail();
    }
    this.#at += 1;
    return isPlain
      ? text.slice(start + 1, this.#at - 1)
      : (JSON.parse(text.slice(start, this.#at)) as string);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #fail(): never {
    assert(this.#at <= this.#text.length);
    throw fault('MESSAGE_NOT_READABLE', this.#at);
  }
}

function fault(
  code: 'MESSAGE_NOT_READABLE' | 'MESSAGE_TOO_DEEP' | 'DUPLICATE_MEMBER',
  offset: number,
): GatewayError {
  return new GatewayError(code, { facts: { offset } });
}
