/** Text inside XML: which characters it may have, and how the special ones are written. */

import { escapeMessage, unescapeMessage } from './xml-message-text.ts';

/** From here on text is likely a message of its own. */
const LONG = 1_000;
const SPECIAL = /[&<>\r]/;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,8})|#x([\da-fA-F]{1,8}));/y;
const REFERENCES = new RegExp(REFERENCE.source, 'g');
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Whether XML 1.0 knows this code point (production Char). */
function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  if (code >= 0xd800 && code <= 0xdfff) return false;
  return code <= 0x10ffff && code !== 0xfffe && code !== 0xffff;
}

/** Offset of the first character that XML does not know, -1 for none. */
export function findForeignCharacter(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code < 0xd800) continue;
    const point = text.codePointAt(at) ?? 0;
    if (!isXmlCharacter(point)) return at;
    if (point > 0xffff) at += 1;
  }
  return -1;
}

function meaning(
  name: string | undefined,
  decimal: string | undefined,
  hex: string | undefined,
): number | string {
  if (name !== undefined) return NAMED[name] ?? '';
  return decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number.parseInt(decimal, 10);
}

/** Length of the reference that begins at `at`: 0 when it is none, or stands for no XML character. */
export function referenceLength(text: string, at: number): number {
  // Those of a message inside a message.
  if (text.startsWith('&lt;', at) || text.startsWith('&gt;', at)) return 4;
  if (text.startsWith('&amp;', at)) return 5;
  REFERENCE.lastIndex = at;
  const match = REFERENCE.exec(text);
  if (match === null) return 0;
  const meant = meaning(match[1], match[2], match[3]);
  return typeof meant === 'string' || isXmlCharacter(meant) ? match[0].length : 0;
}

/** Resolves the five named and the numeric references; all must have been checked. */
export function unescapeText(text: string): string {
  if (!text.includes('&')) return text;
  if (text.length > LONG) return unescapeMessage(text);
  if (!text.includes('&#')) return unescapeNamed(text);
  return text.replace(REFERENCES, (_all, name?: string, decimal?: string, hex?: string) => {
    const meant = meaning(name, decimal, hex);
    return typeof meant === 'string' ? meant : String.fromCodePoint(meant);
  });
}

/** `&amp;` last: what it leaves is text. */
function unescapeNamed(text: string): string {
  return text
    .replaceAll(/&lt;/g, '<')
    .replaceAll(/&gt;/g, '>')
    .replaceAll(/&quot;/g, '"')
    .replaceAll(/&apos;/g, "'")
    .replaceAll(/&amp;/g, '&');
}

/**
 * Escapes text for an element: replacing patterns makes one piece, where replacing texts makes as many pieces as it finds.
 * A carriage return would be read as a line feed, hence its reference.
 */
export function escapeText(text: string): string {
  if (!SPECIAL.test(text)) return text;
  if (text.length > LONG) return escapeMessage(text);
  return text
    .replaceAll(/&/g, '&amp;')
    .replaceAll(/</g, '&lt;')
    .replaceAll(/>/g, '&gt;')
    .replaceAll(/\r/g, '&#13;');
}

/** Escapes text for an attribute in double quotes, where readers turn blanks of every kind into spaces. */
export function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\t', '&#9;').replaceAll('\n', '&#10;');
}
