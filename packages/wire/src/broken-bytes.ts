/** Where bytes stop being text of a charset, and how that is told. */
import { fault, refusal } from './faults.ts';

/** The decoders that there are; that of GB18030 reads GBK too. */
type Encoding = 'utf-8' | 'gb18030';

/** Where decoding stopped. */
interface BrokenPlace {
  /** Of the first byte that cannot follow what stands before it; the length of all when the last character is cut. */
  readonly offset: number;
  /** Half of a character stands before the offset, and an ASCII character, or nothing, follows. */
  readonly isHalf: boolean;
}

/** Finds the place in bytes that are no text of the encoding. Each try costs one pass, so it halves. */
function findBrokenPlace(bytes: Uint8Array, encoding: Encoding): BrokenPlace {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    if (decodes(bytes.subarray(0, middle), encoding, { stream: true })) good = middle;
    else bad = middle - 1;
  }
  const isOpen = !decodes(bytes.subarray(0, good), encoding, { stream: false });
  return { offset: good, isHalf: isOpen && (bytes[good] ?? 0) < 0x80 };
}

/** Whether bytes are text of the encoding, but for a character that goes on behind them when they are a stream. */
export function decodes(
  bytes: Uint8Array,
  encoding: Encoding,
  options: { readonly stream: boolean },
): boolean {
  try {
    new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, options);
    return true;
  } catch {
    return false;
  }
}

/** `CHARSET_WRONG` at a place of the bytes. `otherwise`: what is said when no half of a character stands there. */
export function brokenError(
  bytes: Uint8Array,
  encoding: Encoding,
  otherwise: (offset: number) => { readonly zh: string; readonly en: string },
): Error {
  const { offset, isHalf } = findBrokenPlace(bytes, encoding);
  const texts = isHalf ? halfTexts(offset, bytes.length) : otherwise(offset);
  return refusal('CHARSET_WRONG', [fault({ rule: 'charset', at: '', found: `byte ${offset}`, ...texts })], {
    offset,
  });
}

function halfTexts(offset: number, length: number): { readonly zh: string; readonly en: string } {
  if (offset === length)
    return {
      zh: '报文末尾的汉字只有一半，请检查是否按字节截断。',
      en: 'The message ends in the middle of a character; see whether it was cut off by bytes.',
    };
  return {
    zh: `第 ${offset} 字节处的汉字只有一半，多半是某个值按字节截断所致；请按字符截断后重新发送。`,
    en: `At byte ${offset} a character breaks off half-way: a value was probably cut off by bytes. Cut it by characters and send it again.`,
  };
}
