/**
 * Points of the curve y² = x³ - 3x + b as WebAssembly functions: calls of the functions of field-code.ts.
 * A point in memory is X, Y, Z (Jacobian: x = X/Z², y = Y/Z³); in a table it is x, y, packed.
 *
 * The additions are incomplete: for equal or opposite points they give Z = 0, and Z then stays 0 whatever is added, so
 * that one look at the end tells. Coordinates stay below 6p in size when those that go in do.
 */
import { FIELD_NAMES, NUMBER_BYTES, PACKED_BYTES } from './field-code.ts';
import { ADD_ADDRESSES, call, get, int } from './wasm-code.ts';
import type { Code } from './wasm-code.ts';
import type { WasmFunction } from './wasm-module.ts';

/** Bytes of a point in memory. */
export const POINT_BYTES = 3 * NUMBER_BYTES;
/** Bytes of a point in a table. */
export const ENTRY_BYTES = 2 * PACKED_BYTES;

/** Numbers of room that the functions use for themselves. */
export const FREE_NUMBERS = 7;

/** The functions, to stand behind those of the field; given are the addresses of 0, of 1 in Montgomery form, of free room. */
export function createPointFunctions(place: {
  readonly zero: number;
  readonly one: number;
  readonly free: number;
}): readonly WasmFunction[] {
  const room = Array.from({ length: FREE_NUMBERS }, (_, index) => int(place.free + index * NUMBER_BYTES));
  const free = room as unknown as Room;
  return [addition(free), doubling(free, int(place.zero)), placing(int(place.one)), affine(free)];
}

/** add(to, point, entry, sign): adds a table's point, or subtracts it with sign -1; may work in place. */
function addition(free: Room): WasmFunction {
  const [to, from] = [pointAt(0), pointAt(1)];
  const [zz, h, zzz, slope, hh, hhh, v] = free;
  const [entry, sign] = [get(2), get(3)];
  const body = [
    ...run('square', zz, from.z),
    ...run('multiplyPackedSubtract', h, entry, zz, from.x),
    ...run('multiply', zzz, from.z, zz),
    ...run('multiplySignedPackedSubtract', slope, at(entry, PACKED_BYTES), zzz, from.y, sign),
    ...run('multiply', to.z, from.z, h),
    ...run('square', hh, h),
    ...run('multiply', hhh, h, hh),
    ...run('multiply', v, from.x, hh),
    ...run('squareSubtract', to.x, slope, hhh, v),
    ...run('multiplyDifferenceSubtractProduct', to.y, slope, v, to.x, from.y, hhh),
  ];
  return { name: 'add', parameters: 4, locals: 0, body };
}

/** double(to, point): twice a point; may work in place. */
function doubling(free: Room, zero: Code): WasmFunction {
  const [to, from] = [pointAt(0), pointAt(1)];
  const [zz, yy, yy4, yy2, s, t, slope] = free;
  const y2 = t;
  const body = [
    ...run('square', zz, from.z),
    ...run('square', yy, from.y),
    ...combine(yy4, [yy, 4], [yy, 0]),
    ...combine(yy2, [yy, 2], [yy, 0]),
    ...combine(s, [from.x, 1], [zz, -1]),
    ...combine(t, [from.x, 3], [zz, 3]),
    ...run('multiply', slope, s, t),
    ...run('multiply', s, from.x, yy4),
    ...combine(y2, [from.y, 2], [from.y, 0]),
    ...run('multiply', to.z, y2, from.z),
    ...run('squareSubtract', to.x, slope, zero, s),
    ...run('multiplyDifferenceSubtractProduct', to.y, slope, s, to.x, yy4, yy2),
  ];
  return { name: 'double', parameters: 2, locals: 0, body };
}

/** place(to, entry, sign): a table's point as a point in memory, or its opposite with sign -1. */
function placing(one: Code): WasmFunction {
  const to = pointAt(0);
  const body = [
    ...run('unpack', to.x, get(1)),
    ...run('unpackSigned', to.y, at(get(1), PACKED_BYTES), get(2)),
    ...combine(to.z, [one, 1], [one, 0]),
  ];
  return { name: 'place', parameters: 3, locals: 0, body };
}

/** affine(entry, point, inverse): writes a point, the inverse of whose Z is known, into a table. */
function affine(free: Room): WasmFunction {
  const from = pointAt(1);
  const [square, cube, x, y] = free;
  const inverse = get(2);
  const body = [
    ...run('square', square, inverse),
    ...run('multiply', cube, square, inverse),
    ...run('multiply', x, from.x, square),
    ...run('multiply', y, from.y, cube),
    ...run('pack', get(0), x),
    ...run('pack', at(get(0), PACKED_BYTES), y),
  ];
  return { name: 'affine', parameters: 3, locals: 0, body };
}

type Room = readonly [Code, Code, Code, Code, Code, Code, Code];

function pointAt(parameter: number): { x: Code; y: Code; z: Code } {
  const base = get(parameter);
  return { x: base, y: at(base, NUMBER_BYTES), z: at(base, 2 * NUMBER_BYTES) };
}

function at(base: Code, offset: number): Code {
  return [...base, ...int(offset), ...ADD_ADDRESSES];
}

function run(name: (typeof FIELD_NAMES)[number], ...operands: readonly Code[]): Code {
  return [...operands.flat(), ...call(FIELD_NAMES.indexOf(name))];
}

function combine(
  to: Code,
  [a, factorA]: readonly [Code, number],
  [b, factorB]: readonly [Code, number],
): Code {
  return run('combine', to, a, int(factorA), b, int(factorB));
}
