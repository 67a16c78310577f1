/** Bytes ⇄ text in UTF-8, strictly. */
import { Buffer, isAscii, isUtf8 } from 'node:buffer';
import { brokenError } from './broken-bytes.ts';

/** A text with what is needed to find its bytes again. */
export interface Utf8Text {
  readonly text: string;
  /** Bytes before the text: 3 with a byte order mark. */
  readonly skipped: number;
  readonly ascii: boolean;
}

/** Whether bytes begin with the UTF-8 byte order mark. */
export function hasUtf8Mark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Decodes. @throws GatewayError `CHARSET_WRONG` with the offset of the first bad byte. */
export function parseUtf8(bytes: Uint8Array): Utf8Text {
  const skipped = hasUtf8Mark(bytes) ? 3 : 0;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset + skipped, bytes.byteLength - skipped);
  if (isAscii(buffer)) return { text: buffer.toString('latin1'), skipped, ascii: true };
  if (!isUtf8(buffer)) {
    throw brokenError(bytes, 'utf-8', (offset) => ({
      zh: `第 ${offset} 字节起不是合法的 UTF-8，请以 UTF-8 发送。`,
      en: `From byte ${offset} on this is not UTF-8; send it as UTF-8.`,
    }));
  }
  return { text: buffer.toString('utf8'), skipped, ascii: false };
}

/** The bytes of a part of the text, as received. */
export function bytesOf(bytes: Uint8Array, source: Utf8Text, start: number, end: number): Uint8Array {
  if (source.ascii) return bytes.subarray(source.skipped + start, source.skipped + end);
  const from = source.skipped + Buffer.byteLength(source.text.slice(0, start));
  return bytes.subarray(from, from + Buffer.byteLength(source.text.slice(start, end)));
}
