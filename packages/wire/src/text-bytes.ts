/** Bytes ⇄ text of the forms whose charset is agreed and not declared. */
import type { Fault, WireObject } from '@yiqiao/model';
import { brokenError } from './broken-bytes.ts';
import { charsetFaults } from './charset-faults.ts';
import { findBytes, isSurelyUtf8 } from './charset.ts';
import type { Charset } from './charset.ts';
import { fault, refusal } from './faults.ts';
import { parseUtf8 } from './utf8.ts';

const FAIL = { fatal: true, ignoreBOM: true } as const;

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
    throw brokenError(bytes, 'gb18030', (offset) => ({
      zh: `第 ${offset} 字节起不是合法的 ${charset}，请以 ${charset} 发送。`,
      en: `From byte ${offset} on this is not ${charset}; send it as ${charset}.`,
    }));
  }
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
