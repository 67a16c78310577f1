/** How a purchase ends: settled, given up or cancelled, each in one commit with everything that follows from it. */
import type { GatewayError } from '@yiqiao/model';
import type { AdapterStore, StoreTransaction, TraceEvent } from '@yiqiao/sdk';
import { enqueueSales } from '../goods/sales.ts';
import { recordOf } from './steps.ts';
import type { RunParts } from './steps.ts';
import { courseForm } from '../courses/forms.ts';
import { settledEvent, undoneEvent } from './events.ts';
import type { SettledPurchase, UndonePurchase } from './events.ts';
import { DAYS, PURCHASES, SETTLEMENTS } from './record.ts';
import type { PurchaseRecord, PurchaseState, Refusal, Settlement } from './record.ts';
import { releaseTraceCodes } from './trace-codes.ts';

/** Kinds of jobs that endings leave behind. */
export const JOBS = {
  watch: 'purchase-watch',
  lookAfter: 'purchase-look-after',
  prescription: 'purchase-prescription',
  tell: 'purchase-tell',
} as const;

/** What endings need beside the store. */
export type EndingParts = RunParts & {
  /** Names of those who are told. */
  readonly observers: readonly string[];
};

/** Moves a purchase on if it is still in that state; `false` when somebody else has moved it. */
export function move(
  store: AdapterStore,
  number: string,
  {
    from,
    to,
    refusal,
  }: { readonly from: PurchaseState; readonly to: PurchaseState; readonly refusal?: Refusal },
): boolean {
  return store.transact((tx) => {
    const record = recordOf(tx, number);
    if (record.state !== from) return false;
    tx.put(PURCHASES, number, { ...record, state: to, ...(refusal !== undefined && { refusal }) });
    return true;
  });
}

/** Looks after a purchase, one job after the other. */
export function enqueueLookAfter(
  tx: StoreTransaction,
  number: string,
  { cause, dueAt }: { readonly cause: string; readonly dueAt: number },
): void {
  const job = {
    id: `${JOBS.lookAfter}:${number}:${cause}`,
    kind: JOBS.lookAfter,
    lane: `purchase ${number}`,
  };
  tx.enqueue({ ...job, body: { number }, dueAt });
}

/** Settled: the prescription is reported, the sales uploaded, the observers told. */
export function endSettled(parts: EndingParts, number: string, settlement: Settlement): PurchaseRecord {
  return parts.store.transact((tx) => {
    const before = recordOf(tx, number);
    if (before.state === 'settled') return before;
    const record: PurchaseRecord = { ...before, state: 'settled', settlement };
    tx.put(PURCHASES, number, record);
    tx.put(SETTLEMENTS, settlement.settlementId, number);
    tx.put(DAYS, `${settlement.time.slice(0, 10)} ${number}`, number);
    if (record.claim !== undefined) enqueuePrescription(tx, record, 'dispense');
    enqueueSales(tx, { record, settlement, returned: false, parts });
    const { settleStep } = courseForm(parts.policy.course(record.course));
    const event = settledEvent(record, settlement, { ...parts, settleStep });
    enqueueTelling(tx, parts, { number, event: 'settled', about: event });
    tx.trace(traceOf(parts, record, 'pharmacy.settled'));
    return record;
  });
}

/** Given up: what the pharmacy itself had reserved is free again. */
export function endGivenUp(parts: EndingParts, number: string): void {
  parts.store.transact((tx) => {
    const record = recordOf(tx, number);
    if (record.state !== 'giving-up') return;
    releaseTraceCodes(tx, record.purchase);
    tx.put(PURCHASES, number, { ...record, state: 'given-up' });
    tx.trace(traceOf(parts, record, 'pharmacy.given-up'));
  });
}

/** Cancelled: the prescription is free again, the goods are back, the observers told. */
export function endCancelled(parts: EndingParts, number: string): PurchaseRecord {
  return parts.store.transact((tx) => {
    const before = recordOf(tx, number);
    const { settlement } = before;
    if (before.state === 'cancelled' || settlement === undefined) return before;
    const record: PurchaseRecord = { ...before, state: 'cancelled' };
    tx.put(PURCHASES, number, record);
    releaseTraceCodes(tx, record.purchase);
    if (record.claim !== undefined) enqueuePrescription(tx, record, 'undo');
    enqueueSales(tx, { record, settlement, returned: true, parts });
    const event = undoneEvent(record, settlement, parts.clock.now());
    enqueueTelling(tx, parts, { number, event: 'undone', about: event });
    tx.trace(traceOf(parts, record, 'pharmacy.cancelled'));
    return record;
  });
}

/** With the opening of a purchase: should its process fall silent, it is looked after then. */
export function enqueueWatch(tx: StoreTransaction, number: string, dueAt: number): void {
  tx.enqueue({ id: `${JOBS.watch}:${number}`, kind: JOBS.watch, body: { number }, dueAt });
}

/** Something the prescription centre is owed. */
export interface PrescriptionJob {
  readonly number: string;
  readonly step: 'dispense' | 'undo';
}

function enqueuePrescription(
  tx: StoreTransaction,
  { number }: PurchaseRecord,
  step: PrescriptionJob['step'],
): void {
  tx.enqueue({
    id: `${JOBS.prescription}:${number}:${step}`,
    kind: JOBS.prescription,
    lane: `prescription ${number}`,
    body: { number, step } satisfies PrescriptionJob,
  });
}

/** Something an observer is owed. */
export type TellingJob = { readonly observer: string } & Told;

type Told =
  | { readonly event: 'settled'; readonly about: SettledPurchase }
  | { readonly event: 'undone'; readonly about: UndonePurchase };

function enqueueTelling(
  tx: StoreTransaction,
  { observers }: EndingParts,
  { number, ...told }: { readonly number: string } & Told,
): void {
  for (const observer of observers) {
    tx.enqueue({
      id: `${JOBS.tell}:${observer}:${number}:${told.event}`,
      kind: JOBS.tell,
      lane: `tell ${observer} ${number}`,
      body: { observer, ...told } satisfies TellingJob,
    });
  }
}

/** An event of the trace, by which a chain from diagnosis to invoice goes through this pharmacy. */
export function traceOf({ store, clock }: RunParts, record: PurchaseRecord, step: string): TraceEvent {
  const { settlement, claim, purchase, number, course } = record;
  return {
    at: clock.now(),
    step,
    refs: {
      fee: number,
      person: store.digest(purchase.person.certificateNumber),
      ...(claim !== undefined && { prescription: claim.prescriptionNumber, dispensing: claim.claimId }),
      ...(settlement !== undefined && { settlement: settlement.settlementId, visit: settlement.visitId }),
    },
    facts: { course, state: record.state, lines: String(purchase.lines.length) },
  };
}

/** Why a purchase was given up, for its record. */
export function refusalOf(error: GatewayError): Refusal {
  const { upstream } = error.details;
  return { code: error.code, ...(upstream !== undefined && { upstream }) };
}
