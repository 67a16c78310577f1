/** The curve by BigInt and textbook formulas, slow and obvious: what the fast arithmetic is held against. */
import assert from 'node:assert/strict';
import { createECDH } from 'node:crypto';

/** The field's prime. */
export const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
/** The order of the base point. */
export const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;

/** A point of the curve; `undefined` at infinity. */
export type Point = { readonly x: bigint; readonly y: bigint } | undefined;

/** The base point. */
export const G = {
  x: 0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  y: 0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
};

/** The remainder that is not negative. */
export const mod = (value: bigint, modulus: bigint): bigint => ((value % modulus) + modulus) % modulus;

/** base^exponent modulo a prime. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let factor = mod(base, modulus);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * factor) % modulus;
    factor = (factor * factor) % modulus;
  }
  return result;
}

/** 1/value modulo a prime. */
export const invert = (value: bigint, modulus: bigint): bigint => power(value, modulus - 2n, modulus);

/** The sum of two points. */
export function add(a: Point, b: Point): Point {
  if (a === undefined) return b;
  if (b === undefined) return a;
  if (a.x === b.x && a.y !== b.y) return undefined;
  const slope =
    a.x === b.x ? (3n * a.x * a.x - 3n) * invert(2n * a.y, P) : (b.y - a.y) * invert(mod(b.x - a.x, P), P);
  const x = mod(slope * slope - a.x - b.x, P);
  return { x, y: mod(slope * (a.x - x) - a.y, P) };
}

/** factor·point. */
export function multiply(factor: bigint, point: Point): Point {
  let sum: Point;
  let doubled = point;
  for (let rest = mod(factor, N); rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(sum, doubled);
    doubled = add(doubled, doubled);
  }
  return sum;
}

/** The point of this x with an even y, if there is one. */
export function findPoint(x: bigint): Point {
  const square = mod(x * x * x - 3n * x + B, P);
  const y = power(square, (P + 1n) / 4n, P);
  if ((y * y) % P !== square) return undefined;
  return { x, y: y % 2n === 0n ? y : P - y };
}

/** 32 bytes, the highest first. */
export function bytes(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(64, '0'), 'hex');
}

/** factor·G by node:crypto, which is a hundred times faster; `undefined` at infinity. */
export function multiplyBase(factor: bigint): Point {
  const scalar = mod(factor, N);
  if (scalar === 0n) return undefined;
  const ecdh = createECDH('SM2');
  ecdh.setPrivateKey(bytes(scalar));
  const hex = ecdh.getPublicKey('hex');
  return { x: BigInt(`0x${hex.slice(2, 66)}`), y: BigInt(`0x${hex.slice(66)}`) };
}

/** 04 ‖ x ‖ y. */
export function encode(point: Point): Buffer {
  assert(point !== undefined, 'infinity has no coordinates');
  return Buffer.concat([Buffer.of(4), bytes(point.x), bytes(point.y)]);
}
