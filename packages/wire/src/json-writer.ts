/** Writes JSON: members in the given order, numbers bare and exactly as they are. */
import assert from 'node:assert/strict';
import { ExactNumber } from '@yiqiao/model';
import type { WireObject, WireValue } from '@yiqiao/model';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Whether a text can stand in quotes as it is: no quote, backslash, control character or surrogate. */
function isPlain(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x22 || code === 0x5c || (code >= 0xd800 && code <= 0xdfff)) return false;
  }
  return true;
}

/** A string literal; lone surrogates become escapes. */
function formatText(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** Joined at once: a text that grows by pieces is kept in pieces, and a large one then costs far more than its length. */
function formatList(items: readonly WireValue[]): string {
  return `[${items.map(formatJson).join(',')}]`;
}

function formatObject(node: WireObject): string {
  const members: string[] = [];
  for (const name of Object.keys(node)) members.push(formatMember(name, node[name] as WireValue));
  return `{${members.join(',')}}`;
}

/** A value as JSON text without blanks. An `ExactNumber` that is no JSON number is a broken invariant. */
export function formatJson(value: WireValue): string {
  if (typeof value === 'string') return formatText(value);
  if (value instanceof ExactNumber) {
    assert(NUMBER.test(value.text), 'an ExactNumber holds no JSON number');
    return value.text;
  }
  if (value === null || typeof value === 'boolean') return String(value);
  assert(typeof value === 'object', 'a message holds something that is no message value');
  return Array.isArray(value) ? formatList(value as readonly WireValue[]) : formatObject(value as WireObject);
}

/** One member of an object: `"name":value`. */
export function formatMember(name: string, value: WireValue): string {
  return `${formatText(name)}:${formatJson(value)}`;
}
