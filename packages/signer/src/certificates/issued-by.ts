/** Whether a key signed something, in whichever algorithm certificates use. */
import { createVerify } from 'node:crypto';
import { createSm2Verifier } from '../sm2.ts';
import type { CertifiedKey, SignedBytes } from './certificate.ts';

/** User id in signatures of certificates. Source: GM/T 0015, GB/T 32918.2. */
export const CERTIFICATE_USER_ID = '1234567812345678';

/** Verifies a signature by a certified key; a key of another family verifies nothing. Never throws. */
export function isSignedBy({ tbs, algorithm, signature }: SignedBytes, key: CertifiedKey): boolean {
  if (algorithm.broken === true) return false;
  if (key.kind === 'SM2') {
    const options = { userId: CERTIFICATE_USER_ID, encoding: 'der' } as const;
    return algorithm.family === 'sm2' && createSm2Verifier(key.sm2, options).verify(tbs, signature);
  }
  const family = key.kind === 'RSA' ? 'rsa' : 'ecdsa';
  if (algorithm.family !== family) return false;
  return createVerify(algorithm.hash).update(tbs).verify(key.key, signature);
}
