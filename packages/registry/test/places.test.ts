import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import { profileFile, schemasFolder } from './schemas-folder.ts';

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

describe("A region's own transaction under a national number", () => {
  const own = { ...definitionOf('7000'), effect: 'read', answeredBy: 'insured-place' };
  const folder = schemasFolder({
    'national/routing.json': {
      ranges: [{ transactions: '7000-7099', side: 'both' }],
      reads: [{ transactions: '7001' }],
      parties: { 零售药店: ['pharmacy'] },
    },
    'national/transactions/7001.json': definitionOf('7001', { sender: { zh: '零售药店' } }),
    'provincial/region/profile.json': profileFile('region', { extends: 'national' }),
    'provincial/region/transactions/7000.json': own,
    'provincial/region/transactions/7001.json': definitionOf('7001'),
    'provincial/county/profile.json': profileFile('county', { extends: 'region' }),
  });
  const small = createRegistry({ schemas: folder.url });
  after(() => folder.remove());

  it('bears the region before its number, in the profiles below as well', () => {
    assert.deepEqual(
      ['region', 'county', 'national'].map((profile) => small.nationalNumber(profile, '7001')),
      ['region:7001', 'region:7001', '7001'],
    );
  });

  it('takes neither effect nor side from the national number', () => {
    assert.deepEqual(
      ['7001', 'region:7001', 'region:7000', 'region:7999'].map((number) => small.isRead(number)),
      [true, false, true, false],
    );
    assert.deepEqual(
      ['7001', 'region:7001', 'region:7000'].map((number) => small.answeringSide(number)),
      ['both', 'care-place', 'insured-place'],
    );
  });

  it('takes no sender from it either', () => {
    assert.deepEqual(
      ['7001', 'region:7001'].map((number) => small.maySend('hospital', number)),
      [false, undefined],
    );
  });
});

describe('Who may send a transaction', () => {
  const cases = [
    ['hospital', '2102', false],
    ['pharmacy', '2102', true],
    ['pharmacy', '2304', false],
    ['hospital', '2207', true],
    ['pharmacy', '2203A', true],
    ['pharmacy', '2601', true],
    ['hospital', '7108', false],
    ['prescription-centre', '7108', true],
    ['pharmacy', '4401', false],
    ['hospital', '4401', true],
    ['pharmacy', '4104', true],
    ['hospital', 'guangdong-shenzhen:7102', undefined],
    ['hospital', '8888', undefined],
    ['hospital', 'nowhere:7102', undefined],
    ['hospital', '../national:7102', undefined],
  ] as const;
  for (const [party, transaction, may] of cases) {
    it(`is ${may === undefined ? 'not known' : may ? 'among others' : 'not'} a ${party} for ${transaction}`, () => {
      assert.equal(registry.maySend(party, transaction), may);
    });
  }

  it('is known for every transaction with an operation but none without a stated sender', () => {
    const unknown = registry
      .transactions()
      .filter((number) => registry.maySend('hospital', number) === undefined);
    assert.deepEqual(unknown, []);
  });
});

function definitionOf(number: string, more: object = {}): object {
  return { number, name: { zh: '试验', en: 'Trial' }, request: [], response: [], ...more };
}
