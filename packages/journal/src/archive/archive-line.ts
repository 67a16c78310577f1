/** An entry as a line of an archive: everything of it, its payload as it lay in the store. */
import type { EntryKind, StoredEntry } from '../entry.ts';
import type { KeptAs } from '../vault.ts';

interface Line {
  /** Number, exchange, entry before it, kind, time, facts; then how the payload is kept. */
  readonly i: number;
  readonly x: number | null;
  readonly p: number | null;
  readonly k: EntryKind;
  readonly a: number;
  readonly f: string;
  readonly c: KeptAs;
  /** Hash, hash of the payload, payload: Base64. */
  readonly h: string;
  readonly d: string | null;
  readonly b: string;
}

/** One line of JSON, without its end. */
export function formatLine(entry: StoredEntry): string {
  const { id: i, exchangeId: x, previous: p, kind: k, at: a, facts: f, keptAs: c } = entry;
  const d = entry.payloadHash === null ? null : base64(entry.payloadHash);
  const line: Line = { i, x, p, k, a, f, c, h: base64(entry.hash), d, b: base64(entry.payload) };
  return JSON.stringify(line);
}

/** The entry of a line. */
export function parseLine(text: string): StoredEntry {
  const { i, x, p, k, a, f, c, h, d, b } = JSON.parse(text) as Line;
  return {
    id: i,
    exchangeId: x,
    previous: p,
    kind: k,
    at: a,
    facts: f,
    keptAs: c,
    hash: Buffer.from(h, 'base64'),
    payloadHash: d === null ? null : Buffer.from(d, 'base64'),
    payload: Buffer.from(b, 'base64'),
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
