/** Keys of encrypted journals; they protect nothing. */
import type { JournalEncryption, SealingAlgorithm } from '@yiqiao/journal';

/** Both ways of sealing. */
export const ALGORITHMS: readonly SealingAlgorithm[] = ['aes-256-gcm', 'sm4-ctr-hmac-sm3'];

/** A key told apart by its bytes. */
function keyOf(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

/** Encryption with one key, and others that open. */
export function encryption(
  byte: number,
  previous: readonly number[] = [],
  algorithm: SealingAlgorithm = 'aes-256-gcm',
): JournalEncryption {
  return { algorithm, key: keyOf(byte), previous: previous.map(keyOf) };
}

/** Options for key number `last` after the ones before it; none for 0. */
export function withKey(last: number): { readonly encryption?: JournalEncryption } {
  const before = Array.from({ length: Math.max(0, last - 1) }, (_, index) => index + 1);
  return last === 0 ? {} : { encryption: encryption(last, before) };
}
