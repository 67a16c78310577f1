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

/** Whose signature is expected. */
export interface Signer {
  /** Hex; absent: nobody's is good. */
  readonly peerPublicKey?: string | undefined;
  readonly userId?: string;
}

const DEFAULT_USER_ID = '1234567812345678';
/** Of the curve: r and s lie between 0 and it. Source: GB/T 32918.5. */
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

/** Public keys with their tables computed, which halves the cost of verifying. */
const prepared = new Map<string, ReturnType<typeof sm2.precomputePublicKey>>();

/** Makes a new key pair. */
export function createSandboxKeys(): SandboxKeys {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { privateKey, publicKey };
}

/** Signs a text; base64 of r‖s. */
export function signText(
  text: string,
  { privateKey, publicKey, userId = DEFAULT_USER_ID }: SandboxSigning,
): string {
  const signature = sm2.doSignature(Buffer.from(text), privateKey, { hash: true, publicKey, userId });
  return Buffer.from(signature, 'hex').toString('base64');
}

/** Whether r‖s in base64, exactly 64 bytes, is the other side's signature of the text; of nobody, when it has no key. */
export function verifyText(
  text: string,
  signature: string,
  { peerPublicKey, userId = DEFAULT_USER_ID }: Signer,
): boolean {
  const hex = Buffer.from(signature, 'base64').toString('hex');
  // For what is no scalar of the curve the library throws.
  const isSignature = hex.length === 128 && isScalar(hex.slice(0, 64)) && isScalar(hex.slice(64));
  if (peerPublicKey === undefined || !isSignature) return false;
  return sm2.doVerifySignature(Buffer.from(text), hex, preparedKey(peerPublicKey), { hash: true, userId });
}

function isScalar(hex: string): boolean {
  const value = BigInt(`0x${hex}`);
  return value > 0n && value < ORDER;
}

function preparedKey(publicKey: string): ReturnType<typeof sm2.precomputePublicKey> {
  const found = prepared.get(publicKey) ?? sm2.precomputePublicKey(publicKey);
  prepared.set(publicKey, found);
  return found;
}
