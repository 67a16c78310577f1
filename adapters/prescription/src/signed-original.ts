/** What is signed of a prescription, and how an alteration afterwards shows. */
import { createHash } from 'node:crypto';
import type { OperationBodies } from '@yiqiao/model';

/** The pre-check's request. */
export type PrescriptionOrder = OperationBodies['checkPrescription']['request'];

/** The pharmacist of the hospital who has audited the prescription before it is signed. Source: D003. */
export interface HospitalPharmacist {
  readonly departmentCode: string;
  readonly departmentName: string;
  readonly titleCode?: string;
  readonly titleName?: string;
  /** 医保药师代码. */
  readonly insuranceCode: string;
  readonly certificateType?: string;
  readonly certificateNumber?: string;
  readonly name: string;
  readonly practiceCertificateNumber?: string;
  /** `yyyy-MM-dd HH:mm:ss`. */
  readonly auditTime: string;
}

/** Numbers that the centre gave. */
export interface PrescriptionNumbers {
  /** 医保处方编号 `hiRxno`. */
  readonly number: string;
  /** 处方追溯码 `rxTraceCode`: printed on the sheet as QR code. */
  readonly traceCode: string;
}

/** Body of the upload but for what the signature gives. */
export type UploadFacts = Omit<
  OperationBodies['uploadPrescription']['request'],
  'prescriptionDocument' | 'signatureDigest'
>;

/** The facts that are signed, and sent again with the upload. */
export function uploadFacts(
  order: PrescriptionOrder,
  { number, traceCode }: PrescriptionNumbers,
  pharmacist: HospitalPharmacist,
): UploadFacts {
  const { visit } = order;
  return {
    prescriptionTraceCode: traceCode,
    insurancePrescriptionNumber: number,
    visitId: visit.visitId ?? '',
    patientName: visit.patientName,
    certificateType: visit.certificateType ?? '',
    certificateNumber: visit.certificateNumber ?? '',
    institutionName: visit.institutionName ?? '',
    institutionCode: visit.institutionCode ?? '',
    doctorInsuranceCode: visit.doctorInsuranceCode ?? '',
    prescribingDoctorName: visit.prescribingDoctorName ?? '',
    pharmacistDepartmentName: pharmacist.departmentName,
    pharmacistDepartmentCode: pharmacist.departmentCode,
    pharmacistInsuranceCode: pharmacist.insuranceCode,
    pharmacistName: pharmacist.name,
    pharmacistAuditTime: pharmacist.auditTime,
    ...(pharmacist.titleCode !== undefined && { pharmacistTitleCode: pharmacist.titleCode }),
    ...(pharmacist.titleName !== undefined && { pharmacistTitleName: pharmacist.titleName }),
    ...(pharmacist.certificateType !== undefined && {
      pharmacistCertificateType: pharmacist.certificateType,
    }),
    ...(pharmacist.certificateNumber !== undefined && {
      pharmacistCertificateNumber: pharmacist.certificateNumber,
    }),
    ...(pharmacist.practiceCertificateNumber !== undefined && {
      pharmacistPracticeCertificateNumber: pharmacist.practiceCertificateNumber,
    }),
  };
}

/** Wire names of the twenty fields. Source: D002, signedFields. */
const SIGNED: Readonly<Record<keyof UploadFacts, string>> = {
  prescriptionTraceCode: 'rxTraceCode',
  insurancePrescriptionNumber: 'hiRxno',
  visitId: 'mdtrtId',
  patientName: 'patnName',
  certificateType: 'psnCertType',
  certificateNumber: 'certno',
  institutionName: 'fixmedinsName',
  institutionCode: 'fixmedinsCode',
  doctorInsuranceCode: 'drCode',
  prescribingDoctorName: 'prscDrName',
  pharmacistDepartmentName: 'pharDeptName',
  pharmacistDepartmentCode: 'pharDeptCode',
  pharmacistTitleCode: 'pharProfttlCodg',
  pharmacistTitleName: 'pharProfttlName',
  pharmacistInsuranceCode: 'pharCode',
  pharmacistCertificateType: 'pharCertType',
  pharmacistCertificateNumber: 'pharCertno',
  pharmacistName: 'pharName',
  pharmacistPracticeCertificateNumber: 'pharPracCertNo',
  pharmacistAuditTime: 'pharChkTime',
};

/** Text to sign: JSON of the fields that have content, names ascending. Source: D002, originalValue. */
export function originalValue(facts: UploadFacts): string {
  const pairs = Object.entries(facts)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [SIGNED[name as keyof UploadFacts], value] as const)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify(Object.fromEntries(pairs));
}

/** SHA-256 of bytes or text, lower-case hex. */
export function digestOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** By which the same content is known again, whatever the order of its members. */
export function contentDigest(content: unknown): string {
  return digestOf(JSON.stringify(content, ordered));
}

function ordered(_name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
