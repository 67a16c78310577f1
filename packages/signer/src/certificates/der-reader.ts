/** DER read without knowing its schema, each element with the very bytes it was written in. */

/** One element. */
export interface DerElement {
  /** First byte: class, form, number. Numbers above 30 are not read. */
  readonly tag: number;
  readonly content: Buffer;
  /** Head and content. */
  readonly whole: Buffer;
}

/** The one element that the bytes are; `undefined` when they are cut off, longer, or not in their shortest form. */
export function readElement(bytes: Uint8Array): DerElement | undefined {
  const all = readElements(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return all?.length === 1 ? all[0] : undefined;
}

/** The elements inside another; none when it is no sequence of elements. */
export function elementsIn(element: DerElement | undefined): readonly DerElement[] {
  return element === undefined ? [] : (readElements(element.content) ?? []);
}

/** An object identifier in its dotted form; empty for anything else. */
export function oidOf(element: DerElement | undefined): string {
  if (element?.tag !== OID || element.content.length === 0) return '';
  const numbers: number[] = [];
  let number = 0;
  for (const byte of element.content) {
    number = number * 128 + (byte & 0x7f);
    if (byte < 0x80) {
      numbers.push(number);
      number = 0;
    }
  }
  const [first = 0, ...rest] = numbers;
  const top = Math.min(Math.floor(first / 40), 2);
  return [top, first - 40 * top, ...rest].join('.');
}

const OID = 6;

function readElements(bytes: Buffer): readonly DerElement[] | undefined {
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const head = readHead(bytes, at);
    if (head === undefined || head.end > bytes.length) return undefined;
    found.push({
      tag: bytes[at] ?? 0,
      content: bytes.subarray(head.start, head.end),
      whole: bytes.subarray(at, head.end),
    });
    at = head.end;
  }
  return found;
}

function readHead(bytes: Buffer, at: number): { readonly start: number; readonly end: number } | undefined {
  const [tag = 0x1f, first] = bytes.subarray(at, at + 2);
  if ((tag & 0x1f) === 0x1f || first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first - 0x80;
  if (count < 1 || count > 4 || bytes.length < at + 2 + count) return undefined;
  const length = bytes.readUIntBE(at + 2, count);
  if (length < 0x80 || length < 2 ** (8 * (count - 1))) return undefined;
  return { start: at + 2 + count, end: at + 2 + count + length };
}
