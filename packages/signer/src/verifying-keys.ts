/** The keys by which a far side may sign, several of them at once during a change. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { parsePublicKey } from './keys.ts';
import { encodingOf, refuseShape } from './signature-shape.ts';
import type { SignatureEncoding } from './signature-shape.ts';
import { createSm2Verifier } from './sm2.ts';

/** A key of the far side; during a change of keys several are valid at once. */
export interface VerifyingKey {
  /** PEM, hex or base64. */
  readonly text: string;
  /** Epoch milliseconds, both inclusive; taken from the certificate when the text is one. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** Why the certificate of the key is not believed at present, e.g. `CERTIFICATE_REVOKED`; asked at each signature. */
  doubt?(): ErrorCode | undefined;
}

/**
 * Checks a signature over bytes by whichever key is valid now.
 * @throws GatewayError `SIGNATURE_MALFORMED`, `SIGNATURE_INVALID`; or it verifies, but by a key outside its validity
 *   (`SIGNATURE_KEY_EXPIRED`, `SIGNATURE_KEY_NOT_YET_VALID`) or of which there is doubt (`CERTIFICATE_…`).
 */
export type KeyRing = (bytes: Uint8Array, signature: Buffer, now: number) => void;

/** @throws GatewayError `KEY_INVALID`. */
export function createKeyRing(
  publicKeys: readonly VerifyingKey[],
  options: { readonly userId: string; readonly encoding: SignatureEncoding },
): KeyRing {
  assert(publicKeys.length > 0, 'a signed connection has a public key');
  const keys = publicKeys.map((key) => createKnownKey(key, options.userId));
  return (bytes, signature, now) => {
    const encoding = encodingOf(signature, options.encoding);
    const verifies = (key: KnownKey): boolean => key[encoding].verify(bytes, signature);
    if (keys.some((key) => key.refusal(now) === undefined && verifies(key))) return;
    const refusal = keys.find((key) => key.refusal(now) !== undefined && verifies(key))?.refusal(now);
    if (refusal !== undefined) throw new GatewayError(refusal);
    refuseShape(signature, encoding);
    throw new GatewayError('SIGNATURE_INVALID', {
      facts: {
        reason: 'no key of this connection verifies it',
        keys: keys.length,
        signedBytes: bytes.length,
      },
    });
  };
}

type Verifier = ReturnType<typeof createSm2Verifier>;

interface KnownKey {
  readonly rs: Verifier;
  readonly der: Verifier;
  /** Why it is not to be believed at a time. */
  refusal(now: number): ErrorCode | undefined;
}

function createKnownKey(source: VerifyingKey, userId: string): KnownKey {
  const publicKey = parsePublicKey(source.text);
  const notBefore = source.notBefore ?? publicKey.notBefore ?? -Infinity;
  const notAfter = source.notAfter ?? publicKey.notAfter ?? Infinity;
  return {
    rs: createSm2Verifier(publicKey, { userId, encoding: 'rs' }),
    der: createSm2Verifier(publicKey, { userId, encoding: 'der' }),
    refusal(now) {
      if (now < notBefore) return 'SIGNATURE_KEY_NOT_YET_VALID';
      return now > notAfter ? 'SIGNATURE_KEY_EXPIRED' : source.doubt?.();
    },
  };
}
