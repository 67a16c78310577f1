import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createCurveArithmetic,
  isZero,
  PLACES,
  writeNumber,
} from '#internal/fast-verify/curve-arithmetic.ts';
import { createFieldFunctions, NUMBER_BYTES } from '#internal/fast-verify/field-code.ts';
import { createPointFunctions } from '#internal/fast-verify/point-code.ts';
import {
  addScalars,
  bitsOf,
  createScalar,
  isInRange,
  readScalar,
  reduce,
  subtractScalars,
} from '#internal/fast-verify/scalar-words.ts';
import { encodeModule } from '#internal/fast-verify/wasm-module.ts';
import { bytes, invert, mod, N, P } from './reference.ts';

const R = 1n << 261n;
const perR = invert(R % P, P);
/** Every function of the field, also those that only other functions call. */
type Field = Record<'multiply' | 'square' | 'squareSubtract' | 'multiplyDifferenceSubtractProduct', Run>;
type Run = (...operands: readonly number[]) => void;

const curve = createCurveArithmetic(0x1_0000);
const field = curve as unknown as Field;
const [to, a, b, c, d] = [0, 1, 2, 3, 4].map((index) => PLACES.end + index * NUMBER_BYTES) as [
  number,
  number,
  number,
  number,
  number,
];

/** Writes a value of either sign: the uppermost limb takes the sign. */
function write(address: number, value: bigint): void {
  writeNumber(curve, address, value & ((1n << 232n) - 1n));
  new BigInt64Array(curve.words.buffer)[address / 8 + 8] = value >> 232n;
}

function read(address: number): bigint {
  const limbs = new BigInt64Array(curve.words.buffer, address, 9);
  return limbs.reduceRight((sum, limb) => (sum << 29n) + limb, 0n);
}

/** Numbers as they occur in additions, and those at which carries run through. */
const edges = [0n, 1n, P - 1n, P, P + 1n, 6n * P, (1n << 232n) - 1n, (1n << 256n) - 1n, 1n << 29n];
const value = fc.oneof(
  fc.constantFrom(...edges, ...edges.map((edge) => -edge)),
  fc.bigInt({ min: -6n * P, max: 6n * P }),
);
const run = { numRuns: 300, seed: 20261121 };

describe('Field arithmetic in WebAssembly', () => {
  const formulas: Record<string, { run: () => void; expect: (v: readonly bigint[]) => bigint }> = {
    'a·b': { run: () => field.multiply(to, a, b), expect: ([x = 0n, y = 0n]) => x * y },
    'a²': { run: () => field.square(to, a), expect: ([x = 0n]) => x * x },
    'a² - b - 2c': {
      run: () => field.squareSubtract(to, a, b, c),
      expect: ([x = 0n, y = 0n, z = 0n]) => x * x - (y + 2n * z) * R,
    },
    'a·(b - c) - d·a': {
      run: () => field.multiplyDifferenceSubtractProduct(to, a, b, c, d, a),
      expect: ([x = 0n, y = 0n, z = 0n, w = 0n]) => x * (y - z) - w * x,
    },
    '3a - 4b': {
      run: () => curve.combine(to, a, 3, b, -4),
      expect: ([x = 0n, y = 0n]) => (3n * x - 4n * y) * R,
    },
  };
  for (const [title, formula] of Object.entries(formulas)) {
    it(`computes ${title} as BigInt does, limbs in range`, () => {
      fc.assert(
        fc.property(value, value, value, value, (...values) => {
          values.forEach((one, index) => write([a, b, c, d][index] ?? 0, one));
          formula.run();
          const limbs = new BigInt64Array(curve.words.buffer, to, 8);
          assert.ok(limbs.every((limb) => limb >= 0n && limb < 1n << 29n));
          assert.equal(mod(read(to), P), mod(formula.expect(values) * perR, P));
        }),
        run,
      );
    });
  }

  it('may write its result over an operand', () => {
    for (const place of [a, b, c]) {
      [5n, 7n, 11n].forEach((one, index) => write([a, b, c][index] ?? 0, mod(one * R, P)));
      field.multiplyDifferenceSubtractProduct(place, a, b, c, b, c);
      assert.equal(mod(read(place) * perR, P), mod(5n * (7n - 11n) - 7n * 11n, P));
    }
  });

  it('does not overflow with the largest limbs that additions produce', () => {
    const full = (1n << 232n) - 1n + (1n << 232n) * ((1n << 27n) - 1n);
    for (const [left, right] of [
      [full, -full],
      [-full, full],
      [full, full],
      [-full, -full],
    ] as const) {
      [left, right, -right, left].forEach((one, index) => write([a, b, c, d][index] ?? 0, one));
      field.multiplyDifferenceSubtractProduct(to, a, b, c, d, a);
      assert.equal(mod(read(to), P), mod((left * 2n * right - left * left) * perR, P));
    }
  });

  it('finds the multiples of p to be zero and nothing else', () => {
    const cases = [-3n, -1n, 0n, 1n, 2n, 5n].flatMap((factor) => [
      { number: factor * P, expected: true },
      { number: factor * P + 1n, expected: false },
      { number: factor * P - 1n, expected: false },
    ]);
    for (const { number, expected } of cases) {
      write(a, number);
      assert.equal(isZero(curve, a), expected, String(number));
    }
  });
});

describe('The module', () => {
  it('is the same bytes each time, and small', () => {
    const functions = (): ReturnType<typeof createFieldFunctions> => [
      ...createFieldFunctions(),
      ...createPointFunctions(PLACES),
    ];
    const encoded = encodeModule(functions(), 1);
    assert.deepEqual(encoded, encodeModule(functions(), 1));
    assert.ok(encoded.length < 12_000, `${encoded.length} bytes`);
  });

  it('has a memory of fixed size', () => {
    assert.equal(createCurveArithmetic(65_537).words.byteLength, 2 * 65_536);
  });
});

describe('Scalars as words', () => {
  const scalar = (number: bigint): Uint32Array => {
    const words = createScalar();
    readScalar(words, bytes(number), 0);
    return words;
  };
  const numberOf = (words: Uint32Array): bigint =>
    words.reduceRight((sum, word) => (sum << 32n) + BigInt(word), 0n);
  const belowN = fc.oneof(
    fc.constantFrom(0n, 1n, N - 1n, (1n << 255n) - 1n),
    fc.bigInt({ min: 0n, max: N - 1n }),
  );

  it('adds and subtracts modulo n as BigInt does', () => {
    fc.assert(
      fc.property(belowN, belowN, (left, right) => {
        const result = createScalar();
        addScalars(result, scalar(left), scalar(right));
        assert.equal(numberOf(result), mod(left + right, N));
        subtractScalars(result, scalar(left), scalar(right));
        assert.equal(numberOf(result), mod(left - right, N));
      }),
      run,
    );
  });

  it('brings 256 bits below n', () => {
    for (const number of [0n, N - 1n, N, N + 1n, (1n << 256n) - 1n]) {
      const words = scalar(number);
      reduce(words);
      assert.equal(numberOf(words), number % N);
    }
  });

  it('knows the range from 1 to n - 1', () => {
    const range = [0n, 1n, N - 1n, N, N + 1n, (1n << 256n) - 1n].map((number) => isInRange(scalar(number)));
    assert.deepEqual(range, [false, true, true, false, false, false]);
  });

  it('cuts out bits wherever they stand', () => {
    fc.assert(
      fc.property(belowN, fc.nat(255), fc.integer({ min: 1, max: 29 }), (number, from, size) => {
        const expected = (number >> BigInt(from)) & ((1n << BigInt(size)) - 1n);
        assert.equal(BigInt(bitsOf(scalar(number), from, size)), expected);
      }),
      run,
    );
  });
});
