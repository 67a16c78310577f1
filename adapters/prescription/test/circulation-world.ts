/** A simulated centre with one hospital and two pharmacies that speak to it over HTTP, in either dialect. */
import {
  connectCentre,
  createHospitalSide,
  createPharmacySide,
  epcDialect,
  nationalDialect,
  readCirculationFacts,
} from '@yiqiao/prescription';
import type {
  Centre,
  CentreDialect,
  HospitalPharmacist,
  HospitalSide,
  PharmacySide,
  PrescriptionOperation,
  PrescriptionOrder,
} from '@yiqiao/prescription';
import { formatTime, parseDecimal } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { createSandboxKeys, startPrescriptionCentre } from '@yiqiao/sandbox';
import type { PrescriptionCentre, SandboxKeys } from '@yiqiao/sandbox';
import { openStore } from '@yiqiao/sdk';
import type { AdapterStore } from '@yiqiao/sdk';

export type Dialect = 'epc' | 'national';

/** 2026-03-02 09:00:00 in China. */
export const MORNING = Date.parse('2026-03-02T09:00:00+08:00');
export const DAY_MS = 86_400_000;

export const facts = readCirculationFacts();

export const HOSPITAL = { code: 'H53010000001', name: '示例医院' } as const;
const PHARMACIES = [
  { code: 'P53010000001', name: '示例药店一' },
  { code: 'P53010000002', name: '示例药店二' },
] as const;

/** A clock that stands still until it is moved. */
export interface SetClock {
  now(): number;
  pass(ms: number): void;
}

function setClock(): SetClock {
  let now = MORNING;
  return {
    now: () => now,
    pass(ms) {
      now += ms;
    },
  };
}

export interface PharmacyEnd {
  readonly side: PharmacySide;
  readonly store: AdapterStore;
}

export interface CirculationWorld {
  readonly clock: SetClock;
  readonly platform: PrescriptionCentre;
  readonly hospital: HospitalSide;
  readonly hospitalStore: AdapterStore;
  readonly hospitalKeys: SandboxKeys;
  readonly centreOf: (institution: string) => Centre;
  readonly pharmacies: readonly [PharmacyEnd, PharmacyEnd];
  close(): Promise<void>;
}

export const secretOf = (institution: string): string => `secret-of-${institution}`;
export const appIdOf = (institution: string): string => `app-${institution}-000000000000000`;

/** An exchange in the clear. */
export interface HeardExchange {
  readonly operation: PrescriptionOperation;
  readonly request: unknown;
  readonly answer: WireObject;
  readonly response: unknown;
}

export async function openWorld(options: {
  readonly dialect: Dialect;
  readonly hear?: (exchange: HeardExchange) => void;
  /** Whether the pharmacies believe that the centre knows repetitions; they do when absent. */
  readonly knowsRepeats?: boolean;
  readonly notifyUrl?: string;
  readonly claimMinutes?: number;
}): Promise<CirculationWorld> {
  const { dialect, notifyUrl, claimMinutes, hear = () => {}, knowsRepeats = true } = options;
  const clock = setClock();
  const keys = new Map([HOSPITAL, ...PHARMACIES].map(({ code }) => [code as string, createSandboxKeys()]));
  const platform = await startPrescriptionCentre({
    clock,
    notifications: 'by-request',
    ...(claimMinutes !== undefined && { claimMinutes }),
    callers: [...keys].map(([institution, { publicKey }]) => ({
      institution,
      appId: appIdOf(institution),
      appSecret: secretOf(institution),
      publicKey,
      ...(institution === HOSPITAL.code && notifyUrl !== undefined && { notifyUrl, notifyAs: dialect }),
    })),
  });
  const centres = new Map(
    [HOSPITAL, ...PHARMACIES].map((institution) => {
      const { privateKey } = keys.get(institution.code) ?? createSandboxKeys();
      return [
        institution.code as string,
        connect(institution, { dialect, platform, privateKey, clock, hear }),
      ];
    }),
  );
  const centreOf = (code: string): Centre => {
    const centre = centres.get(code);
    if (centre === undefined) throw new Error(code);
    return centre;
  };
  const hospitalStore = openStore(':memory:', { clock });
  const pharmacies = PHARMACIES.map((institution) => {
    const store = openStore(':memory:', { clock });
    const side = createPharmacySide({
      centre: centreOf(institution.code),
      store,
      facts,
      clock,
      knowsRepeats,
      pharmacistToken: (code) => `token-${code}`,
      terminal: {
        institution,
        device: 'POS-1',
        address: '10.0.0.1',
        operator: { account: '0001', name: '测试经办' },
        agency: institution.code,
      },
    });
    return { side, store };
  });
  return {
    clock,
    platform,
    hospital: createHospitalSide({ centre: centreOf(HOSPITAL.code), store: hospitalStore, facts, clock }),
    hospitalStore,
    hospitalKeys: keys.get(HOSPITAL.code) ?? createSandboxKeys(),
    centreOf,
    pharmacies: pharmacies as unknown as readonly [PharmacyEnd, PharmacyEnd],
    async close() {
      for (const centre of centres.values()) await centre.close();
      hospitalStore.close();
      for (const { store } of pharmacies) store.close();
      await platform.close();
    },
  };
}

function connect(
  institution: { readonly code: string; readonly name: string },
  {
    dialect,
    platform,
    privateKey,
    clock,
    hear,
  }: {
    readonly dialect: Dialect;
    readonly platform: PrescriptionCentre;
    readonly privateKey: string;
    readonly clock: SetClock;
    readonly hear: (exchange: HeardExchange) => void;
  },
): Centre {
  const plain: CentreDialect =
    dialect === 'epc'
      ? epcDialect(facts.centre)
      : nationalDialect(facts.centre, {
          institution,
          careRegion: '530100',
          operator: { type: '1', id: '0001', name: '测试经办' },
        });
  let answer: WireObject = {};
  const form: CentreDialect = {
    ...plain,
    read(given, operation) {
      answer = given;
      return plain.read(given, operation);
    },
  };
  const common = { privateKey, publicKeys: [platform.publicKey] };
  const centre = connectCentre(facts.centre, form, {
    url: dialect === 'epc' ? platform.url : `${platform.url}national`,
    // The transport's deadline is by the same clock as everything else, which stands still.
    clock: { now: () => clock.now() },
    timeoutMs: 5_000,
    signing: [
      dialect === 'epc'
        ? {
            ...common,
            profile: 'gm-envelope',
            credentials: { appId: appIdOf(institution.code), appSecret: secretOf(institution.code) },
          }
        : { ...common, profile: 'fsi-main-cainfo' },
    ],
  });
  return {
    ...centre,
    async ask(operation, request, asking) {
      const response = await centre.ask(operation, request, asking);
      hear({ operation, request, answer, response });
      return response;
    },
  };
}

export const PATIENT = {
  name: '测试甲',
  certificateType: '01',
  certificateNumber: '000000199001010018',
} as const;

export const HOSPITAL_PHARMACIST: HospitalPharmacist = {
  departmentCode: 'A01',
  departmentName: '药剂科',
  insuranceCode: 'YS530100000001',
  name: '测试药师甲',
  certificateType: '01',
  certificateNumber: '000000198001010011',
  auditTime: formatTime(MORNING),
};

export const SHOP_PHARMACIST = {
  certificateType: '01',
  certificateNumber: '000000198101010013',
  name: '测试药师乙',
  code: 'YS530100000002',
} as const;

export const SHEET = Buffer.from('%PDF-1.7 示例处方笺');

/** An order; `number` is the hospital's own. */
export function makeOrder(number: string, more: Partial<PrescriptionOrder> = {}): PrescriptionOrder {
  return {
    credentialType: '01',
    credentialToken: 'EC-TOKEN-1',
    authorizationNumber: 'AUTH-ONLINE-1',
    prescriptionBusinessType: '02',
    prescriptionAttributeCode: '02',
    hospitalPrescriptionNumber: number,
    prescriptionTypeCode: '1',
    prescriptionTime: formatTime(MORNING),
    prescriptionDrugCount: parseDecimal('1'),
    validDays: parseDecimal('3'),
    validUntil: formatTime(MORNING + 3 * DAY_MS),
    prescriptionRenewal: '0',
    drugs: [makeDrug('XA01BA00000001', '2'), makeDrug('XC07AA00000002', '1.5')],
    visit: {
      institutionName: HOSPITAL.name,
      institutionCode: HOSPITAL.code,
      visitId: '530100G0001',
      careType: '11',
      visitRecordNumber: 'MZ0001',
      personNumber: '33010000000000000001',
      patientName: PATIENT.name,
      certificateType: PATIENT.certificateType,
      certificateNumber: PATIENT.certificateNumber,
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
      visitTime: formatTime(MORNING),
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
        diagnosisTime: formatTime(MORNING),
      },
    ],
    ...more,
  };
}

function makeDrug(catalogueCode: string, quantity: string): PrescriptionOrder['drugs'][number] {
  return {
    catalogueCode,
    prescriptionItemTypeCode: '11',
    drugGenericName: `示例药 ${catalogueCode}`,
    drugDosageForm: '片剂',
    drugSpecification: '30片/盒',
    administrationRouteCode: '1',
    administrationRoute: '口服',
    medicationBeginTime: formatTime(MORNING),
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

/** Issues an order; its numbers. */
export async function issue(
  { hospital }: CirculationWorld,
  order: PrescriptionOrder = makeOrder('RX-0001'),
): Promise<{ number: string; code: string }> {
  const { number, traceCode } = await hospital.issue(order, () => ({
    sheet: SHEET,
    pharmacist: HOSPITAL_PHARMACIST,
  }));
  return { number, code: traceCode };
}

/** What a pharmacy claims of the order above. */
export function claimOf(claimId: string, prescriptionNumber: string, quantities = ['2', '1.5']) {
  return {
    claimId,
    prescriptionNumber,
    person: PATIENT,
    lines: ['XA01BA00000001', 'XC07AA00000002'].flatMap((catalogueCode, index) => {
      const quantity = quantities[index];
      return quantity === undefined ? [] : [{ catalogueCode, quantity: parseDecimal(quantity) }];
    }),
    audit: { pharmacist: SHOP_PHARMACIST, opinion: '合理', passed: true, at: formatTime(MORNING) },
  };
}

/** What it reports as handed out. */
export function reportOf(claimId: string, prescriptionNumber: string, quantities = ['2', '1.5']) {
  const claim = claimOf(claimId, prescriptionNumber, quantities);
  return {
    claimId,
    prescriptionNumber,
    settlementId: 'SETL-0001',
    time: formatTime(MORNING),
    retailDocumentNumber: `DOC-${claimId}`,
    lines: claim.lines.map(({ catalogueCode, quantity }, index) => ({
      catalogueCode,
      institutionCatalogueCode: `OWN-${index}`,
      name: `示例药 ${catalogueCode}`,
      specification: '30片/盒',
      quantity,
      unit: '盒',
      price: parseDecimal('10'),
      amount: 2000n as never,
      traceCodes: quantity === '2' ? ['81234567890123456789', '81234567890123456790'] : [],
    })),
  };
}
