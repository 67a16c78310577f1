import { generateKeyPairSync } from 'node:crypto';
import { parsePublicKey } from './keys.ts';

/** A new SM2 key pair. */
export interface KeyPair {
  /** PKCS#8 PEM, not encrypted. */
  readonly privateKey: string;
  /** SPKI PEM. */
  readonly publicKey: string;
  /** 04 ‖ x ‖ y in lower-case hex, 130 characters. */
  readonly publicHex: string;
}

/** Makes a key pair as texts: a key object straight from the generator would sign plain ECDSA. */
export function createKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'SM2',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { privateKey, publicKey, publicHex: parsePublicKey(publicKey).point.toString('hex') };
}
