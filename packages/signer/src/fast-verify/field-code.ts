/**
 * Arithmetic modulo p = 2^256 - 2^224 - 2^96 + 2^64 - 1 as WebAssembly functions on numbers in memory.
 *
 * A number is 9 limbs of 29 bits, each a signed 64-bit word: limbs 0…7 lie in [0, 2^29), limb 8 takes the rest and the
 * sign, so that values of a few p, negative ones too, need no reduction. Numbers are kept in Montgomery form with
 * R = 2^261: since p ≡ -1 modulo 2^29, the multiple of p that clears a limb is the limb itself, and multiplying it by
 * p is four shifts. A product's column holds at most 9 products of 2^58 per pair of operands, hence two pairs fit into
 * one sum. A product of numbers below a·p and b·p in size lies between -ab/32·p and (1 + ab/32)·p.
 */
import {
  ADD,
  AND,
  EXTEND,
  get,
  load,
  loadHalf,
  long,
  MUL,
  set,
  SHIFT_LEFT,
  SHIFT_RIGHT,
  store,
  storeHalf,
  SUB,
  tee,
  XOR,
} from './wasm-code.ts';
import type { Code } from './wasm-code.ts';
import type { WasmFunction } from './wasm-module.ts';

/** Limbs of a number. */
export const LIMBS = 9;
/** Bits of a limb. */
export const LIMB_BITS = 29;
/** Bytes of a number in memory. */
export const NUMBER_BYTES = LIMBS * 8;
/** Bytes of a number in a table, where a limb takes 32 bits. */
export const PACKED_BYTES = LIMBS * 4;

/** The functions, in the order of their indices. */
export const FIELD_NAMES = [
  'multiply',
  'square',
  'multiplyPackedSubtract',
  'multiplySignedPackedSubtract',
  'squareSubtract',
  'multiplyDifferenceSubtractProduct',
  'combine',
  'unpack',
  'unpackSigned',
  'pack',
] as const;

/**
 * Writes the functions. A parameter is the address of a number unless said otherwise, the first that of the result,
 * which may overwrite any operand.
 */
export function createFieldFunctions(): readonly WasmFunction[] {
  return FIELD_NAMES.map((name) => ({ name, ...WRITERS[name]() }));
}

type FunctionCode = Omit<WasmFunction, 'name'>;

/** Code that puts one limb of an operand on the stack. */
type Operand = (limb: number) => Code;

/** What is computed: `plus` (one operand: its square) less `minus`, over R, less `less`, each shifted left. */
interface Formula {
  readonly plus: readonly [Operand] | readonly [Operand, Operand];
  readonly minus?: readonly [Operand, Operand];
  readonly less?: readonly (readonly [operand: Operand, shift: number])[];
}

/** The product in column `column`, from local variables, as code that adds to or subtracts from the stack's top. */
type Columns = (column: number) => Code;

const MASK = 2 ** LIMB_BITS - 1;

/** Packed numbers are at addresses in a table; a sign is -1 to negate, else 0. */
const WRITERS: Readonly<Record<(typeof FIELD_NAMES)[number], () => FunctionCode>> = {
  /** a·b */
  multiply: () => reduced(3, { plus: [number(1), number(2)] }),
  /** a² */
  square: () => reduced(2, { plus: [number(1)] }),
  /** a·b - c, a packed */
  multiplyPackedSubtract: () => reduced(4, { plus: [packed(1), number(2)], less: [[number(3), 0]] }),
  /** ±a·b - c, a packed, the sign last */
  multiplySignedPackedSubtract: () =>
    reduced(5, { plus: [signedPacked(1, 4), number(2)], less: [[number(3), 0]] }),
  /** a² - b - 2c */
  squareSubtract: () =>
    reduced(4, {
      plus: [number(1)],
      less: [
        [number(2), 0],
        [number(3), 1],
      ],
    }),
  /** a·(b - c) - d·e */
  multiplyDifferenceSubtractProduct: () =>
    reduced(6, { plus: [number(1), difference(number(2), number(3))], minus: [number(4), number(5)] }),
  combine: combination,
  unpack: () => copy(2, (limb) => [...packed(1)(limb), ...store(8 * limb)]),
  unpackSigned: () => copy(3, (limb) => [...signedPacked(1, 2)(limb), ...store(8 * limb)]),
  pack: () => copy(2, (limb) => [...number(1)(limb), ...storeHalf(4 * limb)]),
};

/** p without its lowest limb: limb, shift and sign of its other powers of two. */
const MODULUS = [
  { limb: 2, shift: 6, apply: ADD },
  { limb: 3, shift: 9, apply: SUB },
  { limb: 7, shift: 21, apply: SUB },
  { limb: 8, shift: 24, apply: ADD },
] as const;

function number(parameter: number): Operand {
  return (limb) => [...get(parameter), ...load(8 * limb)];
}

function packed(parameter: number): Operand {
  return (limb) => [...get(parameter), ...loadHalf(4 * limb)];
}

/** With a mask of ones, `(x ^ mask) - mask` is -x; with zeros it is x. */
function signedPacked(parameter: number, mask: number): Operand {
  const extended = [...get(mask), ...EXTEND];
  return (limb) => [...packed(parameter)(limb), ...extended, ...XOR, ...extended, ...SUB];
}

function difference(left: Operand, right: Operand): Operand {
  return (limb) => [...left(limb), ...right(limb), ...SUB];
}

/** A function whose first parameter takes the formula's result: column by column, one running sum. */
function reduced(parameters: number, formula: Formula): FunctionCode {
  const sum = parameters;
  const quotient = (limb: number): number => parameters + 1 + limb;
  const locals = { next: parameters + 1 + LIMBS };
  const body: number[] = [];
  const [left, right] = formula.plus;
  const columns = [
    right === undefined ? squares(left, body, locals) : products([left, right, ADD], body, locals),
  ];
  if (formula.minus !== undefined) columns.push(products([...formula.minus, SUB], body, locals));
  for (let column = 0; column < 2 * LIMBS; column += 1) {
    const limb = column - LIMBS;
    if (limb >= 0) body.push(...get(0));
    body.push(...get(sum), ...columns.flatMap((one) => one(column)));
    for (const part of MODULUS) {
      const from = column - part.limb;
      if (from < 0 || from >= LIMBS) continue;
      body.push(...get(quotient(from)), ...long(part.shift), ...SHIFT_LEFT, ...part.apply);
    }
    if (limb >= 0) {
      for (const [operand, shift] of formula.less ?? [])
        body.push(...operand(limb), ...long(shift), ...SHIFT_LEFT, ...SUB);
    }
    if (limb === LIMBS - 1) body.push(...store(8 * limb));
    else {
      body.push(...tee(sum), ...long(MASK), ...AND, ...(limb < 0 ? set(quotient(column)) : store(8 * limb)));
      body.push(...get(sum), ...long(LIMB_BITS), ...SHIFT_RIGHT, ...set(sum));
    }
  }
  return { parameters, locals: locals.next - parameters, body };
}

function products(
  [left, right, apply]: readonly [Operand, Operand, Code],
  body: number[],
  locals: { next: number },
): Columns {
  const a = loadLimbs(left, body, locals);
  const b = loadLimbs(right, body, locals);
  return (column) => pairs(column).flatMap(([i, j]) => [...get(a + i), ...get(b + j), ...MUL, ...apply]);
}

/** Each mixed product occurs twice, so that half of them suffice with doubled limbs. */
function squares(operand: Operand, body: number[], locals: { next: number }): Columns {
  const single = loadLimbs(operand, body, locals);
  const doubled = loadLimbs((limb) => [...get(single + limb), ...long(1), ...SHIFT_LEFT], body, locals);
  return (column) =>
    pairs(column)
      .filter(([i, j]) => i <= j)
      .flatMap(([i, j]) => [...get(i === j ? single + i : doubled + i), ...get(single + j), ...MUL, ...ADD]);
}

/** The pairs of limbs whose product belongs to a column. */
function pairs(column: number): readonly (readonly [number, number])[] {
  const all = Array.from({ length: LIMBS }, (_, i) => [i, column - i] as const);
  return all.filter(([, j]) => j >= 0 && j < LIMBS);
}

/** Puts an operand's limbs into new local variables; returns the first. */
function loadLimbs(operand: Operand, body: number[], locals: { next: number }): number {
  const first = locals.next;
  locals.next += LIMBS;
  for (let limb = 0; limb < LIMBS; limb += 1) body.push(...operand(limb), ...set(first + limb));
  return first;
}

/** combine(to, a, factorA, b, factorB): a·factorA + b·factorB for small factors, its limbs brought into range. */
function combination(): FunctionCode {
  const parameters = 5;
  const body: number[] = [];
  for (let limb = 0; limb < LIMBS; limb += 1) {
    const scaled = (from: number): Code => [...number(from)(limb), ...get(from + 1), ...EXTEND, ...MUL];
    body.push(...get(0), ...get(parameters), ...scaled(1), ...ADD, ...scaled(3), ...ADD);
    if (limb === LIMBS - 1) body.push(...store(8 * limb));
    else {
      body.push(...tee(parameters), ...long(MASK), ...AND, ...store(8 * limb));
      body.push(...get(parameters), ...long(LIMB_BITS), ...SHIFT_RIGHT, ...set(parameters));
    }
  }
  return { parameters, locals: 1, body };
}

/** Limb by limb to the first parameter. */
function copy(parameters: number, limbOf: (limb: number) => Code): FunctionCode {
  const body = Array.from({ length: LIMBS }, (_, limb) => [...get(0), ...limbOf(limb)]).flat();
  return { parameters, locals: 0, body };
}
