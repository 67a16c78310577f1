import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  findDecimal,
  findFen,
  formatFen,
  lineAmount,
  parseDecimal,
  parseFen,
  ratioOf,
  sumFen,
  fen,
} from '@yiqiao/model';

describe('amounts in 分', () => {
  const read: [string, bigint | undefined][] = [
    ['0', 0n],
    ['4.52', 452n],
    ['4.5', 450n],
    ['-0.05', -5n],
    ['328.500', 32_850n],
    ['9999999999999999.99', 999_999_999_999_999_999n],
    ['9.995', undefined],
    ['1e400', undefined],
    ['１２.00', undefined],
    ['+1', undefined],
    ['1.', undefined],
    ['.5', undefined],
    [' 1', undefined],
    ['', undefined],
    ['NaN', undefined],
  ];
  for (const [text, expected] of read) {
    it(`reads ${JSON.stringify(text)} as ${String(expected)}`, () => {
      assert.equal(findFen(text), expected);
    });
  }

  it('writes what it reads, for any amount of 数值型(16,2)', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n), 10n ** 18n), (amount) => {
        assert.equal(parseFen(formatFen(fen(amount))), amount);
      }),
    );
  });

  it('refuses what is no amount instead of guessing', () => {
    assert.throws(() => parseFen('9.995'), RangeError);
  });

  it('sums exactly where floats would not', () => {
    assert.equal(formatFen(sumFen(Array.from({ length: 10 }, () => parseFen('0.10')))), '1.00');
  });
});

describe('exact decimals', () => {
  const canonical: [string, string | undefined][] = [
    ['007.50', '7.5'],
    ['-0.0', '0'],
    ['0', '0'],
    ['-12.3400', '-12.34'],
    ['1e3', undefined],
    ['0x10', undefined],
  ];
  for (const [text, expected] of canonical) {
    it(`brings ${text} to ${String(expected)}`, () => {
      assert.equal(findDecimal(text), expected);
    });
  }

  const lines: [string, string, string][] = [
    ['40', '3', '120.00'],
    ['0.335', '1', '0.34'],
    ['0.005', '1', '0.01'],
    ['0.0049', '1', '0.00'],
    ['-0.005', '1', '-0.01'],
    ['12.345678', '10.1234', '124.98'],
  ];
  for (const [price, quantity, amount] of lines) {
    it(`rounds ${price} × ${quantity} half up to ${amount}`, () => {
      assert.equal(formatFen(lineAmount(parseDecimal(price), parseDecimal(quantity))), amount);
    });
  }

  it('takes a ratio of an amount, rounding half up', () => {
    assert.equal(ratioOf(parseFen('249.65'), parseDecimal('0.6')), 14_979n);
    assert.equal(ratioOf(parseFen('0.01'), parseDecimal('0.5')), 1n);
  });
});
