import assert from 'node:assert/strict';
import {
  computeBenefit,
  computeStayBenefit,
  DEFAULT_RULES,
  identityNumber,
  sandboxPersons,
} from '@yiqiao/sandbox';
import type { BenefitCase, StayCase } from '@yiqiao/sandbox';

const { 310: employees, 390: residents } = DEFAULT_RULES.schemes;

const facts = (change: Partial<BenefitCase>): BenefitCase => ({
  rules: employees,
  level: 3,
  chronic: false,
  filed: true,
  total: 50_715n,
  inScope: 40_944n,
  deductiblePaid: 0n,
  poolPaid: 0n,
  account: 0n,
  ...change,
});

/** In 分, by hand: deductible, fund, account, cash. */
const CASES: readonly [string, Partial<BenefitCase>, readonly [bigint, bigint, bigint, bigint]][] = [
  // (409.44 - 150.00) * 0.6 = 155.664
  ['employee at level 3', {}, [15_000n, 15_566n, 0n, 35_149n]],
  ['account pays first', { account: 20_000n }, [15_000n, 15_566n, 20_000n, 15_149n]],
  ['account larger than the bill', { account: 90_000n }, [15_000n, 15_566n, 35_149n, 0n]],
  // (409.44 - 100.00) * 0.7 = 216.608
  ['level 2', { level: 2 }, [10_000n, 21_661n, 0n, 29_054n]],
  // (409.44 - 50.00) * 0.8 = 287.552
  ['level 1', { level: 1 }, [5_000n, 28_755n, 0n, 21_960n]],
  // (409.44 - 30.00) * 0.6 = 227.664
  ['part of the deductible paid before', { deductiblePaid: 12_000n }, [3_000n, 22_766n, 0n, 27_949n]],
  // 409.44 * 0.6 = 245.664
  ['deductible paid at a dearer hospital', { deductiblePaid: 99_000n }, [0n, 24_566n, 0n, 26_149n]],
  ['less in scope than the deductible', { inScope: 9_000n }, [9_000n, 0n, 0n, 50_715n]],
  // 409.44 * 0.8 = 327.552, no deductible
  ['chronic disease', { chronic: true }, [0n, 32_755n, 0n, 17_960n]],
  // 286.44 * 0.65 = 186.186
  [
    'resident, chronic disease',
    { rules: residents, chronic: true, total: 30_415n, inScope: 28_644n },
    [0n, 18_619n, 0n, 11_796n],
  ],
  // (409.44 - 200.00) * 0.5 = 104.72
  ['resident at level 3', { rules: residents }, [20_000n, 10_472n, 0n, 40_243n]],
  // (409.44 - 150.00) * 0.4 = 103.776
  ['not filed: 20 points less', { filed: false }, [15_000n, 10_378n, 0n, 40_337n]],
  ['cap nearly reached', { poolPaid: 1_999_000n }, [15_000n, 1_000n, 0n, 49_715n]],
  ['cap used up', { poolPaid: 2_000_000n }, [15_000n, 0n, 0n, 50_715n]],
];

describe('the insured place computes a benefit', () => {
  for (const [title, change, expected] of CASES) {
    it(`gives the amounts computed by hand: ${title}`, () => {
      const benefit = computeBenefit(facts(change));
      assert(!('refusal' in benefit));
      const { deductible, fund, account, cash, personal } = benefit;
      assert.deepEqual([deductible, fund, account, cash], expected);
      assert.equal(fund + personal, facts(change).total);
      assert.equal(account + cash, personal);
    });
  }

  it('refuses a person without filing where the rules say so', () => {
    const benefit = computeBenefit(facts({ filed: false, rules: { ...employees, unfiled: 'refuse' } }));
    assert.match('refusal' in benefit ? benefit.refusal : '', /备案/);
  });
});

const stay = (change: Partial<StayCase>): StayCase => ({
  rules: employees,
  level: 3,
  filed: true,
  total: 1_250_000n,
  inScope: 1_000_000n,
  earlierStays: 0,
  deductiblePaid: 0n,
  poolPaid: 0n,
  account: 0n,
  ...change,
});

/** In 分, by hand: deductible, fund, account, cash of a stay that costs 12500.00, 10000.00 of it in scope. */
const STAYS: readonly [string, Partial<StayCase>, readonly [bigint, bigint, bigint, bigint]][] = [
  // (10000.00 - 800.00) * 0.85 = 7820.00
  ['employee at level 3', {}, [80_000n, 782_000n, 0n, 468_000n]],
  // (10000.00 - 400.00) * 0.87 = 8352.00
  ['level 2', { level: 2 }, [40_000n, 835_200n, 0n, 414_800n]],
  // (10000.00 - 200.00) * 0.9 = 8820.00
  ['level 1, account', { level: 1, account: 30_000n }, [20_000n, 882_000n, 30_000n, 338_000n]],
  // (10000.00 - 400.00) * 0.85 = 8160.00
  ['second stay of the year, half the deductible', { earlierStays: 1 }, [40_000n, 816_000n, 0n, 434_000n]],
  // (10000.00 - 500.00) * 0.85 = 8075.00
  ['after an interim settlement', { deductiblePaid: 30_000n }, [50_000n, 807_500n, 0n, 442_500n]],
  // (10000.00 - 800.00) * 0.65 = 5980.00
  ['not filed: 20 points less', { filed: false }, [80_000n, 598_000n, 0n, 652_000n]],
  // (10000.00 - 1000.00) * 0.6 = 5400.00
  ['resident at level 3', { rules: residents }, [100_000n, 540_000n, 0n, 710_000n]],
  [
    'resident, later stays owe the whole',
    { rules: residents, earlierStays: 2 },
    [100_000n, 540_000n, 0n, 710_000n],
  ],
  ['cap nearly reached', { poolPaid: 29_999_000n }, [80_000n, 1_000n, 0n, 1_249_000n]],
  ['less in scope than the deductible', { inScope: 60_000n }, [60_000n, 0n, 0n, 1_250_000n]],
];

describe('the insured place computes a stay', () => {
  for (const [title, change, expected] of STAYS) {
    it(`gives the amounts computed by hand: ${title}`, () => {
      const benefit = computeStayBenefit(stay(change));
      assert(!('refusal' in benefit));
      const { deductible, fund, account, cash, personal } = benefit;
      assert.deepEqual([deductible, fund, account, cash], expected);
      assert.equal(fund + personal, 1_250_000n);
      assert.equal(account + cash, personal);
    });
  }
});

describe('the synthetic people', () => {
  it('have identity numbers of region 000000 with the check digit of GB 11643', () => {
    assert.equal(identityNumber('19900101', '001'), '000000199001010018');
    for (const { certno } of sandboxPersons('330000')) assert.match(certno, /^000000\d{11}[\dX]$/);
  });

  it('carry three credentials and a person number of their pooling area', () => {
    const people = sandboxPersons('330000');
    const credentials = people.flatMap(({ token, certno, card }) => [token, certno, card.number]);
    assert.equal(new Set(credentials).size, people.length * 3);
    for (const { psnNo, insuredPlace } of people) {
      assert.equal(insuredPlace, '330100');
      assert.match(psnNo, /^330100\d{20}$/);
    }
  });
});
