/** What is bought and prescribed in the tests of pharmacies. */
import assert from 'node:assert/strict';
import { formatTime, parseDecimal, systemClock } from '@yiqiao/model';
import type { PrescriptionOrder } from '@yiqiao/prescription';
import { sandboxPersons } from '@yiqiao/sandbox';
import type { Person } from '@yiqiao/sandbox';

const DAY_MS = 86_400_000;
const TABLET = 'XA02BCA215N001010100001';
const [first] = sandboxPersons('330000');
assert(first !== undefined);

/** Whoever buys: an employee with 200.00 on the account. */
export const buyer: Person = first;

/** Where prescriptions are made out. */
export const HOSPITAL = { code: 'H53010000001', name: '示例医院（云南）' } as const;

/** A person as a till tells of them, with the identity number as credential. */
export function personOf(person: Person): Record<string, unknown> {
  return {
    certificateType: '01',
    certificateNumber: person.certno,
    name: person.name,
    personNumber: person.psnNo,
    personType: person.personType,
    insuranceType: person.scheme,
    insuredRegion: person.insuredPlace,
    credential: { type: '02', number: person.certno },
  };
}

/** Two boxes for 79.60, paid from the buyer's account. */
export function purchase(number: string, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    number,
    person: personOf(buyer),
    payment: { fund: false, account: 'own-account' },
    total: '79.60',
    lines: [line(number)],
    operatorName: '测试收银员',
    pharmacist: {
      certificateType: '01',
      certificateNumber: '000000198101010013',
      name: '测试药师乙',
      code: 'YS530100000002',
      practiceCertificateNumber: 'YS0001',
    },
    ...change,
  };
}

/** The same boxes on an outside prescription, by its code. */
export function prescribedPurchase(number: string, code: string, person = buyer): Record<string, unknown> {
  return purchase(number, {
    person: personOf(person),
    payment: { fund: true, account: 'own-account' },
    prescription: { code, audit: { passed: true, opinion: '合理' } },
    lines: [{ ...line(number), prescribed: true, prescriptionDrug: '1' }],
  });
}

function line(number: string): Record<string, unknown> {
  return {
    number: `${number}1`,
    catalogueCode: TABLET,
    itemCode: 'YD-D-001',
    name: '甲类降压片',
    specification: '10mg*14片',
    unit: '盒',
    listType: '101',
    prescriptionDrug: '0',
    price: '39.8',
    quantity: '2',
    amount: '79.60',
    traceCodes: [`8100000000000${number}1`, `8100000000000${number}2`],
    stock: { batchNumber: `PC${number}`, lot: 'L1', producedOn: '2026-01-01', expiresOn: '2099-01-01' },
  };
}

/** A prescription of two boxes for the buyer, three days valid. */
export function orderOf(number: string): PrescriptionOrder {
  const now = systemClock.now();
  return {
    credentialType: '01',
    credentialToken: 'EC-TOKEN-1',
    authorizationNumber: 'AUTH-ONLINE-1',
    prescriptionBusinessType: '02',
    prescriptionAttributeCode: '02',
    hospitalPrescriptionNumber: number,
    prescriptionTypeCode: '1',
    prescriptionTime: formatTime(now),
    prescriptionDrugCount: parseDecimal('1'),
    validDays: parseDecimal('3'),
    validUntil: formatTime(now + 3 * DAY_MS),
    prescriptionRenewal: '0',
    drugs: [
      {
        catalogueCode: TABLET,
        prescriptionItemTypeCode: '11',
        drugGenericName: '甲类降压片',
        drugDosageForm: '片剂',
        drugSpecification: '10mg*14片',
        administrationRouteCode: '1',
        administrationRoute: '口服',
        medicationBeginTime: formatTime(now),
        medicationEndTime: formatTime(now + 30 * DAY_MS),
        medicationDays: parseDecimal('30'),
        singleDoseUnit: '片',
        singleDoseQuantity: parseDecimal('1'),
        frequencyCode: '11',
        frequencyName: '每日一次',
        drugQuantityUnit: '盒',
        drugQuantity: parseDecimal('2'),
        hospitalApproval: '0',
      },
    ],
    visit: {
      institutionName: HOSPITAL.name,
      institutionCode: HOSPITAL.code,
      visitId: '530100G0001',
      careType: '11',
      visitRecordNumber: 'MZ0001',
      personNumber: buyer.psnNo,
      patientName: buyer.name,
      certificateType: '01',
      certificateNumber: buyer.certno,
      patientAge: parseDecimal('36'),
      gender: '1',
      prescribingDepartmentName: '内科',
      prescribingDepartmentCode: 'A02',
      doctorInsuranceCode: 'D530100000001',
      prescribingDoctorName: '测试医师甲',
      doctorTitleCode: '1',
      doctorTitleName: '主任医师',
      doctorDepartmentCode: 'A02',
      doctorDepartmentName: '内科',
      visitTime: formatTime(now),
      specialDisease: '0',
      mainDiagnosisCode: 'I10.x00',
      mainDiagnosisName: '特发性(原发性)高血压',
    },
    diagnoses: [
      {
        diagnosisType: '1',
        mainDiagnosis: '1',
        diagnosisSequence: 1,
        diagnosisCode: 'I10.x00',
        diagnosisName: '特发性(原发性)高血压',
        diagnosisDepartment: '内科',
        diagnosisDepartmentCode: 'A02',
        diagnosisDoctorNumber: 'D530100000001',
        diagnosisDoctorFullName: '测试医师甲',
        diagnosisTime: formatTime(now),
      },
    ],
  };
}
