/** Known answers at start-up: what node:crypto does for SM2 is not documented and may change with its version. */
import assert from 'node:assert/strict';
import { parsePrivateKey, parsePublicKey } from './keys.ts';
import { createSm2Signer, createSm2Verifier } from './sm2.ts';
import { sm3 } from './sm3.ts';

/** What is put to the test. */
interface Implementation {
  readonly sm3: typeof sm3;
  readonly createSm2Signer: typeof createSm2Signer;
  readonly createSm2Verifier: typeof createSm2Verifier;
}

/**
 * Checks SM3 and SM2 against published values, in about 3 ms. Call it before the first message.
 * @throws AssertionError when this machine does not compute them; the program must not go on.
 */
export function assertKnownAnswers(
  implementation: Implementation = { sm3, createSm2Signer, createSm2Verifier },
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
}

function demand(holds: boolean, finding: string): void {
  assert(
    holds,
    `This machine does not compute SM2 or SM3: ${finding}. Use the Node version that this program names.`,
  );
}

/** Source: GB/T 32905 appendix A, example 1. */
const SM3_OF_ABC = '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0';

/** Source: GB/T 32918.5 sample. `ecdsa`: plain ECDSA by the same key, nonce and digest, computed from its formula. */
const SAMPLE = {
  userId: '1234567812345678',
  message: 'message digest',
  altered: 'message digesu',
  privateKey: '3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8',
  publicKey:
    '0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020' +
    'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
  signature: Buffer.from(
    'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3' +
      'B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA',
    'hex',
  ),
  ecdsa: Buffer.from(
    '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73' +
      '5e828cf33c53c70b40b2e3fbf0009ff50a88cf76b24d4e9629a26e47a371d2b8',
    'hex',
  ),
};
