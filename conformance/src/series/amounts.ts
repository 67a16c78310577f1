/** Sums of amounts, made twice: by the suite and by the product. */
import assert from 'node:assert/strict';
import { parseFen, sumFen } from '@yiqiao/model';
import { findFen } from '../run/own-reading.ts';

/** A sum of amounts in 分; `undefined` when one is no amount. @throws AssertionError when the two reckonings disagree */
export function sumOf(texts: readonly string[]): bigint | undefined {
  const own = texts.map((text) => findFen(text));
  if (own.includes(undefined)) return undefined;
  const sum = own.reduce<bigint>((all, one) => all + (one ?? 0n), 0n);
  const product = sumFen(texts.map((text) => parseFen(text)));
  assert.equal(product, sum, 'the two reckonings of a sum disagree');
  return sum;
}

/** 分 as 元. */
export function yuan(fen: bigint): string {
  const digits = String(fen < 0n ? -fen : fen).padStart(3, '0');
  return `${fen < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The product of two plain decimals in 分, rounded half up; `undefined` when one is none. */
export function productInFen(one: string, other: string): bigint | undefined {
  const [a, b] = [scaled(one), scaled(other)];
  if (a === undefined || b === undefined) return undefined;
  // Twelve decimals together: ten more than 分 have.
  const [exact, unit] = [a * b, 10n ** 10n];
  const half = exact < 0n ? -unit / 2n : unit / 2n;
  return (exact + half) / unit;
}

/** A plain decimal in millionths. */
function scaled(text: string): bigint | undefined {
  const [, sign, whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (sign === undefined) return undefined;
  const value = BigInt(whole + fraction.padEnd(6, '0'));
  return sign === '-' ? -value : value;
}
