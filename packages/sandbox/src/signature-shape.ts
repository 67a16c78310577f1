/** What stands in the place of a signature, before anybody verifies it. */

/** `rs`: 64 bytes in base64, not all zero. `other`: no writing of an SM2 signature that is known. */
export type SignatureShape = 'absent' | 'empty' | 'hex' | 'der' | 'short' | 'long' | 'zero' | 'rs' | 'other';

/** Tells the shape of an SM2 signature that should be r‖s in base64. */
export function shapeOf(text: string | undefined): SignatureShape {
  if (text === undefined) return 'absent';
  if (text === '') return 'empty';
  if (/^[\da-f]{128}$/i.test(text)) return 'hex';
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return 'other';
  if (bytes[0] === 0x30 && bytes[1] === bytes.length - 2) return 'der';
  if (bytes.length !== 64) return bytes.length < 64 ? 'short' : 'long';
  return bytes.every((one) => one === 0) ? 'zero' : 'rs';
}
