/** A pharmacy's counter: purchases are settled, looked up and cancelled; what is owed is done by its outbox. */
import { createHash } from 'node:crypto';
import { GatewayError, formatTime } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { createOutbox } from '@yiqiao/sdk';
import type { AdapterStore, Keeping, Outbox, OutboxProblem, StoredJob } from '@yiqiao/sdk';
import type { Institution } from './courses/course-form.ts';
import { GOODS, goodsHandler } from './goods/goods-records.ts';
import type { NamedCourse, PharmacyPolicy } from './policy.ts';
import type { InsurancePort, MutualAidRegister, PrescriptionPort } from './ports.ts';
import { cancel } from './purchase/cancellation.ts';
import { JOBS, enqueueWatch } from './purchase/endings.ts';
import type { PurchaseObserver } from './purchase/events.ts';
import { lookAfterHandler, watchHandler } from './purchase/look-after.ts';
import { prescriptionHandler, tellHandler } from './purchase/owed.ts';
import { checkPayment } from './purchase/payment-rules.ts';
import { expired, readPurchase } from './purchase/purchase-form.ts';
import type { Purchase } from './purchase/purchase-form.ts';
import { PURCHASES, receiptOf } from './purchase/record.ts';
import type { PurchaseRecord, Receipt } from './purchase/record.ts';
import { sell } from './purchase/sale.ts';
import { recordOf } from './purchase/steps.ts';
import type { SaleParts } from './purchase/taking-back.ts';
import { checkTraceCodes, holdTraceCodes } from './purchase/trace-codes.ts';

/** How long a purchase of a process that fell silent is left alone; longer than its calls may take together. */
const SILENT_MS = 300_000;

/** What a counter stands on. */
export interface CounterOptions {
  readonly institution: Institution;
  /** 就医地医保区划, six digits. */
  readonly careRegion: string;
  readonly policy: PharmacyPolicy;
  readonly store: AdapterStore;
  readonly insurance: InsurancePort;
  readonly clock: Clock;
  /** Absent: no outside prescriptions are taken. */
  readonly prescriptions?: PrescriptionPort;
  /** Absent: an authorisation is believed as shown. */
  readonly mutualAid?: MutualAidRegister;
  /** By a name that stays the same over restarts. */
  readonly observers?: Readonly<Record<string, PurchaseObserver>>;
  /** How long what is over is kept. */
  readonly keep?: Keeping;
  readonly onProblem?: (problem: OutboxProblem) => void;
}

/** A pharmacy's counter. Errors are GatewayErrors; a refused purchase has changed nothing. */
export interface Counter {
  /** Settles a purchase; the same again under its number is answered as before. */
  purchase(raw: unknown): Promise<Receipt>;
  /** Cancels a settled purchase, or withdraws an order that is not paid. */
  cancel(number: string): Promise<Receipt>;
  /** How a purchase stands. @throws GatewayError `PURCHASE_UNKNOWN`. */
  find(number: string): Receipt;
  /** What is still to be done for others, what waits for a person among it. */
  owed(): readonly StoredJob[];
  /** Does what is owed. */
  readonly outbox: Outbox;
}

/** Creates a counter; its outbox does nothing before it is started or drained. */
export function createCounter(options: CounterOptions): Counter {
  const { store, clock, observers = {} } = options;
  const busy = new Map<string, Promise<PurchaseRecord>>();
  const parts: SaleParts = {
    ...options,
    observers: Object.keys(observers),
    prescriptions: options.prescriptions,
    mutualAid: options.mutualAid,
  };
  const outbox = createOutbox({
    store,
    clock,
    ...(options.keep !== undefined && { keep: options.keep }),
    ...(options.onProblem !== undefined && { onProblem: options.onProblem }),
    handlers: {
      [JOBS.watch]: watchHandler(parts),
      [JOBS.lookAfter]: lookAfterHandler(parts, (number) => busy.has(number)),
      [JOBS.prescription]: prescriptionHandler(parts),
      [JOBS.tell]: tellHandler(observers),
      [GOODS]: goodsHandler(parts),
    },
  });
  const alone = async (number: string, work: () => Promise<PurchaseRecord>): Promise<Receipt> => {
    const promise = work().finally(() => busy.delete(number));
    busy.set(number, promise);
    return receiptOf(await promise);
  };
  return {
    outbox,
    async purchase(raw) {
      const purchase = checked(raw, parts);
      const running = busy.get(purchase.number);
      const opened = open(parts, purchase);
      if (opened === 'new') return alone(purchase.number, () => sell(parts, purchase.number));
      return running === undefined ? repeated(opened) : receiptOf(await running);
    },
    async cancel(number) {
      known(store, number);
      if (busy.has(number)) throw new GatewayError('PURCHASE_PENDING', { facts: { number } });
      return alone(number, () => cancel(parts, number));
    },
    find: (number) => receiptOf(known(store, number)),
    owed: () => outbox.list().filter(({ kind }) => kind !== JOBS.watch),
  };
}

function checked(raw: unknown, { policy, clock }: Pick<SaleParts, 'policy' | 'clock'>): Purchase {
  const { traceCodes } = policy;
  const today = formatTime(clock.now()).slice(0, 10);
  const read = readPurchase(raw);
  if ('faults' in read) throw new GatewayError('MESSAGE_INVALID', { faults: read.faults });
  const faults = [...expired(read.body, today), ...checkTraceCodes(read.body, traceCodes).faults];
  if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults });
  return read.body;
}

/** Opens a purchase, or finds the one that is open under its number. */
function open(parts: SaleParts, purchase: Purchase): 'new' | PurchaseRecord {
  const { store, policy, clock } = parts;
  const digest = digestOf(purchase);
  const before = store.get<PurchaseRecord>(PURCHASES, purchase.number);
  if (before !== undefined) return sameAs(before, digest);
  const course = courseFor(parts, purchase);
  const soldAt = purchase.soldAt ?? formatTime(clock.now());
  checkPayment(purchase, { rules: policy.payment, course, today: formatTime(clock.now()).slice(0, 10) });
  const { unusual } = checkTraceCodes(purchase, policy.traceCodes);
  return store.transact((tx) => {
    const other = tx.get<PurchaseRecord>(PURCHASES, purchase.number);
    if (other !== undefined) return sameAs(other, digest);
    holdTraceCodes(tx, purchase, policy.traceCodes);
    const record: PurchaseRecord = {
      number: purchase.number,
      digest,
      purchase,
      course: course.name,
      state: 'opened',
      openedAt: clock.now(),
      soldAt,
      steps: {},
      warnings: unusual === 0 ? [] : [`trace codes of an unusual form: ${unusual}`],
    };
    tx.put(PURCHASES, purchase.number, record);
    enqueueWatch(tx, purchase.number, clock.now() + SILENT_MS);
    return 'new';
  });
}

function courseFor({ policy, careRegion }: SaleParts, { person, payment }: Purchase): NamedCourse {
  const asked = { insured: person.insuredRegion, care: careRegion, fund: payment.fund };
  const course = policy.findCourse(asked);
  if (course === undefined) throw new GatewayError('ROUTE_MISSING', { facts: { insured: asked.insured } });
  return course;
}

function sameAs(before: PurchaseRecord, digest: string): PurchaseRecord {
  if (before.digest === digest) return before;
  throw new GatewayError('PURCHASE_NUMBER_REUSED', { facts: { number: before.number, state: before.state } });
}

/** What a till hears that sends a purchase again. */
function repeated(record: PurchaseRecord): Receipt {
  switch (record.state) {
    case 'settled':
    case 'cancelled':
    case 'ordered':
      return receiptOf(record);
    case 'giving-up':
    case 'given-up': {
      const { refusal } = record;
      throw new GatewayError('PURCHASE_GIVEN_UP', {
        facts: { because: refusal?.code ?? 'withdrawn' },
        ...(refusal?.upstream !== undefined && { upstream: refusal.upstream }),
      });
    }
    case 'opened':
    case 'settling':
    case 'cancelling':
      throw new GatewayError('PURCHASE_PENDING', { facts: { number: record.number, state: record.state } });
  }
}

function known(store: AdapterStore, number: string): PurchaseRecord {
  if (store.get(PURCHASES, number) === undefined)
    throw new GatewayError('PURCHASE_UNKNOWN', { facts: { number } });
  return recordOf(store, number);
}

/** Of the text that the members make in their order in the form, so that a till may send them in any. */
function digestOf(purchase: Purchase): string {
  const text = JSON.stringify(purchase, (_name, value: unknown) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  return createHash('sha256').update(text).digest('hex');
}
