/** Further visits, of the transactions beyond outpatient care: a stay and a purchase in a pharmacy. */
import { sandboxPersons } from '../insured-place/persons.ts';
import type { Person } from '../insured-place/persons.ts';
import type { FeeItem } from '../his/his.ts';
import { credentialOf } from './visit-scripts.ts';
import type { VisitScript } from './visit-scripts.ts';

const BED: FeeItem = {
  code: '001109000010000',
  ownCode: 'HIS-S-011',
  name: '普通病房床位费',
  price: '50',
  quantity: '6',
};
const NURSING: FeeItem = {
  code: '001201000030000',
  ownCode: 'HIS-S-012',
  name: '二级护理',
  price: '13',
  quantity: '6',
};
const OPERATION: FeeItem = {
  code: '003310020040000',
  ownCode: 'HIS-O-001',
  name: '腹腔镜阑尾切除术',
  price: '2180',
  quantity: '1',
};
const INFUSION: FeeItem = {
  code: 'XB05BBA001B004010100004',
  ownCode: 'HIS-D-011',
  name: '甲类输液',
  price: '6.28',
  quantity: '18',
};
const RESTRICTED: FeeItem = {
  code: 'XL01BCA042B002010100003',
  ownCode: 'HIS-D-012',
  name: '限制使用注射剂',
  price: '128.8',
  quantity: '6',
};
const STAPLER: FeeItem = {
  code: 'C0206020050000200005',
  ownCode: 'HIS-M-001',
  name: '一次性吻合器',
  price: '1650',
  quantity: '1',
};
const OWN_TABLET: FeeItem = {
  code: 'XA02BCA215N001010100001',
  ownCode: 'YD-D-001',
  name: '甲类降压片',
  price: '39.8',
  quantity: '1',
};
const PRESCRIBED_TABLET: FeeItem = {
  code: 'XC08CAA308A001020100002',
  ownCode: 'YD-D-002',
  name: '乙类降压缓释片',
  price: '92.5',
  quantity: '4',
  prescribed: true,
};

/**
 * The scripts beyond `visitScripts`: `e` the stay of an employee without filing who came by emergency, from 2401 to
 * 2304; `f` the purchase of an employee in a pharmacy, partly on a hospital's prescription, 2101 and 2102; `d-stay`
 * the stay of a filed employee at a predecessor HIS, from 0212 to 0304.
 */
export function furtherScripts(region: string): readonly VisitScript[] {
  const [, , unfiled, cardHolder, , neighbour] = sandboxPersons(region) as readonly [
    Person,
    Person,
    Person,
    Person,
    Person,
    Person,
  ];
  return [
    {
      id: 'e',
      course: 'inpatient',
      title: {
        zh: '职工急诊住院，入院至出院结算',
        en: 'employee, emergency stay from admission to settlement',
      },
      credential: credentialOf(unfiled, '02'),
      plan: {
        medType: '21',
        diagnosis: { code: 'K35.900', name: '急性阑尾炎' },
        useAccount: true,
        emergency: true,
      },
      items: [BED, NURSING, OPERATION, INFUSION, RESTRICTED, STAPLER],
      afterwards: 'keep',
    },
    {
      id: 'f',
      course: 'pharmacy',
      title: { zh: '职工药店购药，含外购处方', en: 'employee, purchase in a pharmacy, partly prescribed' },
      credential: credentialOf(cardHolder, '03'),
      plan: {
        medType: '41',
        diagnosis: { code: 'I10.x00', name: '特发性(原发性)高血压' },
        useAccount: true,
      },
      items: [OWN_TABLET, PRESCRIBED_TABLET],
      afterwards: 'keep',
    },
    {
      id: 'd-stay',
      course: 'inpatient',
      title: {
        zh: '前代接口职工住院，入院至出院结算（0212 至 0304）',
        en: 'employee, stay at a predecessor HIS from 0212 to 0304',
      },
      credential: credentialOf(neighbour, '02'),
      plan: {
        medType: '21',
        diagnosis: { code: 'K35.900', name: '急性阑尾炎' },
        useAccount: true,
      },
      items: [BED, NURSING, OPERATION, INFUSION, RESTRICTED, STAPLER],
      afterwards: 'keep',
    },
  ];
}
