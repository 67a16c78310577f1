/** Plain ECDSA on the SM2 curve, which some libraries make when asked for SM2; for diagnosing only. */
import { hash } from 'node:crypto';
import { BASE_POINT, ORDER } from '../curve.ts';
import { PRIME } from '../fast-verify/curve-arithmetic.ts';

/** x, y, z with the point at (x/z², y/z³); z = 0 at infinity. */
type Point = readonly [x: bigint, y: bigint, z: bigint];

const N = BigInt(`0x${ORDER.toString('hex')}`);
const INFINITY: Point = [1n, 1n, 0n];

/** The digest under which r‖s is plain ECDSA over the bytes; takes some milliseconds for each digest. */
export function findEcdsaDigest(
  point: Uint8Array,
  bytes: Uint8Array,
  signature: Uint8Array,
): 'sm3' | 'sha256' | undefined {
  return (['sm3', 'sha256'] as const).find((digest) =>
    verifies(toPoint(point), number(hash(digest, bytes, 'buffer')), signature),
  );
}

function verifies(key: Point, e: bigint, signature: Uint8Array): boolean {
  const [r, s] = [number(signature.subarray(0, 32)), number(signature.subarray(32))];
  if (r <= 0n || s <= 0n || r >= N || s >= N) return false;
  const w = power(s, N - 2n, N);
  const sum = add(multiply(toPoint(BASE_POINT), (e * w) % N), multiply(key, (r * w) % N));
  if (sum[2] === 0n) return false;
  const inverse = power(sum[2], PRIME - 2n, PRIME);
  return mod(sum[0] * inverse * inverse) % N === r;
}

function toPoint(point: Uint8Array): Point {
  return [number(point.subarray(1, 33)), number(point.subarray(33)), 1n];
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function mod(value: bigint): bigint {
  const rest = value % PRIME;
  return rest < 0n ? rest + PRIME : rest;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let bits = exponent, square = base % modulus; bits > 0n; bits >>= 1n) {
    if (bits & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function multiply(point: Point, factor: bigint): Point {
  let sum = INFINITY;
  for (const bit of factor.toString(2)) {
    sum = double(sum);
    if (bit === '1') sum = add(sum, point);
  }
  return sum;
}

/** For a = -3. */
function double([x, y, z]: Point): Point {
  if (z === 0n) return INFINITY;
  const delta = mod(z * z);
  const gamma = mod(y * y);
  const beta = mod(x * gamma);
  const alpha = mod(3n * (x - delta) * (x + delta));
  const doubled = mod(alpha * alpha - 8n * beta);
  return [doubled, mod(alpha * (4n * beta - doubled) - 8n * gamma * gamma), mod(2n * y * z)];
}

function add(one: Point, other: Point): Point {
  if (one[2] === 0n) return other;
  if (other[2] === 0n) return one;
  const [z1, z2] = [mod(one[2] * one[2]), mod(other[2] * other[2])];
  const [u1, u2] = [mod(one[0] * z2), mod(other[0] * z1)];
  const [s1, s2] = [mod(one[1] * z2 * other[2]), mod(other[1] * z1 * one[2])];
  const [h, r] = [mod(u2 - u1), mod(s2 - s1)];
  if (h === 0n) return r === 0n ? double(one) : INFINITY;
  const h2 = mod(h * h);
  const h3 = mod(h * h2);
  const v = mod(u1 * h2);
  const x = mod(r * r - h3 - 2n * v);
  return [x, mod(r * (v - x) - s1 * h3), mod(h * one[2] * other[2])];
}
