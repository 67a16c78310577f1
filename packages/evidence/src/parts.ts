/** Which message lies where in the contents of an entry. */

/** A message or text in the contents. */
export interface Part {
  /** Where the facts name it, e.g. `received`, `leg.sent`. */
  readonly name: string;
  /** Bytes of the contents: from, up to and without. */
  readonly from: number;
  readonly to: number;
  /** Media type of a message. */
  readonly type?: string;
}

/** Random bytes before the payload, in entries whose payload has a hash. */
const NONCE_BYTES = 16;

/** The parts of an entry in order of place; none when its facts are no JSON. */
export function partsOf(facts: string, { isOld }: { readonly isOld: boolean }): readonly Part[] {
  let value: unknown;
  try {
    value = JSON.parse(facts);
  } catch {
    return [];
  }
  const shift = isOld ? 0 : NONCE_BYTES;
  return [...walk(value, '', shift)].toSorted((a, b) => a.from - b.from);
}

/** The part in which a byte lies. */
export function partAt(parts: readonly Part[], byte: number): Part | undefined {
  return parts.find(({ from, to }) => from <= byte && byte < to);
}

function* walk(value: unknown, name: string, shift: number): Generator<Part> {
  if (isSpan(value)) yield { name, from: value[0] + shift, to: value[0] + value[1] + shift };
  else if (isTranscript(value)) {
    const [start, length] = value.span;
    yield { name, from: start + shift, to: start + length + shift, type: value.type };
  } else if (typeof value === 'object' && value !== null) {
    for (const [member, inner] of Object.entries(value)) {
      yield* walk(inner, name === '' ? member : `${name}.${member}`, shift);
    }
  }
}

function isSpan(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((one) => Number.isSafeInteger(one));
}

function isTranscript(value: unknown): value is { readonly type: string; readonly span: [number, number] } {
  const { type, span } = (value ?? {}) as { type?: unknown; span?: unknown };
  return typeof type === 'string' && isSpan(span);
}
