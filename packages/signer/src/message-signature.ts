/** Signatures of messages as a profile has them: which members carry them, in which writing, by which keys. */
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import { createOwnSigner } from './signing-key.ts';
import type { OwnKey } from './signing-key.ts';
import type { SigningProfile, Sm2SigningProfile } from './signing-profile.ts';
import { createKeyRing } from './verifying-keys.ts';
import type { VerifyingKey } from './verifying-keys.ts';

/** Makes the signature members of the envelope for the exact bytes of a body. */
export type MessageSigner = (body: Uint8Array) => WireObject;

/**
 * Checks the signature members of an envelope over the exact bytes of a body.
 * @throws GatewayError `SIGNATURE_MISSING`, `SIGNATURE_ALGORITHM_WRONG`, `SIGNATURE_MALFORMED`, `SIGNATURE_INVALID`
 *   (facts tell the reason), `SIGNATURE_KEY_EXPIRED`, `SIGNATURE_KEY_NOT_YET_VALID` or `CERTIFICATE_…` (it verifies, but
 *   by a key that does not hold now).
 */
export type MessageVerifier = (envelope: WireObject, body: Uint8Array) => void;

/**
 * The signer of a connection.
 * @throws GatewayError `KEY_INVALID`, `CONFIG_INVALID` when the profile signs something else than bodies.
 */
export function createMessageSigner(
  profile: SigningProfile,
  key: { readonly privateKey: OwnKey; readonly userId?: string; readonly clock?: Clock },
): MessageSigner {
  if (profile.algorithm === 'none') return () => ({});
  const { signature, type, userId } = requireBodySignature(profile);
  const encoding = signature.encoding === 'der' ? 'der' : 'rs';
  const signer = createOwnSigner(key.privateKey, { userId: key.userId ?? userId, encoding }, key.clock);
  return (body) => ({
    [signature.member]: signer.sign(body).toString(signature.text),
    [type.member]: type.value,
  });
}

/**
 * The verifier of a connection; at least one key unless the profile is unsigned.
 * @throws GatewayError `KEY_INVALID`, `CONFIG_INVALID` when the profile signs something else than bodies.
 */
export function createMessageVerifier(
  profile: SigningProfile,
  options: { readonly publicKeys: readonly VerifyingKey[]; readonly userId?: string; readonly clock?: Clock },
): MessageVerifier {
  if (profile.algorithm === 'none') return () => undefined;
  const sm2 = requireBodySignature(profile);
  const { encoding } = sm2.signature;
  const ring = createKeyRing(options.publicKeys, { userId: options.userId ?? sm2.userId, encoding });
  const clock = options.clock ?? systemClock;
  return (envelope, body) => ring(body, readSignature(sm2, envelope), clock.now());
}

/** A connection whose profile protects in another way must not pass for one that has nothing to check. */
function requireBodySignature(profile: Exclude<SigningProfile, { algorithm: 'none' }>): Sm2SigningProfile {
  if (profile.algorithm === 'SM3withSM2') return profile;
  const reason = 'this profile signs no bodies: createMessageProtection';
  throw new GatewayError('CONFIG_INVALID', { facts: { reason, profile: profile.id } });
}

function readSignature({ signature, type }: Sm2SigningProfile, envelope: WireObject): Buffer {
  const text = requireMember(envelope, signature.member);
  const algorithm = requireMember(envelope, type.member);
  if (algorithm.toUpperCase() !== type.value.toUpperCase()) {
    throw new GatewayError('SIGNATURE_ALGORITHM_WRONG', {
      facts: { reason: `${type.member} is not ${type.value}`, found: algorithm.slice(0, 10) },
    });
  }
  const bytes = Buffer.from(text, signature.text);
  const again = bytes.toString(signature.text);
  if (again !== (signature.text === 'hex' ? text.toLowerCase() : text)) {
    throw new GatewayError('SIGNATURE_MALFORMED', {
      facts: { reason: `${signature.member} is not ${signature.text}`, characters: text.length },
    });
  }
  return bytes;
}

function requireMember(envelope: WireObject, member: string): string {
  const value = Object.hasOwn(envelope, member) ? envelope[member] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new GatewayError('SIGNATURE_MISSING', { facts: { member } });
}
