/** Reads JSON text without losing anything: numbers as text, duplicate names noticed, limits held. */
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';
import { duplicateError, limitError, syntaxError } from './json-faults.ts';
import type { DuplicateMember, JsonPlace } from './json-faults.ts';
import { nameIn } from './json-names.ts';
import { contentEnd } from './padding.ts';
import { roomFor } from './room.ts';
import type { WireLimits } from './types.ts';

/** Where the text of a body member stands: UTF-16 offsets, end exclusive. */
export interface BodySpan {
  /** The object that has the member. */
  readonly owner: WireObject;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** A JSON text as read. */
export interface JsonText {
  /** What was read, without the padding. */
  readonly text: string;
  readonly root: WireValue;
  /** `input` and `output` of the root and of the objects directly in it, or wherever they stand. */
  readonly spans: readonly BodySpan[];
  /** Offsets of commas before `}` or `]`. */
  readonly trailingCommas: readonly number[];
  /** Of each string that holds a tab or line end as it is, the offset of the first. */
  readonly controls: readonly number[];
  /** Offsets of strings with half of a surrogate pair in an escape. */
  readonly halves: readonly number[];
  /** How many NULs, and blanks among them, followed. */
  readonly padding: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const RETURN = 0x0d;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
/** The widest known object (settlement list 4101) has some 150; names without end cost more than any other text. */
const MAX_MEMBERS = 2_000;
const HEX4 = /^[\da-fA-F]{4}$/;

/** How many members the last object of a name had: the next one will have about as many. */
const sizes = new Map<string, number>();
const MOST_SIZES = 1_000;
/** Longer names are cut out of their message, and would keep it alive. */
const LONGEST_NAME = 40;

function remember(name: string, members: number): void {
  if (sizes.get(name) === members || name.length > LONGEST_NAME) return;
  if (sizes.size >= MOST_SIZES) sizes.clear();
  sizes.set(name, members);
}

/** A member whose name must not reach a setter of the prototype. */
function defineMember(target: Record<string, WireValue>, name: string, value: WireValue): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** One pass over one text. Recursion is as deep as `maxDepth`. */
class JsonReader {
  #text = '';
  readonly #limits: WireLimits;
  readonly #base: string;
  readonly #bodyDepth: number;
  #at = 0;
  #nodes = 0;
  #depth = 0;
  readonly spans: BodySpan[] = [];
  readonly trailingCommas: number[] = [];
  readonly controls: number[] = [];
  readonly halves: number[] = [];
  /** Where the last string with a control character ended. */
  #controlsEnd = -1;
  readonly duplicates: DuplicateMember[] = [];

  constructor({ limits, base, bodyDepth }: { limits: WireLimits; base: string; bodyDepth: number }) {
    this.#base = base;
    this.#limits = limits;
    this.#bodyDepth = bodyDepth;
  }

  readDocument(text: string): WireValue {
    this.#text = text;
    this.#skipBlanks();
    const root = this.#readValue('');
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail('文末', 'the end of the message');
    return root;
  }

  /** `name`: of the member that has the value, or has the list that it is in. */
  #readValue(name: string): WireValue {
    const code = this.#text.charCodeAt(this.#at);
    switch (code) {
      case QUOTE:
        return this.#readString();
      case 0x7b:
        return this.#readObject(name);
      case 0x5b:
        return this.#readList(name);
      case 0x74:
        return this.#readWord('true', true);
      case 0x66:
        return this.#readWord('false', false);
      case 0x6e:
        return this.#readWord('null', null);
      default:
        if (code === 0x2d || isDigit(code)) return this.#readNumber();
        return this.#fail('一个值', 'a value');
    }
  }

  #readObject(name: string): WireObject {
    const target: Record<string, WireValue> = roomFor(sizes.get(name) ?? 0);
    this.#enter();
    let members = 0;
    for (let next = this.#firstInside(0x7d); next; next = this.#nextInside(0x7d, '}')) {
      if (++members > MAX_MEMBERS) this.#exceed('nodes', MAX_MEMBERS);
      this.#readMember(target);
    }
    this.#depth -= 1;
    remember(name, members);
    return target;
  }

  #readMember(target: Record<string, WireValue>): void {
    const nameAt = this.#at;
    if (this.#text.charCodeAt(nameAt) !== QUOTE)
      this.#fail('带双引号的成员名', 'a member name in double quotes');
    const name = this.#readName();
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#at) !== COLON) this.#fail("':'", "':'");
    this.#at += 1;
    this.#skipBlanks();
    const start = this.#at;
    const value = this.#readValue(name);
    if (target[name] !== undefined && Object.hasOwn(target, name))
      this.duplicates.push({ ...this.#place(), name, offset: nameAt });
    else if (name === '__proto__') defineMember(target, name, value);
    else target[name] = value;
    if (this.#depth <= this.#bodyDepth && /^(?:in|out)put$/i.test(name)) {
      this.spans.push({ owner: target, name, start, end: this.#at });
    }
  }

  #readList(name: string): readonly WireValue[] {
    const items: WireValue[] = [];
    this.#enter();
    for (let next = this.#firstInside(0x5d); next; next = this.#nextInside(0x5d, ']')) {
      items.push(this.#readValue(name));
    }
    this.#depth -= 1;
    return items;
  }

  #enter(): void {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > this.#limits.maxDepth) this.#exceed('depth', this.#limits.maxDepth);
  }

  /** Steps to the first member or item; false past the closing mark. */
  #firstInside(close: number): boolean {
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#at) !== close) return this.#count();
    this.#at += 1;
    return false;
  }

  /** Steps past a comma to the next member or item; false past the closing mark. */
  #nextInside(close: number, closeText: string): boolean {
    this.#skipBlanks();
    const code = this.#text.charCodeAt(this.#at);
    if (code === close) {
      this.#at += 1;
      return false;
    }
    if (code !== COMMA) this.#fail(`',' 或 '${closeText}'`, `',' or '${closeText}'`);
    const commaAt = this.#at;
    this.#at += 1;
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#at) !== close) return this.#count();
    this.trailingCommas.push(commaAt);
    this.#at += 1;
    return false;
  }

  #count(): true {
    this.#nodes += 1;
    if (this.#nodes > this.#limits.maxNodes) this.#exceed('nodes', this.#limits.maxNodes);
    return true;
  }

  /** A string that is likely known already. */
  #readName(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    let hash = 0;
    let code = text.charCodeAt(at);
    while (code !== QUOTE && code !== BACKSLASH && code >= 0x20) {
      hash = (hash * 31 + code) | 0;
      code = text.charCodeAt(++at);
    }
    if (code !== QUOTE) return this.#readOddName(start, at);
    this.#at = at + 1;
    return nameIn(text, start, at, hash);
  }

  /** A name with escapes. Nobody's names have line ends: a quote is missing before. */
  #readOddName(start: number, at: number): string {
    this.#at = at;
    const before = this.controls.length;
    const name = this.#readEscaped(start);
    const control = this.controls[before];
    if (control !== undefined) this.#failInString(control);
    return name;
  }

  #readString(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    let code = text.charCodeAt(at);
    while (code !== QUOTE && code !== BACKSLASH && code >= 0x20) code = text.charCodeAt(++at);
    this.#at = at;
    if (code !== QUOTE) return this.#readEscaped(start);
    this.#at = at + 1;
    return text.slice(start, at);
  }

  /** Goes on where the plain part of a string ended. */
  #readEscaped(start: number): string {
    const text = this.#text;
    let done = '';
    let plainFrom = start;
    let control = -1;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        done += text.slice(plainFrom, this.#at) + this.#readEscape();
        plainFrom = this.#at;
      } else if (code >= 0x20) {
        this.#at += 1;
      } else if (code === TAB || code === LINE_FEED || code === RETURN) {
        if (control === -1) control = this.#at;
        this.#at += 1;
      } else {
        // A string that never ends lacks its quote most likely where its first line ends.
        this.#failInString(Number.isNaN(code) && control !== -1 ? control : this.#at);
      }
    }
    this.#at += 1;
    if (control !== -1) {
      this.controls.push(control);
      this.#controlsEnd = this.#at;
    }
    const value = done + text.slice(plainFrom, this.#at - 1);
    if (!value.isWellFormed()) this.halves.push(start);
    return value;
  }

  #readEscape(): string {
    const letter = this.#text[this.#at + 1] ?? '';
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!HEX4.test(digits)) this.#fail('\\u 后四位十六进制', 'four hex digits after \\u');
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const meant = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined;
    if (meant === undefined) return this.#fail('合法的转义', 'a valid escape');
    this.#at += 2;
    return meant;
  }

  #readNumber(): ExactNumber {
    const text = this.#text;
    const start = this.#at;
    if (text.charCodeAt(this.#at) === 0x2d) this.#at += 1;
    if (text.charCodeAt(this.#at) === 0x30) this.#at += 1;
    else this.#readDigits();
    if (text.charCodeAt(this.#at) === 0x2e) {
      this.#at += 1;
      this.#readDigits();
    }
    const code = text.charCodeAt(this.#at);
    if (code === 0x65 || code === 0x45) this.#readExponent();
    return new ExactNumber(text.slice(start, this.#at));
  }

  #readExponent(): void {
    this.#at += 1;
    const sign = this.#text.charCodeAt(this.#at);
    if (sign === 0x2b || sign === 0x2d) this.#at += 1;
    this.#readDigits();
  }

  #readDigits(): void {
    if (!isDigit(this.#text.charCodeAt(this.#at))) this.#fail('一个数字', 'a digit');
    while (isDigit(this.#text.charCodeAt(this.#at))) this.#at += 1;
  }

  #readWord<T extends WireValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('一个值', 'a value');
    this.#at += word.length;
    return value;
  }

  #skipBlanks(): void {
    const text = this.#text;
    let code = text.charCodeAt(this.#at);
    while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
      code = text.charCodeAt(++this.#at);
    }
  }

  #fail(zh: string, en: string): never {
    const control = this.controls.at(-1);
    // What should not follow a string with a line end in it: most likely the string lacks its quote.
    if (control !== undefined && this.#isRightBehind(this.#controlsEnd)) this.#failInString(control);
    throw syntaxError(this.#place(), { zh, en });
  }

  #isRightBehind(end: number): boolean {
    return this.#at < this.#text.length && this.#text.slice(end, this.#at).trim() === '';
  }

  #failInString(offset: number): never {
    this.#at = offset;
    throw syntaxError(this.#place(), {
      zh: '字符串的结束双引号（控制字符须转义）',
      en: 'the closing quote (control characters must be escaped)',
    });
  }

  #exceed(rule: 'depth' | 'nodes', limit: number): never {
    throw limitError(this.#place(), rule, limit);
  }

  #place(): JsonPlace {
    return { text: this.#text, offset: this.#at, base: this.#base };
  }
}

/** Below which depth `input` and `output` are no body: those of an envelope, alone or inside of one object. */
const BODY_DEPTH = 2;

/**
 * Reads a JSON text. `text` is kept by the slices in the result; `base` goes before the pointer of a fault. Commas too
 * many, tabs and line ends in values and NULs behind the text are passed over and told.
 * @throws GatewayError `MESSAGE_NOT_READABLE` | `MESSAGE_TOO_DEEP` | `DUPLICATE_MEMBER` (all at once)
 */
export function parseJson(text: string, limits: WireLimits, base = ''): JsonText {
  return parse(text, new JsonReader({ limits, base, bodyDepth: BODY_DEPTH }));
}

/** As `parseJson`, with the spans of `input` and `output` wherever they stand. */
export function parseDeepJson(text: string, limits: WireLimits, base = ''): JsonText {
  return parse(text, new JsonReader({ limits, base, bodyDepth: limits.maxDepth }));
}

function parse(text: string, reader: JsonReader): JsonText {
  const end = contentEnd(text);
  const content = end === text.length ? text : text.slice(0, end);
  const root = reader.readDocument(content);
  if (reader.duplicates.length > 0) throw duplicateError(reader.duplicates);
  const { spans, trailingCommas, controls, halves } = reader;
  return { text: content, root, spans, trailingCommas, controls, halves, padding: text.length - end };
}
