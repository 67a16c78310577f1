/** Bytes ⇄ text of the forms whose charset is agreed and not declared. */
import { Buffer } from 'node:buffer';
import type { Deviation, Fault, WireObject } from '@yiqiao/model';
import { brokenError } from './broken-bytes.ts';
import { charsetFaults } from './charset-faults.ts';
import { findBytes, isSurelyUtf8 } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault, markDeviation, refusal } from './faults.ts';
import { hasUtf8Mark, parseUtf8 } from './utf8.ts';

const FAIL = { fatal: true, ignoreBOM: true } as const;

/** What is said of a mark that `parseText` has passed over. */
export function markDeviations(bytes: Uint8Array): readonly Deviation[] {
  return hasUtf8Mark(bytes) ? [markDeviation()] : [];
}

/**
 * Decodes strictly, without the mark that UTF-8 may begin with.
 * @throws GatewayError `CHARSET_WRONG` naming the offset; also for UTF-8, or its mark, where GBK is agreed
 */
export function parseText(bytes: Uint8Array, charset: Charset): string {
  if (charset === 'UTF-8') return parseUtf8(bytes).text;
  if (hasUtf8Mark(bytes) || isSurelyUtf8(bytes)) {
    throw refusal('CHARSET_WRONG', [
      fault({
        rule: 'charset',
        at: '',
        found: 'UTF-8',
        zh: `此连接约定 ${charset}，收到的却是 UTF-8（或其 BOM），请以 ${charset} 发送，不带 BOM。`,
        en: `${charset} is agreed for this connection, but UTF-8, or its byte order mark, came; send ${charset} without a mark.`,
      }),
    ]);
  }
  try {
    return new TextDecoder('gb18030', FAIL).decode(bytes);
  } catch {
    throw brokenError(bytes, 'gb18030', (offset) => ({
      zh: `第 ${offset} 字节起不是合法的 ${charset}，请以 ${charset} 发送。`,
      en: `From byte ${offset} on this is not ${charset}; send it as ${charset}.`,
    }));
  }
}

/** A text that `parseText` has read, with its bytes. */
interface ReadText {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly charset: Charset;
}

/**
 * The bytes of a part of a text, as they came. Some characters have two spellings of different length (€ is 80 or
 * A2E3, 龴 FE59 or 82359037), so that writing the part again would not tell its width.
 */
export function bytesOfPart({ bytes, text, charset }: ReadText, start: number, end: number): Uint8Array {
  if (charset === 'UTF-8') return Buffer.from(text.slice(start, end));
  const from = skipUnits(bytes, 0, start);
  return bytes.subarray(from, skipUnits(bytes, from, end - start));
}

/** The offset behind so many UTF-16 units of GB18030, of which GBK is a part. The bytes are known to be good. */
function skipUnits(bytes: Uint8Array, from: number, units: number): number {
  let at = from;
  for (let left = units; left > 0;) {
    const lead = bytes[at] ?? 0;
    const next = bytes[at + 1] ?? 0;
    const isLong = lead > 0x80 && next >= 0x30 && next <= 0x39;
    // From 90 on, four bytes are a character beyond the basic plane.
    left -= isLong && lead >= 0x90 ? 2 : 1;
    if (isLong) at += 4;
    else at += lead > 0x80 ? 2 : 1;
  }
  return at;
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
