import assert from 'node:assert/strict';
import { identityDigest } from '../curve.ts';
import { SAMPLE } from '../known-sample.ts';
import { sm3 } from '../sm3.ts';

/** The key of the published sample, 04 ‖ x ‖ y. */
export const SAMPLE_POINT = Buffer.from(SAMPLE.publicKey, 'hex');

/**
 * Holds a verification by `SAMPLE_POINT` against the published sample and against what must not verify.
 * @throws AssertionError when an answer is wrong.
 */
export function assertSample(
  verify: (digest: Uint8Array, signature: Uint8Array) => boolean | undefined,
): void {
  const identity = identityDigest(SAMPLE_POINT, SAMPLE.userId);
  const answer = (message: string, signature: Buffer): boolean | undefined =>
    verify(sm3(Buffer.concat([identity, Buffer.from(message)])), signature);
  assert.equal(answer(SAMPLE.message, SAMPLE.signature), true, 'the sample of GB/T 32918.5 does not verify');
  assert.equal(answer(SAMPLE.altered, SAMPLE.signature), false, 'an altered message verifies');
  assert.equal(answer(SAMPLE.message, SAMPLE.ecdsa), false, 'a plain ECDSA signature verifies');
}
