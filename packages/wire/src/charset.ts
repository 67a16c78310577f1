/** Bytes ⇄ text in the charsets of the predecessor. Never writes a substitute for a character it cannot write. */
import { Buffer, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import type { Deviation } from '@yiqiao/model';
import { brokenError, decodes } from './broken-bytes.ts';
import { fault, markDeviation, refusal } from './faults.ts';
import { hasUtf8Mark } from './utf8.ts';

/** A charset this codec speaks. GBK is two bytes at most; GB18030 also has all other characters. */
export type Charset = 'GBK' | 'GB18030' | 'UTF-8';

/** A text and the charset it came in. */
interface DecodedText {
  readonly text: string;
  readonly charset: Charset;
  readonly deviations: readonly Deviation[];
}

const DECLARED = /^\s*<\?xml\s[^<>]*?encoding\s*=\s*["']([\w.:-]+)["']/;
/** The names under which the charsets are declared. */
const NAMES: Readonly<Record<string, Charset>> = {
  gbk: 'GBK',
  gb2312: 'GBK',
  cp936: 'GBK',
  gb18030: 'GB18030',
  'utf-8': 'UTF-8',
  utf8: 'UTF-8',
};

function wrongCharset(zh: string, en: string, found?: string): Error {
  return refusal('CHARSET_WRONG', [
    fault({ rule: 'charset', at: '', ...(found === undefined ? {} : { found }), zh, en }),
  ]);
}

/** A character of three bytes in UTF-8; two GBK characters can look like one of two bytes, never like these throughout. */
function hasLongSequence(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte >= 0xe0);
}

/** Whether bytes are UTF-8 beyond doubt; GBK text hardly ever looks so. */
export function isSurelyUtf8(bytes: Uint8Array): boolean {
  return hasLongSequence(bytes) && isUtf8(bytes);
}

function charsetNamed(name: string): Charset {
  const key = name.toLowerCase();
  const charset = Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
  if (charset !== undefined) return charset;
  throw wrongCharset(
    'XML 声明的字符集不受支持，请用 GBK、GB18030 或 UTF-8。',
    'The declared charset is not supported; use GBK, GB18030 or UTF-8.',
    name,
  );
}

function sentAsUtf8(declared: string): Error {
  return wrongCharset(
    `XML 声明为 ${declared}，而字节是 UTF-8，请使两者一致。`,
    `The XML declares ${declared} but its bytes are UTF-8; make both agree.`,
    declared,
  );
}

/** What is said of bytes that are not of their charset; `declared`: its name, where the document has it. */
function broken(bytes: Uint8Array, charset: Charset, declared: string | undefined): Error {
  return brokenError(bytes, charset === 'UTF-8' ? 'utf-8' : 'gb18030', (offset) => {
    if (declared === undefined)
      return {
        zh: `第 ${offset} 字节起不是合法的 ${charset}，请以 ${charset} 发送，或在 XML 声明中写明字符集。`,
        en: `From byte ${offset} on this is not ${charset}; send it as ${charset}, or declare its charset.`,
      };
    const isGbk = charset === 'UTF-8' && decodes(bytes, 'gb18030', { stream: false });
    return {
      zh: `XML 声明为 ${declared}，第 ${offset} 字节起却不是${isGbk ? '，似为 GBK' : ''}；请使声明与字节一致。`,
      en: `The XML declares ${declared}, but from byte ${offset} on it is not${isGbk ? ' and looks like GBK' : ''}; make both agree.`,
    };
  });
}

function decodeWith(bytes: Uint8Array, charset: Charset, declared?: string): string {
  try {
    return new TextDecoder(charset === 'UTF-8' ? 'utf-8' : 'gb18030', { fatal: true }).decode(bytes);
  } catch (cause) {
    const error = broken(bytes, charset, declared);
    error.cause = cause;
    throw error;
  }
}

function undeclared(charset: Charset): Deviation {
  return fault({
    rule: 'charset-undeclared',
    at: '',
    found: charset,
    zh: `未声明字符集，按 ${charset} 读取；请在 XML 声明中写明。`,
    en: `No charset is declared; the bytes were read as ${charset}. Declare it.`,
  });
}

/**
 * Decodes an XML document by its declaration; without one by what the bytes are, GBK in doubt. `agreed`: the charset
 * that needs no declaration.
 * @throws GatewayError `CHARSET_WRONG` when bytes and declaration contradict, and at half a character
 */
export function parseXmlBytes(bytes: Uint8Array, agreed?: Charset): DecodedText {
  const marked = hasUtf8Mark(bytes);
  const mark = marked ? [markDeviation()] : [];
  const head = Buffer.from(bytes.subarray(marked ? 3 : 0, 256)).toString('latin1');
  const declared = DECLARED.exec(head)?.[1];
  if (declared === undefined) {
    const charset = marked || isSurelyUtf8(bytes) ? 'UTF-8' : (agreed ?? 'GBK');
    const deviations = charset === agreed ? mark : [...mark, undeclared(charset)];
    return { text: decodeWith(bytes, charset), charset, deviations };
  }
  const charset = charsetNamed(declared);
  if (charset !== 'UTF-8' && (marked || isSurelyUtf8(bytes))) throw sentAsUtf8(declared);
  return { text: decodeWith(bytes, charset, declared), charset, deviations: mark };
}

/** The bytes of a text, or `undefined` when it has a character that the charset lacks. */
export function findBytes(text: string, charset: Charset): Uint8Array | undefined {
  if (charset === 'UTF-8') return text.isWellFormed() ? Buffer.from(text) : undefined;
  // Windows writes the euro sign as the byte 80, which other GBK readers do not know.
  if (charset === 'GBK' && text.includes('€')) return undefined;
  const decoder = new TextDecoder('gb18030', { fatal: true, ignoreBOM: true });
  const parts: Uint8Array[] = [];
  for (let at = 0; at < text.length;) {
    const end = partEnd(text, at);
    const part = text.slice(at, end);
    const bytes = iconv.encode(part, charset);
    // Reading back is what proves it: the encoder writes '?' for what it lacks, and has its own view of private-use characters.
    if (!isReadAs(part, bytes, decoder)) return undefined;
    parts.push(bytes);
    at = end;
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts);
}

/** A large message is written part by part: the whole of it would be made anew at each step. */
const PART = 1 << 16;

/** Where a part ends that begins at `at`, not within a character. */
function partEnd(text: string, at: number): number {
  const end = at + PART;
  if (end >= text.length) return text.length;
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}

function isReadAs(text: string, bytes: Uint8Array, decoder: InstanceType<typeof TextDecoder>): boolean {
  try {
    return decoder.decode(bytes) === text;
  } catch {
    return false;
  }
}

/** The characters of a text that the charset lacks, each once. */
export function unwritable(text: string, charset: Charset): string[] {
  return [...new Set(text)].filter((character) => findBytes(character, charset) === undefined);
}
