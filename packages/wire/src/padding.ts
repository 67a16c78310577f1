/** What is left of the buffer that a message came in: callers of libraries send it along. */
import type { Deviation } from '@yiqiao/model';
import { fault } from './faults.ts';

/**
 * Where the content of a text ends: before its NULs and the blanks among them. Blanks alone are no padding. Of a text
 * that ends with its content only the last character is looked at.
 */
export function contentEnd(text: string): number {
  let end = text.length;
  let hasNul = false;
  for (; end > 0; end -= 1) {
    const code = text.charCodeAt(end - 1);
    if (code === 0) hasNul = true;
    else if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
  }
  return hasNul ? end : text.length;
}

/** What is said of padding; `count`: its characters, each of which is one byte. */
export function paddingDeviation(count: number, at = ''): Deviation {
  return fault({
    rule: 'padding',
    at,
    found: String(count),
    zh: '报文之后有缓冲区的空白，已略去；请按实际长度发送。',
    en: 'What is left of the buffer follows the message; it was passed over. Send as many bytes as the message has.',
  });
}

/** Bytes without the last `count`. */
export function withoutLast(bytes: Uint8Array, count: number): Uint8Array {
  return count === 0 ? bytes : bytes.subarray(0, bytes.length - count);
}

/** A text without what is left of its buffer; a regular expression would take the square of the padding's length. */
export function withoutPadding(text: string, padding: '\0' | ' \0'): string {
  let end = text.length;
  while (end > 0 && padding.includes(text.charAt(end - 1))) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}
