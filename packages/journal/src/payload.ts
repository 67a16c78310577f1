/** The bytes of an entry, one after the other. */

/** Where a part lies in a payload, in bytes. */
export type Span = readonly [start: number, length: number];

/** Collects parts; bytes are copied once, when the entry is sealed. */
export class Payload {
  /** Bytes so far. */
  length = 0;
  readonly #parts: Uint8Array[] = [];

  /** Adds bytes, or text as UTF-8; tells where they will lie. */
  add(part: Uint8Array | string): Span {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    const start = this.length;
    this.#parts.push(bytes);
    this.length += bytes.length;
    return [start, bytes.length];
  }

  /** Writes all parts into `target` from `offset`. */
  copyTo(target: Uint8Array, offset: number): void {
    let at = offset;
    for (const part of this.#parts) {
      target.set(part, at);
      at += part.length;
    }
  }
}

/** The bytes of a part; none when the payload is empty. */
export function bytesAt(payload: Uint8Array, [start, length]: Span): Uint8Array {
  return payload.subarray(start, start + length);
}

/** The text of a part; empty when the payload is. */
export function textAt(payload: Uint8Array, [start, length]: Span): string {
  const part = payload.subarray(start, start + length);
  return Buffer.from(part.buffer, part.byteOffset, part.length).toString('utf8');
}
