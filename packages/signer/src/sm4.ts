/** SM4 over node:crypto; the key as raw bytes. Source: GB/T 32907. */
import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';

/** ECB with PKCS#7 padding, as the platforms use it. `key`: 16 bytes. */
export function encryptSm4(key: Uint8Array, clear: Uint8Array): Buffer {
  assert(key.length === 16, 'an SM4 key has 16 bytes');
  const cipher = createCipheriv('sm4-ecb', key, null);
  return Buffer.concat([cipher.update(clear), cipher.final()]);
}

/** The clear bytes; `undefined` when the length or the padding is wrong, as under another key. */
export function decryptSm4(key: Uint8Array, sealed: Uint8Array): Buffer | undefined {
  assert(key.length === 16, 'an SM4 key has 16 bytes');
  if (sealed.length === 0 || sealed.length % 16 !== 0) return undefined;
  const decipher = createDecipheriv('sm4-ecb', key, null);
  try {
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch {
    return undefined;
  }
}
