/** Numbers modulo the order n as eight 32-bit words, the lowest first, and a ninth that is 0. */

/** A number below 2^256. */
export type ScalarWords = Uint32Array;

/** A new number 0. */
export function createScalar(): ScalarWords {
  return new Uint32Array(WORDS + 1);
}

/** Reads 32 bytes, the highest first. */
export function readScalar(to: ScalarWords, bytes: Uint8Array, start: number): void {
  for (let word = 0; word < WORDS; word += 1) {
    const at = start + 4 * (WORDS - 1 - word);
    const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
    to[word] = high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
  }
}

/** Whether 1 ≤ value < n. */
export function isInRange(value: ScalarWords): boolean {
  return !isBelow(value, ONE) && isBelow(value, ORDER);
}

/** Brings a number below 2n under n. */
export function reduce(value: ScalarWords): void {
  if (!isBelow(value, ORDER)) subtract(value, value, ORDER);
}

/** to = a + b modulo n, for a and b below n. */
export function addScalars(to: ScalarWords, a: ScalarWords, b: ScalarWords): void {
  let carry = 0;
  for (let word = 0; word < WORDS; word += 1) {
    const sum = (a[word] ?? 0) + (b[word] ?? 0) + carry;
    carry = sum > 0xffff_ffff ? 1 : 0;
    to[word] = sum;
  }
  if (carry === 1 || !isBelow(to, ORDER)) subtract(to, to, ORDER);
}

/** to = a - b modulo n, for a and b below n. */
export function subtractScalars(to: ScalarWords, a: ScalarWords, b: ScalarWords): void {
  if (subtract(to, a, b) === 0) return;
  let carry = 0;
  for (let word = 0; word < WORDS; word += 1) {
    const sum = (to[word] ?? 0) + (ORDER[word] ?? 0) + carry;
    carry = sum > 0xffff_ffff ? 1 : 0;
    to[word] = sum;
  }
}

/** The `size` bits from bit `from` upwards, for `size` at most 29. */
export function bitsOf(value: ScalarWords, from: number, size: number): number {
  const word = from >> 5;
  const shift = from & 31;
  const low = (value[word] ?? 0) >>> shift;
  // A shift by 32 would be none.
  const high = shift === 0 ? 0 : (value[word + 1] ?? 0) << (32 - shift);
  return (low | high) & ((1 << size) - 1);
}

const WORDS = 8;

const ORDER = Uint32Array.from([
  0x39d54123, 0x53bbf409, 0x21c6052b, 0x7203df6b, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffffffe, 0,
]);
const ONE = Uint32Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0);

function isBelow(a: ScalarWords, b: ScalarWords): boolean {
  for (let word = WORDS - 1; word >= 0; word -= 1) {
    const [left, right] = [a[word] ?? 0, b[word] ?? 0];
    if (left !== right) return left < right;
  }
  return false;
}

/** to = a - b modulo 2^256; returns the borrow. */
function subtract(to: ScalarWords, a: ScalarWords, b: ScalarWords): 0 | 1 {
  let borrow: 0 | 1 = 0;
  for (let word = 0; word < WORDS; word += 1) {
    const difference: number = (a[word] ?? 0) - (b[word] ?? 0) - borrow;
    borrow = difference < 0 ? 1 : 0;
    to[word] = difference;
  }
  return borrow;
}
