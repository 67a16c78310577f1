/** Signatures of messages as a profile has them: which members carry them, in which writing, by which keys. */
import assert from 'node:assert/strict';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import { parsePrivateKey, parsePublicKey } from './keys.ts';
import type { SigningProfile, Sm2SigningProfile } from './signing-profile.ts';
import { createSm2Signer, createSm2Verifier } from './sm2.ts';

/** Makes the signature members of the envelope for the exact bytes of a body. */
export type MessageSigner = (body: Uint8Array) => WireObject;

/**
 * Checks the signature members of an envelope over the exact bytes of a body.
 * @throws GatewayError `SIGNATURE_MISSING`, `SIGNATURE_INVALID` (facts tell the reason) or
 *   `SIGNATURE_KEY_EXPIRED` (it verifies, but by a key outside its validity).
 */
export type MessageVerifier = (envelope: WireObject, body: Uint8Array) => void;

/** A key of the far side; during a change of keys several are valid at once. */
export interface VerifyingKey {
  /** PEM, hex or base64. */
  readonly text: string;
  /** Epoch milliseconds, both inclusive; taken from the certificate when the text is one. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/** The signer of a connection. @throws GatewayError `KEY_INVALID`. */
export function createMessageSigner(
  profile: SigningProfile,
  key: { readonly privateKey: string; readonly userId?: string },
): MessageSigner {
  if (profile.algorithm === 'none') return () => ({});
  const { signature, type } = profile;
  const signer = createSm2Signer(parsePrivateKey(key.privateKey), {
    userId: key.userId ?? profile.userId,
    encoding: signature.encoding,
  });
  return (body) => ({
    [signature.member]: signer.sign(body).toString(signature.text),
    [type.member]: type.value,
  });
}

/** The verifier of a connection; at least one key unless the profile is unsigned. @throws GatewayError `KEY_INVALID`. */
export function createMessageVerifier(
  profile: SigningProfile,
  options: { readonly publicKeys: readonly VerifyingKey[]; readonly userId?: string; readonly clock?: Clock },
): MessageVerifier {
  if (profile.algorithm === 'none') return () => undefined;
  assert(options.publicKeys.length > 0, 'a signed connection has a public key');
  const clock = options.clock ?? systemClock;
  const keys = options.publicKeys.map((key) =>
    createKnownKey(profile, key, options.userId ?? profile.userId),
  );
  return (envelope, body) => {
    const signature = readSignature(profile, envelope);
    const now = clock.now();
    const verifies = (key: KnownKey): boolean => key.verify(body, signature);
    if (keys.some((key) => key.isValid(now) && verifies(key))) return;
    if (keys.some((key) => !key.isValid(now) && verifies(key)))
      throw new GatewayError('SIGNATURE_KEY_EXPIRED');
    throw new GatewayError('SIGNATURE_INVALID', {
      facts: { reason: 'no key of this connection verifies it', keys: keys.length, signedBytes: body.length },
    });
  };
}

interface KnownKey {
  isValid(now: number): boolean;
  verify(body: Uint8Array, signature: Uint8Array): boolean;
}

function createKnownKey(profile: Sm2SigningProfile, source: VerifyingKey, userId: string): KnownKey {
  const publicKey = parsePublicKey(source.text);
  const notBefore = source.notBefore ?? publicKey.notBefore ?? -Infinity;
  const notAfter = source.notAfter ?? publicKey.notAfter ?? Infinity;
  const verifier = createSm2Verifier(publicKey, { userId, encoding: profile.signature.encoding });
  return { isValid: (now) => notBefore <= now && now <= notAfter, verify: verifier.verify };
}

function readSignature({ signature, type }: Sm2SigningProfile, envelope: WireObject): Buffer {
  const text = requireMember(envelope, signature.member);
  const algorithm = requireMember(envelope, type.member);
  if (algorithm.toUpperCase() !== type.value.toUpperCase()) {
    throw invalid(`${type.member} is not ${type.value}`, { found: algorithm.slice(0, 10) });
  }
  const bytes = Buffer.from(text, signature.text);
  const again = bytes.toString(signature.text);
  if (again !== (signature.text === 'hex' ? text.toLowerCase() : text)) {
    throw invalid(`${signature.member} is not ${signature.text}`, { characters: text.length });
  }
  if (signature.encoding === 'rs' && bytes.length !== 64) {
    throw invalid(`${signature.member} is not r‖s of 64 bytes`, { bytes: bytes.length });
  }
  return bytes;
}

function requireMember(envelope: WireObject, member: string): string {
  const value = envelope[member];
  if (typeof value === 'string' && value !== '') return value;
  throw new GatewayError('SIGNATURE_MISSING', { facts: { member } });
}

function invalid(reason: string, facts: Record<string, string | number>): GatewayError {
  return new GatewayError('SIGNATURE_INVALID', { facts: { reason, ...facts } });
}
