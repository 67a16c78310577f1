/** Orders of a hospital for what a prompt names: a visit, a person, lines. Everything else is of one synthetic ward. */
import type { HisAction, OrderBodies } from '@yiqiao/his';
import { formatTime, parseDecimal, parseFen } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { nodeIn, textIn } from '../listen/program-cashier.ts';
import type { ActWith } from '../listen/program-cashier.ts';
import { cardIn, linesIn } from './prompted.ts';

type Bodies = { readonly [A in HisAction]?: (given: ActWith, clock: Clock) => OrderBodies[A] };

/** The body of each order; none where it is empty. */
export const BODIES: Bodies = {
  register: (given, clock) => ({
    ...cardOf(given),
    careType: textIn(given, 'careType') || '11',
    beginTime: formatTime(clock.now()),
    departmentCode: 'A03',
    departmentName: '内科',
    specialty: 'A03',
    ...(textIn(given, 'disease') !== '' && {
      diseaseCode: textIn(given, 'disease'),
      diseaseName: '门诊慢特病',
    }),
    diagnoses: [{ ...diagnosis(clock), valid: '1' }],
  }),
  fees: (given, clock) => ({
    chargeBatch: textIn(given, 'batch'),
    lines: linesIn(given).map((line) => ({ ...lineOf(line, clock), externalPrescription: '0' })),
  }),
  withdraw: (given) => ({ chargeBatch: textIn(given, 'batch') }),
  presettle: (given) => chargeOf(given),
  settle: (given) => chargeOf(given),
  cancel: () => ({}),
  refund: (given) => ({ returned: [{ feeLineNumber: textIn(given, 'line') }] }),
  admit: (given, clock) => ({
    ...cardOf(given),
    careType: '21',
    beginTime: formatTime(clock.now()),
    attendingDoctorCode: 'D530000000001',
    chiefDoctorName: '测试医师',
    admissionDiagnosisDescription: '高血压',
    admissionDepartmentCode: 'A03',
    admissionDepartmentName: '内科',
    admissionBed: '01',
    dischargeMainDiagnosisCode: 'I10.x00',
    dischargeMainDiagnosisName: '特发性(原发性)高血压',
    diagnoses: [{ ...diagnosis(clock), mainDiagnosis: '1' }],
  }),
  stayFees: (given, clock) => ({ lines: linesIn(given).map((line) => lineOf(line, clock)) }),
  withdrawStay: (given) => ({ feeLineNumbers: [textIn(given, 'line')] }),
  discharge: (_given, clock) => ({
    endTime: formatTime(clock.now()),
    dischargeDepartmentCode: 'A03',
    dischargeDepartmentName: '内科',
    dischargeMethod: '1',
    diagnoses: [{ ...diagnosis(clock), mainDiagnosis: '1' }],
  }),
};

function chargeOf(given: ActWith): OrderBodies['settle'] {
  const batch = textIn(given, 'batch');
  return batch === '' ? {} : { chargeBatch: batch };
}

/** Who is treated, by the card that is shown. */
function cardOf(given: ActWith) {
  const person = nodeIn(given, 'person');
  const { type, number, serial } = cardIn(given);
  return {
    credentialType: type,
    credentialNumber: number,
    ...(serial !== undefined && { cardSerial: serial }),
    certificateType: '01',
    certificateNumber: textIn(person, 'certno'),
    personName: textIn(person, 'psn_name'),
    insuredRegion: textIn(given, 'insuredRegion'),
  };
}

function diagnosis(clock: Clock) {
  return {
    diagnosisType: '1',
    diagnosisSequence: 1,
    diagnosisCode: 'I10.x00',
    diagnosisName: '特发性(原发性)高血压',
    diagnosisDepartment: '内科',
    diagnosisDoctorCode: 'D530000000001',
    diagnosisDoctorName: '测试医师',
    diagnosisTime: formatTime(clock.now()),
  };
}

function lineOf(line: ActWith, clock: Clock) {
  return {
    feeLineNumber: textIn(line, 'number'),
    feeTime: formatTime(clock.now()),
    catalogueCode: textIn(line, 'code'),
    institutionCatalogueCode: 'HIS-D-001',
    lineAmount: parseFen(textIn(line, 'amount')),
    quantity: parseDecimal(textIn(line, 'count')),
    price: parseDecimal(textIn(line, 'price')),
    billingDepartmentCode: 'A03',
    billingDepartmentName: textIn(line, 'department') || '内科',
    billingDoctorCode: 'D530000000001',
    billingDoctorName: textIn(line, 'doctor') || '测试医师',
    hospitalApproval: '1',
  };
}
