/** The simulated systems' own SM2: SM3withSM2 over the exact text of a body, r‖s in base64 (`cainfo`). */
import { sm2 } from 'sm-crypto-v2';

/** A key pair in hex: private 64 digits, public 130 digits beginning with 04. */
export interface SandboxKeys {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** How one simulated system signs, and whose signatures it expects. */
export interface SandboxSigning extends SandboxKeys {
  /** Public key of the other side (hex); when given, unsigned or wrongly signed messages are refused. */
  readonly peerPublicKey?: string;
  /** SM2 user id, `1234567812345678` when absent. */
  readonly userId?: string;
}

const DEFAULT_USER_ID = '1234567812345678';

/** Public keys with their tables computed, which halves the cost of verifying. */
const prepared = new Map<string, ReturnType<typeof sm2.precomputePublicKey>>();

/** Makes a new key pair. */
export function createSandboxKeys(): SandboxKeys {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { privateKey, publicKey };
}

/** Signs a text; base64 of r‖s. */
export function signText(text: string, { privateKey, publicKey, userId }: SandboxSigning): string {
  const hex = sm2.doSignature(Buffer.from(text), privateKey, {
    hash: true,
    publicKey,
    userId: userId ?? DEFAULT_USER_ID,
  });
  return Buffer.from(hex, 'hex').toString('base64');
}

/** Whether `cainfo` is the other side's signature of the text. Exactly 64 bytes are demanded. */
export function verifyText(text: string, cainfo: string, { peerPublicKey, userId }: SandboxSigning): boolean {
  const signature = Buffer.from(cainfo, 'base64');
  if (peerPublicKey === undefined || signature.length !== 64) return false;
  return sm2.doVerifySignature(Buffer.from(text), signature.toString('hex'), preparedKey(peerPublicKey), {
    hash: true,
    userId: userId ?? DEFAULT_USER_ID,
  });
}

function preparedKey(publicKey: string): ReturnType<typeof sm2.precomputePublicKey> {
  const found = prepared.get(publicKey) ?? sm2.precomputePublicKey(publicKey);
  prepared.set(publicKey, found);
  return found;
}
