/** Signatures of an independent library. */
import { parsePrivateKey } from '@yiqiao/signer';
import { sm2 } from 'sm-crypto-v2';

export const DEFAULT_ID = '1234567812345678';

/** Signs by an independent library; `userId` undefined leaves the identity digest out. */
export function signBy(
  pair: { readonly privateKey: string },
  content: string | Uint8Array,
  options: { readonly userId?: string; readonly der?: boolean } = {},
): string {
  const { key } = parsePrivateKey(pair.privateKey);
  const scalar = key.export({ format: 'der', type: 'pkcs8' }).subarray(-32).toString('hex');
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const { userId = DEFAULT_ID, der = false } = options;
  return sm2.doSignature(bytes, scalar, { hash: true, userId, der });
}

/** Base64 of hex. */
export const b64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');
