import assert from 'node:assert/strict';
import { careCatalogue, splitFee } from '@yiqiao/sandbox';
import type { CatalogueItem } from '@yiqiao/sandbox';

const item = (change: Partial<CatalogueItem>): CatalogueItem => ({
  code: 'X',
  name: '测试项目',
  level: '02',
  selfPayRate: 0n,
  itemType: '09',
  ...change,
});

/** Amounts in 分: total, quantity, approval → self-paid, over the limit, paid first, in scope; by hand. */
const CASES: readonly [
  string,
  CatalogueItem | undefined,
  bigint,
  string,
  string,
  readonly [bigint, bigint, bigint, bigint],
][] = [
  ['甲类 without limit', item({ level: '01' }), 12_000n, '3', '1', [0n, 0n, 0n, 12_000n]],
  ['乙类 10 %', item({ selfPayRate: 1000n }), 8_850n, '1', '1', [0n, 0n, 885n, 7_965n]],
  ['a half 分 rounded up', item({ selfPayRate: 500n }), 17_710n, '2', '1', [0n, 0n, 886n, 16_824n]],
  ['less than half a 分 dropped', item({ selfPayRate: 1000n }), 4n, '1', '1', [0n, 0n, 0n, 4n]],
  ['丙类', item({ level: '03' }), 2_000n, '1', '1', [2_000n, 0n, 0n, 0n]],
  [
    'over the limit, then paid first from the rest',
    item({ priceLimit: 12_000n, selfPayRate: 1000n }),
    15_800n,
    '1',
    '1',
    [0n, 3_800n, 1_200n, 10_800n],
  ],
  ['limit per unit, broken quantity', item({ priceLimit: 850n }), 3_000n, '2.5', '1', [0n, 875n, 0n, 2_125n]],
  ['price below the limit', item({ priceLimit: 12_000n }), 11_999n, '1', '1', [0n, 0n, 0n, 11_999n]],
  ['restricted and approved', item({ restricted: true }), 500n, '1', '1', [0n, 0n, 0n, 500n]],
  ['restricted and not approved', item({ restricted: true }), 500n, '1', '0', [500n, 0n, 0n, 0n]],
  ['unrestricted, approval not given', item({}), 500n, '1', '0', [0n, 0n, 0n, 500n]],
  ['unrestricted, approval refused', item({}), 500n, '1', '2', [500n, 0n, 0n, 0n]],
  ['not in the catalogue', undefined, 777n, '1', '1', [777n, 0n, 0n, 0n]],
];

describe('the care place splits a fee line', () => {
  for (const [title, known, total, quantity, approved, expected] of CASES) {
    it(`gives the parts computed by hand: ${title}`, () => {
      const split = splitFee(total, known, { quantity, approved });
      const parts = [split.selfPaid, split.overLimit, split.preSelfPaid, split.inScope];
      assert.deepEqual(parts, expected);
      assert.equal(split.total, total);
    });
  }

  it('by a catalogue of its own: 440000 charges two items differently from 530000', () => {
    const code = 'XC08CAA308A001020100002';
    assert.equal(careCatalogue('530000').get(code)?.selfPayRate, 1000n);
    assert.equal(careCatalogue('440000').get(code)?.selfPayRate, 500n);
  });
});
