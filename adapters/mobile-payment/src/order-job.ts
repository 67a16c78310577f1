/** What an order still needs, by its state: looks, revocations, what the self-paid part owes. Nobody types anything. */
import { fen } from '@yiqiao/model';
import type { JobResult, OutboxJob } from '@yiqiao/sdk';
import { change, endOf, owe, step } from './desk-parts.ts';
import type { DeskParts, OrderJob } from './desk-parts.ts';
import { later } from './later.ts';
import { lookAt } from './look.ts';
import { requireOrder } from './order-record.ts';
import type { OrderRecord } from './order-record.ts';
import { leftOf } from './refund-proof.ts';
import { payCashBack, refundOrder } from './refunding.ts';

/** Sees to an order. */
export async function runErrand(
  parts: DeskParts,
  job: OutboxJob,
  { orderNumber, errand }: OrderJob,
): Promise<JobResult> {
  const record = requireOrder(parts.store, orderNumber);
  switch (errand) {
    case 'upload':
      return record.state === 'uploading' ? endUpload(parts, job, record) : 'done';
    case 'look':
      return look(parts, job, record);
    case 'abandon':
      return giveUp(parts, job, record);
    case 'cash-back':
      return payCashBack(parts, job, record);
  }
}

function look(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> | JobResult {
  switch (record.state) {
    case 'lost':
      // Its number came by a notification; without its token it cannot be asked about.
      return record.paymentOrderId === undefined ? 'done' : { person: 'PAYMENT_NOT_CERTAIN' };
    case 'synchronizing':
      return synchronize(parts, job, record);
    case 'open':
    case 'paying':
    case 'revoking':
    case 'cash-due':
    case 'refunding':
      return lookAt(parts, job, record.orderNumber);
    case 'uploading':
    case 'paid':
    case 'partly-refunded':
    case 'refunded':
    case 'revoked':
    case 'refused':
    case 'failed':
      return 'done';
  }
}

/** Nobody pays it: unless somebody did, or has time left. */
function giveUp(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> | JobResult {
  const left = record.abandoned === true ? 0 : record.abandonAt - parts.clock.now();
  if (left > 0) return { retryAfterMs: left, reason: 'there is time left' };
  switch (record.state) {
    case 'open':
    case 'revoking':
      return revoke(parts, job, record);
    case 'cash-due':
      return refundUnpaid(parts, job, record);
    case 'paying':
      return later(job, 'it is being paid');
    case 'uploading':
    case 'lost':
    case 'synchronizing':
    case 'paid':
    case 'refunding':
    case 'partly-refunded':
    case 'refunded':
    case 'revoked':
    case 'refused':
    case 'failed':
      return 'done';
  }
}

/** Before an order is revoked the centre is asked: it may have been paid. 6401 may be said again. */
async function revoke(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> {
  const { store, port, clock } = parts;
  const { orderNumber, upload } = record;
  const looked = await lookAt(parts, job, orderNumber);
  const now = requireOrder(store, orderNumber);
  if (looked !== 'done' || (now.state !== 'open' && now.state !== 'revoking')) return looked;
  if (now.state === 'open')
    store.transact((tx) =>
      step(
        tx,
        { record: requireOrder(tx, orderNumber), by: 'revoke', now: clock.now() },
        { abandoned: true },
      ),
    );
  try {
    await port.call('cancelOnlineFees', {
      paymentOrderId: now.paymentOrderId ?? '',
      paymentToken: now.paymentToken ?? '',
      organizationCode: upload.organizationCode,
      userCertificateNumber: upload.userCertificateNumber,
      userName: upload.userName,
      userCertificateType: upload.userCertificateType,
    });
  } catch (error) {
    return endOf(error) === 'refused' ? { person: 'UPSTREAM_REJECTED' } : later(job, error);
  }
  store.transact((tx) =>
    step(tx, { record: requireOrder(tx, orderNumber), by: 'revoked', now: clock.now() }),
  );
  return 'done';
}

/** The process that sent its fees is gone: nobody hears the answer any more. */
function endUpload({ store, clock, quietMs }: DeskParts, job: OutboxJob, record: OrderRecord): JobResult {
  if (clock.now() < (record.sentAt ?? 0) + quietMs) return later(job, 'its fees are being sent');
  store.transact((tx) => {
    const now = requireOrder(tx, record.orderNumber);
    if (now.state === 'uploading') step(tx, { record: now, by: 'lost', now: clock.now() });
  });
  return 'done';
}

/** The rest may have been paid on the centre's own page: it is asked first. */
async function refundUnpaid(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> {
  const looked = await lookAt(parts, job, record.orderNumber);
  const now = requireOrder(parts.store, record.orderNumber);
  return looked === 'done' && now.state === 'cash-due' ? refundInsurance(parts, job, now) : looked;
}

/** The patient never paid the rest: what the insurance paid goes back. */
async function refundInsurance(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> {
  const { orderNumber } = record;
  const left = leftOf(record);
  const refundNumber = `${orderNumber}-A${record.refunds.length}`.slice(-40);
  try {
    await refundOrder(parts, { orderNumber, refundNumber, parts: { ...left, cash: fen(0n) } });
    return 'done';
  } catch (error) {
    // Its own job looks at a refund whose answer is missing.
    if (endOf(error) === 'unknown') return 'done';
    return endOf(error) === 'refused' ? { person: 'UPSTREAM_REJECTED' } : later(job, error);
  }
}

/** Tells the centre that the self-paid part is paid (6204, may be said again), then asks whether the order is. */
async function synchronize(parts: DeskParts, job: OutboxJob, record: OrderRecord): Promise<JobResult> {
  const { parts: paid, cashPaid, upload, orderNumber } = record;
  if (paid === undefined || cashPaid === undefined) return { person: 'PAYMENT_STATE_WRONG' };
  try {
    await parts.port.call('synchronizePaymentOrder', {
      paymentOrderId: record.paymentOrderId ?? '',
      institutionOrderNumber: orderNumber,
      feeTotal: upload.total,
      ownCashPaid: paid.cash,
      personalAccountPaid: paid.account,
      fundsPaid: paid.fund,
      thirdPartyPaymentType: cashPaid.method,
    });
  } catch (error) {
    return endOf(error) === 'refused' ? { person: 'UPSTREAM_REJECTED' } : later(job, error);
  }
  const looked = await lookAt(parts, job, orderNumber);
  const { state } = requireOrder(parts.store, orderNumber);
  return state === 'synchronizing' && looked === 'done'
    ? later(job, 'the centre has not finished the order')
    : looked;
}

/** Nobody will pay: seen to at once, whatever the order's own time. */
export function abandonOrder({ store }: DeskParts, orderNumber: string): void {
  store.transact((tx) => {
    requireOrder(tx, orderNumber);
    owe(tx, change(tx, orderNumber, { abandoned: true }), { errand: 'abandon' });
  });
}
