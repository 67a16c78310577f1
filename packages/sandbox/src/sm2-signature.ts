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
export function signText(text: string, signing: SandboxSigning): string {
  return signBytes(text, signing).toString('base64');
}

/** Signs a text; 64 bytes, r‖s. */
export function signBytes(
  text: string,
  { privateKey, publicKey, userId = DEFAULT_USER_ID }: SandboxSigning,
): Buffer {
  return Buffer.from(
    sm2.doSignature(Buffer.from(text), privateKey, { hash: true, publicKey, userId }),
    'hex',
  );
}

/** Whether `cainfo` is the other side's signature of the text. Exactly 64 bytes are demanded. */
export function verifyText(text: string, cainfo: string, signing: SandboxSigning): boolean {
  return verifyBytes(text, Buffer.from(cainfo, 'base64'), signing);
}

/** Whether r‖s, exactly 64 bytes, is the other side's signature of the text. */
export function verifyBytes(
  text: string,
  signature: Buffer,
  { peerPublicKey, userId = DEFAULT_USER_ID }: Pick<SandboxSigning, 'peerPublicKey' | 'userId'>,
): boolean {
  if (peerPublicKey === undefined || signature.length !== 64) return false;
  const key = preparedKey(peerPublicKey);
  return sm2.doVerifySignature(Buffer.from(text), signature.toString('hex'), key, { hash: true, userId });
}

function preparedKey(publicKey: string): ReturnType<typeof sm2.precomputePublicKey> {
  const found = prepared.get(publicKey) ?? sm2.precomputePublicKey(publicKey);
  prepared.set(publicKey, found);
  return found;
}
