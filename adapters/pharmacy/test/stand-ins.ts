/** Hand-written neighbours of a counter: an insurer that keeps books and loses answers, a prescription centre. */
import assert from 'node:assert/strict';
import { GatewayError, fen, findTime, formatTime, parseFen } from '@yiqiao/model';
import type { ErrorCode, ErrorDetails, Fen, Operation } from '@yiqiao/model';
import { openStore, readPeripheral } from '@yiqiao/sdk';
import type { AdapterStore } from '@yiqiao/sdk';
import { createCounter, createPolicy } from '@yiqiao/pharmacy';
import type {
  Counter,
  CounterOptions,
  InsurancePort,
  OutsidePrescription,
  PharmacyPolicy,
  PolicyChoice,
  PrescriptionPort,
} from '@yiqiao/pharmacy';

const START = findTime('2026-11-22 10:00:00') ?? 0;

/** A clock that a test turns. */
function testClock(): { now(): number; pass(ms: number): void } {
  let now = START;
  return { now: () => now, pass: (ms) => void (now += ms) };
}

export function policyOf(choice: PolicyChoice = { courses: 'national' }): PharmacyPolicy {
  return createPolicy((name) => readPeripheral('pharmacy', name), choice);
}

/** What happens to the next call of an operation. */
export type Fault = 'lose-reply' | 'lose-request' | 'refuse' | 'not-known';

export interface Insurer extends InsurancePort {
  readonly calls: {
    readonly operation: Operation;
    readonly body: Record<string, unknown>;
    readonly messageId: string;
  }[];
  /** Settlements that stand, by their id. */
  readonly settled: Map<string, Fen>;
  /** What a settlement is paid from. */
  paid: { fund: string; account: string; mutualAid: string; ratio: string; hospitalPart?: string };
  balance: boolean;
  next(operation: Operation, fault: Fault): void;
  answers: Partial<Record<Operation, (body: Record<string, unknown>) => unknown>>;
  /** Heals `not-known`. */
  heal(): void;
}

/** An insurer: what is settled stands until it is cancelled, and a lost answer can be found. */
export function createInsurer(): Insurer {
  const faults: (readonly [Operation, Fault])[] = [];
  const done = new Map<string, unknown>();
  let serial = 0;
  let unknown = false;
  const insurer: Insurer = {
    calls: [],
    settled: new Map(),
    paid: { fund: '0.00', account: '0.00', mutualAid: '0.00', ratio: '0' },
    balance: true,
    answers: {},
    next: (operation, fault) => void faults.push([operation, fault]),
    heal: () => void (unknown = false),
    newMessageId: () => `M${String((serial += 1)).padStart(29, '0')}`,
    async call(operation, body, { messageId = insurer.newMessageId() }) {
      await Promise.resolve();
      const told = body as unknown as Record<string, unknown>;
      const at = faults.findIndex(([name]) => name === operation);
      const [, fault] = at < 0 ? [] : (faults.splice(at, 1)[0] ?? []);
      if (fault === 'refuse') {
        throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '不予受理' } });
      }
      insurer.calls.push({ operation, body: told, messageId });
      if (fault === 'lose-request') throw new GatewayError('UPSTREAM_TIMEOUT');
      const answer = done.has(messageId) ? done.get(messageId) : answerOf(insurer, operation, told);
      done.set(messageId, answer);
      if (fault === 'not-known') unknown = true;
      if (fault !== undefined) throw new GatewayError('UPSTREAM_TIMEOUT');
      return { body: answer, messageId };
    },
    async resolve(messageId) {
      await Promise.resolve();
      if (unknown) return { state: 'unknown' };
      return done.has(messageId) ? { state: 'answered', body: done.get(messageId) } : { state: 'not-done' };
    },
  };
  return insurer;
}

function answerOf(insurer: Insurer, operation: Operation, body: Record<string, unknown>): unknown {
  const answer = insurer.answers[operation] ?? ANSWERS[operation];
  return answer?.(body, insurer) ?? null;
}

type Answering = (body: Record<string, unknown>, insurer: Insurer) => unknown;

const settles: Answering = (body, insurer) => {
  const settlementId = `S${insurer.settled.size + 1}`;
  insurer.settled.set(settlementId, body['total'] as Fen);
  const visitId = body['visitId'] ?? `V${insurer.settled.size}`;
  return { ...trial(body, insurer), settlementId, visitId, settlementTime: formatTime(START) };
};

const cancels: Answering = (body, insurer) => {
  if (insurer.settled.delete(body['settlementId'] as string)) return {};
  throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text: '未查询到原结算' } });
};

const ANSWERS: Partial<Record<Operation, Answering>> = {
  presettlePharmacyPurchase: trial,
  presettleOutpatient: trial,
  settlePharmacyPurchase: settles,
  settleOutpatient: settles,
  cancelPharmacySettlement: cancels,
  cancelOutpatientSettlement: cancels,
  registerOutpatient: ({ personNumber, visitRecordNumber }) => ({
    visitId: 'V-1',
    personNumber,
    visitRecordNumber,
  }),
  uploadOutpatientFees: ({ feeLines }) => ({
    feeLines: (feeLines as { feeLineNumber: string; lineAmount: Fen }[]).map((one) => ({
      ...one,
      selfFunded: fen(0n),
      overLimitAmount: fen(0n),
      firstSelfPaid: fen(0n),
      inScope: one.lineAmount,
    })),
  }),
  identifyPerson: ({ credentialNumber }) => ({
    person: { certificateNumber: credentialNumber },
    insurances: [],
    identities: [],
  }),
};

function trial({ total }: Record<string, unknown>, { paid }: Insurer) {
  const [fund, account, mutualAid] = [paid.fund, paid.account, paid.mutualAid].map((text) => parseFen(text));
  const borne = parseFen(paid.hospitalPart ?? '0.00');
  return {
    total,
    fundPaid: fund,
    poolPaid: fund,
    poolPaymentRatio: paid.ratio,
    accountPaid: account,
    accountMutualAidPaid: mutualAid,
    cashPaid: fen((total as Fen) - (fund ?? 0n) - (account ?? 0n) - borne),
    hospitalPart: borne,
  };
}

export interface Centre extends PrescriptionPort {
  readonly log: string[];
  prescription: OutsidePrescription;
  holder: string | undefined;
  lose: Set<string>;
}

/** A centre with one prescription; of two claims at one moment the first gets it. */
export function createCentre(change: Partial<OutsidePrescription> = {}): Centre {
  const answer = async (centre: Centre, what: string): Promise<void> => {
    // Two pharmacies ask at the same moment: neither goes on before both have asked.
    await new Promise((resolve) => setImmediate(resolve));
    if (centre.lose.delete(what)) throw new GatewayError('UPSTREAM_TIMEOUT');
  };
  const centre: Centre = {
    log: [],
    lose: new Set(),
    holder: undefined,
    prescription: { ...PRESCRIPTION, ...change },
    async find() {
      await answer(centre, 'find');
      return centre.prescription;
    },
    async claim({ claimId }) {
      await answer(centre, 'lost claim');
      if (centre.holder !== undefined && centre.holder !== claimId)
        throw new GatewayError('PRESCRIPTION_TAKEN');
      centre.holder = claimId;
      centre.log.push(`claim ${claimId}`);
      await answer(centre, 'claim');
      return { claimId, expiresAt: START + 600_000 };
    },
    async dispense({ claimId, settlementId }) {
      await answer(centre, 'dispense');
      centre.log.push(`dispense ${claimId} ${settlementId ?? ''}`);
      return { dispensingNumber: `D-${claimId}` };
    },
    async undo({ claimId }) {
      await answer(centre, 'undo');
      if (centre.holder === claimId) centre.holder = undefined;
      centre.log.push(`undo ${claimId}`);
    },
  };
  return centre;
}

export const PERSON = {
  certificateType: '01',
  certificateNumber: '000000199001010018',
  name: '测试甲',
};

const PRESCRIPTION: OutsidePrescription = {
  number: 'RX0001',
  status: 'valid',
  audited: false,
  person: PERSON,
  prescriber: { institutionCode: 'H53010000001', institutionName: '示例医院', doctorName: '测试医师' },
  issuedAt: '2026-11-21 09:00:00',
  validUntil: '2026-11-24 23:59:59',
  diagnoses: [{ code: 'I10.x00', name: '示例诊断' }],
  drugs: [
    { catalogueCode: 'XA02BCA215N001010100001', name: '示例降压片', quantity: '2' as never, unit: '盒' },
  ],
  reuse: { reusable: false, maximumUses: 1, timesUsed: 0, minimumIntervalDays: 0 },
};

/** A purchase of one box, paid from the own account. */
export function purchase(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    number: 'LS0001',
    person: {
      ...PERSON,
      personNumber: '33010000000000000001',
      personType: '11',
      insuranceType: '310',
      insuredRegion: '330100',
      credential: { type: '02', number: PERSON.certificateNumber },
    },
    payment: { fund: false, account: 'own-account' },
    total: '30.00',
    lines: [line()],
    operatorName: '测试收银员',
    pharmacist: {
      certificateType: '01',
      certificateNumber: '000000199001010026',
      name: '测试药师',
      code: 'HY530100000001',
      practiceCertificateNumber: 'YS0001',
    },
    ...change,
  };
}

/** One box at 30.00. */
export function line(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    number: '1',
    catalogueCode: 'XA02BCA215N001010100001',
    itemCode: 'YP0001',
    name: '示例降压片',
    specification: '10mg*14片',
    unit: '盒',
    listType: '101',
    prescriptionDrug: '0',
    price: '30.00',
    quantity: '1',
    amount: '30.00',
    traceCodes: ['81000000000000000001'],
    stock: { batchNumber: 'PC0001', lot: 'L1', producedOn: '2026-01-01', expiresOn: '2028-01-01' },
    ...change,
  };
}

/** The same box on an outside prescription, paid by the fund first. */
export function prescribedPurchase(change: Record<string, unknown> = {}): Record<string, unknown> {
  return purchase({
    payment: { fund: true, account: 'own-account' },
    prescription: { code: 'QR0001', audit: { passed: true, opinion: '合理' } },
    lines: [line({ prescribed: true, prescriptionDrug: '1' })],
    ...change,
  });
}

/** A counter with its neighbours. */
export interface Shop {
  readonly counter: Counter;
  readonly insurer: Insurer;
  readonly centre: Centre;
  readonly store: AdapterStore;
  readonly clock: ReturnType<typeof testClock>;
}

/** Opens a pharmacy; `share` puts another one beside it, at the same centre and insurer. */
export function openShop(
  change: Partial<CounterOptions> & { centre?: Centre; insurer?: Insurer; clock?: Shop['clock'] } = {},
): Shop {
  const { centre = createCentre(), insurer = createInsurer(), clock = testClock(), ...options } = change;
  const store = options.store ?? openStore(':memory:', { clock });
  const counter = createCounter({
    institution: { code: 'P53010000001', name: '示例药店' },
    careRegion: '530100',
    policy: policyOf(),
    insurance: insurer,
    prescriptions: centre,
    clock,
    ...options,
    store,
  });
  return { counter, insurer, centre, store, clock };
}

/** The code with which something is refused. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | 'done'> {
  try {
    await work;
    return 'done';
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
    return error.code;
  }
}

/** The details of a refusal. */
export async function detailsOf(work: Promise<unknown>): Promise<ErrorDetails> {
  try {
    await work;
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
    return error.details;
  }
  return assert.fail('it was not refused');
}
