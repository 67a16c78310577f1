/** Issues and writes off electronic bills as charges are settled and undone; what it is told is durable at once. */
import { fen, findFen, formatFen, GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import type {
  AdapterStore,
  JobHandler,
  SettledEvent,
  StoreReader,
  StoreTransaction,
  UndoneEvent,
} from '@yiqiao/sdk';
import { amountFault, checkAmounts } from './amounts.ts';
import { change, eventOf } from './bill-desk.ts';
import type { BillDesk } from './bill-desk.ts';
import { findRecord, KINDS } from './bill-record.ts';
import type { BillRecord, TaxInvoice } from './bill-record.ts';
import type { BillingInstitution, PlatformWays } from './bill-settings.ts';
import { billText } from './bill-text.ts';
import { checkElements } from './element-check.ts';
import type { BillElements, ElementReport } from './element-check.ts';
import type { BillFacts } from './facts.ts';
import { checkFields } from './field-check.ts';
import { issueBill } from './issue-job.ts';
import { nextState } from './life-cycle.ts';
import type { BillPlatform } from './platform.ts';
import type { SettlementProof } from './settlement-proof.ts';
import { ISSUE_OPERATIONS, toIssueRequest } from './wire-bill.ts';
import { writeBillOff } from './write-off-job.ts';

/** What an issuer is made with. */
export interface BillIssuerOptions {
  readonly store: AdapterStore;
  readonly platform: BillPlatform;
  readonly institutions: readonly BillingInstitution[];
  readonly ways: PlatformWays;
  readonly facts: BillFacts;
  readonly proof?: SettlementProof;
  readonly clock?: Clock;
}

/** What may be shown of a record to whoever asks. */
export type BillSummary = Omit<BillRecord, 'settled' | 'undone'>;

/** The issuer. What it throws has changed nothing. */
export interface BillIssuer {
  /**
   * A charge is settled: its bill is owed, or the number of a tax invoice awaited. The same event again is nothing new.
   * @throws GatewayError `EINVOICE_NOT_SETTLED`, `EINVOICE_AMOUNTS_WRONG`, `EINVOICE_NOT_ENTITLED`, `EINVOICE_DIFFERS`,
   *   `MESSAGE_INVALID` with every field that the platform would refuse.
   */
  settled(event: SettledEvent): void;
  /** A settlement no longer stands: its bill is written off, or never issued. */
  undone(event: UndoneEvent): void;
  /** The paper of a bill has come back. @throws GatewayError `EINVOICE_UNKNOWN`. */
  paperReturned(settlementId: string): void;
  /**
   * Somebody made out a tax invoice, or the red one that takes it back.
   * @throws GatewayError `EINVOICE_UNKNOWN`, `EINVOICE_STATE_WRONG`, `EINVOICE_NUMBER_USED`, `EINVOICE_AMOUNTS_WRONG`.
   */
  recordTaxInvoice(settlementId: string, invoice: TaxInvoice): void;
  /** The record of a settlement. */
  find(settlementId: string): BillRecord | undefined;
  /** State and numbers of a bill, without person and charge. @throws GatewayError `EINVOICE_UNKNOWN`. */
  summary(settlementId: string): BillSummary;
  /** The text of a bill. @throws GatewayError `EINVOICE_UNKNOWN`. */
  text(settlementId: string): string;
  /** Whether a bill that somebody shows is one. @throws GatewayError `UPSTREAM_…` when the platform cannot be asked. */
  check(shown: BillElements): Promise<ElementReport>;
  /** What the outbox of the store is given. */
  readonly handlers: Readonly<Record<string, JobHandler>>;
}

/** Kinds of jobs. */
const JOBS = { issue: 'e-invoice.issue', writeOff: 'e-invoice.write-off' } as const;

/** Creates an issuer over a store; an outbox with its `handlers` does the work. */
export function createBillIssuer(options: BillIssuerOptions): BillIssuer {
  const { store } = options;
  const desk = createDesk(options);
  return {
    settled: (event) => store.transact((tx) => addSettled(tx, desk, event)),
    undone: (event) => store.transact((tx) => addUndone(tx, desk, event)),
    paperReturned(settlementId) {
      store.transact((tx) => {
        requireRecord(tx, settlementId);
        change(tx, settlementId, { paperReturned: true });
      });
      store.jobs.retry(jobId('writeOff', settlementId));
    },
    recordTaxInvoice: (settlementId, invoice) =>
      store.transact((tx) => addTaxInvoice(tx, desk, { settlementId, invoice })),
    find: (settlementId) => findRecord(store, settlementId),
    summary(settlementId) {
      const { settled: _, undone: __, ...rest } = requireRecord(store, settlementId);
      return rest;
    },
    text(settlementId) {
      const record = requireRecord(store, settlementId);
      if (record.settled === undefined)
        throw new GatewayError('EINVOICE_UNKNOWN', { facts: { settlementId } });
      return billText(record, desk.institutionOf(record.settled).name);
    },
    check: (shown) =>
      checkElements({ store, platform: options.platform, refusalCodes: options.ways.refusalCodes }, shown),
    handlers: {
      [JOBS.issue]: (job) => issueBill(desk, job, job.body as string),
      [JOBS.writeOff]: (job) => writeBillOff(desk, job, job.body as string),
    },
  };
}

interface Desk extends BillDesk {
  readonly facts: BillFacts;
}

function createDesk(options: BillIssuerOptions): Desk {
  const { institutions, ways, facts } = options;
  const institutionOf = (event: SettledEvent | undefined): BillingInstitution => {
    const [only] = institutions;
    const code = event?.institutionCode;
    const found = code === undefined ? only : institutions.find((one) => one.code === code);
    if (found === undefined || (code === undefined && institutions.length > 1))
      throw new GatewayError('EINVOICE_NOT_ENTITLED', { facts: { institution: code ?? '' } });
    return found;
  };
  const requestFor = (event: SettledEvent, businessNumber: string): WireObject =>
    toIssueRequest(event, {
      businessNumber,
      institution: institutionOf(event),
      ways,
      categories: facts.chargeCategories,
    });
  return {
    ...options,
    clock: options.clock ?? systemClock,
    institutionOf,
    requestOf({ settled, businessNumber }) {
      if (settled === undefined) throw new GatewayError('EINVOICE_NOT_SETTLED');
      return requestFor(settled, businessNumber);
    },
  };
}

function addSettled(tx: StoreTransaction, desk: Desk, event: SettledEvent): void {
  const { settlementId, replaces } = event;
  const before = findRecord(tx, settlementId);
  if (before?.settled !== undefined) {
    if (textOf(before.settled) === textOf(event)) return;
    throw new GatewayError('EINVOICE_DIFFERS', { facts: { settlementId } });
  }
  const institution = desk.institutionOf(event);
  const businessNumber = `${institution.code}-${settlementId}`;
  requireSettled(event);
  const isTaxed = institution.bills === 'tax';
  const replaced = replaces === undefined ? undefined : findRecord(tx, replaces);
  const state = before?.state ?? nextState(undefined, isTaxed ? 'settled-taxed' : 'settled');
  const chain = replaced?.chain ?? replaces ?? settlementId;
  const record: BillRecord = { ...before, settlementId, state, chain, businessNumber, settled: event };
  if (!isTaxed) requireFields(desk, record);
  tx.put(KINDS.bill, settlementId, record);
  tx.trace(eventOf(desk, record, STEPS[state] ?? 'e-invoice.owed'));
  if (replaces !== undefined && replaced?.undone === undefined)
    tx.put(KINDS.follower, replaces, settlementId);
  else if (state === 'owed') enqueue(tx, 'issue', record);
}

const STEPS: Readonly<Partial<Record<BillRecord['state'], string>>> = {
  void: 'e-invoice.void',
  'tax-invoice-awaited': 'e-invoice.tax-invoice-awaited',
};

function addUndone(tx: StoreTransaction, desk: Desk, event: UndoneEvent): void {
  const { settlementId } = event;
  const before = findRecord(tx, settlementId);
  if (before?.undone !== undefined) return;
  const state = nextState(before, 'undone');
  const record: BillRecord = {
    settlementId,
    chain: settlementId,
    businessNumber: '',
    ...before,
    state,
    undone: event,
    ...(event.paperReturned === true ? { paperReturned: true } : {}),
  };
  tx.put(KINDS.bill, settlementId, record);
  tx.trace(eventOf(desk, record, 'e-invoice.undone'));
  if (state === 'to-write-off') enqueue(tx, 'writeOff', record);
  const follower = tx.get<string>(KINDS.follower, settlementId);
  const followed = follower === undefined ? undefined : findRecord(tx, follower);
  if (followed?.state === 'owed') enqueue(tx, 'issue', followed);
}

function addTaxInvoice(
  tx: StoreTransaction,
  desk: Desk,
  { settlementId, invoice }: { readonly settlementId: string; readonly invoice: TaxInvoice },
): void {
  const record = requireRecord(tx, settlementId);
  if (
    [record.taxInvoice, record.redTaxInvoice].some(
      (one) => one !== undefined && textOf(one) === textOf(invoice),
    )
  )
    return;
  const isRed = record.state === 'red-tax-invoice-awaited';
  const state = nextState(record, isRed ? 'red-tax-recorded' : 'tax-recorded');
  requireTotal(record, { invoice, isRed });
  const key = `tax/${invoice.code ?? ''}/${invoice.number}`;
  if (!tx.insert(KINDS.number, key, settlementId))
    throw new GatewayError('EINVOICE_NUMBER_USED', { facts: { settlementId } });
  const after = change(tx, settlementId, { state, [isRed ? 'redTaxInvoice' : 'taxInvoice']: invoice });
  tx.trace(eventOf(desk, after, `e-invoice.${state}`));
}

/** A tax invoice is of the whole charge, a red one of its negative. */
function requireTotal(
  { settled }: BillRecord,
  { invoice, isRed }: { readonly invoice: TaxInvoice; readonly isRed: boolean },
): void {
  const total = fen((settled?.total ?? 0n) * (isRed ? -1n : 1n));
  if (findFen(invoice.total) === total) return;
  const faults = [amountFault('/total', invoice.total, formatFen(total))];
  throw new GatewayError('EINVOICE_AMOUNTS_WRONG', { faults });
}

function requireRecord(tx: StoreReader, settlementId: string): BillRecord {
  const record = findRecord(tx, settlementId);
  if (record === undefined) throw new GatewayError('EINVOICE_UNKNOWN', { facts: { settlementId } });
  return record;
}

/** No bill without a settlement that can be named and whose amounts agree. */
function requireSettled(event: SettledEvent): void {
  const missing = (['settlementId', 'visitId', 'time'] as const).filter((name) => event[name] === '');
  if (missing.length > 0 || event.lines.length === 0)
    throw new GatewayError('EINVOICE_NOT_SETTLED', {
      facts: { missing: missing.join(' '), lines: event.lines.length },
    });
  const faults = checkAmounts(event);
  if (faults.length > 0) throw new GatewayError('EINVOICE_AMOUNTS_WRONG', { faults });
}

function requireFields(desk: Desk, record: BillRecord): void {
  const { operations, nodes } = desk.facts;
  const course = record.settled?.course ?? 'outpatient';
  const fields = operations[ISSUE_OPERATIONS[course]] ?? [];
  const faults = checkFields(desk.requestOf(record), fields, nodes);
  if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults });
}

function enqueue(tx: StoreTransaction, job: keyof typeof JOBS, { settlementId, chain }: BillRecord): void {
  tx.enqueue({ id: jobId(job, settlementId), kind: JOBS[job], body: settlementId, lane: `bill ${chain}` });
}

function jobId(job: keyof typeof JOBS, settlementId: string): string {
  return `${JOBS[job]} ${settlementId}`;
}

/** A text by which two events can be compared, whatever the order of their members. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) => {
    if (typeof member === 'bigint') return String(member);
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  });
}
