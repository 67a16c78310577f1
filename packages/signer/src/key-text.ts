/** The forms in which people hand over keys: PEM, bare hex, bare base64. */
import pem from 'node-forge/lib/pem.js';

/** What a text holds: bytes and what to call their form, or why there are none. */
export type KeyText = { readonly bytes: Buffer; readonly form: string } | { readonly seen: string };

/** Reads the bytes of a key text. Never repeats the text: it may be a private key with a slip in it. */
export function readKeyText(text: string): KeyText {
  if (text.includes('-----BEGIN ')) return readPem(text);
  const bare = text.replace(/\s+/g, '');
  if (bare === '') return { seen: 'an empty text' };
  if (/^(?:[0-9a-f]{2})+$/i.test(bare)) return { bytes: Buffer.from(bare, 'hex'), form: 'hex' };
  const bytes = Buffer.from(bare, 'base64');
  if (bytes.toString('base64') === bare) return { bytes, form: 'base64' };
  return { seen: `${bare.length} characters that are neither PEM, hex nor base64` };
}

function readPem(text: string): KeyText {
  const block = findKeyBlock(text);
  if (block === undefined) return { seen: 'a damaged PEM text' };
  if (block.procType?.type === 'ENCRYPTED') return { seen: 'an encrypted PEM' };
  return { bytes: Buffer.from(block.body, 'latin1'), form: `PEM ${block.type}` };
}

/** OpenSSL may write the curve's parameters before the key. */
function findKeyBlock(text: string): ReturnType<typeof pem.decode>[number] | undefined {
  try {
    return pem.decode(text).find((block) => block.type !== 'EC PARAMETERS');
  } catch {
    return undefined;
  }
}
