/** Whether bytes can be an SM2 signature at all, and what keeps them from it. */
import { GatewayError } from '@yiqiao/model';
import { findDer, findRs } from './signature-encoding.ts';

/** Which encodings a connection accepts. */
export type SignatureEncoding = 'rs' | 'der' | 'either';

/** What keeps bytes from being a signature; stable words. */
export type ShapeFault =
  | 'empty'
  | 'length'
  | 'r-zero'
  | 's-zero'
  | 'r-too-large'
  | 's-too-large'
  | 'der-structure'
  | 'der-trailing-bytes'
  | 'der-not-shortest';

/** The encoding to read a signature in: where both are accepted, its length tells. */
export function encodingOf(signature: Uint8Array, accepted: SignatureEncoding): 'rs' | 'der' {
  if (accepted !== 'either') return accepted;
  return signature.length === 64 ? 'rs' : 'der';
}

/**
 * Says of bytes that do not verify whether they are a signature at all.
 * @throws GatewayError `SIGNATURE_MALFORMED` whose facts tell the `shape`, a `ShapeFault`.
 */
export function refuseShape(signature: Uint8Array, encoding: 'rs' | 'der'): void {
  const shape = encoding === 'rs' ? findRsFault(signature) : findDerFault(signature);
  if (shape === undefined) return;
  const expected = encoding === 'rs' ? 'r‖s of 64 bytes' : 'DER of two integers';
  throw new GatewayError('SIGNATURE_MALFORMED', {
    facts: { reason: `not ${expected}`, shape, bytes: signature.length },
  });
}

/** What keeps bytes from being r‖s with 1 ≤ r, s < n. */
export function findRsFault(signature: Uint8Array): ShapeFault | undefined {
  if (signature.length === 0) return 'empty';
  if (signature.length !== 64) return 'length';
  if (findDer(signature) !== undefined) return undefined;
  const isZero = (start: number): boolean =>
    signature.subarray(start, start + 32).every((byte) => byte === 0);
  if (isZero(0)) return 'r-zero';
  if (isZero(32)) return 's-zero';
  const small = Buffer.concat([Buffer.alloc(31), Buffer.of(1)]);
  return findDer(Buffer.concat([signature.subarray(0, 32), small])) === undefined
    ? 'r-too-large'
    : 's-too-large';
}

/** What keeps bytes from being the shortest DER of a signature. */
export function findDerFault(der: Uint8Array): ShapeFault | undefined {
  if (der.length === 0) return 'empty';
  const end = 2 + (der[1] ?? 0);
  if (der[0] !== 0x30 || der.length < 8) return 'der-structure';
  if ((der[1] ?? 0) < 0x80 && der.length > end) return 'der-trailing-bytes';
  const rs = findRs(der);
  if (rs === undefined) return 'der-structure';
  const shortest = findDer(rs);
  if (shortest === undefined) return findRsFault(rs);
  return shortest.equals(der) ? undefined : 'der-not-shortest';
}
