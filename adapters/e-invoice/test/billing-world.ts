/** An issuer with its store and outbox, beside the sandbox's platform, under a clock that stands still. */
import { fen } from '@yiqiao/model';
import { connectAdapter, createOutbox, openStore } from '@yiqiao/sdk';
import type { AdapterStore, Outbox } from '@yiqiao/sdk';
import { startEInvoicePlatform } from '@yiqiao/sandbox';
import type { EInvoicePlatform } from '@yiqiao/sandbox';
import { createBillIssuer, defineBillPlatform, loadBillFacts } from '@yiqiao/e-invoice';
import type { BillIssuer, BillIssuerOptions, SettledEvent, UndoneEvent } from '@yiqiao/e-invoice';

/** Facts of `schemas/peripheral/e-invoice`. */
const facts = loadBillFacts();

export const hospital = {
  code: 'H53010000001',
  name: '示例医院',
  bills: 'public-finance',
  placeCode: '001',
  kind: '综合医院',
  cashier: '测试收费员',
} as const;
export const pharmacy = { code: 'P53010000001', name: '示例药店', bills: 'tax' } as const;

export interface BillingWorld {
  readonly platform: EInvoicePlatform;
  readonly store: AdapterStore;
  readonly issuer: BillIssuer;
  readonly outbox: Outbox;
  readonly clock: { now(): number };
  /** Lets time pass, and does what falls due, until nothing changes any more or nothing is owed. */
  pass(ms: number): Promise<void>;
  /** Passes time in steps until nothing waits but what lies with a person. */
  settle(): Promise<void>;
  /** A crash: another issuer over the same store. */
  restart(): void;
  close(): Promise<void>;
}

const START = Date.parse('2026-03-01T10:00:00+08:00');

/** Starts the world; the platform answers at once. */
export async function startBillingWorld(
  options: Partial<BillIssuerOptions> = {},
  ways: { readonly takesRepeats?: boolean } = {},
): Promise<BillingWorld> {
  let now = START;
  const clock = { now: () => now };
  const platform = await startEInvoicePlatform({ clock, ...ways });
  const adapter = connectAdapter(defineBillPlatform(facts.success), {
    url: platform.url,
    clock,
    timeoutMs: 1_000,
    signing: [{ profile: 'boss-md5', credentials: { appId: platform.appId, key: platform.key } }],
  });
  const store = openStore(':memory:', { clock });
  const platformWays = {
    refusalCodes: facts.refusalCodes,
    businessTypes: { outpatient: '02', inpatient: '01', registration: '06' },
    cardType: '1',
    payChannel: '02',
    quietMs: 60_000,
  };
  const create = (): { issuer: BillIssuer; outbox: Outbox } => {
    const institutions = [hospital, pharmacy];
    const issuer = createBillIssuer({
      store,
      platform: adapter,
      institutions,
      ways: platformWays,
      facts,
      clock,
      ...options,
    });
    return { issuer, outbox: createOutbox({ store, handlers: issuer.handlers, clock }) };
  };
  let made = create();
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    await made.outbox.drain();
  };
  return {
    platform,
    store,
    clock,
    get issuer() {
      return made.issuer;
    },
    get outbox() {
      return made.outbox;
    },
    pass,
    async settle() {
      await pass(0);
      for (let step = 0; step < 200; step += 1) {
        if (!made.outbox.list().some(({ state }) => state === 'waiting' || state === 'running')) return;
        const blocked = made.outbox
          .list()
          .every(({ state, lane }) => state === 'person' || isBlocked(made.outbox, lane));
        if (blocked) return;
        await pass(60_000);
      }
      throw new Error(`still owed: ${JSON.stringify(made.outbox.list())}`);
    },
    restart() {
      made = create();
    },
    async close() {
      await made.outbox.stop();
      await adapter.close();
      store.close();
      await platform.close();
    },
  };
}

function isBlocked(outbox: Outbox, lane: string): boolean {
  return outbox.list().some((job) => job.lane === lane && job.state === 'person');
}

/** A settled charge of 100.00: pool 70, account 20, cash 10. */
export function charge(settlementId: string, more: Partial<SettledEvent> = {}): SettledEvent {
  return {
    settlementId,
    visitId: `V${settlementId}`,
    course: 'outpatient',
    institutionCode: hospital.code,
    time: '2026-03-01 09:59:00',
    person: {
      number: '53000000000000000001',
      name: '测试甲',
      certificateType: '01',
      certificateNumber: '000000199001010018',
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

/** The settlement of a charge no longer stands. */
export function undoing(settlementId: string, more: Partial<UndoneEvent> = {}): UndoneEvent {
  return {
    settlementId,
    visitId: `V${settlementId}`,
    how: 'cancelled',
    time: '2026-03-01 11:00:00',
    ...more,
  };
}
