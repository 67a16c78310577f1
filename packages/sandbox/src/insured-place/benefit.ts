/** The computing of an insured place: from the totals alone, in 分, half up. */
import { share, smaller } from '../amount.ts';
import type { HospitalLevel, SchemeRules } from './benefit-rules.ts';

/** What is known when a settlement is computed. Amounts in 分. */
export interface BenefitCase {
  readonly rules: SchemeRules;
  readonly level: HospitalLevel;
  /** 门诊慢特病 with an opened disease. */
  readonly chronic: boolean;
  /** Filed, or an emergency, which counts as filed. */
  readonly filed: boolean;
  /** 医疗费总额. */
  readonly total: bigint;
  /** 符合政策范围金额. */
  readonly inScope: bigint;
  /** Paid towards the deductible this year. */
  readonly deductiblePaid: bigint;
  /** Paid by the pool this year. */
  readonly poolPaid: bigint;
  /** Personal account that may be used; zero when it may not. */
  readonly account: bigint;
}

/** Who pays what. `total = fund + personal`, `personal = account + cash`; the hospital bears nothing. */
export interface Benefit {
  readonly deductible: bigint;
  /** 1/10000. */
  readonly ratio: bigint;
  readonly fund: bigint;
  readonly personal: bigint;
  readonly account: bigint;
  readonly cash: bigint;
  /** What the pool could still pay this year before this settlement. */
  readonly poolLeft: bigint;
}

/** Computes an outpatient settlement, or says why the person may not have one. */
export function computeBenefit(facts: BenefitCase): Benefit | { readonly refusal: string } {
  const { rules, level, chronic } = facts;
  return shareOut(facts, {
    ratio: chronic ? rules.chronicRatio : rules.ratio[level],
    owed: chronic ? 0n : notBelowZero(rules.deductible[level] - facts.deductiblePaid),
    poolLeft: notBelowZero(rules.yearlyCap - facts.poolPaid),
  });
}

/** What is known when a stay is settled. Amounts in 分. */
export interface StayCase extends Pick<
  BenefitCase,
  'rules' | 'level' | 'filed' | 'total' | 'inScope' | 'poolPaid' | 'account'
> {
  /** Other stays settled this year. */
  readonly earlierStays: number;
  /** Paid towards the deductible of this stay by interim settlements. */
  readonly deductiblePaid: bigint;
}

/** Computes the settlement of a stay. */
export function computeStayBenefit(facts: StayCase): Benefit | { readonly refusal: string } {
  const { level, earlierStays, deductiblePaid, poolPaid } = facts;
  const { deductible, laterStays, ratio, yearlyCap } = facts.rules.inpatient;
  const standard = earlierStays > 0 ? share(deductible[level], laterStays) : deductible[level];
  return shareOut(facts, {
    ratio: ratio[level],
    owed: notBelowZero(standard - deductiblePaid),
    poolLeft: notBelowZero(yearlyCap - poolPaid),
  });
}

function shareOut(
  {
    rules,
    filed,
    total,
    inScope,
    account: usable,
  }: Pick<BenefitCase, 'rules' | 'filed' | 'total' | 'inScope' | 'account'>,
  terms: { readonly ratio: bigint; readonly owed: bigint; readonly poolLeft: bigint },
): Benefit | { readonly refusal: string } {
  if (!filed && rules.unfiled === 'refuse') return { refusal: '未办理异地就医备案，不能直接结算' };
  const less = filed || rules.unfiled === 'refuse' ? 0n : rules.unfiled.ratioLess;
  const { poolLeft } = terms;
  const ratio = terms.ratio - less;
  const deductible = smaller(inScope, terms.owed);
  const fund = smaller(share(inScope - deductible, notBelowZero(ratio)), poolLeft);
  const personal = total - fund;
  const account = smaller(personal, usable);
  return { deductible, ratio, fund, personal, account, cash: personal - account, poolLeft };
}

function notBelowZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}
