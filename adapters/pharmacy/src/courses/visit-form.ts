/** 2201, 2203A, 2204, 2206, 2207, 2208: a purchase is settled as an outpatient visit is. */
import { ExactNumber, fen, formatFen } from '@yiqiao/model';
import type { Fen, OperationBodies } from '@yiqiao/model';
import { careTypeOf } from '../purchase/payment-rules.ts';
import { settlementOf, trialOf } from './counter-form.ts';
import type { CourseForm, CourseRun } from './course-form.ts';

/** 诊断类型 of the diagnosis of a prescription. Source: value set diag_type. */
const WESTERN_DIAGNOSIS = '1';

/** A pharmacy has no departments; its messages must name one. Project design. */
const DEPARTMENT = { code: 'YD01', name: '药店', specialty: 'A99' };

/** 结算方式 `psn_setlway`: by items. */
const BY_ITEMS = '01';

type FeeUpload = OperationBodies['uploadOutpatientFees'];

/** Settles as a visit. */
export const visitForm: CourseForm = {
  settleStep: 'settle',
  async prepare(run) {
    const { visitId } = await run.write('register', 'registerOutpatient', registration(run));
    await run.write('record', 'recordPharmacyVisit', visitRecord(run, visitId));
    await run.write('fees', 'uploadOutpatientFees', { feeLines: feeLines(run, visitId) });
  },
  async trial(run) {
    const { purchase } = run.record;
    const { personType, name } = purchase.person;
    const body = { ...charge(run), personType, personName: name };
    return trialOf(await run.read('presettleOutpatient', body, carriedOf(run)));
  },
  async settle(run) {
    return settlementOf(await run.write('settle', 'settleOutpatient', { ...charge(run), ...split(run) }));
  },
  async cancel(run, { settlementId, visitId }) {
    const { personNumber } = run.record.purchase.person;
    await run.write('cancel', 'cancelOutpatientSettlement', { settlementId, visitId, personNumber });
    // The visit stays without a settlement otherwise; both only set a state.
    await takeBack(run);
  },
  giveUp: takeBack,
};

async function takeBack(run: CourseRun): Promise<void> {
  const visitId = run.answerOf('register', 'registerOutpatient')?.visitId;
  if (visitId === undefined) return;
  const { personNumber } = run.record.purchase.person;
  if (run.mayBeDone('fees')) {
    const chargeBatch = run.record.number;
    await run.write('withdraw-fees', 'withdrawOutpatientFees', { visitId, chargeBatch, personNumber });
  }
  const visitRecordNumber = run.record.number;
  await run.write('unregister', 'cancelOutpatientRegistration', { visitId, personNumber, visitRecordNumber });
}

function credentialOf({ record }: CourseRun) {
  const { person } = record.purchase;
  const { credential } = person;
  return {
    personNumber: person.personNumber,
    credentialType: credential.type,
    credentialNumber: credential.number,
    ...(credential.cardSerial !== undefined && { cardSerial: credential.cardSerial }),
    certificateType: person.certificateType,
    certificateNumber: person.certificateNumber,
    insuranceType: person.insuranceType,
  };
}

function registration(run: CourseRun): OperationBodies['registerOutpatient']['request'] {
  const { purchase, soldAt, number } = run.record;
  return {
    ...credentialOf(run),
    beginTime: soldAt,
    personType: purchase.person.personType,
    personName: purchase.person.name,
    visitRecordNumber: number,
    attendingDoctorCode: purchase.pharmacist.code,
    doctorName: purchase.pharmacist.name,
    departmentCode: DEPARTMENT.code,
    departmentName: DEPARTMENT.name,
    specialty: DEPARTMENT.specialty,
  };
}

function visitRecord(run: CourseRun, visitId: string): OperationBodies['recordPharmacyVisit']['request'] {
  const { purchase, soldAt, claim } = run.record;
  const { disease, person } = purchase;
  return {
    visitId,
    personNumber: person.personNumber,
    careType: careTypeOf(purchase, run.policy.payment, run.course),
    beginTime: soldAt,
    ...(disease !== undefined && { diseaseCode: disease.code, diseaseName: disease.name }),
    ...(claim !== undefined && {
      prescribingInstitutionCode: claim.prescriber.institutionCode,
      prescribingInstitutionName: claim.prescriber.institutionName,
    }),
    diagnoses: (claim?.diagnoses ?? []).map(({ code, name }, index) => ({
      diagnosisType: WESTERN_DIAGNOSIS,
      diagnosisSequence: index + 1,
      diagnosisCode: code,
      diagnosisName: name,
      diagnosisDepartment: DEPARTMENT.name,
      diagnosisDoctorCode: claim?.prescriber.code ?? purchase.pharmacist.code,
      diagnosisDoctorName: claim?.prescriber.name ?? purchase.pharmacist.name,
      diagnosisTime: claim?.issuedAt ?? soldAt,
      valid: '1',
    })),
  };
}

function feeLines({ record }: CourseRun, visitId: string): FeeUpload['request']['feeLines'] {
  const { purchase, soldAt, claim, number } = record;
  const { pharmacist } = purchase;
  return purchase.lines.map((line) => {
    const prescribed = line.prescribed === true && claim !== undefined;
    return {
      feeLineNumber: line.number,
      visitId,
      personNumber: purchase.person.personNumber,
      chargeBatch: number,
      ...(purchase.disease !== undefined && { diseaseCode: purchase.disease.code }),
      ...(prescribed && { prescriptionNumber: claim.prescriptionNumber }),
      externalPrescription: prescribed ? '1' : '0',
      feeTime: soldAt,
      catalogueCode: line.catalogueCode,
      institutionCatalogueCode: line.itemCode,
      lineAmount: line.amount,
      quantity: line.quantity,
      price: line.price,
      billingDepartmentCode: DEPARTMENT.code,
      billingDepartmentName: DEPARTMENT.name,
      billingDoctorCode: prescribed ? (claim.prescriber.code ?? pharmacist.code) : pharmacist.code,
      billingDoctorName: prescribed ? claim.prescriber.name : pharmacist.name,
      hospitalApproval: '0',
    };
  });
}

function charge(run: CourseRun) {
  const { purchase, number } = run.record;
  const visit = run.answerOf('register', 'registerOutpatient');
  return {
    ...credentialOf(run),
    careType: careTypeOf(purchase, run.policy.payment, run.course),
    total: purchase.total,
    settlementMethod: BY_ITEMS,
    visitId: visit?.visitId ?? '',
    chargeBatch: number,
    accountUsed: run.policy.accountUsed[purchase.payment.account],
  };
}

/** Parts of the total that a trial carries, by their places. */
function carriedOf(run: CourseRun): Readonly<Record<string, ExactNumber>> {
  const parts: Readonly<Record<string, Fen>> = split(run);
  const places = Object.entries(run.course.carriedInTrial ?? {});
  return Object.fromEntries(
    places.map(([place, part]) => [place, new ExactNumber(formatFen(parts[part] ?? fen(0n)))]),
  );
}

/** The four parts of the total, as the place of care split the lines. */
function split(
  run: CourseRun,
): Record<'selfFunded' | 'overLimitSelfPaid' | 'firstSelfPaid' | 'inScope', Fen> {
  const lines = run.answerOf('fees', 'uploadOutpatientFees')?.feeLines ?? [];
  const sum = (amountOf: (line: FeeUpload['response']['feeLines'][number]) => Fen | undefined): Fen =>
    fen(lines.reduce((total, line) => total + (amountOf(line) ?? 0n), 0n));
  return {
    selfFunded: sum((line) => line.selfFunded),
    overLimitSelfPaid: sum((line) => line.overLimitAmount),
    firstSelfPaid: sum((line) => line.firstSelfPaid),
    inScope: sum((line) => line.inScope),
  };
}
