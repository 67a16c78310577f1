/** The module at work: numbers and points of the curve at addresses of one memory. */
import { createFieldFunctions, LIMB_BITS, LIMBS, NUMBER_BYTES } from './field-code.ts';
import { createPointFunctions, FREE_NUMBERS } from './point-code.ts';
import { encodeModule } from './wasm-module.ts';

/** Arithmetic on addresses; what each function does stands in field-code.ts and point-code.ts. */
export interface CurveArithmetic {
  /** The memory as 32-bit words: of a limb its low word is the even one. */
  readonly words: Int32Array;
  multiply(to: number, a: number, b: number): void;
  square(to: number, a: number): void;
  combine(to: number, a: number, factorA: number, b: number, factorB: number): void;
  pack(entry: number, a: number): void;
  add(to: number, point: number, entry: number, sign: 0 | -1): void;
  double(to: number, point: number): void;
  place(to: number, entry: number, sign: 0 | -1): void;
  affine(entry: number, point: number, inverse: number): void;
}

/** Addresses of what stands at the memory's beginning; behind it, from `end`, it is the caller's. */
export const PLACES = layOut(['zero', 'unit', 'one', 'square', 'free']);

/** p, the prime of the field. Source: GB/T 32918.5. */
export const PRIME = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;

/** Compiles the module, in a few milliseconds; `bytes`: size of its memory, which never grows. */
export function createCurveArithmetic(bytes: number): CurveArithmetic {
  const functions = [...createFieldFunctions(), ...createPointFunctions(PLACES)];
  const module = new WebAssembly.Module(encodeModule(functions, Math.ceil(bytes / PAGE_BYTES)));
  const { exports } = new WebAssembly.Instance(module);
  const { memory, ...rest } = exports as CurveArithmetic & { memory: { readonly buffer: ArrayBuffer } };
  const arithmetic = { ...rest, words: new Int32Array(memory.buffer) };
  writeNumber(arithmetic, PLACES.unit, 1n);
  writeNumber(arithmetic, PLACES.one, MONTGOMERY % PRIME);
  writeNumber(arithmetic, PLACES.square, MONTGOMERY ** 2n % PRIME);
  return arithmetic;
}

/** Writes 0 ≤ value < 2^261 as a number; for set-up, being slow. */
export function writeNumber({ words }: CurveArithmetic, address: number, value: bigint): void {
  for (let limb = 0; limb < LIMBS; limb += 1) {
    words[address / 4 + 2 * limb] = Number((value >> BigInt(LIMB_BITS * limb)) & LIMB_MASK);
    words[address / 4 + 2 * limb + 1] = 0;
  }
}

/** Whether a number of a few p in size is a multiple of p; what stands there is overwritten. */
export function isZero(arithmetic: CurveArithmetic, address: number): boolean {
  const { words } = arithmetic;
  // Divided by R, the number lies from 0 to p, both included, and its limbs are the only ones possible.
  arithmetic.multiply(address, address, PLACES.unit);
  let nonZero = 0;
  let unlikePrime = 0;
  for (let limb = 0; limb < LIMBS; limb += 1) {
    const word = words[address / 4 + 2 * limb] ?? 0;
    nonZero |= word;
    unlikePrime |= word ^ (PRIME_LIMBS[limb] ?? 0);
  }
  return nonZero === 0 || unlikePrime === 0;
}

const PAGE_BYTES = 0x1_0000;
const LIMB_MASK = (1n << BigInt(LIMB_BITS)) - 1n;
const MONTGOMERY = 1n << BigInt(LIMB_BITS * LIMBS);
const PRIME_LIMBS = Array.from({ length: LIMBS }, (_, limb) =>
  Number((PRIME >> BigInt(LIMB_BITS * limb)) & LIMB_MASK),
);

function layOut<Name extends string>(names: readonly Name[]): Readonly<Record<Name | 'end', number>> {
  const places = names.map((name, index) => [name, index * NUMBER_BYTES]);
  const end = (names.length - 1 + FREE_NUMBERS) * NUMBER_BYTES;
  return Object.fromEntries([...places, ['end', end]]) as Record<Name | 'end', number>;
}
