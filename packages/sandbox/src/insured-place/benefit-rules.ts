/** What an insured place pays, as data. All figures are synthetic. */

/** 医院等级 as the rules know it: 1 一级, 2 二级, 3 三级. */
export type HospitalLevel = 1 | 2 | 3;

/** Rules of stays. Ratios in 1/10000, amounts in 分. */
export interface StayRules {
  /** 起付标准 of a stay; not lessened by what was paid in outpatient care. */
  readonly deductible: Readonly<Record<HospitalLevel, bigint>>;
  /** Share of it that the second and later stays of a year owe. */
  readonly laterStays: bigint;
  readonly ratio: Readonly<Record<HospitalLevel, bigint>>;
  /** 年度支付限额 of the pool for stays, beside that for outpatient care. */
  readonly yearlyCap: bigint;
}

/** Rules of one scheme. Ratios in 1/10000, amounts in 分. */
export interface SchemeRules {
  /** 起付标准 per year; what was paid towards it at any level counts. */
  readonly deductible: Readonly<Record<HospitalLevel, bigint>>;
  /** 统筹支付比例. */
  readonly ratio: Readonly<Record<HospitalLevel, bigint>>;
  /** 门诊慢特病支付比例; no deductible. */
  readonly chronicRatio: bigint;
  /** 年度支付限额 of the pool. */
  readonly yearlyCap: bigint;
  /** 住院. */
  readonly inpatient: StayRules;
  /** What happens without filing: refused, or so much taken off the ratio. */
  readonly unfiled: 'refuse' | { readonly ratioLess: bigint };
}

/** All rules of an insured place. */
export interface BenefitRules {
  readonly schemes: Readonly<Record<'310' | '390', SchemeRules>>;
  /**
   * Hospital level by the beginning of `fixmedins_code`; the longest that fits counts, 3 when none does. The wire
   * does not tell the level to the insured place: this table is a rule of the sandbox.
   */
  readonly hospitalLevels: Readonly<Record<string, HospitalLevel>>;
  /** The hospital level by whose rules the pool pays for drugs that a hospital prescribed and a pharmacy sold. */
  readonly pharmacyPaidAs: HospitalLevel;
}

/** Rules used when none are given. Institutions of 53 are level 3, of 44 level 2, of 50 level 1. */
export const DEFAULT_RULES: BenefitRules = {
  schemes: {
    310: {
      deductible: { 1: 5_000n, 2: 10_000n, 3: 15_000n },
      ratio: { 1: 8_000n, 2: 7_000n, 3: 6_000n },
      chronicRatio: 8_000n,
      yearlyCap: 2_000_000n,
      inpatient: {
        deductible: { 1: 20_000n, 2: 40_000n, 3: 80_000n },
        laterStays: 5_000n,
        ratio: { 1: 9_000n, 2: 8_700n, 3: 8_500n },
        yearlyCap: 30_000_000n,
      },
      unfiled: { ratioLess: 2_000n },
    },
    390: {
      deductible: { 1: 5_000n, 2: 10_000n, 3: 20_000n },
      ratio: { 1: 6_500n, 2: 5_500n, 3: 5_000n },
      chronicRatio: 6_500n,
      yearlyCap: 500_000n,
      inpatient: {
        deductible: { 1: 20_000n, 2: 50_000n, 3: 100_000n },
        laterStays: 10_000n,
        ratio: { 1: 8_000n, 2: 7_000n, 3: 6_000n },
        yearlyCap: 20_000_000n,
      },
      unfiled: { ratioLess: 2_000n },
    },
  },
  hospitalLevels: { H53: 3, H44: 2, H50: 1 },
  pharmacyPaidAs: 2,
};

/** The level of an institution. */
export function hospitalLevel(rules: BenefitRules, institution: string): HospitalLevel {
  const prefixes = Object.keys(rules.hospitalLevels).filter((prefix) => institution.startsWith(prefix));
  const longest = prefixes.sort((a, b) => b.length - a.length)[0];
  return (longest === undefined ? undefined : rules.hospitalLevels[longest]) ?? 3;
}
