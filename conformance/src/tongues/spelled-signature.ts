/** One SM2 signature in the writings that a careless receiver takes for good. */
import type { SignWay } from '../kits/types.ts';

/** Ways that write a good signature otherwise, or something in its place. */
export type Spelling = Extract<
  SignWay,
  'good' | 'empty' | 'hex' | 'der' | 'cut' | 'longer' | 'zero' | 'swapped'
>;

const SPELLINGS: Readonly<Record<Spelling, (rs: Buffer) => string>> = {
  good: (rs) => rs.toString('base64'),
  empty: () => '',
  hex: (rs) => rs.toString('hex'),
  der: (rs) => derOf(rs).toString('base64'),
  cut: (rs) => rs.subarray(0, 63).toString('base64'),
  longer: (rs) => Buffer.concat([rs, Buffer.of(0)]).toString('base64'),
  zero: () => Buffer.alloc(64).toString('base64'),
  swapped: (rs) => Buffer.concat([rs.subarray(32), rs.subarray(0, 32)]).toString('base64'),
};

/** Writes r‖s, 64 bytes in base64, in a way. */
export function spellSignature(way: Spelling, base64: string): string {
  return SPELLINGS[way](Buffer.from(base64, 'base64'));
}

/** SEQUENCE of two INTEGERs without needless zeros. */
function derOf(rs: Buffer): Buffer {
  const integers = [rs.subarray(0, 32), rs.subarray(32)].map((part) => {
    const start = part.findIndex((byte) => byte !== 0);
    const short = part.subarray(Math.max(start, 0));
    const body = (short[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), short]) : short;
    return Buffer.concat([Buffer.of(2, body.length), body]);
  });
  const inside = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(0x30, inside.length), inside]);
}
