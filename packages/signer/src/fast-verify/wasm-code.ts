/** Instructions of WebAssembly as bytes: the few that straight-line arithmetic needs. Source: WebAssembly 1.0, chapter 5. */

/** A piece of a function's body; pieces are joined by concatenation. */
export type Code = readonly number[];

export const ADD: Code = [0x7c];
export const SUB: Code = [0x7d];
export const MUL: Code = [0x7e];
export const AND: Code = [0x83];
export const XOR: Code = [0x85];
export const SHIFT_LEFT: Code = [0x86];
/** Keeps the sign. */
export const SHIFT_RIGHT: Code = [0x87];
/** Of 32-bit numbers. */
export const ADD_ADDRESSES: Code = [0x6a];
/** From i32 to i64, keeping the sign. */
export const EXTEND: Code = [0xac];

/** Puts a local variable on the stack; parameters are numbered first. */
export const get = (local: number): Code => [0x20, ...unsigned(local)];
/** Takes a local variable's new value from the stack. */
export const set = (local: number): Code => [0x21, ...unsigned(local)];
/** The same, and leaves it on the stack. */
export const tee = (local: number): Code => [0x22, ...unsigned(local)];
/** Puts a 64-bit number on the stack. */
export const long = (value: number): Code => [0x42, ...signed(value)];
/** Puts a 32-bit number on the stack: an address. */
export const int = (value: number): Code => [0x41, ...signed(value)];
/** Calls the function of this index. */
export const call = (index: number): Code => [0x10, ...unsigned(index)];
/** Loads 64 bits from the address on the stack plus `offset`. */
export const load = (offset: number): Code => [0x29, 3, ...unsigned(offset)];
/** Loads 32 bits as a signed 64-bit number. */
export const loadHalf = (offset: number): Code => [0x34, 2, ...unsigned(offset)];
/** Stores the 64-bit number on the stack to the address below it plus `offset`. */
export const store = (offset: number): Code => [0x37, 3, ...unsigned(offset)];
/** Stores the low 32 bits. */
export const storeHalf = (offset: number): Code => [0x3e, 2, ...unsigned(offset)];

/** LEB128 without sign, for 0 ≤ value < 2^31. */
export function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** LEB128 with sign, for -2^31 ≤ value < 2^31. */
function signed(value: number): Code {
  const rest = value >> 7;
  const isLast = rest === ((value & 0x40) === 0 ? 0 : -1);
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(rest)];
}
