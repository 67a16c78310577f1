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

/** Units on their way to a text, a part at a time: room for the whole would be new memory for each message. */
const units = new Uint16Array(1 << 16);
const LONGEST_ESCAPE = 5;

/** Escapes text for an element. */
export function escapeMessage(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = Math.min(text.length, at + Math.floor(units.length / LONGEST_ESCAPE));
    let length = 0;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      const escaped = code <= GREATER ? ESCAPED[code] : undefined;
      if (escaped === undefined) units[length++] = code;
      else for (const unit of escaped) units[length++] = unit;
    }
    parts.push(textOf(units, length));
  }
  return parts.join('');
}

/** Resolves the five named and the numeric references; all must have been checked. */
export function unescapeMessage(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = Math.min(text.length, at + units.length);
    let length = 0;
    for (; at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code !== AMPERSAND) units[length++] = code;
      else {
        const mark = text.indexOf(';', at);
        const meant = meaning(text, at + 1, mark);
        if (meant > 0xffff) units[length++] = 0xd800 + ((meant - 0x10000) >> 10);
        units[length++] = meant > 0xffff ? 0xdc00 + ((meant - 0x10000) & 0x3ff) : meant;
        at = mark;
      }
    }
    parts.push(textOf(units, length));
  }
  return parts.join('');
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

function textOf(from: Uint16Array, length: number): string {
  return Buffer.from(from.buffer, 0, 2 * length).toString('utf16le');
}
