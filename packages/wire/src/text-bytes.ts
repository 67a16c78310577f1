/** Bytes ⇄ text of the forms whose charset is agreed and not declared. */
import type { Fault, WireObject } from '@yiqiao/model';
import { charsetFaults } from './charset-faults.ts';
import { findBytes, isSurelyUtf8 } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault, refusal } from './faults.ts';
import { parseUtf8 } from './utf8.ts';

const FAIL = { fatal: true, ignoreBOM: true } as const;

function isWhole(bytes: Uint8Array, end: number): boolean {
  try {
    new TextDecoder('gb18030', FAIL).decode(bytes.subarray(0, end), { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** Offset of the first byte that begins no character. Each try costs one pass, so it halves. */
function firstBadByte(bytes: Uint8Array): number {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (isWhole(bytes, middle)) good = middle;
    else bad = middle - 1;
  }
  return good;
}

function wrongBytes(bytes: Uint8Array, charset: Charset): Error {
  const offset = firstBadByte(bytes);
  const cut = offset === bytes.length;
  const texts = cut
    ? {
        zh: `报文末尾的汉字只有一半，请检查是否按字节截断。`,
        en: 'The message ends in the middle of a character; see whether it was cut off by bytes.',
      }
    : {
        zh: `第 ${offset} 字节起不是合法的 ${charset}，请以 ${charset} 发送。`,
        en: `From byte ${offset} on this is not ${charset}; send it as ${charset}.`,
      };
  return refusal('CHARSET_WRONG', [fault({ rule: 'charset', at: '', found: `byte ${offset}`, ...texts })], {
    offset,
  });
}

/**
 * Decodes strictly.
 * @throws GatewayError `CHARSET_WRONG` naming the offset; also for UTF-8 where GBK is agreed
 */
export function parseText(bytes: Uint8Array, charset: Charset): string {
  if (charset === 'UTF-8') return parseUtf8(bytes).text;
  if (isSurelyUtf8(bytes)) {
    throw refusal('CHARSET_WRONG', [
      fault({
        rule: 'charset',
        at: '',
        found: 'UTF-8',
        zh: `此连接约定 ${charset}，收到的却是 UTF-8，请以 ${charset} 发送。`,
        en: `${charset} is agreed for this connection, but UTF-8 came; send ${charset}.`,
      }),
    ]);
  }
  try {
    return new TextDecoder('gb18030', FAIL).decode(bytes);
  } catch {
    throw wrongBytes(bytes, charset);
  }
}

/** A text without what is left of its buffer; a regular expression would take the square of the padding's length. */
export function withoutPadding(text: string, padding: '\0' | ' \0'): string {
  let end = text.length;
  while (end > 0 && padding.includes(text.charAt(end - 1))) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

/** A message to write: its text, and its values with their place for what cannot be written. */
export interface Writing {
  readonly text: string;
  readonly members: WireObject;
  readonly at: string;
  readonly faults: readonly Fault[];
}

/** The bytes. @throws GatewayError `FORMAT_LIMIT` with the given faults and every value the charset lacks */
export function formatText({ text, members, at, faults }: Writing, charset: Charset): Uint8Array {
  const bytes = findBytes(text, charset);
  const all = bytes === undefined ? [...faults, ...charsetFaults(members, at, charset)] : faults;
  if (bytes === undefined || all.length > 0) throw refusal('FORMAT_LIMIT', all, { count: all.length });
  return bytes;
}
