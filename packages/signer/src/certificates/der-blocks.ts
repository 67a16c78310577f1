/** DER structures out of the files they come in: PEM with any number of blocks, base64, hex, or DER as it is. */
import { certificateInvalid } from './certificate-fault.ts';

const SEQUENCE = 0x30;

/**
 * The structures of one kind in a file.
 * @param kind Label of the PEM blocks that count, e.g. `CERTIFICATE`, `X509 CRL`; others are passed over.
 * @throws GatewayError `CERTIFICATE_INVALID` when there is none, or bytes follow a structure.
 */
export function derBlocks(source: string | Uint8Array, kind: string): readonly Buffer[] {
  const bytes = typeof source === 'string' ? Buffer.from(source, 'utf8') : Buffer.from(source);
  if (bytes[0] === SEQUENCE) return [whole(bytes)];
  const text = bytes.toString('latin1').trim();
  if (text.includes('-----BEGIN')) return pemBlocks(text, kind);
  const plain = text.replace(/\s+/g, '');
  if (/^(?:[0-9a-f]{2})+$/i.test(plain)) return [whole(Buffer.from(plain, 'hex'))];
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(plain)) return [whole(Buffer.from(plain, 'base64'))];
  throw certificateInvalid(text === '' ? 'an empty file' : 'neither PEM, DER, base64 nor hex');
}

function pemBlocks(text: string, kind: string): readonly Buffer[] {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g)];
  const wanted = blocks.filter(([, label]) => label === kind || label === `TRUSTED ${kind}`);
  if (wanted.length === 0) {
    const labels = blocks.map(([, label]) => label).join(', ');
    throw certificateInvalid(labels === '' ? 'PEM that is cut off' : `PEM of ${labels}`);
  }
  return wanted.map(([, , body = '']) => whole(Buffer.from(body.replace(/\s+/g, ''), 'base64')));
}

/** One structure and nothing after it. */
function whole(bytes: Buffer): Buffer {
  const length = sequenceLength(bytes);
  if (length === undefined) throw certificateInvalid(`${bytes.length} bytes that are no DER sequence`);
  if (length > bytes.length) throw certificateInvalid('a structure that is cut off');
  if (length < bytes.length) throw certificateInvalid(`${bytes.length - length} bytes after the structure`);
  return bytes;
}

/** Length of a DER sequence with its head; `undefined` when it is none or not in its shortest form. */
function sequenceLength(bytes: Buffer): number | undefined {
  const [tag, first] = bytes;
  if (tag !== SEQUENCE || first === undefined) return undefined;
  if (first < 0x80) return 2 + first;
  const count = first - 0x80;
  if (count < 1 || count > 3 || bytes.length < 2 + count) return undefined;
  const length = bytes.readUIntBE(2, count);
  const isShortest = length >= 0x80 && length >= 2 ** (8 * (count - 1));
  return isShortest ? 2 + count + length : undefined;
}
