/** A payment desk with its store and outbox, beside the sandbox's centre, under a clock that stands still. */
import { fen, parseDecimal } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import { connectAdapter, createNotificationDesk, createOutbox, openStore, startListener } from '@yiqiao/sdk';
import type { AdapterSigning, AdapterStore, Listener, Outbox } from '@yiqiao/sdk';
import { createSandboxKeys, startPaymentPlatform } from '@yiqiao/sandbox';
import type { PaymentPlatform, PaymentPlatformOptions } from '@yiqiao/sandbox';
import { createPaymentDesk, definePaymentCentre, toPaymentPort } from '@yiqiao/mobile-payment';
import type { PaymentDesk, PaymentDeskOptions, PaymentPort } from '@yiqiao/mobile-payment';

export interface PaymentWorld {
  readonly centre: PaymentPlatform;
  readonly store: AdapterStore;
  readonly desk: PaymentDesk;
  readonly outbox: Outbox;
  readonly port: PaymentPort;
  readonly listener: Listener;
  readonly clock: { now(): number };
  /** Lets time pass and does what falls due. */
  pass(ms: number): Promise<void>;
  /** Passes time in steps, two hours at most, until nothing waits but what lies with a person. */
  settle(): Promise<void>;
  restart(): void;
  close(): Promise<void>;
}

const START = Date.parse('2026-03-01T10:00:00+08:00');
const keys = createSandboxKeys();

/** Starts the world. Orders of 100.00 are split 70, 20, 10. */
export async function startPaymentWorld(
  options: Partial<PaymentDeskOptions> = {},
  ways: Partial<PaymentPlatformOptions> = {},
): Promise<PaymentWorld> {
  let now = START;
  const clock = { now: () => now };
  const centre = await startPaymentPlatform({ clock, peerPublicKey: keys.publicKey, ...ways });
  const signing: AdapterSigning[] = [
    {
      profile: 'gm-envelope',
      privateKey: keys.privateKey,
      publicKeys: [centre.publicKey],
      credentials: { appId: centre.appId, appSecret: centre.appSecret },
      variants: { version: '2.0.1' },
    },
  ];
  const definition = definePaymentCentre();
  const adapter = connectAdapter(definition, { url: centre.url, clock, timeoutMs: 1_000, signing });
  const store = openStore(':memory:', { clock });
  const port = toPaymentPort(adapter);
  const create = () => {
    const desk = createPaymentDesk({ store, port, clock, ...options });
    const notifications = createNotificationDesk({
      definition,
      store,
      clock,
      handlers: { result: (notice, tx) => desk.notified(notice, tx) },
      signing,
    });
    const outbox = createOutbox({ store, clock, handlers: { ...desk.handlers, ...notifications.jobs } });
    return { desk, notifications, outbox };
  };
  let made = create();
  const listener = await startListener({ port: 0, routes: made.notifications.routes });
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    await made.outbox.drain();
  };
  return {
    centre,
    store,
    port,
    listener,
    clock,
    get desk() {
      return made.desk;
    },
    get outbox() {
      return made.outbox;
    },
    pass,
    async settle() {
      await pass(0);
      for (let step = 0; step < 40; step += 1) {
        if (made.outbox.list().every(({ state }) => state === 'person')) return;
        await pass(step < 10 ? 60_000 : 300_000);
      }
    },
    restart() {
      made = create();
    },
    async close() {
      await listener.close(0);
      await made.outbox.stop();
      await adapter.close();
      store.close();
      await centre.close();
    },
  };
}

/** Parts of a payment in 分. */
export function partsOf(fund: bigint, account: bigint, cash: bigint) {
  return { fund: fen(fund), account: fen(account), cash: fen(cash) };
}

/** Fees of 100.00 in one line. */
export function fees(orderNumber: string, total = 10_000n): OperationBodies['uploadOnlineFees']['request'] {
  return {
    organizationCode: 'H53010000001',
    personNumber: '53000000000000000001',
    insuranceType: '310',
    institutionOrderNumber: orderNumber,
    beginTime: '2026-03-01 09:30:00',
    userCertificateNumber: '000000199001010018',
    userName: '测试甲',
    userCertificateType: '01',
    credentialToken: 'ECTOKEN0000000000000000000000001',
    visitRecordNumber: 'OP0001',
    departmentName: '内科',
    specialty: 'A03',
    visitId: `V${orderNumber}`,
    careType: '11',
    feeType: '02',
    total: fen(total),
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
        diagnosisTime: '2026-03-01 09:31:00',
        valid: '1',
      },
    ],
    feeLines: [
      {
        feeLineNumber: `${orderNumber}-1`,
        visitId: `V${orderNumber}`,
        personNumber: '53000000000000000001',
        chargeBatch: 'B0001',
        externalPrescription: '0',
        feeTime: '2026-03-01 09:32:00',
        catalogueCode: 'XA01ABA075A002010100001',
        institutionCatalogueCode: 'Y01',
        lineAmount: fen(total),
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
