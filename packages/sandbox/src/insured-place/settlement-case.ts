/** From a trial or settlement to a computed one: everything that may be refused is refused here. */
import { date } from '../china-time.ts';
import { CARE_TYPES, nationalHead } from '../course.ts';
import type { Course } from '../course.ts';
import type { FeeSplit } from '../fee-split.ts';
import type { CoreRequest } from '../core-server.ts';
import { refuseUnknown, SETTLEMENT_CODES } from '../known-codes.ts';
import { amountLeaf, child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { computeBenefit, computeStayBenefit } from './benefit.ts';
import type { Benefit } from './benefit.ts';
import { hospitalLevel } from './benefit-rules.ts';
import type { InsuredBooks } from './insured-books.ts';
import { isFiled, isOpened } from './filing.ts';
import { isOwnCredential, isOwnNumber, isOwnPlace } from './presented.ts';
import { readPurchase } from './purchase.ts';
import type { Balance } from './register.ts';
import type { Computed } from './settlement-message.ts';

type Refusal = { readonly refusal: string };

/** A computed settlement that is not posted yet. */
export type ComputedCase = Computed & {
  readonly balance: Balance;
  /** Whose account pays: the person's own, or by 家庭共济 a relative's. */
  readonly payer: Balance;
};

/** What is known of a case before money is computed. */
interface Known {
  readonly facts: Omit<ComputedCase, 'benefit' | 'totals' | 'keys' | 'lines'>;
  readonly request: CoreRequest;
  readonly day: string;
  readonly books: InsuredBooks;
}

const CARE: Readonly<Record<Course, string>> = {
  outpatient: '跨省门诊',
  inpatient: '跨省住院',
  pharmacy: '跨省药店购药',
};

/** Computes a settlement without posting it. */
export function computeCase(
  books: InsuredBooks,
  { course, request }: { readonly course: Course; readonly request: CoreRequest },
): ComputedCase | Refusal {
  const data = child(request.input, course === 'pharmacy' ? 'druginfo' : 'data');
  const balance = books.register.byNumber(leaf(data, 'psn_no'));
  if (balance === undefined) return { refusal: '未查询到参保人员信息' };
  const { person } = balance;
  if (leaf(data, 'insutype') !== person.scheme) return { refusal: '险种类型（insutype）与参保登记不符' };
  const unknown = refuseUnknown(data, SETTLEMENT_CODES);
  if (unknown !== undefined) return unknown;
  if (!isOwnNumber(person, data) || !isOwnCredential(person, data)) {
    return { refusal: '就诊凭证或证件号码与参保登记不符' };
  }
  if (!isOwnPlace(person, request.envelope)) return { refusal: '参保地医保区划与参保登记不符' };
  // 2303 and 2304 do not carry it; it was told at admission, to the care place.
  const medType = leaf(data, 'med_type') || (course === 'inpatient' ? '21' : '');
  if (!CARE_TYPES[course].includes(nationalHead(medType))) {
    return { refusal: `医疗类别（med_type）${medType} 未开通${CARE[course]}直接结算` };
  }
  const day = date(request.now);
  const aiding = leaf(data, 'acct_used_flag') === '2';
  const payer = aiding ? books.register.byNumber(person.aidedBy ?? '') : balance;
  if (payer === undefined) return { refusal: '未查询到家庭共济授权' };
  const facts = {
    person,
    balance,
    payer,
    accountHolder: payer.person,
    data,
    course,
    medType,
    visitId: leaf(data, 'mdtrt_id'),
    year: day.slice(0, 4),
    careRegion: leaf(request.envelope, 'mdtrtarea_admvs'),
    institution: leaf(request.envelope, 'fixmedins_code'),
    institutionName: leaf(request.envelope, 'fixmedins_name'),
  };
  const known = { facts, request, day, books };
  if (course === 'inpatient') return stayCase(known);
  return course === 'pharmacy' ? purchaseCase(known) : outpatientCase(known);
}

function outpatientCase(known: Known): ComputedCase | Refusal {
  const { facts, books } = known;
  const disease = checkDisease(known);
  if (disease !== undefined) return disease;
  const totals = readTotals(facts.data);
  if ('refusal' in totals) return totals;
  const benefit = outpatientBenefit(known, {
    level: hospitalLevel(books.rules, facts.institution),
    total: totals.total,
    inScope: totals.inScope,
  });
  const keys = [`${facts.visitId} ${leaf(facts.data, 'chrg_bchno')}`];
  return 'refusal' in benefit ? benefit : { ...facts, totals, benefit, keys };
}

/** The pool pays for what a hospital prescribed (外购处方 `rx_circ_flag` 1); all else is the person's own. */
function purchaseCase(known: Known): ComputedCase | Refusal {
  const { facts, books } = known;
  const disease = checkDisease(known);
  if (disease !== undefined) return disease;
  const purchase = readPurchase(known.request, books.catalogueOf(facts.careRegion));
  if ('refusal' in purchase) return purchase;
  const { totals, prescribed, lines } = purchase;
  const benefit = outpatientBenefit(known, {
    level: books.rules.pharmacyPaidAs,
    total: totals.total,
    inScope: prescribed,
  });
  const keys = lines.map(({ number }) => `${facts.institution} ${number}`);
  return 'refusal' in benefit ? benefit : { ...facts, totals, benefit, lines, keys };
}

function outpatientBenefit(
  known: Known,
  bill: { readonly level: 1 | 2 | 3; readonly total: bigint; readonly inScope: bigint },
): Benefit | Refusal {
  const { books, day } = known;
  const { person, balance, year, medType } = known.facts;
  return computeBenefit({
    ...bill,
    rules: books.rules.schemes[person.scheme],
    chronic: nationalHead(medType) === '14',
    filed: filedOn(known, day),
    deductiblePaid: balance.deductiblePaid.get(year) ?? 0n,
    poolPaid: balance.poolPaid.get(year) ?? 0n,
    account: accountOpen(known.facts),
  });
}

/** A final settlement names its stay once; interim ones are told apart by their message. */
function stayCase(known: Known): ComputedCase | Refusal {
  const { facts, books, request } = known;
  const { person, balance, year, data, visitId } = facts;
  const totals = readTotals(data);
  if ('refusal' in totals) return totals;
  const earlier = [...balance.stays].filter(([id, stay]) => id !== visitId && stay.year === year);
  const benefit = computeStayBenefit({
    rules: books.rules.schemes[person.scheme],
    level: hospitalLevel(books.rules, facts.institution),
    filed: filedOn(known, leaf(data, 'dscgTime').slice(0, 10) || known.day),
    total: totals.total,
    inScope: totals.inScope,
    earlierStays: earlier.length,
    deductiblePaid: balance.stays.get(visitId)?.deductiblePaid ?? 0n,
    poolPaid: balance.stayPoolPaid.get(year) ?? 0n,
    account: accountOpen(known.facts),
  });
  const interim = leaf(data, 'mid_setl_flag') === '1';
  const keys = [interim ? `${visitId} 中途 ${request.msgid}` : `${visitId} 出院`];
  return 'refusal' in benefit ? benefit : { ...facts, totals, benefit, keys };
}

/** What an account may pay: none when it is not to be used. */
function accountOpen({ data, payer }: Known['facts']): bigint {
  return ['1', '2'].includes(leaf(data, 'acct_used_flag')) ? payer.account : 0n;
}

function filedOn({ facts, books }: Known, day: string): boolean {
  const { balance, data, institution } = facts;
  return isFiled(balance, { day, extension: data, institution }, books.declarations);
}

/** The disease of a chronic-disease visit: from the message when it carries one, else from the last 2001. */
function checkDisease({ facts, day, books }: Known): Refusal | undefined {
  const { balance, data, medType } = facts;
  if (nationalHead(medType) !== '14') return undefined;
  const disease = leaf(data, 'dise_codg') || (balance.lastChecked ?? '');
  if (disease === '') return { refusal: '门诊慢特病须先做待遇检查（2001）并上送病种编码' };
  return isOpened(balance, { disease, day }, books.declarations)
    ? undefined
    : { refusal: `门诊慢特病病种 ${disease} 未开通` };
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
