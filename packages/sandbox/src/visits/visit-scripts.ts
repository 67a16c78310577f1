/** The visits that the demonstration runs. */
import { sandboxPersons } from '../insured-place/persons.ts';
import type { Person } from '../insured-place/persons.ts';
import type { Course } from '../course.ts';
import type { Credential, FeeItem, VisitPlan } from '../his/his.ts';

/** One visit: who comes, with what, for what, and what happens after the settlement. */
export interface VisitScript {
  readonly id: string;
  /** 门诊 when absent. */
  readonly course?: Course;
  readonly title: { readonly zh: string; readonly en: string };
  readonly credential: Credential;
  readonly plan: VisitPlan;
  readonly items: readonly FeeItem[];
  /** `cancel`: 2208, 2305, 2103 or 0305; `reverse`: 2601 or 1301. */
  readonly afterwards: 'keep' | 'cancel' | 'reverse';
}

/** How a person shows who they are. */
export function credentialOf(person: Person, kind: Credential['kind']): Credential {
  const { certno, name, insuredPlace, token, card } = person;
  const who = { certno, name, insuredPlace };
  if (kind === '01') return { ...who, kind, number: token };
  if (kind === '02') return { ...who, kind, number: certno };
  return { ...who, kind, number: card.number, cardSerial: card.serial };
}

const CONSULTATION: FeeItem = {
  code: '001102000010000',
  ownCode: 'HIS-S-001',
  name: '普通门诊诊察费',
  price: '15',
  quantity: '1',
};
const PLAIN_TABLET: FeeItem = {
  code: 'XA02BCA215N001010100001',
  ownCode: 'HIS-D-001',
  name: '甲类降压片',
  price: '42.35',
  quantity: '3',
};
const RETARD_TABLET: FeeItem = {
  code: 'XC08CAA308A001020100002',
  ownCode: 'HIS-D-002',
  name: '乙类降压缓释片',
  price: '88.55',
  quantity: '2',
};
const ULTRASOUND: FeeItem = {
  code: '002106000010000',
  ownCode: 'HIS-E-001',
  name: '彩色超声检查',
  price: '158',
  quantity: '1',
};
const SPECIAL_SERVICE: FeeItem = {
  code: '001101000010000',
  ownCode: 'HIS-S-002',
  name: '特需服务费',
  price: '30',
  quantity: '1',
};

const HYPERTENSION = { code: 'I10.x00', name: '特发性(原发性)高血压' };
const ALL_SPLITS = [CONSULTATION, PLAIN_TABLET, RETARD_TABLET, ULTRASOUND, SPECIAL_SERVICE];
const ORDINARY: VisitPlan = { medType: '11', diagnosis: HYPERTENSION, useAccount: true };

const TITLES = {
  a: { zh: '职工普通门诊，医保电子凭证', en: 'employee, ordinary outpatient, e-credential' },
  b: {
    zh: '居民门诊慢特病（高血压），居民身份证，结算后撤销',
    en: 'resident, chronic disease (hypertension), identity card, cancelled after settlement',
  },
  c: {
    zh: '职工普通门诊，社会保障卡，结算应答丢失后自动冲正并重新收费',
    en: 'employee, social-security card; the settlement answer is lost, reversed, charged again',
  },
  d: { zh: '前代接口（SOAP）同样就诊', en: 'the same care from a predecessor HIS (SOAP)' },
  'd-cancelled': {
    zh: '前代接口同样就诊，结算后回退（0305）',
    en: 'the same from a predecessor HIS, cancelled by 0305',
  },
  'd-reversed': {
    zh: '前代接口同样就诊，结算后冲正（1301）',
    en: 'the same from a predecessor HIS, reversed by 1301',
  },
} as const;

/**
 * The scripts for the people of an insured place: `a` employee with e-credential, `b` resident with identity card
 * and a chronic disease, cancelled afterwards, `c` employee with social-security card (its 2207 answer is to be
 * lost by a fault), `d` an employee with the care of `a` from the predecessor HIS, `d-cancelled` and `d-reversed` the same undone
 * by 0305 and by 1301.
 */
export function visitScripts(region: string): readonly VisitScript[] {
  const [employee, resident, , cardHolder, , neighbour] = sandboxPersons(region) as readonly [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  const identityCard = credentialOf(neighbour, '02');
  const predecessor = { credential: identityCard, plan: ORDINARY, items: ALL_SPLITS };
  return [
    {
      id: 'a',
      title: TITLES['a'],
      credential: credentialOf(employee, '01'),
      plan: ORDINARY,
      items: ALL_SPLITS,
      afterwards: 'keep',
    },
    {
      id: 'b',
      title: TITLES['b'],
      credential: credentialOf(resident, '02'),
      plan: {
        medType: '14',
        disease: { code: 'M03900', name: '高血压' },
        diagnosis: HYPERTENSION,
        useAccount: false,
      },
      items: [PLAIN_TABLET, RETARD_TABLET],
      afterwards: 'cancel',
    },
    {
      id: 'c',
      title: TITLES['c'],
      credential: credentialOf(cardHolder, '03'),
      plan: ORDINARY,
      items: [CONSULTATION, PLAIN_TABLET, ULTRASOUND],
      afterwards: 'keep',
    },
    {
      id: 'd',
      title: TITLES['d'],
      ...predecessor,
      afterwards: 'keep',
    },
    {
      id: 'd-cancelled',
      title: TITLES['d-cancelled'],
      ...predecessor,
      afterwards: 'cancel',
    },
    {
      id: 'd-reversed',
      title: TITLES['d-reversed'],
      ...predecessor,
      afterwards: 'reverse',
    },
  ];
}
