/** 1101 and 2001 at the insured place. */
import { date } from '../china-time.ts';
import { CARE_TYPES, nationalHead } from '../course.ts';
import type { CoreAnswer } from '../core-answer.ts';
import type { CoreRequest, TransactionHandler } from '../core-server.ts';
import { amountNumber, child, leaf, rawNumber } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { isFiled, isOpened } from './filing.ts';
import type { InsuredBooks } from './insured-books.ts';
import type { Person } from './persons.ts';
import type { Register } from './register.ts';

/** 基金支付类型 and its name. */
type Fund = readonly [type: string, name: string];

/** Fund types of each scheme: the pool, then the personal account. Source: value-sets/fund_pay_type. */
export const FUNDS: Readonly<Record<Person['scheme'], { readonly pool: Fund; readonly account?: Fund }>> = {
  310: {
    pool: ['310100', '城镇职工基本医疗保险统筹基金'],
    account: ['310200', '城镇职工基本医疗保险个人账户基金'],
  },
  390: { pool: ['390100', '城乡居民基本医疗保险基金'] },
};

/** Who a person is, as `baseinfo` and `setlinfo` have it. */
export function identityOf(person: Person, now: number): JsonObject {
  return {
    psn_no: person.psnNo,
    psn_cert_type: '01',
    certno: person.certno,
    psn_name: person.name,
    gend: person.gender,
    naty: '1',
    brdy: person.birthday,
    age: rawNumber(ageOf(person.birthday, date(now))),
  };
}

/** Age in years with one decimal, full months counted. */
function ageOf(birthday: string, today: string): string {
  const [year = 0, month = 0, day = 0] = birthday.split('-').map(Number);
  const [nowYear = 0, nowMonth = 0, nowDay = 0] = today.split('-').map(Number);
  const months = (nowYear - year) * 12 + nowMonth - month - (nowDay < day ? 1 : 0);
  return `${Math.floor(months / 12)}.${Math.floor(((months % 12) * 10) / 12)}`;
}

/** Identification and entitlement. */
export function personHandlers(books: InsuredBooks): Readonly<Record<string, TransactionHandler>> {
  return {
    1101: (request) => identify(books.register, request),
    2001: (request) => checkEntitlement(books, request),
  };
}

function identify(register: Register, { input, now }: CoreRequest): CoreAnswer {
  const found = register.byCredential(child(input, 'data'));
  if ('refusal' in found) return found;
  const { person, account } = found;
  return {
    output: {
      baseinfo: { ...identityOf(person, now), exp_content: '' },
      insuinfo: [
        {
          balc: amountNumber(account),
          insutype: person.scheme,
          psn_type: person.personType,
          psn_insu_stas: '1',
          psn_insu_date: '2015-07-01',
          paus_insu_date: null,
          cvlserv_flag: '0',
          insuplc_admdvs: person.insuredPlace,
          emp_name: person.employer,
        },
      ],
      idetinfo: [],
    },
  };
}

function checkEntitlement({ register, rules, declarations }: InsuredBooks, request: CoreRequest): CoreAnswer {
  const data = child(request.input, 'data');
  const found = register.byNumber(leaf(data, 'psn_no'));
  if (found === undefined) return { refusal: '未查询到参保人员信息' };
  const { person } = found;
  if (leaf(data, 'insutype') !== person.scheme) return { refusal: '险种类型与参保登记不符' };
  const disease = leaf(data, 'dise_codg');
  const careType = nationalHead(leaf(data, 'med_type'));
  if (careType === '14') found.lastChecked = disease;
  const begins = leaf(data, 'begntime').slice(0, 10) || date(request.now);
  const institution = leaf(data, 'fixmedins_code') || leaf(request.envelope, 'fixmedins_code');
  const filed = isFiled(found, { day: begins, extension: data, institution }, declarations);
  const opened = isOpened(found, { disease, day: begins }, declarations);
  const hindrances = [
    ...(isOpenCare(careType) ? [] : [`医疗类别 ${leaf(data, 'med_type')} 未开通`]),
    ...(careType === '14' && !opened ? [`门诊慢特病病种 ${disease} 未开通`] : []),
    ...(!filed && rules.schemes[person.scheme].unfiled === 'refuse' ? ['未办理异地就医备案'] : []),
  ];
  const { pool, account } = FUNDS[person.scheme];
  return {
    output: {
      trtinfo: (account === undefined ? [pool] : [pool, account]).map(([fund]) => ({
        psn_no: person.psnNo,
        trt_chk_type: '01',
        fund_pay_type: fund,
        trt_enjymnt_flag: hindrances.length === 0 ? '1' : '0',
        begndate: `${begins.slice(0, 4)}-01-01`,
        enddate: `${begins.slice(0, 4)}-12-31`,
        trt_chk_rslt: hindrances.join('；') || (filed ? '已备案，可享受' : '未备案，可享受，支付比例降低'),
        exp_content: '',
      })),
    },
  };
}

/** Whether care of this type is settled here at all; what is absent is not judged. */
function isOpenCare(careType: string): boolean {
  return careType === '' || Object.values(CARE_TYPES).some((open) => open.includes(careType));
}
