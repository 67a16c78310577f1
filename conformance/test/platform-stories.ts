/** What our adapters are given to do at the platforms of bills and of payment, and the ends that do it. */
import { createBillIssuer, defineBillPlatform, loadBillFacts } from '@yiqiao/e-invoice';
import type { BillIssuer, SettledEvent } from '@yiqiao/e-invoice';
import { createPaymentDesk, definePaymentCentre, toPaymentPort } from '@yiqiao/mobile-payment';
import type { PaymentDesk } from '@yiqiao/mobile-payment';
import { fen, formatTime, parseDecimal } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import { connectAdapter, createOutbox, openStore } from '@yiqiao/sdk';

/** 2026-03-02 09:00:00 in China. */
export const MORNING = Date.parse('2026-03-02T09:00:00+08:00');
/** The same as text. */
export const TIME = formatTime(MORNING);
/** A clock that stands still. */
export const clock = { now: () => MORNING };

/** The patient of every story. */
export const patient = {
  name: '测试甲',
  certificateType: '01',
  certificateNumber: '000000199001010018',
} as const;

/** The issuer of bills. `drain` does what is owed. */
export function openIssuer(platform: {
  readonly url: string;
  readonly appId: string;
  readonly key: string;
}): {
  readonly issuer: BillIssuer;
  drain(): Promise<void>;
  close(): Promise<void>;
} {
  const facts = loadBillFacts();
  const { url, appId, key } = platform;
  const adapter = connectAdapter(defineBillPlatform(facts.success), {
    url,
    clock,
    timeoutMs: 5_000,
    signing: [{ profile: 'boss-md5', credentials: { appId, key } }],
  });
  const store = openStore(':memory:', { clock });
  const issuer = createBillIssuer({
    store,
    platform: adapter,
    institutions: [
      {
        code: 'H53010000001',
        name: '示例医院',
        bills: 'public-finance',
        placeCode: '001',
        kind: '综合医院',
        cashier: '测试收费员',
      },
    ],
    ways: {
      refusalCodes: facts.refusalCodes,
      businessTypes: { outpatient: '02', inpatient: '01', registration: '06' },
      cardType: '1',
      payChannel: '02',
      quietMs: 0,
    },
    facts,
    clock,
  });
  const outbox = createOutbox({ store, handlers: issuer.handlers, clock });
  return {
    issuer,
    drain: () => outbox.drain(),
    async close() {
      await outbox.stop();
      await adapter.close();
      store.close();
    },
  };
}

/** A settled charge of 100.00: pool 70, account 20, cash 10. */
export function charge(settlementId: string, more: Partial<SettledEvent> = {}): SettledEvent {
  return {
    settlementId,
    visitId: `V${settlementId}`,
    course: 'outpatient',
    institutionCode: 'H53010000001',
    time: '2026-03-02 08:59:00',
    person: {
      ...patient,
      number: '53000000000000000001',
      insuranceType: '310',
      insuredRegion: '330100',
      gender: '1',
      age: '36',
    },
    diagnoses: [{ code: 'J06.903', name: '急性上呼吸道感染' }],
    total: fen(10_000n),
    fundPaid: fen(7_000n),
    accountPaid: fen(2_000n),
    cashPaid: fen(1_000n),
    department: { code: 'A03', name: '内科' },
    lines: [
      {
        feeLineNumber: `${settlementId}-1`,
        catalogueCode: '001101000010000-110100001',
        institutionCatalogueCode: 'D01',
        name: '普通门诊诊察费',
        unit: '次',
        quantity: '1',
        price: '25',
        amount: fen(2_500n),
        chargeItemType: '02',
      },
      {
        feeLineNumber: `${settlementId}-2`,
        catalogueCode: 'XA01ABA075A002010100001',
        institutionCatalogueCode: 'Y01',
        name: '示例胶囊',
        unit: '盒',
        quantity: '3',
        price: '25.000000',
        amount: fen(7_500n),
        chargeItemType: '09',
      },
    ],
    ...more,
  };
}

/** The payment desk, which revokes at once what nobody pays. `drain` does what is owed. */
export function openDesk(centre: {
  readonly url: string;
  readonly appId: string;
  readonly appSecret: string;
  readonly publicKey: string;
  readonly privateKey: string;
}): { readonly desk: PaymentDesk; drain(): Promise<void>; close(): Promise<void> } {
  const { url, appId, appSecret, publicKey, privateKey } = centre;
  const adapter = connectAdapter(definePaymentCentre(), {
    url,
    clock,
    timeoutMs: 5_000,
    signing: [
      {
        profile: 'gm-envelope',
        privateKey,
        publicKeys: [publicKey],
        credentials: { appId, appSecret },
        variants: { version: '2.0.1' },
      },
    ],
  });
  const store = openStore(':memory:', { clock });
  const desk = createPaymentDesk({ store, port: toPaymentPort(adapter), clock, abandonAfterMs: 0 });
  const outbox = createOutbox({ store, clock, handlers: desk.handlers });
  return {
    desk,
    drain: () => outbox.drain(),
    async close() {
      await outbox.stop();
      await adapter.close();
      store.close();
    },
  };
}

/** Fees of 100.00 in one line. */
export function fees(orderNumber: string): OperationBodies['uploadOnlineFees']['request'] {
  const visitId = `V${orderNumber}`;
  const personNumber = '53000000000000000001';
  return {
    organizationCode: 'H53010000001',
    personNumber,
    insuranceType: '310',
    institutionOrderNumber: orderNumber,
    beginTime: TIME,
    userCertificateNumber: patient.certificateNumber,
    userName: patient.name,
    userCertificateType: '01',
    credentialToken: 'ECTOKEN0000000000000000000000001',
    visitRecordNumber: 'OP0001',
    departmentName: '内科',
    specialty: 'A03',
    visitId,
    careType: '11',
    feeType: '02',
    total: fen(10_000n),
    accountUsed: '1',
    diseaseCode: 'J06.903',
    settlementMethod: '01',
    chargeBatch: 'B0001',
    parity: 0,
    maternityType: '0',
    extensionData: '{}',
    diagnoses: [
      {
        diagnosisType: '1',
        diagnosisSequence: 1,
        diagnosisCode: 'J06.903',
        diagnosisName: '急性上呼吸道感染',
        diagnosisDepartment: '内科',
        diagnosisDoctorCode: 'D53000000001',
        diagnosisDoctorName: '测试医师',
        diagnosisTime: TIME,
        valid: '1',
      },
    ],
    feeLines: [
      {
        feeLineNumber: `${orderNumber}-1`,
        visitId,
        personNumber,
        chargeBatch: 'B0001',
        externalPrescription: '0',
        feeTime: TIME,
        catalogueCode: 'XA01ABA075A002010100001',
        institutionCatalogueCode: 'Y01',
        lineAmount: fen(10_000n),
        quantity: parseDecimal('4'),
        price: parseDecimal('25'),
        billingDepartmentCode: 'A03',
        billingDepartmentName: '内科',
        billingDoctorCode: 'D53000000001',
        billingDoctorName: '测试医师',
        hospitalApproval: '1',
        careType: '11',
      },
    ],
  };
}
