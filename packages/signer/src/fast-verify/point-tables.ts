/** Tables of multiples of a point, with which its products need additions only. */
import { PLACES, PRIME, writeNumber } from './curve-arithmetic.ts';
import type { CurveArithmetic } from './curve-arithmetic.ts';
import { NUMBER_BYTES, PACKED_BYTES } from './field-code.ts';
import { ENTRY_BYTES, POINT_BYTES } from './point-code.ts';
import { bitsOf } from './scalar-words.ts';
import type { ScalarWords } from './scalar-words.ts';

/** For each window of bits w the points 1, 2, … 2^(bits-1) times 2^(bits·w) P. */
export interface TableShape {
  readonly bits: number;
  readonly windows: number;
}

/** Bytes of a table. */
export function tableBytes({ bits, windows }: TableShape): number {
  return windows * 2 ** (bits - 1) * ENTRY_BYTES;
}

/** Bytes of room that building a table takes. */
export const WORKSHOP_BYTES = 512 * (POINT_BYTES + NUMBER_BYTES) + 3 * NUMBER_BYTES;

/** A place of the memory where tables are built. */
export interface Workshop {
  readonly arithmetic: CurveArithmetic;
  /** Address of `WORKSHOP_BYTES` of room. */
  readonly room: number;
}

/** Builds the table of a point 04 ‖ x ‖ y at an address: a millisecond for a key, three for the base point, once warm. */
export function buildTable(
  workshop: Workshop,
  table: { readonly address: number; readonly shape: TableShape; readonly point: Uint8Array },
): void {
  const { bits, windows } = table.shape;
  const entries = 2 ** (bits - 1);
  const entryOf = (window: number, index: number): number =>
    table.address + (window * entries + index) * ENTRY_BYTES;
  writeEntry(workshop, entryOf(0, 0), table.point);
  buildBases(workshop, table.shape, (window) => entryOf(window, 0));
  const chunk = BATCH / entries;
  for (let first = 0; first < windows; first += chunk) {
    const last = Math.min(first + chunk, windows);
    const count = (last - first) * entries;
    for (let index = 0; index < count; index += 1) {
      buildMultiple(workshop, index, { of: entryOf(first + Math.floor(index / entries), 0), entries });
    }
    writeAffine(workshop, count, (index) => entryOf(first, index));
  }
}

/**
 * Adds value·P to the point at `to`, by the table of P; returns whether the point is still empty, as it is said to be at
 * the start. A window's digit lies from -(2^(bits-1) - 1) to 2^(bits-1).
 */
export function addProduct(
  arithmetic: CurveArithmetic,
  table: { readonly address: number; readonly shape: TableShape },
  sum: { readonly to: number; readonly isEmpty: boolean; readonly value: ScalarWords },
): boolean {
  const { bits, windows } = table.shape;
  const half = 1 << (bits - 1);
  const { to, value } = sum;
  let { isEmpty } = sum;
  let carry = 0;
  for (let window = 0; window < windows; window += 1) {
    const positive = bitsOf(value, window * bits, bits) + carry;
    carry = positive > half ? 1 : 0;
    if (positive === 0) continue;
    const size = carry === 1 ? 2 * half - positive : positive;
    if (size === 0) continue;
    const entry = table.address + (window * half + size - 1) * ENTRY_BYTES;
    const sign = carry === 1 ? -1 : 0;
    if (isEmpty) arithmetic.place(to, entry, sign);
    else arithmetic.add(to, to, entry, sign);
    isEmpty = false;
  }
  return isEmpty;
}

/** Points that share one inversion. */
const BATCH = 512;

function pointAt({ room }: Workshop, index: number): number {
  return room + index * POINT_BYTES;
}

/** Products of the Z of all points up to this one. */
function prefixAt({ room }: Workshop, index: number): number {
  return room + BATCH * POINT_BYTES + index * NUMBER_BYTES;
}

function spareAt({ room }: Workshop, index: number): number {
  return room + BATCH * (POINT_BYTES + NUMBER_BYTES) + index * NUMBER_BYTES;
}

function writeEntry(workshop: Workshop, entry: number, point: Uint8Array): void {
  const { arithmetic } = workshop;
  const spare = spareAt(workshop, 0);
  for (const coordinate of [0, 1]) {
    const bytes = Buffer.from(point.subarray(1 + 32 * coordinate, 33 + 32 * coordinate));
    writeNumber(arithmetic, spare, BigInt(`0x${bytes.toString('hex')}`));
    arithmetic.multiply(spare, spare, PLACES.square);
    arithmetic.pack(entry + coordinate * PACKED_BYTES, spare);
  }
}

/** From the first window's first entry, those of the others: each 2^bits times the one before. */
function buildBases(workshop: Workshop, shape: TableShape, entryOf: (window: number) => number): void {
  const { arithmetic } = workshop;
  arithmetic.place(pointAt(workshop, 0), entryOf(0), 0);
  for (let window = 1; window < shape.windows; window += 1) {
    const point = pointAt(workshop, window);
    arithmetic.double(point, pointAt(workshop, window - 1));
    for (let bit = 1; bit < shape.bits; bit += 1) arithmetic.double(point, point);
  }
  writeAffine(workshop, shape.windows, entryOf);
}

/** The multiples of a window one after the other; no two of them are equal or opposite, n being prime. */
function buildMultiple(workshop: Workshop, index: number, window: { of: number; entries: number }): void {
  const { arithmetic } = workshop;
  const point = pointAt(workshop, index);
  const place = index % window.entries;
  if (place === 0) arithmetic.place(point, window.of, 0);
  else if (place === 1) arithmetic.double(point, pointAt(workshop, index - 1));
  else arithmetic.add(point, pointAt(workshop, index - 1), window.of, 0);
}

/** Writes the workshop's first points into the table, with one inversion for all. */
function writeAffine(workshop: Workshop, count: number, entryOf: (index: number) => number): void {
  const { arithmetic } = workshop;
  const zAt = (index: number): number => pointAt(workshop, index) + 2 * NUMBER_BYTES;
  const [rest, inverse] = [spareAt(workshop, 0), spareAt(workshop, 1)];
  arithmetic.multiply(prefixAt(workshop, 0), zAt(0), PLACES.one);
  for (let index = 1; index < count; index += 1) {
    arithmetic.multiply(prefixAt(workshop, index), prefixAt(workshop, index - 1), zAt(index));
  }
  invert(arithmetic, { to: rest, from: prefixAt(workshop, count - 1) });
  for (let index = count - 1; index > 0; index -= 1) {
    arithmetic.multiply(inverse, rest, prefixAt(workshop, index - 1));
    arithmetic.affine(entryOf(index), pointAt(workshop, index), inverse);
    arithmetic.multiply(rest, rest, zAt(index));
  }
  arithmetic.affine(entryOf(0), pointAt(workshop, 0), rest);
}

/** By Fermat: the power p - 2. */
function invert(arithmetic: CurveArithmetic, { to, from }: { to: number; from: number }): void {
  arithmetic.multiply(to, from, PLACES.one);
  for (const bit of (PRIME - 2n).toString(2).slice(1)) {
    arithmetic.square(to, to);
    if (bit === '1') arithmetic.multiply(to, to, from);
  }
}
