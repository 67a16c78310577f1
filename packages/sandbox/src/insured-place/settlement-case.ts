/** From a 2206 or 2207 to a computed settlement: everything that may be refused is refused here. */
import { date } from '../china-time.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { CoreRequest } from '../core-server.ts';
import { amountLeaf, child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { computeBenefit } from './benefit.ts';
import { hospitalLevel } from './benefit-rules.ts';
import type { BenefitRules } from './benefit-rules.ts';
import { isFiled } from './filing.ts';
import type { Balance, Register } from './register.ts';
import type { Computed } from './settlement-message.ts';

type Refusal = { readonly refusal: string };

/** 医疗类别 open for cross-province outpatient care here. */
const MED_TYPES = ['11', '12', '13', '14'];

/** Computes a settlement without posting it. */
export function computeCase(
  register: Register,
  { rules, request }: { readonly rules: BenefitRules; readonly request: CoreRequest },
): (Computed & { readonly balance: Balance }) | Refusal {
  const data = child(request.input, 'data');
  const balance = register.byNumber(leaf(data, 'psn_no'));
  if (balance === undefined) return { refusal: '未查询到参保人员信息' };
  const { person } = balance;
  if (leaf(data, 'insutype') !== person.scheme) return { refusal: '险种类型与参保登记不符' };
  const medType = leaf(data, 'med_type');
  if (!MED_TYPES.includes(medType)) return { refusal: `医疗类别 ${medType} 未开通跨省门诊直接结算` };
  const disease = medType === '14' ? openedDisease(balance, data) : { code: undefined };
  if ('refusal' in disease) return disease;
  const totals = readTotals(data);
  if ('refusal' in totals) return totals;
  const day = date(request.now);
  const year = day.slice(0, 4);
  const benefit = computeBenefit({
    rules: rules.schemes[person.scheme],
    level: hospitalLevel(rules, leaf(request.envelope, 'fixmedins_code')),
    chronic: medType === '14',
    filed: isFiled(person, { day, extension: data }),
    total: totals.total,
    inScope: totals.inScope,
    deductiblePaid: balance.deductiblePaid.get(year) ?? 0n,
    poolPaid: balance.poolPaid.get(year) ?? 0n,
    account: leaf(data, 'acct_used_flag') === '1' ? balance.account : 0n,
  });
  if ('refusal' in benefit) return benefit;
  const careRegion = leaf(request.envelope, 'mdtrtarea_admvs');
  return { person, balance, data, totals, benefit, year, careRegion };
}

/** The disease of a chronic-disease visit: from the message when it carries one, else from the last 2001. */
function openedDisease(
  { person, lastChecked }: Balance,
  data: JsonObject,
): { readonly code: string } | Refusal {
  const code = leaf(data, 'dise_codg') || (lastChecked ?? '');
  if (code === '') return { refusal: '门诊慢特病须先做待遇检查（2001）并上送病种编码' };
  return person.openedDiseases.includes(code) ? { code } : { refusal: `门诊慢特病病种 ${code} 未开通` };
}

function readTotals(data: JsonObject): FeeSplit | Refusal {
  const [total, selfPaid, overLimit, preSelfPaid, inScope] = [
    'medfee_sumamt',
    'fulamt_ownpay_amt',
    'overlmt_selfpay',
    'preselfpay_amt',
    'inscp_scp_amt',
  ].map((name) => amountLeaf(data, name));
  if (
    total === undefined ||
    selfPaid === undefined ||
    overLimit === undefined ||
    preSelfPaid === undefined ||
    inScope === undefined
  ) {
    return { refusal: '费用总额及全自费、超限价、先行自付、范围内金额须全部上送' };
  }
  const totals = { total, selfPaid, overLimit, preSelfPaid, inScope };
  if (Object.values(totals).some((amount) => amount < 0n)) return { refusal: '费用金额不能为负' };
  return total === selfPaid + overLimit + preSelfPaid + inScope
    ? totals
    : { refusal: '医疗费总额≠全自费+超限价+先行自付+范围内' };
}
