/** A desk for tests, and the orders of a plain visit. */
import assert from 'node:assert/strict';
import { createDesk, createPolicies, observerHandlers } from '@yiqiao/his';
import type {
  Desk,
  DeskParts,
  DeskSettings,
  HisAction,
  HisOrder,
  OrderBodies,
  SettledEvent,
  UndoneEvent,
} from '@yiqiao/his';
import { GatewayError, fen, findTime, parseDecimal, parseFen } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { createOutbox, openStore } from '@yiqiao/sdk';
import type { AdapterStore } from '@yiqiao/sdk';
import { createInsurer } from './insurer.ts';
import type { Insurer } from './insurer.ts';

/** A clock that a test moves. */
export interface HandClock {
  now(): number;
  set(time: string): void;
}

export function createHandClock(time = '2026-01-05 09:00:00'): HandClock {
  let now = findTime(time) ?? 0;
  return {
    now: () => now,
    set(next) {
      now = findTime(next) ?? now;
    },
  };
}

export const SETTINGS: DeskSettings = {
  institution: { code: 'H53010000001', name: '示例医院（云南）' },
  careRegion: '530100',
  mostLines: 100,
  credentialHoldsMs: 30 * 60_000,
  acrossYears: 'midway',
  entitlementFor: 'all',
  trialParts: true,
  internetAgreement: true,
  resume: 'resend',
};

/** Everything of one hospital. */
export interface Rig {
  readonly insurer: Insurer;
  readonly store: AdapterStore;
  readonly clock: HandClock;
  readonly desk: Desk;
  /** The desk of a process that took over; the same store and insurer. */
  restart(): Desk;
  order<A extends HisAction>(order: string, action: A, body: OrderBodies[A], visit?: string): HisOrder<A>;
}

export function createRig(
  changes: Partial<DeskSettings> = {},
  parts: Partial<Omit<DeskParts, 'settings'>> = {},
): Rig {
  const insurer = createInsurer();
  const clock = createHandClock();
  const store = openStore(':memory:', { clock });
  const make = (): Desk =>
    createDesk({
      store,
      port: insurer,
      clock,
      settings: { ...SETTINGS, ...changes },
      policies: createPolicies(),
      ...parts,
    });
  return {
    insurer,
    store,
    clock,
    desk: make(),
    restart: make,
    order: (order, action, body, visit = 'MZ1') => ({ order, action, visit, body }),
  };
}

const DIAGNOSIS = {
  diagnosisType: '1',
  diagnosisSequence: 1,
  diagnosisCode: 'I10.x00',
  diagnosisName: '特发性(原发性)高血压',
  diagnosisDepartment: '内科',
  diagnosisDoctorCode: 'D530000000001',
  diagnosisDoctorName: '测试医师',
  diagnosisTime: '2026-01-05 08:30:00',
};

export const CARD = {
  credentialType: '02',
  credentialNumber: '000000199001010026',
  certificateNumber: '000000199001010026',
  personName: '测试乙',
};

export const REGISTER: OrderBodies['register'] = {
  ...CARD,
  careType: '11',
  beginTime: '2026-01-05 08:30:00',
  departmentCode: 'A03',
  departmentName: '内科',
  specialty: 'A03',
  diagnoses: [{ ...DIAGNOSIS, valid: '1' }],
};

export const ADMIT: OrderBodies['admit'] = {
  ...CARD,
  careType: '21',
  beginTime: '2026-01-05 08:30:00',
  attendingDoctorCode: 'D530000000001',
  chiefDoctorName: '测试医师',
  admissionDiagnosisDescription: '高血压',
  admissionDepartmentCode: 'A03',
  admissionDepartmentName: '内科',
  admissionBed: '01',
  dischargeMainDiagnosisCode: 'I10.x00',
  dischargeMainDiagnosisName: '特发性(原发性)高血压',
  diagnoses: [{ ...DIAGNOSIS, mainDiagnosis: '1' }],
};

export const DISCHARGE: OrderBodies['discharge'] = {
  endTime: '2026-01-08 10:00:00',
  dischargeDepartmentCode: 'A03',
  dischargeDepartmentName: '内科',
  dischargeMethod: '1',
  diagnoses: [{ ...DIAGNOSIS, mainDiagnosis: '1' }],
};

type Line = OrderBodies['fees']['lines'][number];

/** A fee line: price × quantity in 元. */
export function line(number: string, changes: Partial<Line> & { readonly yuan?: string } = {}): Line {
  const { yuan = '42.35', ...others } = changes;
  return {
    feeLineNumber: number,
    feeTime: '2026-01-05 09:00:00',
    catalogueCode: 'XA02BCA215N001010100001',
    institutionCatalogueCode: 'HIS-D-001',
    lineAmount: parseFen(yuan),
    quantity: parseDecimal('1'),
    price: parseDecimal(yuan),
    billingDepartmentCode: 'A03',
    billingDepartmentName: '内科',
    billingDoctorCode: 'D530000000001',
    billingDoctorName: '测试医师',
    externalPrescription: '0',
    hospitalApproval: '1',
    ...others,
  };
}

/** A line of a stay. */
export function stayLine(
  number: string,
  changes: Partial<OrderBodies['stayFees']['lines'][number]> & { readonly yuan?: string } = {},
): OrderBodies['stayFees']['lines'][number] {
  const { externalPrescription: _, ...plain } = line(number);
  const { yuan, ...others } = changes;
  return {
    ...plain,
    ...(yuan !== undefined && { lineAmount: parseFen(yuan), price: parseDecimal(yuan) }),
    ...others,
  };
}

/** The error of this code that `work` ends with. */
export async function refusalOf(work: Promise<unknown>, code: ErrorCode): Promise<GatewayError> {
  const error = await work.then(
    () => assert.fail(`${code} was expected`),
    (thrown: unknown) => thrown,
  );
  assert(error instanceof GatewayError, String(error));
  assert.equal(error.code, code, JSON.stringify(error.details));
  return error;
}

/** A registered visit with one settled batch of three lines. */
export async function settledVisit({ desk, order }: Rig): Promise<string> {
  await desk.perform(order('1', 'register', REGISTER));
  await desk.perform(
    order('2', 'fees', {
      chargeBatch: 'B1',
      lines: [
        line('L1'),
        line('L2', { yuan: '10' }),
        line('L3', { quantity: parseDecimal('2'), price: parseDecimal('5'), lineAmount: parseFen('10') }),
      ],
    }),
  );
  const { body } = await desk.perform(order('3', 'settle', { chargeBatch: 'B1' }));
  return body['settlementId'] as string;
}

/** What the neighbours are told. */
export async function eventsOf({ store, clock }: Rig): Promise<readonly (SettledEvent | UndoneEvent)[]> {
  const told: (SettledEvent | UndoneEvent)[] = [];
  const note = (event: SettledEvent | UndoneEvent): void => {
    told.push(event);
  };
  const outbox = createOutbox({
    store,
    clock,
    handlers: observerHandlers([{ settled: note, undone: note }]),
  });
  await outbox.drain();
  return told;
}

/** What 3102 wants to know of a visit with this line, ordered twice. */
export function encounterOf(fee: Line, time: string): OrderBodies['check']['encounter'] {
  const order = {
    prescriptionId: 'R1',
    prescriptionNumber: 'R1',
    longTermOrder: '0',
    insuranceCatalogueType: '101',
    chargeType: '09',
    medicalOrderAction: '0',
    insuranceCatalogueCode: fee.catalogueCode,
    insuranceCatalogueName: '甲类降压片',
    catalogueLevel: '01',
    cataloguePrice: fee.price,
    hospitalCatalogueCode: fee.institutionCatalogueCode,
    hospitalCatalogueName: '甲类降压片',
    quantity: fee.quantity,
    price: fee.price,
    sumAmount: fee.lineAmount,
    selfFundedAmount: fen(0n),
    selfPaidAmount: fen(0n),
    specification: '5mg*28',
    quantityUnit: '盒',
    medicalOrderBeginDate: time,
    orderingDepartmentCode: 'A03',
    orderingDepartmentName: '内科',
    orderingDoctorCode: 'D530000000001',
    orderingDoctorName: '测试医师',
    orderingDoctorTitle: '231',
    currentOrder: '1',
  };
  return {
    medicalInstitutionId: 'H53010000001',
    medicalInstitutionName: '示例医院（云南）',
    medicalInstitutionRegion: '530100',
    medicalInstitutionType: '1',
    medicalInstitutionLevel: '09',
    dischargeMainDiseaseCode: DIAGNOSIS.diagnosisCode,
    dischargeMainDiseaseName: DIAGNOSIS.diagnosisName,
    doctorCode: 'D530000000001',
    admissionDepartmentCode: 'A03',
    admissionDepartmentName: '内科',
    dischargeDepartmentCode: 'A03',
    dischargeDepartmentName: '内科',
    visitType: '1',
    maternityStatus: '0',
    total: fee.lineAmount,
    selfFundedAmount: fen(0n),
    selfPaidAmount: fen(0n),
    settlementCount: 0,
    reimbursementType: '1',
    offSiteSettlement: '1',
    encounterDiagnoses: [
      {
        diseaseId: '1',
        admissionDischargeDiseaseType: '1',
        mainDisease: '1',
        diagnosisSequence: 1,
        diseaseCode: DIAGNOSIS.diagnosisCode,
        diseaseName: DIAGNOSIS.diagnosisName,
        diseaseDate: time,
      },
    ],
    encounterOrders: [order, { ...order, prescriptionId: 'R2' }],
  };
}
