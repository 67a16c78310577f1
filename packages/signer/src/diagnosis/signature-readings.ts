/** The ways in which a signature that came as text may have been written. */
import { findDer, findRs } from '../signature-encoding.ts';
import { encodingOf, findDerFault, findRsFault } from '../signature-shape.ts';
import type { ShapeFault, SignatureEncoding } from '../signature-shape.ts';
import type { DifferenceCode } from './difference-texts.ts';
import { distinct } from './reading.ts';
import type { Reading } from './reading.ts';

/** What is agreed. */
export interface AgreedWriting {
  readonly encoding: SignatureEncoding;
  readonly text: 'base64' | 'hex';
}

/** What came of it. */
export interface SignatureReadings {
  /** r‖s, 64 bytes with 1 ≤ r, s < n. */
  readonly possible: readonly Reading<Buffer>[];
  /** What is wrong with it when it is read as agreed. */
  readonly shape: ShapeFault | undefined;
  /** Its bytes in any writing, for what is no signature but a digest. */
  readonly bytes: readonly Buffer[];
}

/** Longer texts are no signatures of a single value. */
const LONGEST = 1_024;

export function readSignatureText(given: string, agreed: AgreedWriting): SignatureReadings {
  const writings = distinct(readWritings(given.slice(0, LONGEST), agreed.text));
  const possible = writings.flatMap(({ value, differences }) =>
    readEncodings(value, agreed.encoding).map((reading) => ({
      ...reading,
      differences: [...differences, ...reading.differences],
    })),
  );
  const first = Buffer.from(given.slice(0, LONGEST), agreed.text);
  const encoding = encodingOf(first, agreed.encoding);
  return {
    possible: distinct(possible),
    shape: encoding === 'rs' ? findRsFault(first) : findDerFault(first),
    bytes: writings.map(({ value }) => value),
  };
}

function readWritings(given: string, agreed: 'base64' | 'hex'): Reading<Buffer>[] {
  const found: Reading<Buffer>[] = [];
  const add = (text: string, differences: readonly DifferenceCode[]): void => {
    if (/^(?:[\da-f]{2})+$/i.test(text)) {
      const value = Buffer.from(text, 'hex');
      found.push({ value, differences: agreed === 'hex' ? differences : [...differences, 'text-hex'] });
    }
    if (/^[A-Za-z\d+/]+={0,2}$/.test(text)) {
      const value = Buffer.from(text, 'base64');
      const padding: DifferenceCode[] = value.toString('base64') === text ? [] : ['text-padding'];
      const kind: DifferenceCode[] = agreed === 'hex' ? ['text-base64'] : [];
      found.push({ value, differences: [...differences, ...kind, ...padding] });
    } else if (/^[\w-]+={0,2}$/.test(text)) {
      found.push({ value: Buffer.from(text, 'base64url'), differences: [...differences, 'text-base64url'] });
    }
  };
  const bare = given.replace(/\s+/g, '');
  add(given, []);
  if (bare !== given) add(bare, ['text-blanks']);
  add(given.trim().replaceAll(' ', '+'), ['text-plus-lost']);
  if (/%[\dA-Fa-f]{2}/.test(given)) add(percentDecoded(given), ['text-percent']);
  const once = found.slice();
  for (const { value, differences } of once) {
    if (/^[\dA-Fa-f]{128,}$/.test(value.toString('latin1')))
      add(value.toString('latin1'), [...differences, 'text-twice']);
  }
  return found;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readEncodings(bytes: Buffer, agreed: SignatureEncoding): Reading<Buffer>[] {
  const found: Reading<Buffer>[] = [];
  const add = (rs: Buffer | undefined, differences: readonly DifferenceCode[]): void => {
    if (rs !== undefined && findDer(rs) !== undefined) found.push({ value: rs, differences });
  };
  const raw: DifferenceCode[] = agreed === 'der' ? ['rs-not-der'] : [];
  add(bytes, raw);
  if (bytes.length === 64) {
    const [r, s] = [bytes.subarray(0, 32), bytes.subarray(32)];
    add(Buffer.concat([s, r]), [...raw, 'halves-swapped']);
    add(Buffer.concat([Buffer.from(r).reverse(), Buffer.from(s).reverse()]), [...raw, 'bytes-reversed']);
    add(Buffer.from(bytes).reverse(), [...raw, 'halves-swapped', 'bytes-reversed']);
  }
  if (bytes.length === 65) add(bytes.subarray(1), [...raw, 'leading-byte']);
  for (const rs of unpadded(bytes)) add(rs, [...raw, 'not-padded']);
  readDer(bytes, agreed, add);
  return found;
}

function readDer(
  bytes: Buffer,
  agreed: SignatureEncoding,
  add: (rs: Buffer | undefined, differences: readonly DifferenceCode[]) => void,
): void {
  if (bytes[0] !== 0x30 || bytes.length < 8) return;
  const kind: DifferenceCode[] = agreed === 'rs' ? ['der-not-rs'] : [];
  const end = 2 + (bytes[1] ?? 0);
  const whole = bytes.subarray(0, end);
  const rs = findRs(whole);
  if (rs === undefined) return;
  const trailing: DifferenceCode[] = bytes.length > end ? ['der-trailing-bytes'] : [];
  const longer: DifferenceCode[] = findDer(rs)?.equals(whole) === true ? [] : ['der-not-shortest'];
  add(rs, [...kind, ...trailing, ...longer]);
}

/** r and s each as a big number writes itself: with a sign byte, or without its leading zeros. */
function unpadded(bytes: Buffer): Buffer[] {
  const found: Buffer[] = [];
  if (bytes.length === 64 || bytes.length < 60 || bytes.length > 66) return found;
  for (const size of [30, 31, 32, 33]) {
    const [r, s] = [word(bytes.subarray(0, size)), word(bytes.subarray(size))];
    if (r !== undefined && s !== undefined) found.push(Buffer.concat([r, s]));
  }
  return found;
}

function word(bytes: Buffer): Buffer | undefined {
  const value = bytes.length === 33 && bytes[0] === 0 ? bytes.subarray(1) : bytes;
  return value.length === 0 || value.length > 32
    ? undefined
    : Buffer.concat([Buffer.alloc(32 - value.length), value]);
}
