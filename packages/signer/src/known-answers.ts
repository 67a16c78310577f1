/** Known answers at start-up: what node:crypto does for SM2 is not documented and may change with its version. */
import assert from 'node:assert/strict';
import { sharedAcceleration, unaccelerated } from './fast-verify/acceleration.ts';
import { parsePrivateKey, parsePublicKey } from './keys.ts';
import { SAMPLE } from './known-sample.ts';
import { createSm2Signer, createSm2Verifier } from './sm2.ts';
import { sm3 } from './sm3.ts';

/** What is put to the test. */
interface Implementation {
  readonly sm3: typeof sm3;
  readonly createSm2Signer: typeof createSm2Signer;
  readonly createSm2Verifier: typeof createSm2Verifier;
}

/**
 * Checks SM3 and SM2 against published values, in about 3 ms, and gets the fast verification ready, in about 30 ms,
 * which checks itself and steps aside when it fails. Call it before the first message.
 * @throws AssertionError when this machine does not compute them; the program must not go on.
 */
export function assertKnownAnswers(
  implementation: Implementation = { sm3, createSm2Signer, createSm2Verifier: createNativeVerifier },
): void {
  demand(
    implementation.sm3('abc').toString('hex') === SM3_OF_ABC,
    'the sample of GB/T 32905 has another digest',
  );
  const verifier = implementation.createSm2Verifier(parsePublicKey(SAMPLE.publicKey), SAMPLE);
  const verifies = (message: string, signature: Buffer): boolean =>
    verifier.verify(Buffer.from(message), signature);
  demand(verifies(SAMPLE.message, SAMPLE.signature), 'the sample of GB/T 32918.5 does not verify');
  demand(!verifies(SAMPLE.altered, SAMPLE.signature), 'an altered message verifies');
  demand(!verifies(SAMPLE.message, SAMPLE.ecdsa), 'a plain ECDSA signature verifies');
  // The verifier is known to be right by now, so it may judge the signer.
  const signer = implementation.createSm2Signer(parsePrivateKey(SAMPLE.privateKey), SAMPLE);
  const own = signer.sign(Buffer.from(SAMPLE.message));
  demand(verifies(SAMPLE.message, own), 'an own signature does not verify');
  demand(!verifies(SAMPLE.altered, own), 'an own signature verifies for an altered message');
  sharedAcceleration.start();
}

/** The fast way has a check of its own. */
const createNativeVerifier: Implementation['createSm2Verifier'] = (key, options) =>
  createSm2Verifier(key, options, unaccelerated);

function demand(holds: boolean, finding: string): void {
  assert(
    holds,
    `This machine does not compute SM2 or SM3: ${finding}. Use the Node version that this program names.`,
  );
}

/** Source: GB/T 32905 appendix A, example 1. */
const SM3_OF_ABC = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';
