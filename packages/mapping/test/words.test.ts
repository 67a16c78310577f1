import { compilePath } from '#internal/model-path.ts';
import { currentInsurance, findChooser, findValueFunction } from '#internal/functions.ts';
import { findCodec } from '#internal/leaf-codec.ts';
import { fen, type CanonicalObject, type CanonicalValue } from '@yiqiao/model';
import { strict as assert } from 'node:assert';

describe('the codecs of the map language', () => {
  // Name, text read, canonical value (undefined: declined), text written.
  const TABLE: readonly (readonly [string, string, CanonicalValue | undefined, string?])[] = [
    ['text', ' a ', ' a ', ' a '],
    ['text', '', undefined],
    ['fen', '0', 0n, '0.00'],
    ['fen', '5', 500n, '5.00'],
    ['fen', '328.5', 32850n, '328.50'],
    ['fen', '-0.05', -5n, '-0.05'],
    ['fen', '-5', -500n, '-5.00'],
    ['fen', '007.50', 750n, '7.50'],
    ['fen', '99999999999999.99', 9999999999999999n, '99999999999999.99'],
    ['fen', '9.990', 999n, '9.99'],
    ['fen', '9.995', undefined],
    ['fen', '1e400', undefined],
    ['fen', '.5', undefined],
    ['fen', '5.', undefined],
    ['fen', '1.2.3', undefined],
    ['fen', '--5', undefined],
    ['fen', '１２', undefined],
    ['fen', '1 2', undefined],
    ['decimal', '12.345600', '12.3456', '12.3456'],
    ['decimal', '1e2', undefined],
    ['integer', '3', 3, '3'],
    ['integer', '3.0', 3, '3'],
    ['integer', '3.5', undefined],
    ['integer', '1234567890', undefined],
    ['date8', '19900101', '1990-01-01', '19900101'],
    ['date8', '1990-01-01', undefined],
    ['datetime14', '20190610101500', '2019-06-10 10:15:00', '20190610101500'],
    ['datetime14', '20190610', undefined],
    ['moment', '20190610', '2019-06-10 00:00:00', '20190610'],
    ['moment', '20190610101500', '2019-06-10 10:15:00', '20190610101500'],
    ['moment', '2019-06-10', undefined],
    ['day', '2024-01-02', '2024-01-02 00:00:00', '2024-01-02'],
    ['day', '2024-01-02 10:15:00', '2024-01-02 10:15:00', '2024-01-02 10:15:00'],
    ['day', '20240102', undefined],
    ['date8Time', '20240102 10:15:00', '2024-01-02 10:15:00', '20240102 10:15:00'],
    ['date8Time', '20240102101500', undefined],
    ['dateDotted', '1990.01.01', '1990-01-01', '1990.01.01'],
    ['dateDotted', '1990-01-01', undefined],
    ['class2', '1101', '1101', '11'],
  ];
  for (const [name, text, value, written] of TABLE) {
    it(`${name} reads ${JSON.stringify(text)} as ${typeof value === 'bigint' ? `${value} 分` : JSON.stringify(value)}`, () => {
      const codec = findCodec(name, { bare: false });
      assert(codec !== undefined);
      assert.equal(codec.read(text), value);
      if (value !== undefined) assert.equal(codec.write(value), written);
    });
  }

  it('date8 does not write a time of day away', () => {
    assert.equal(findCodec('date8', { bare: false })?.write('2019-06-10 10:15:00'), undefined);
  });

  it('knows no other word', () => {
    assert.equal(findCodec('toString', { bare: false }), undefined);
  });
});

describe('the functions of the map language', () => {
  it('dayOf takes the day of a time', () => {
    assert.equal(findValueFunction('dayOf')?.('2019-06-10 10:15:00'), '2019-06-10');
  });

  it('negated turns the sign of an amount and leaves alone what is none', () => {
    assert.equal(findValueFunction('negated')?.(fen(300n)), -300n);
    assert.equal(findValueFunction('negated')?.('300'), undefined);
  });

  for (const [scheme, position] of [
    ['310', 0],
    ['390', 1],
    ['391', 1],
    [undefined, 0],
  ] as const) {
    it(`fundOfScheme chooses fund ${position} for scheme ${scheme}`, () => {
      assert.equal(findChooser('fundOfScheme')?.choose({ insuranceType: scheme }, undefined), position);
    });
  }

  const insurance = (insuranceType: string, insuredRegion: string, insuranceStatus: string) => ({
    insuranceType,
    insuredRegion,
    insuranceStatus,
  });
  const CURRENT: readonly (readonly [string, readonly CanonicalObject[], number])[] = [
    ['the one in force', [insurance('310', '430100', '4'), insurance('390', '430100', '1')], 1],
    ['the one at the insured region', [insurance('310', '130302', '1'), insurance('390', '430100', '1')], 1],
    ['the basic scheme', [insurance('330', '430100', '1'), insurance('310', '430100', '1')], 1],
    ['employees before residents', [insurance('390', '430100', '1'), insurance('310', '430100', '1')], 1],
    ['the first of equals', [insurance('310', '430100', '1'), insurance('310', '430100', '1')], 0],
  ];
  for (const [what, list, position] of CURRENT) {
    it(`the current insurance is ${what}`, () => {
      assert.equal(currentInsurance(list, '430100'), list[position]);
    });
  }

  it('there is no current insurance without any', () => {
    assert.equal(currentInsurance([], '430100'), undefined);
  });
});

describe('canonical paths', () => {
  it('make what lies on the way, and list items in order only', () => {
    const target = {};
    const set = (text: string) => compilePath(text, { create: true }).set(target, {}, 'x');
    assert.deepEqual(
      [set('a.b'), set('list.1.c'), set('list.0.c'), set('list.1.c')],
      [true, false, true, true],
    );
    assert.deepEqual(target, { a: { b: 'x' }, list: [{ c: 'x' }, { c: 'x' }] });
  });

  it('of defaults make no list items', () => {
    const target = {};
    assert.equal(compilePath('list.0.c', { create: false }).set(target, {}, 'x'), false);
  });
});
