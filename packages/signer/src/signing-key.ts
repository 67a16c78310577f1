/** Private keys that sign, wherever they lie; several of them during a change of keys. */
import { inspect } from 'node:util';
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { parsePrivateKey } from './keys.ts';
import type { Sm2PublicKey } from './keys.ts';
import { createSm2Signer } from './sm2.ts';
import type { Sm2Options, Sm2Signer } from './sm2.ts';
import { sm3 } from './sm3.ts';

/** When a key may be used. */
export interface KeyValidity {
  /** Epoch milliseconds, both inclusive; absent: no limit. */
  readonly notBefore?: number;
  readonly notAfter?: number;
}

/**
 * A private key that signs: in this process, or in a signer elsewhere. It never shows itself: printed in any way it is
 * `[private key sm3:…]`, with the beginning of the digest of its public half.
 */
export interface SigningKey extends KeyValidity {
  /** 04 ‖ x ‖ y of its public half, lower-case hex. */
  readonly publicHex: string;
  /** `keyId` of its public half. */
  readonly id: string;
  /** A signer for one identity; that of a key elsewhere works within `whenSigned` only. */
  createSigner(options: Sm2Options): Sm2Signer;
}

/** What a connection signs with: the text of a key, or the keys of which the newest valid one signs. */
export type OwnKey = string | readonly SigningKey[];

/**
 * A key in this process, from PEM, hex or base64.
 * @throws GatewayError `KEY_INVALID`, saying what was seen and never the key.
 */
export function createSigningKey(text: string, validity: KeyValidity = {}): SigningKey {
  const key = parsePrivateKey(text);
  return concealKey(key.publicKey, validity, (options) => createSm2Signer(key, options));
}

/** A name for a key that people can compare: `sm3:` and the first 16 digits of the digest of its public point. */
export function keyId({ point }: Sm2PublicKey): string {
  return `sm3:${sm3(point).toString('hex').slice(0, 16)}`;
}

/** A signing key whose way of signing nothing can look into. */
export function concealKey(
  publicKey: Sm2PublicKey,
  { notBefore, notAfter }: KeyValidity,
  createSigner: (options: Sm2Options) => Sm2Signer,
): SigningKey {
  const id = keyId(publicKey);
  const shown = `[private key ${id}]`;
  const key: SigningKey = {
    publicHex: publicKey.point.toString('hex'),
    id,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
    createSigner,
  };
  const show = { value: () => shown, enumerable: false };
  return Object.defineProperties(key, { toJSON: show, toString: show, [inspect.custom]: show });
}

/**
 * The signer of a connection. Of several keys it takes, at each signature, the valid one that began last. When none is
 * valid it takes the one that ended last: whether that is still good is for the far side to say, and the expiry watch
 * has told the operator for 60 days.
 * @throws GatewayError `KEY_INVALID`.
 */
export function createOwnSigner(own: OwnKey, options: Sm2Options, clock: Clock = systemClock): Sm2Signer {
  if (typeof own === 'string') return createSm2Signer(parsePrivateKey(own), options);
  const signers = new Map(own.map((key) => [key, key.createSigner(options)]));
  const [first, ...others] = own;
  const only = first === undefined || others.length > 0 ? undefined : signers.get(first);
  if (only !== undefined) return only;
  return {
    sign(bytes) {
      const signer = signers.get(keyInForce(own, clock.now()));
      if (signer === undefined) throw new TypeError('a connection that signs has a key');
      return signer.sign(bytes);
    },
  };
}

/** The key that signs at a time. `keys`: at least one. */
function keyInForce(keys: readonly SigningKey[], now: number): SigningKey {
  const begun = keys.filter(({ notBefore = -Infinity }) => notBefore <= now);
  const valid = begun.filter(({ notAfter = Infinity }) => now <= notAfter);
  const chosen =
    last(valid, ({ notBefore = -Infinity }) => notBefore) ??
    last(begun, ({ notAfter = Infinity }) => notAfter) ??
    last(keys, ({ notBefore = -Infinity }) => -notBefore);
  if (chosen === undefined) throw new TypeError('a connection that signs has a key');
  return chosen;
}

/** The one with the greatest figure; of equal ones the one that was written last. */
function last(keys: readonly SigningKey[], figure: (key: SigningKey) => number): SigningKey | undefined {
  return keys.reduce<SigningKey | undefined>(
    (best, key) => (best === undefined || figure(key) >= figure(best) ? key : best),
    undefined,
  );
}
