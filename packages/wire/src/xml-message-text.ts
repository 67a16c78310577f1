/**
 * A message inside a message: text with some hundred thousand references. One pass over its code units, where replacing
 * makes the whole text anew for each kind of reference.
 */
import { Buffer } from 'node:buffer';

const AMPERSAND = 0x26;
const RETURN = 0x0d;
const LESS = 0x3c;
const GREATER = 0x3e;

/** What is written for a special character; all are ASCII. */
const ESCAPED: Readonly<Record<number, Uint16Array>> = {
  [AMPERSAND]: unitsOf('&amp;'),
  [LESS]: unitsOf('&lt;'),
  [GREATER]: unitsOf('&gt;'),
  [RETURN]: unitsOf('&#13;'),
};

function unitsOf(text: string): Uint16Array {
  return Uint16Array.from(text, (character) => character.charCodeAt(0));
}

/** Escapes text for an element. */
export function escapeMessage(text: string): string {
  const units = new Uint16Array(escapedLength(text));
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const escaped = code <= GREATER ? ESCAPED[code] : undefined;
    if (escaped === undefined) units[length++] = code;
    else for (const unit of escaped) units[length++] = unit;
  }
  return textOf(units, length);
}

function escapedLength(text: string): number {
  let { length } = text;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === LESS || code === GREATER) length += 3;
    else if (code === AMPERSAND || code === RETURN) length += 4;
  }
  return length;
}

/** Resolves the five named and the numeric references; all must have been checked. */
export function unescapeMessage(text: string): string {
  const units = new Uint16Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== AMPERSAND) units[length++] = code;
    else {
      const end = text.indexOf(';', at);
      const meant = meaning(text, at + 1, end);
      if (meant > 0xffff) units[length++] = 0xd800 + ((meant - 0x10000) >> 10);
      units[length++] = meant > 0xffff ? 0xdc00 + ((meant - 0x10000) & 0x3ff) : meant;
      at = end;
    }
  }
  return textOf(units, length);
}

/** The code point that a reference between `&` and `;` means. */
function meaning(text: string, start: number, end: number): number {
  switch (text.charCodeAt(start)) {
    case 0x6c:
      return LESS;
    case 0x67:
      return GREATER;
    case 0x71:
      return 0x22;
    case 0x61:
      return text.charCodeAt(start + 1) === 0x6d ? AMPERSAND : 0x27;
    default:
      return text.charCodeAt(start + 1) === 0x78
        ? Number.parseInt(text.slice(start + 2, end), 16)
        : Number.parseInt(text.slice(start + 1, end), 10);
  }
}

function textOf(units: Uint16Array, length: number): string {
  return Buffer.from(units.buffer, 0, 2 * length).toString('utf16le');
}
