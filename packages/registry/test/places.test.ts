import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();

describe('Pooling areas', () => {
  const areas = [
    ['500155', '500000', '500000', 'a county of a municipality'],
    ['500233', '500000', '500000', 'a county of 5002xx'],
    ['310115', '310000', '310000', 'a district of Shanghai'],
    ['119900', '110000', '110000', 'the own scheme of a municipality'],
    ['430299', '430200', '430000', 'the own scheme of a city'],
    ['411302', '411300', '410000', 'a district of a city'],
    ['330106', '330100', '330000', 'a district of a provincial capital'],
    ['339900', '339900', '330000', 'the scheme of the province itself'],
    ['330000', '330000', '330000', 'the code of a province'],
    ['419001', '419001', '410000', 'a county-level city directly under its province'],
    ['469005', '460000', '460000', 'a county of the one pool of Hainan'],
  ] as const;
  for (const [region, pool, province, what] of areas) {
    it(`put ${region}, ${what}, into ${pool}`, () => {
      const area = registry.poolingArea(region);
      assert.deepEqual([area?.pool, area?.province], [pool, province]);
    });
  }

  it('tell the province scheme from the capital, which a comparison of four digits does as well', () => {
    assert.notEqual(registry.poolingArea('339900')?.pool, registry.poolingArea('330100')?.pool);
  });

  it('do not know codes of no province or of another shape', () => {
    for (const code of ['000000', '990000', '5001', '50015A', '', '５００１５５']) {
      assert.equal(registry.poolingArea(code), undefined, code);
    }
  });
});

describe('Answering sides', () => {
  const sides = [
    ['1101', 'insured-place'],
    ['1317', 'care-place'],
    ['2001', 'insured-place'],
    ['2203A', 'care-place'],
    ['2207', 'both'],
    ['2601', 'both'],
    ['3201', 'care-place'],
    ['3505A', 'care-place'],
    ['9001', 'care-place'],
    ['100001', 'insured-place'],
    ['8888', undefined],
    ['', undefined],
  ] as const;
  for (const [transaction, side] of sides) {
    it(`let ${side ?? 'nobody'} answer ${transaction === '' ? 'an empty number' : transaction}`, () => {
      assert.equal(registry.answeringSide(transaction), side);
    });
  }

  it('are known for every transaction of the interface', () => {
    const unanswered = registry
      .transactions()
      .filter((number) => registry.answeringSide(number) === undefined);
    assert.deepEqual(unanswered, []);
  });
});

describe('the effect of a transaction without operation', () => {
  const registry = createRegistry();
  const expected: [string, boolean][] = [
    ['1304', true],
    ['1306A', true],
    ['1325', true],
    ['5101', true],
    ['100001', true],
    ['3501A', false],
    ['4104', false],
    ['9601', false],
    ['0000', false],
  ];
  for (const [transaction, read] of expected) {
    it(`${transaction} ${read ? 'may be asked again' : 'counts as a write'}`, () => {
      assert.equal(registry.isRead(transaction), read);
    });
  }
});
