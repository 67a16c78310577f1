/**
 * SM2 with SM3 over node:crypto. Its Sign and Verify objects compute real SM2 for keys that were imported, and
 * leave it to us to feed the identity digest before the message; `assertKnownAnswers` guards that behaviour.
 */
import assert from 'node:assert/strict';
import { createHash, createSign, createVerify } from 'node:crypto';
import { identityDigest } from './curve.ts';
import { sharedAcceleration } from './fast-verify/acceleration.ts';
import type { Acceleration } from './fast-verify/acceleration.ts';
import type { Sm2PrivateKey, Sm2PublicKey } from './keys.ts';
import { findDer, findRs } from './signature-encoding.ts';

/** How to sign or verify. */
export interface Sm2Options {
  /** Identity of the signer, the same on both sides. Source: GB/T 32918.2; which id is agreed per connection. */
  readonly userId: string;
  /** `rs`: r‖s, 64 bytes (default). `der`: SEQUENCE of two INTEGERs. */
  readonly encoding?: 'rs' | 'der';
}

/** Signs bytes; a signature differs each time. */
export interface Sm2Signer {
  sign(bytes: Uint8Array): Buffer;
}

/** Verifies signatures strictly: of one value there is one accepted encoding. Never throws. */
export interface Sm2Verifier {
  verify(bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** A signer for one key and one identity, whose digest is computed once. */
export function createSm2Signer(privateKey: Sm2PrivateKey, options: Sm2Options): Sm2Signer {
  const { key } = privateKey;
  const identity = identityDigest(privateKey.publicKey.point, options.userId);
  const signDer = (bytes: Uint8Array): Buffer => createSign('sm3').update(identity).update(bytes).sign(key);
  if (options.encoding === 'der') return { sign: signDer };
  return {
    sign(bytes) {
      const signature = findRs(signDer(bytes));
      assert(signature !== undefined, 'node:crypto gave a signature that is not DER');
      return signature;
    },
  };
}

/** A verifier for one key and one identity, whose digest is computed once; busy keys are verified the fast way. */
export function createSm2Verifier(
  publicKey: Sm2PublicKey,
  options: Sm2Options,
  acceleration: Pick<Acceleration, 'forKey'> = sharedAcceleration,
): Sm2Verifier {
  const { key, point } = publicKey;
  const identity = identityDigest(point, options.userId);
  const decide = acceleration.forKey(point);
  const verifyDer = (bytes: Uint8Array, der: Uint8Array): boolean =>
    createVerify('sm3').update(identity).update(bytes).verify(key, der);
  const digestOf = (bytes: Uint8Array): Buffer => createHash('sm3').update(identity).update(bytes).digest();
  if (options.encoding === 'der') {
    return {
      verify(bytes, der) {
        const signature = findRs(der);
        // OpenSSL takes DER in its shortest form only, and so does the fast way.
        if (signature === undefined || findDer(signature)?.equals(der) !== true) return verifyDer(bytes, der);
        return decide({ signature, digest: () => digestOf(bytes), native: () => verifyDer(bytes, der) });
      },
    };
  }
  return {
    verify(bytes, signature) {
      const native = (): boolean => {
        const der = findDer(signature);
        return der !== undefined && verifyDer(bytes, der);
      };
      return decide({ signature, digest: () => digestOf(bytes), native });
    },
  };
}
