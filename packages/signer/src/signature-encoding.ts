/** The two encodings of a signature: r‖s with 32 bytes each, and DER as OpenSSL has it. */
import { ORDER } from './curve.ts';

const WORD = 32;

/**
 * DER of a signature r‖s; `undefined` unless it has exactly 64 bytes and 1 ≤ r, s < n.
 * Source: GB/T 32918.2, step B1 and B2 of verification.
 */
export function findDer(signature: Uint8Array): Buffer | undefined {
  if (signature.length !== 2 * WORD) return undefined;
  const bytes = Buffer.from(signature.buffer, signature.byteOffset, signature.length);
  if (!isScalar(bytes, 0) || !isScalar(bytes, WORD)) return undefined;
  const der = Buffer.allocUnsafe(72);
  der[0] = 0x30;
  const end = writeInteger(bytes, WORD, { to: der, at: writeInteger(bytes, 0, { to: der, at: 2 }) });
  der[1] = end - 2;
  return der.subarray(0, end);
}

/** r‖s of a signature in DER; `undefined` when it is not DER of two integers of at most 32 bytes. */
export function findRs(der: Uint8Array): Buffer | undefined {
  const signature = Buffer.alloc(2 * WORD);
  const next = readInteger(der, 2, { to: signature, end: WORD });
  const end = next === undefined ? undefined : readInteger(der, next, { to: signature, end: 2 * WORD });
  return end === der.length ? signature : undefined;
}

/** Whether 1 ≤ value < n for the 32 bytes at `start`. */
function isScalar(bytes: Buffer, start: number): boolean {
  if (bytes.compare(ORDER, 0, WORD, start, start + WORD) >= 0) return false;
  return firstNonZero(bytes, start) < start + WORD;
}

function firstNonZero(bytes: Buffer, start: number): number {
  let at = start;
  while (at < start + WORD && bytes[at] === 0) at += 1;
  return at;
}

/** Writes the 32 bytes at `start` as a DER integer; returns the place behind it. */
function writeInteger(bytes: Buffer, start: number, target: { to: Buffer; at: number }): number {
  const first = firstNonZero(bytes, start);
  const sign = (bytes[first] ?? 0) >= 0x80 ? 1 : 0;
  const length = start + WORD - first + sign;
  const { to, at } = target;
  to[at] = 0x02;
  to[at + 1] = length;
  to[at + 2] = 0;
  bytes.copy(to, at + 2 + sign, first, start + WORD);
  return at + 2 + length;
}

/** Puts the DER integer at `at` right-aligned before `end`; returns the place behind it. */
function readInteger(der: Uint8Array, at: number, target: { to: Buffer; end: number }): number | undefined {
  const length = der[at + 1];
  if (der[at] !== 0x02 || length === undefined || length === 0 || length > WORD + 1) return undefined;
  const behind = at + 2 + length;
  if (behind > der.length) return undefined;
  const value = der.subarray(length > WORD ? at + 3 : at + 2, behind);
  target.to.set(value, target.end - value.length);
  return behind;
}
