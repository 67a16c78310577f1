import { hash } from 'node:crypto';

/** SM3 digest, 32 bytes. Text is taken as UTF-8. Source: GB/T 32905. */
export function sm3(content: Uint8Array | string): Buffer {
  return hash('sm3', content, 'buffer');
}
