/** 2501-2507 at the insured place, and the queries 5301, 5302 and 5304 about them. */
import { dateTime } from '../china-time.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { missingMembers } from '../missing-members.ts';
import { child, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { findChronicDisease } from './chronic-diseases.ts';
import type { Declaration, DeclarationKind } from './declarations.ts';
import { isOpened } from './filing.ts';
import type { InsuredBooks } from './insured-books.ts';
import { identityOf } from './person-handlers.ts';
import type { Balance } from './register.ts';

/** What a declaration must say, beside `psn_no`. Source: transactions 2501, 2503, 2505, 2507. */
const NEEDED: Readonly<Record<DeclarationKind, readonly string[]>> = {
  referral: ['diag_code', 'reflin_medins_no', 'mdtrtarea_admdvs', 'refl_type', 'refl_date', 'refl_rea'],
  chronic: ['insutype', 'opsp_dise_code', 'opsp_dise_name', 'ide_fixmedins_no', 'begndate'],
  designated: ['biz_appy_type', 'fix_srt_no', 'fixmedins_code', 'fixmedins_name', 'begndate'],
  injury: ['dcla_souc', 'certno', 'psn_name', 'begndate'],
};

/** Declarations, their withdrawal, and what is asked about them. */
export function declarationHandlers(books: InsuredBooks): Readonly<Record<string, TransactionHandler>> {
  // One that comes again under its message id is not made twice.
  const answered = new Map<string, CoreAnswer>();
  const declares =
    (kind: DeclarationKind, node: string): TransactionHandler =>
    ({ envelope, input, msgid, now }) => {
      const data = child(input, node);
      const message = [leaf(envelope, 'fixmedins_code'), msgid, JSON.stringify(data)].join(' ');
      const known = answered.get(message);
      if (known !== undefined && msgid !== '') return known;
      const answer = declare(books, { kind, data, now });
      if ('output' in answer) answered.set(message, answer);
      return answer;
    };
  const withdraws =
    (kind: DeclarationKind): TransactionHandler =>
    (request) =>
      withdraw(books, kind, request);
  return {
    2501: declares('referral', 'refmedin'),
    '2501A': declares('referral', 'refmedin'),
    2502: withdraws('referral'),
    2503: declares('chronic', 'data'),
    2504: withdraws('chronic'),
    2505: declares('designated', 'data'),
    2506: withdraws('designated'),
    2507: declares('injury', 'data'),
    5301: (request) => listChronic(books, request),
    5302: (request) => listDesignated(books, request),
    5304: (request) => listReferrals(books, request),
  };
}

function declare(
  books: InsuredBooks,
  { kind, data, now }: { readonly kind: DeclarationKind; readonly data: JsonObject; readonly now: number },
): CoreAnswer {
  const found = books.register.byNumber(leaf(data, 'psn_no'));
  if (found === undefined) return { refusal: '未查询到参保人员信息' };
  const missing = missingMembers(data, NEEDED[kind]);
  if (missing !== undefined) return missing;
  const [from, to] = [leaf(data, 'begndate'), leaf(data, 'enddate')];
  if (to !== '' && to < from) return { refusal: `结束日期早于开始日期：${to}` };
  const refusal = standsInTheWay(books, { kind, data, found });
  if (refusal !== undefined) return { refusal };
  const { number } = books.declarations.add(kind, { psnNo: found.person.psnNo, data, now });
  return {
    output: {
      result: { trt_dcla_detl_sn: number, ...(kind === 'referral' || kind === 'injury' ? {} : NO_EXTENSION) },
    },
  };
}

const NO_EXTENSION = { exp_content: '' };

/** Why one more declaration of this kind is not accepted. */
function standsInTheWay(
  { declarations }: InsuredBooks,
  {
    kind,
    data,
    found,
  }: { readonly kind: DeclarationKind; readonly data: JsonObject; readonly found: Balance },
): string | undefined {
  const { person } = found;
  switch (kind) {
    case 'chronic': {
      const disease = leaf(data, 'opsp_dise_code');
      if (findChronicDisease(disease) === undefined) {
        return `门诊慢特病病种（opsp_dise_code）不在本统筹区目录：${disease}`;
      }
      if (![found.person.scheme, ''].includes(leaf(data, 'insutype'))) {
        return '险种类型（insutype）与参保登记不符';
      }
      const opened = isOpened(found, { disease, day: leaf(data, 'begndate').slice(0, 10) }, declarations);
      return opened ? `门诊慢特病病种 ${disease} 已备案` : undefined;
    }
    case 'designated': {
      const same = (name: string, other: JsonObject): boolean => leaf(other, name) === leaf(data, name);
      const taken = declarations
        .standing(person.psnNo, kind)
        .some((one) => same('biz_appy_type', one.data) && same('fix_srt_no', one.data));
      return taken ? `定点排序号 ${leaf(data, 'fix_srt_no')} 已备案` : undefined;
    }
    case 'injury':
      return leaf(data, 'certno') === person.certno ? undefined : '证件号码与参保登记不符';
    case 'referral':
      return undefined;
  }
}

function withdraw({ declarations }: InsuredBooks, kind: DeclarationKind, { input }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const number = leaf(data, 'trt_dcla_detl_sn');
  const found = declarations.find(number);
  if (found?.kind !== kind || found.psnNo !== leaf(data, 'psn_no')) {
    return { refusal: `未查询到待遇申报：${number}` };
  }
  if (found.withdrawn) return { refusal: '该待遇申报已撤销' };
  found.withdrawn = true;
  return { output: null };
}

function listChronic({ register, declarations }: InsuredBooks, { input }: CoreRequest): CoreAnswer {
  const found = register.byNumber(leaf(child(input, 'data'), 'psn_no'));
  if (found === undefined) return { refusal: '未查询到参保人员信息' };
  const { person } = found;
  const registered = person.openedDiseases.map((code) => ({
    opsp_dise_code: code,
    opsp_dise_name: findChronicDisease(code) ?? code,
    begndate: '2020-01-01',
    enddate: '2099-12-31',
  }));
  const declared = declarations.standing(person.psnNo, 'chronic').map(({ data, from, to }) => ({
    opsp_dise_code: leaf(data, 'opsp_dise_code'),
    opsp_dise_name: leaf(data, 'opsp_dise_name'),
    begndate: from,
    enddate: to,
  }));
  return { output: { feedetail: [...registered, ...declared] } };
}

function listDesignated({ register, declarations }: InsuredBooks, { input }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const found = register.byNumber(leaf(data, 'psn_no'));
  if (found === undefined) return { refusal: '未查询到参保人员信息' };
  const { psnNo, scheme } = found.person;
  const wanted = declarations
    .standing(psnNo, 'designated')
    .filter((one) => leaf(one.data, 'biz_appy_type') === leaf(data, 'biz_appy_type'));
  return {
    output: {
      psnfixmedin: wanted.map(({ data: declared, from, to }) => ({
        psn_no: psnNo,
        insutype: scheme,
        fix_srt_no: leaf(declared, 'fix_srt_no'),
        fixmedins_code: leaf(declared, 'fixmedins_code'),
        fixmedins_name: leaf(declared, 'fixmedins_name'),
        begndate: from,
        enddate: to,
        memo: leaf(declared, 'memo'),
      })),
    },
  };
}

function listReferrals({ register, declarations }: InsuredBooks, { input, now }: CoreRequest): CoreAnswer {
  const data = child(input, 'data');
  const found = register.byNumber(leaf(data, 'psn_no'));
  if (found === undefined) return { refusal: '未查询到参保人员信息' };
  const begin = leaf(data, 'begntime').slice(0, 10);
  const end = (leaf(data, 'endtime') || dateTime(now)).slice(0, 10);
  const wanted = declarations
    .standing(found.person.psnNo, 'referral')
    .filter((one) => one.from <= end && one.to >= begin);
  return { output: { refmedin: wanted.map((one) => referralRow(found, { one, now })) } };
}

function referralRow(
  { person }: Balance,
  { one, now }: { readonly one: Declaration; readonly now: number },
): JsonObject {
  const { data, from, to, time } = one;
  const { psn_no, psn_cert_type, certno, psn_name, gend, brdy } = identityOf(person, now);
  return {
    insutype: person.scheme,
    dcla_souc: '01',
    psn_no,
    psn_cert_type,
    certno,
    psn_name,
    gend,
    brdy,
    tel: leaf(data, 'tel'),
    addr: leaf(data, 'addr'),
    insu_optins: person.insuredPlace,
    emp_name: person.employer,
    diag_code: leaf(data, 'diag_code'),
    diag_name: leaf(data, 'diag_name'),
    dise_cond_dscr: leaf(data, 'dise_cond_dscr'),
    reflin_medins_no: leaf(data, 'reflin_medins_no'),
    reflin_medins_name: leaf(data, 'reflin_medins_name'),
    out_flag: leaf(data, 'mdtrtarea_admdvs').slice(0, 4) === person.insuredPlace.slice(0, 4) ? '0' : '1',
    refl_date: leaf(data, 'refl_date'),
    refl_rea: leaf(data, 'refl_rea'),
    begndate: from,
    enddate: to,
    hosp_agre_refl_flag: leaf(data, 'hosp_agre_refl_flag') || '1',
    opt_time: time,
  };
}
