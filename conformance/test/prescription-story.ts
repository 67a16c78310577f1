/** What our adapter is given to do at the prescription centre, and its two ends. */
import { fen, formatTime, parseDecimal } from '@yiqiao/model';
import {
  connectCentre,
  createHospitalSide,
  createPharmacySide,
  epcDialect,
  readCirculationFacts,
} from '@yiqiao/prescription';
import type { Centre, HospitalSide, PharmacySide, PrescriptionOrder } from '@yiqiao/prescription';
import { openStore } from '@yiqiao/sdk';
import { clock, MORNING, patient, TIME } from './platform-stories.ts';

const DAY_MS = 86_400_000;

/** An institution at the prescription centre. */
export interface CentreAccount {
  readonly code: string;
  readonly name: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly privateKey: string;
}

const facts = readCirculationFacts();

/** A hospital and a pharmacy at the centre. */
export function openSides(
  centre: { readonly url: string; readonly publicKey: string },
  { hospital, pharmacy }: { readonly hospital: CentreAccount; readonly pharmacy: CentreAccount },
): { readonly hospital: HospitalSide; readonly pharmacy: PharmacySide; close(): Promise<void> } {
  const [ofHospital, ofPharmacy] = [connect(centre, hospital), connect(centre, pharmacy)];
  const [hospitalStore, pharmacyStore] = [openStore(':memory:', { clock }), openStore(':memory:', { clock })];
  return {
    hospital: createHospitalSide({ centre: ofHospital, store: hospitalStore, facts, clock }),
    pharmacy: createPharmacySide({
      centre: ofPharmacy,
      store: pharmacyStore,
      facts,
      clock,
      knowsRepeats: true,
      pharmacistToken: (code) => `token-${code}`,
      terminal: {
        institution: pharmacy,
        device: 'POS-1',
        address: '10.0.0.1',
        operator: { account: '0001', name: '测试经办' },
        agency: pharmacy.code,
      },
    }),
    async close() {
      await ofHospital.close();
      await ofPharmacy.close();
      hospitalStore.close();
      pharmacyStore.close();
    },
  };
}

function connect(
  { url, publicKey }: { readonly url: string; readonly publicKey: string },
  { appId, appSecret, privateKey }: CentreAccount,
): Centre {
  return connectCentre(facts.centre, epcDialect(facts.centre), {
    url,
    clock,
    timeoutMs: 5_000,
    signing: [
      { profile: 'gm-envelope', privateKey, publicKeys: [publicKey], credentials: { appId, appSecret } },
    ],
  });
}

/** A prescription of two drugs. */
export function prescription(number: string): PrescriptionOrder {
  return {
    credentialType: '01',
    credentialToken: 'EC-TOKEN-1',
    authorizationNumber: 'AUTH-ONLINE-1',
    prescriptionBusinessType: '02',
    prescriptionAttributeCode: '02',
    hospitalPrescriptionNumber: number,
    prescriptionTypeCode: '1',
    prescriptionTime: TIME,
    prescriptionDrugCount: parseDecimal('1'),
    validDays: parseDecimal('3'),
    validUntil: formatTime(MORNING + 3 * DAY_MS),
    prescriptionRenewal: '0',
    drugs: [drug('XA01BA00000001', '2'), drug('XC07AA00000002', '1.5')],
    visit: {
      institutionName: '示例医院',
      institutionCode: 'H53010000001',
      visitId: '530100G0001',
      careType: '11',
      visitRecordNumber: 'MZ0001',
      personNumber: '33010000000000000001',
      patientName: patient.name,
      certificateType: '01',
      certificateNumber: patient.certificateNumber,
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
      visitTime: TIME,
      specialDisease: '0',
      mainDiagnosisCode: 'I10.x00',
      mainDiagnosisName: '原发性高血压',
    },
    diagnoses: [
      {
        diagnosisType: '1',
        mainDiagnosis: '1',
        diagnosisSequence: 1,
        diagnosisCode: 'I10.x00',
        diagnosisName: '原发性高血压',
        diagnosisDepartment: '内科',
        diagnosisDepartmentCode: 'A02',
        diagnosisDoctorNumber: 'D530100000001',
        diagnosisDoctorFullName: '测试医师甲',
        diagnosisTime: TIME,
      },
    ],
  };
}

function drug(catalogueCode: string, quantity: string): PrescriptionOrder['drugs'][number] {
  return {
    catalogueCode,
    prescriptionItemTypeCode: '11',
    drugGenericName: `示例药 ${catalogueCode}`,
    drugDosageForm: '片剂',
    drugSpecification: '30片/盒',
    administrationRouteCode: '1',
    administrationRoute: '口服',
    medicationBeginTime: TIME,
    medicationEndTime: formatTime(MORNING + 30 * DAY_MS),
    medicationDays: parseDecimal('30'),
    singleDoseUnit: '片',
    singleDoseQuantity: parseDecimal('1'),
    frequencyCode: '11',
    frequencyName: '每日一次',
    drugQuantityUnit: '盒',
    drugQuantity: parseDecimal(quantity),
    hospitalApproval: '0',
  };
}

/** The pharmacist of the hospital, as prescriptions are signed. */
export const hospitalPharmacist = {
  departmentCode: 'A01',
  departmentName: '药剂科',
  insuranceCode: 'YS530100000001',
  name: '测试药师甲',
  certificateType: '01',
  certificateNumber: '000000198001010011',
  auditTime: TIME,
} as const;

/** The whole of the prescription, claimed and handed out. */
export function whole(claimId: string, prescriptionNumber: string) {
  const lines = [
    { catalogueCode: 'XA01BA00000001', quantity: parseDecimal('2') },
    { catalogueCode: 'XC07AA00000002', quantity: parseDecimal('1.5') },
  ];
  const pharmacist = {
    certificateType: '01',
    certificateNumber: '000000198101010013',
    name: '测试药师乙',
    code: 'YS530100000002',
  };
  return {
    person: patient,
    claim: {
      claimId,
      prescriptionNumber,
      person: patient,
      lines,
      audit: { pharmacist, opinion: '合理', passed: true, at: TIME },
    },
    report: {
      claimId,
      prescriptionNumber,
      settlementId: 'SETL-0001',
      time: TIME,
      retailDocumentNumber: `DOC-${claimId}`,
      lines: lines.map(({ catalogueCode, quantity }, index) => ({
        catalogueCode,
        institutionCatalogueCode: `OWN-${index}`,
        name: `示例药 ${catalogueCode}`,
        specification: '30片/盒',
        quantity,
        unit: '盒',
        price: parseDecimal('10'),
        amount: fen(2_000n),
        traceCodes: [],
      })),
    },
  };
}
