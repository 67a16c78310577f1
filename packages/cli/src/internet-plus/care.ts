/** What is ordered, prescribed and bought in the story; persons and prices are the sandbox's. */
import type { OrderBodies } from '@yiqiao/his';
import { formatTime, parseDecimal, parseFen } from '@yiqiao/model';
import type { HospitalPharmacist, PrescriptionOrder } from '@yiqiao/prescription';
import { sandboxPersons } from '@yiqiao/sandbox';
import type { Person } from '@yiqiao/sandbox';
import { HOSPITAL } from './story-world.ts';

const DAY_MS = 86_400_000;
const DOCTOR = { code: 'D330100000001', name: '测试医师甲' };
const DEPARTMENT = { code: 'A03', name: '内科' };
const HYPERTENSION = { code: 'I10.x00', name: '特发性(原发性)高血压' };
const TABLET = { code: 'XA02BCA215N001010100001', name: '甲类降压片', specification: '10mg*14片' };

/** The patient: an employee insured in the hospital's own pooling area. */
export function patient(): Person {
  const [first] = sandboxPersons('330000');
  if (first === undefined) throw new Error('the sandbox insures nobody');
  return first;
}

/** Registration of a visit that began at some time. */
export function registration(at: number, way: 'in-person' | 'internet'): OrderBodies['register'] {
  const { token, certno, name } = patient();
  return {
    credentialType: '01',
    credentialNumber: token,
    certificateNumber: certno,
    personName: name,
    careType: '11',
    beginTime: formatTime(at),
    departmentCode: DEPARTMENT.code,
    departmentName: DEPARTMENT.name,
    specialty: DEPARTMENT.code,
    internet: way === 'internet',
    diagnoses: [
      {
        diagnosisType: '1',
        diagnosisSequence: 1,
        diagnosisCode: HYPERTENSION.code,
        diagnosisName: HYPERTENSION.name,
        diagnosisDepartment: DEPARTMENT.name,
        diagnosisDoctorCode: DOCTOR.code,
        diagnosisDoctorName: DOCTOR.name,
        diagnosisTime: formatTime(at),
        valid: '1',
      },
    ],
  };
}

type FeeLine = OrderBodies['fees']['lines'][number];

/** 诊察费, one line. */
export function consultation(line: string, at: number): FeeLine {
  return {
    feeLineNumber: line,
    feeTime: formatTime(at),
    catalogueCode: '001102000010000',
    institutionCatalogueCode: 'HIS-S-001',
    name: '普通门诊诊察费',
    unit: '次',
    lineAmount: parseFen('15.00'),
    quantity: parseDecimal('1'),
    price: parseDecimal('15'),
    billingDepartmentCode: DEPARTMENT.code,
    billingDepartmentName: DEPARTMENT.name,
    billingDoctorCode: DOCTOR.code,
    billingDoctorName: DOCTOR.name,
    externalPrescription: '0',
    hospitalApproval: '1',
    chargeItemType: '02',
  };
}

/** An examination, in person only; it also uses up the year's deductible. */
export function ultrasound(line: string, at: number): FeeLine {
  return {
    ...consultation(line, at),
    catalogueCode: '002106000010000',
    institutionCatalogueCode: 'HIS-E-001',
    name: '彩色超声检查',
    lineAmount: parseFen('316.00'),
    price: parseDecimal('158'),
    quantity: parseDecimal('2'),
    chargeItemType: '03',
  };
}

/** A consultation with a fee for bringing the drugs, which no region may have covered. */
export function delivery(line: string, at: number): FeeLine {
  return { ...consultation(line, at), name: '药品配送费', delivery: true };
}

/** What the doctor prescribes in a visit, for a pharmacy outside. */
export function prescription(number: string, visitId: string, at: number): PrescriptionOrder {
  const { token } = patient();
  const [time, end] = [formatTime(at), formatTime(at + 3 * DAY_MS)];
  return {
    credentialType: '01',
    credentialToken: token,
    authorizationNumber: `AUTH-${number}`,
    prescriptionBusinessType: '02',
    prescriptionAttributeCode: '02',
    hospitalPrescriptionNumber: number,
    prescriptionTypeCode: '1',
    prescriptionTime: time,
    prescriptionDrugCount: parseDecimal('1'),
    validDays: parseDecimal('3'),
    validUntil: end,
    prescriptionRenewal: '0',
    drugs: [prescribedDrug(time, formatTime(at + 42 * DAY_MS))],
    visit: prescriptionVisit(visitId, time),
    diagnoses: [
      {
        diagnosisType: '1',
        mainDiagnosis: '1',
        diagnosisSequence: 1,
        diagnosisCode: HYPERTENSION.code,
        diagnosisName: HYPERTENSION.name,
        diagnosisDepartment: DEPARTMENT.name,
        diagnosisDepartmentCode: DEPARTMENT.code,
        diagnosisDoctorNumber: DOCTOR.code,
        diagnosisDoctorFullName: DOCTOR.name,
        diagnosisTime: time,
      },
    ],
  };
}

function prescribedDrug(time: string, end: string): PrescriptionOrder['drugs'][number] {
  return {
    catalogueCode: TABLET.code,
    prescriptionItemTypeCode: '11',
    drugGenericName: TABLET.name,
    drugDosageForm: '片剂',
    drugSpecification: TABLET.specification,
    administrationRouteCode: '1',
    administrationRoute: '口服',
    medicationBeginTime: time,
    medicationEndTime: end,
    medicationDays: parseDecimal('42'),
    singleDoseUnit: '片',
    singleDoseQuantity: parseDecimal('1'),
    frequencyCode: '11',
    frequencyName: '每日一次',
    drugQuantityUnit: '盒',
    drugQuantity: parseDecimal('3'),
    hospitalApproval: '0',
  };
}

function prescriptionVisit(visitId: string, time: string): PrescriptionOrder['visit'] {
  const { certno, name, gender, psnNo } = patient();
  return {
    institutionName: HOSPITAL.name,
    institutionCode: HOSPITAL.code,
    visitId,
    careType: '11',
    visitRecordNumber: 'HL1',
    personNumber: psnNo,
    patientName: name,
    certificateType: '01',
    certificateNumber: certno,
    patientAge: parseDecimal('36'),
    gender,
    prescribingDepartmentName: DEPARTMENT.name,
    prescribingDepartmentCode: DEPARTMENT.code,
    doctorInsuranceCode: DOCTOR.code,
    prescribingDoctorName: DOCTOR.name,
    visitTime: time,
    specialDisease: '0',
    mainDiagnosisCode: HYPERTENSION.code,
    mainDiagnosisName: HYPERTENSION.name,
  };
}

/** The hospital's pharmacist, who audits before the signature. */
export function hospitalPharmacist(at: number): HospitalPharmacist {
  return {
    departmentCode: 'Y01',
    departmentName: '药剂科',
    insuranceCode: 'YS330100000001',
    name: '测试药师甲',
    certificateType: '01',
    certificateNumber: '000000198001010011',
    auditTime: formatTime(at),
  };
}

/** Who revokes it in the end. */
export const REVOCATION = {
  doctorInsuranceCode: DOCTOR.code,
  doctorName: DOCTOR.name,
  certificateType: '01',
  certificateNumber: '000000197001010015',
  reason: '演示结束，依次撤销',
};

/** What the till sends: three boxes, each with its trace code, on the prescription whose code was shown. */
export function purchase(number: string, code: string): Record<string, unknown> {
  const { certno, name, psnNo, personType, scheme, insuredPlace, token } = patient();
  const person = {
    certificateType: '01',
    certificateNumber: certno,
    name,
    personNumber: psnNo,
    personType,
    insuranceType: scheme,
    insuredRegion: insuredPlace,
    credential: { type: '01', number: token },
  };
  return {
    number,
    person,
    payment: { fund: true, account: 'own-account' },
    prescription: { code, audit: { passed: true, opinion: '用药合理' } },
    total: '127.05',
    lines: [
      {
        number: `${number}1`,
        catalogueCode: TABLET.code,
        itemCode: 'YD-D-001',
        name: TABLET.name,
        specification: TABLET.specification,
        unit: '盒',
        listType: '101',
        prescriptionDrug: '1',
        prescribed: true,
        price: '42.35',
        quantity: '3',
        amount: '127.05',
        traceCodes: ['81000000000000000001', '81000000000000000002', '81000000000000000003'],
        stock: {
          batchNumber: `PC${number}`,
          lot: 'L1',
          producedOn: '2026-01-01',
          expiresOn: '2028-01-01',
        },
      },
    ],
    operatorName: '测试收银员',
    pharmacist: {
      certificateType: '01',
      certificateNumber: '000000199001010026',
      name: '测试药师乙',
      code: 'YS530100000001',
      practiceCertificateNumber: 'YS0001',
    },
  };
}
