/** Verification of SM2 signatures by tables of multiples of the key and of the base point. Source: GB/T 32918.2, 7.1. */
import { BASE_POINT } from '../curve.ts';
import { createCurveArithmetic, isZero, PLACES } from './curve-arithmetic.ts';
import type { CurveArithmetic } from './curve-arithmetic.ts';
import { LIMB_BITS, LIMBS, NUMBER_BYTES } from './field-code.ts';
import { createKeySlots } from './key-slots.ts';
import { POINT_BYTES } from './point-code.ts';
import { addProduct, buildTable, tableBytes, WORKSHOP_BYTES } from './point-tables.ts';
import { assertSample, SAMPLE_POINT } from './sample-check.ts';
import {
  addScalars,
  bitsOf,
  createScalar,
  isInRange,
  readScalar,
  reduce,
  subtractScalars,
} from './scalar-words.ts';

/**
 * Whether r‖s, 64 bytes, signs the digest e = SM3(ZA ‖ M), 32 bytes, by a key. `undefined`: this arithmetic does not
 * know, because the key has no table (none before its fourth use), when no digest is asked for, or because the
 * computation met a case that it leaves out.
 */
export type FastVerify = (digest: () => Uint8Array, signature: Uint8Array) => boolean | undefined;

/** Fast verification for any number of keys in a fixed amount of memory. */
export interface FastVerifier {
  /**
   * Compiles the module, builds the base point's table and checks itself, in some 30 ms; else the first table does.
   * @throws AssertionError when an answer is wrong; Error when there is no WebAssembly here.
   */
  start(): void;
  /** `point`: 04 ‖ x ‖ y, known to be on the curve. The first table that it needs throws like `start`. */
  forKey(point: Uint8Array): FastVerify;
}

/** `slots`: keys that may have a table at a time, 99 kB each; memory that no table used yet is only reserved. */
export function createFastVerifier({ slots = 128 }: { readonly slots?: number } = {}): FastVerifier {
  let engine: Engine | undefined;
  const start = (): Engine => (engine ??= createEngine(slots));
  const keys = createKeySlots(slots, (slot, id) => {
    start().learn(slot, Buffer.from(id, 'latin1'));
  });
  return {
    start() {
      start();
    },
    forKey(point) {
      const key = { id: Buffer.from(point).toString('latin1'), uses: 0, slot: undefined };
      return (digest, signature) => {
        const slot = keys.use(key);
        return slot === undefined ? undefined : start().verify(slot, digest(), signature);
      };
    },
  };
}

/** The module with the base point's table and those of the keys in their slots. */
interface Engine {
  learn(slot: number, point: Uint8Array): void;
  verify(slot: number, digest: Uint8Array, signature: Uint8Array): boolean | undefined;
}

function createEngine(slots: number): Engine {
  const arithmetic = createCurveArithmetic(SLOTS_AT + slots * tableBytes(KEY_SHAPE));
  const workshop = { arithmetic, room: WORKSHOP_AT };
  buildTable(workshop, { ...BASE, point: BASE_POINT });
  const tableOf = (slot: number): number => SLOTS_AT + slot * tableBytes(KEY_SHAPE);
  const check = createCheck(arithmetic);
  const engine: Engine = {
    learn(slot, point) {
      buildTable(workshop, { address: tableOf(slot), shape: KEY_SHAPE, point });
    },
    verify: (slot, digest, signature) => check(tableOf(slot), digest, signature),
  };
  engine.learn(0, SAMPLE_POINT);
  assertSample((digest, signature) => engine.verify(0, digest, signature));
  return engine;
}

/** Where things stand in the memory, behind what the arithmetic keeps for itself. */
const SUM_AT = PLACES.end;
const VALUE_AT = SUM_AT + POINT_BYTES;
const WORKSHOP_AT = VALUE_AT + 2 * NUMBER_BYTES;
const BASE = { address: WORKSHOP_AT + WORKSHOP_BYTES, shape: { bits: 8, windows: 33 } };
const KEY_SHAPE = { bits: 6, windows: 43 };
const SLOTS_AT = BASE.address + tableBytes(BASE.shape);

type Check = (table: number, digest: Uint8Array, signature: Uint8Array) => boolean | undefined;

function createCheck(arithmetic: CurveArithmetic): Check {
  const [e, r, s, t, x] = [createScalar(), createScalar(), createScalar(), createScalar(), createScalar()];
  const empty = { to: SUM_AT, isEmpty: true };
  return (table, digest, signature) => {
    if (signature.length !== 64) return false;
    readScalar(r, signature, 0);
    readScalar(s, signature, 32);
    if (!isInRange(r) || !isInRange(s)) return false;
    addScalars(t, r, s);
    if (!isInRange(t)) return false;
    readScalar(e, digest, 0);
    reduce(e);
    subtractScalars(x, r, e);
    const isEmpty = addProduct(arithmetic, BASE, { ...empty, value: s });
    addProduct(arithmetic, { address: table, shape: KEY_SHAPE }, { to: SUM_AT, isEmpty, value: t });
    return compare(arithmetic, x);
  };
}

/** Whether the sum's x is the one expected, without computing it: X = x·Z². */
function compare(arithmetic: CurveArithmetic, x: Uint32Array): boolean | undefined {
  const [value, square] = [VALUE_AT, VALUE_AT + NUMBER_BYTES];
  const z = SUM_AT + 2 * NUMBER_BYTES;
  for (let limb = 0; limb < LIMBS; limb += 1) {
    arithmetic.words[value / 4 + 2 * limb] = bitsOf(x, LIMB_BITS * limb, LIMB_BITS);
    arithmetic.words[value / 4 + 2 * limb + 1] = 0;
  }
  arithmetic.multiply(value, value, PLACES.square);
  arithmetic.square(square, z);
  arithmetic.multiply(value, value, square);
  arithmetic.combine(value, value, 1, SUM_AT, -1);
  if (isZero(arithmetic, z)) return undefined;
  if (isZero(arithmetic, value)) return true;
  // An x from n to p is known by its remainder only, which is below 2^128.
  return (x[4] ?? 0) === 0 && (x[5] ?? 0) === 0 && (x[6] ?? 0) === 0 && (x[7] ?? 0) === 0 ? undefined : false;
}
