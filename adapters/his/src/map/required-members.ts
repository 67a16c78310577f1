/** Which members of each order a map must give. The rest is filled in from what is known of the visit. */
import type { HisAction } from '../order.ts';

const WHO = ['credentialType', 'credentialNumber', 'certificateNumber', 'personName'];
const DIAGNOSIS = [
  'diagnosisType',
  'diagnosisSequence',
  'diagnosisCode',
  'diagnosisName',
  'diagnosisDepartment',
  'diagnosisDoctorCode',
  'diagnosisDoctorName',
  'diagnosisTime',
].map((name) => `diagnoses[].${name}`);
const LINE = [
  'feeLineNumber',
  'feeTime',
  'catalogueCode',
  'institutionCatalogueCode',
  'lineAmount',
  'quantity',
  'price',
  'billingDepartmentCode',
  'billingDepartmentName',
  'billingDoctorCode',
  'billingDoctorName',
].map((name) => `lines[].${name}`);
const WARD = [
  'attendingDoctorCode',
  'chiefDoctorName',
  'admissionDiagnosisDescription',
  'admissionDepartmentCode',
  'admissionDepartmentName',
  'admissionBed',
  'dischargeMainDiagnosisCode',
  'dischargeMainDiagnosisName',
];

/** Paths in the order's body that a map must have a rule for, and a message a value. Source: required members of the transactions. */
export const REQUIRED_MEMBERS: Readonly<Record<HisAction, readonly string[]>> = {
  register: [
    ...WHO,
    'careType',
    'beginTime',
    'departmentCode',
    'departmentName',
    'specialty',
    ...DIAGNOSIS,
    'diagnoses[].valid',
  ],
  cancelRegistration: [],
  fees: ['chargeBatch', ...LINE, 'lines[].externalPrescription', 'lines[].hospitalApproval'],
  withdraw: [],
  check: ['stage', 'encounter.encounterOrders[].insuranceCatalogueCode'],
  answerHints: ['warningType', 'warnings[].warningResultId', 'warnings[].handling'],
  presettle: [],
  settle: [],
  cancel: [],
  refund: ['returned[].feeLineNumber'],
  reverse: [],
  admit: [...WHO, 'careType', 'beginTime', ...WARD, ...DIAGNOSIS, 'diagnoses[].mainDiagnosis'],
  change: ['beginTime', 'credentialType', 'careType', 'visitRecordNumber', ...WARD],
  stayFees: LINE,
  withdrawStay: [],
  discharge: ['endTime', 'dischargeDepartmentCode', 'dischargeDepartmentName', 'dischargeMethod'],
  cancelAdmission: [],
  cancelDischarge: [],
  presettleStay: [],
  settleStay: [],
  cancelStay: [],
  settlementList: ['billCode', 'billNumber', 'businessNumber'],
};

/** Members of the model that are held otherwise than as text. */
export const FORMS: Readonly<Record<string, 'fen' | 'decimal' | 'integer' | 'boolean'>> = {
  lineAmount: 'fen',
  total: 'fen',
  sumAmount: 'fen',
  selfFundedAmount: 'fen',
  selfPaidAmount: 'fen',
  accountPaidAmount: 'fen',
  medicalAidAmount: 'fen',
  poolPaidAmount: 'fen',
  violationAmount: 'fen',
  quantity: 'decimal',
  price: 'decimal',
  courseDays: 'decimal',
  cataloguePrice: 'decimal',
  diagnosisSequence: 'integer',
  settlementCount: 'integer',
  internet: 'boolean',
  midway: 'boolean',
  delivery: 'boolean',
};
