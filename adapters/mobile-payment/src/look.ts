/** Asks the centre what became of an order (6301), and writes down what follows. Source: 6301; wayOut of 6202, 6203. */
import type { JobResult, OutboxJob, StoreTransaction } from '@yiqiao/sdk';
import { endOf, meaningOf, oddities, owe, partsOf, step } from './desk-parts.ts';
import type { DeskParts, Told } from './desk-parts.ts';
import type { StatusMeaning } from './facts.ts';
import { later } from './later.ts';
import { requireOrder } from './order-record.ts';
import type { OrderRecord } from './order-record.ts';
import { totalOf } from './parts.ts';
import { centreParts, proves } from './refund-proof.ts';

/** Asks; throws what the port throws. */
async function askCentre({ port }: DeskParts, record: OrderRecord): Promise<Told> {
  const { upload, paymentOrderId = '', paymentToken = '' } = record;
  const { body } = await port.call('findPaymentOrder', {
    paymentOrderId,
    paymentToken,
    organizationCode: upload.organizationCode,
    userCertificateNumber: upload.userCertificateNumber,
    userName: upload.userName,
    userCertificateType: upload.userCertificateType,
  });
  return body;
}

/** One look; `done` when nothing of the order is uncertain any more. */
export async function lookAt(parts: DeskParts, job: OutboxJob, orderNumber: string): Promise<JobResult> {
  const record = requireOrder(parts.store, orderNumber);
  let told: Told;
  try {
    told = await askCentre(parts, record);
  } catch (error) {
    if (endOf(error) === 'refused') return { person: 'UPSTREAM_REJECTED' };
    return later(job, error);
  }
  return parts.store.transact((tx) => {
    const now = requireOrder(tx, orderNumber);
    return conclude(tx, parts, { record: now, told, job });
  });
}

interface Finding {
  readonly record: OrderRecord;
  readonly told: Told;
  readonly job: OutboxJob;
}

/** What follows from a state of the order. */
function conclude(tx: StoreTransaction, parts: DeskParts, finding: Finding): JobResult {
  const { record, told, job } = finding;
  const meaning = meaningOf(told);
  if (!LOOKED_AT.has(record.state)) return 'done';
  if (record.state === 'refunding') return concludeRefund(tx, parts, { ...finding, meaning });
  if (meaning === 'in-progress') return later(job, 'the centre is at work on it');
  if (meaning === 'open') return concludeOpen(tx, parts, finding);
  const event = eventOf(meaning, told);
  if (event === undefined) return { person: `ordStas ${told.orderStatus}` };
  if (isKnown(record, event)) return 'done';
  const after = writeStanding(tx, parts, { record, told, event });
  return after.flags.length > 0 ? { person: after.flags.join(' ') } : 'done';
}

/** States that something may follow from. */
const LOOKED_AT: ReadonlySet<string> = new Set(
  'open paying revoking cash-due synchronizing refunding'.split(' '),
);

/** Writes down that an order is paid, or failed, or revoked. */
export function writeStanding(
  tx: StoreTransaction,
  { clock, abandonAfterMs }: DeskParts,
  { record, told, event }: { readonly record: OrderRecord; readonly told: Told; readonly event: string },
): OrderRecord {
  const now = clock.now();
  const isPaid = event === 'paid' || event === 'insurance-paid';
  // Whoever has paid half of it has time for the rest.
  const known = isPaid
    ? { parts: partsOf(told), flags: oddities(record, told), abandonAt: now + abandonAfterMs }
    : {};
  const after = step(tx, { record, by: event, now }, { status: told.orderStatus, ...known });
  if (after.state === 'cash-due' && after.abandoned === true) owe(tx, after, { errand: 'abandon' });
  return after;
}

/** The event of a state; `undefined`: nothing may be concluded. */
export function eventOf(meaning: StatusMeaning | 'unlisted', told: Told): string | undefined {
  if (meaning === 'insurance-paid') return told.ownCashPaid === 0n ? 'paid' : 'insurance-paid';
  return meaning === 'paid' || meaning === 'failed' || meaning === 'revoked' ? meaning : undefined;
}

const REACHED: Readonly<Record<string, readonly string[]>> = {
  paid: ['paid', 'partly-refunded', 'refunded'],
  'insurance-paid': ['cash-due', 'synchronizing', 'paid'],
  revoked: ['revoked'],
  failed: ['failed'],
};

function isKnown({ state }: OrderRecord, event: string): boolean {
  return REACHED[event]?.includes(state) === true;
}

/** The centre knows of no payment: it never came, or it is still on its way. */
function concludeOpen(
  tx: StoreTransaction,
  { clock, quietMs }: DeskParts,
  { record, job }: Finding,
): JobResult {
  if (record.state !== 'paying') return 'done';
  const now = clock.now();
  if (now < (record.sentAt ?? 0) + quietMs) return later(job, 'the centre may still be at work');
  const after = step(tx, { record, by: 'not-done', now });
  if (after.abandoned === true) owe(tx, after, { errand: 'abandon' });
  return 'done';
}

/** Whether the refund that was sent last was done: only a state that nothing else leaves proves it. */
function concludeRefund(
  tx: StoreTransaction,
  { clock, quietMs }: DeskParts,
  { record, told, job, meaning }: Finding & { readonly meaning: StatusMeaning | 'unlisted' },
): JobResult {
  const refund = record.refunds.at(-1);
  if (refund === undefined) return { person: 'no refund' };
  const now = clock.now();
  if (totalOf(centreParts(refund)) === 0n) {
    endRefund(tx, { record, state: 'done', now });
    return 'done';
  }
  const verdict = proves({ record, refund, meaning, status: told.orderStatus });
  if (verdict === 'done') {
    endRefund(tx, { record, state: 'done', now }, { status: told.orderStatus });
    return 'done';
  }
  if (verdict === 'person') return { person: `ordStas ${told.orderStatus}` };
  if (meaning === 'in-progress' || now < (record.sentAt ?? 0) + quietMs)
    return later(job, 'the centre may still be at work');
  endRefund(tx, { record, state: 'refused', now }, { status: told.orderStatus });
  return 'done';
}

/** Ends the refund that was sent last. */
export function endRefund(
  tx: StoreTransaction,
  {
    record,
    state,
    now,
  }: { readonly record: OrderRecord; readonly state: 'done' | 'refused'; readonly now: number },
  known: Partial<OrderRecord> & { readonly centreNumber?: string } = {},
): OrderRecord {
  const { centreNumber, ...parts } = known;
  const refunds = record.refunds.map((refund, index) =>
    index === record.refunds.length - 1
      ? { ...refund, state, ...(centreNumber === undefined ? {} : { centreNumber }) }
      : refund,
  );
  const by = state === 'done' ? doneEvent({ ...record, refunds }) : refusedEvent(record);
  const after = step(tx, { record, by, now }, { ...parts, refunds });
  if (state === 'done' && refunds.at(-1)?.cashOwed !== undefined) owe(tx, after, { errand: 'cash-back' });
  return after;
}

function doneEvent(record: OrderRecord): string {
  return isWhollyRefunded(record) ? 'refunded' : 'refunded-in-part';
}

function isWhollyRefunded({ parts, refunds, upload }: OrderRecord): boolean {
  const paid = parts === undefined ? upload.total : parts.fund + parts.account + paidCash({ parts, refunds });
  const given = refunds
    .filter(({ state }) => state === 'done')
    .reduce((sum, refund) => sum + refund.parts.fund + refund.parts.account + refund.parts.cash, 0n);
  return given >= paid;
}

/** Of an order whose self-paid part was never paid, nothing is due back of it. */
function paidCash({
  parts,
  refunds,
}: {
  readonly parts: NonNullable<OrderRecord['parts']>;
  readonly refunds: OrderRecord['refunds'];
}): bigint {
  return refunds.some(({ before }) => before === 'cash-due') ? 0n : parts.cash;
}

const REFUSED: Readonly<Record<string, string>> = {
  'partly-refunded': 'refund-refused-again',
  'cash-due': 'refund-refused-unpaid',
};

function refusedEvent({ refunds }: OrderRecord): string {
  return REFUSED[refunds.at(-1)?.before ?? ''] ?? 'refund-refused';
}
