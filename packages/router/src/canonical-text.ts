/**
 * Canonical values as JSON text for the record. JSON has neither `bigint` nor exact numbers, so a text
 * that begins with a mark stands for them: `#` 分, `~` an exact number, `!` a text that begins with a mark.
 */
import { ExactNumber } from '@yiqiao/model';

/** Everything that stands in requests, answers and records. */
export type Encodable =
  | string
  | number
  | boolean
  | bigint
  | null
  | undefined
  | ExactNumber
  | readonly Encodable[]
  | { readonly [name: string]: Encodable };

/** Canonical requests, answers, bodies → JSON text. Members that are `undefined` are left out. */
export function encodeCanonical(value: object): string {
  return write(value as Encodable);
}

/** Reverses `encodeCanonical`. @throws SyntaxError when the text is no JSON: the record is damaged. */
export function decodeCanonical<T extends object>(text: string): T {
  return read(JSON.parse(text)) as T;
}

function write(value: Encodable): string {
  if (typeof value === 'string') return writeText(value);
  if (typeof value === 'bigint') return `"#${value}"`;
  return typeof value === 'object' ? writeObject(value) : String(value);
}

/** Texts that stand in JSON as they are; looking is cheaper than having each one escaped. */
const PLAIN = /^[ $-[\]-}\u007f-\ud7ff\ue000-\uffff][ !#-[\]-\ud7ff\ue000-\uffff]*$/;

function writeText(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return JSON.stringify(isMarked(text) ? `!${text}` : text);
}

/** Member names with quotes and colon: few of them come in every message. */
const quotedNames = new Map<string, string>();
const QUOTED_NAMES_LIMIT = 4_096;

function quoteName(name: string): string {
  const known = quotedNames.get(name);
  if (known !== undefined) return known;
  const quoted = `${JSON.stringify(name)}:`;
  if (quotedNames.size < QUOTED_NAMES_LIMIT) quotedNames.set(name, quoted);
  return quoted;
}

function writeObject(value: Exclude<Encodable & (object | null), undefined>): string {
  if (value === null) return 'null';
  if (value instanceof ExactNumber) return JSON.stringify(`~${value.text}`);
  let text = '';
  if (isList(value)) {
    for (const item of value) text += text === '' ? write(item) : `,${write(item)}`;
    return `[${text}]`;
  }
  for (const name of Object.keys(value)) {
    const member = value[name];
    if (member === undefined) continue;
    text += `${text === '' ? '' : ','}${quoteName(name)}${write(member)}`;
  }
  return `{${text}}`;
}

/** Replaces marked texts in place, which also keeps a member called `__proto__` plain data. */
function read(value: unknown): unknown {
  if (typeof value === 'string') return readText(value);
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members)) members[name] = read(members[name]);
  return value;
}

function readText(text: string): unknown {
  const mark = text.charAt(0);
  if (mark === '#') return BigInt(text.slice(1));
  if (mark === '~') return new ExactNumber(text.slice(1));
  return mark === '!' ? text.slice(1) : text;
}

function isMarked(text: string): boolean {
  const mark = text.charCodeAt(0);
  return mark === 0x21 || mark === 0x23 || mark === 0x7e;
}

function isList(value: object): value is readonly Encodable[] {
  return Array.isArray(value);
}
