/** Lines of a text file, a piece of the file at a time, whatever its charset. */
import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';

/** Charsets that inputs come in. */
export type Charset = 'utf-8' | 'gb18030';

const CHUNK = 1 << 18;
const LF = 0x0a;

/** A line that is not in its charset. */
export class CharsetFault extends Error {
  /** From 1. */
  readonly line: number;

  constructor(line: number) {
    super(`line ${line} is not in the agreed charset`);
    this.line = line;
  }
}

/**
 * Calls `onLine` with each line, without its break, and its number from 1. UTF-8 comes byte for byte (latin1), which is
 * cheaper and the same for ids and amounts; `decodeText` makes text of it.
 * @throws CharsetFault; what `onLine` and the file system throw.
 */
export function readLines(
  file: string,
  charset: Charset,
  onLine: (line: string, number: number) => void,
): void {
  const fd = openSync(file, 'r');
  let number = 0;
  let rest = Buffer.alloc(0);
  const buffer = Buffer.allocUnsafe(CHUNK);
  const emit = (bytes: Buffer): void => {
    const text = decode(bytes, charset, number);
    for (let from = number === 0 ? bomLength(text, charset) : 0; from < text.length;) {
      const end = text.indexOf('\n', from);
      const stop = end === -1 ? text.length : end;
      number += 1;
      onLine(text.slice(from, text[stop - 1] === '\r' ? stop - 1 : stop), number);
      from = stop + 1;
    }
  };
  try {
    for (;;) {
      const length = readSync(fd, buffer, 0, CHUNK, null);
      if (length === 0) break;
      const end = buffer.lastIndexOf(LF, length - 1);
      if (end === -1) rest = Buffer.concat([rest, buffer.subarray(0, length)]);
      else {
        emit(
          rest.length === 0
            ? buffer.subarray(0, end + 1)
            : Buffer.concat([rest, buffer.subarray(0, end + 1)]),
        );
        rest = Buffer.from(buffer.subarray(end + 1, length));
      }
    }
    if (rest.length > 0) emit(rest);
  } finally {
    closeSync(fd);
  }
}

/** The text of what `readLines` gave. */
export function decodeText(text: string, charset: Charset): string {
  return charset === 'utf-8' ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

function decode(bytes: Buffer, charset: Charset, before: number): string {
  if (charset === 'utf-8') {
    if (!isUtf8(bytes)) throw new CharsetFault(before + firstBad(bytes, isUtf8));
    return bytes.toString('latin1');
  }
  const decoder = new TextDecoder('gb18030', { fatal: true });
  try {
    return decoder.decode(bytes);
  } catch {
    const fits = (line: Uint8Array): boolean => {
      try {
        return decoder.decode(line) !== undefined;
      } catch {
        return false;
      }
    };
    throw new CharsetFault(before + firstBad(bytes, fits));
  }
}

/** Number of the first line within a piece that does not fit, from 1. */
function firstBad(bytes: Buffer, fits: (line: Uint8Array) => boolean): number {
  let number = 0;
  for (let from = 0; from < bytes.length;) {
    const found = bytes.indexOf(LF, from);
    const end = found === -1 ? bytes.length : found;
    number += 1;
    if (!fits(bytes.subarray(from, end))) return number;
    from = end + 1;
  }
  return number;
}

function bomLength(text: string, charset: Charset): number {
  return charset === 'utf-8' && text.startsWith('\u00EF\u00BB\u00BF') ? 3 : 0;
}
