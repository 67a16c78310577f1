/** Writes a bill off: its paper first, and nothing twice. */
import { compactTime } from '@yiqiao/model';
import type { JobResult, OutboxJob } from '@yiqiao/sdk';
import { attempt, later } from './attempt.ts';
import { change, eventOf, recordOf, takeBill } from './bill-desk.ts';
import type { BillDesk } from './bill-desk.ts';
import type { BillNumbers, BillRecord } from './bill-record.ts';
import { findIssued } from './issue-job.ts';
import { nextState } from './life-cycle.ts';
import type { BillAction, BillStanding } from './platform.ts';

const REASONS = { cancelled: '取消结算', 'refunded-in-part': '部分退费', reversed: '结算冲正' } as const;

/** The job of one settlement. */
export async function writeBillOff(desk: BillDesk, job: OutboxJob, settlementId: string): Promise<JobResult> {
  const record = recordOf(desk.store, settlementId);
  if (record.state !== 'to-write-off') return 'done';
  const { bill } = record;
  if (bill === undefined) return afterNoBill(desk, job, record);
  const asked = await attempt(desk.platform.call('findStanding', bill), desk.ways.refusalCodes);
  if (asked.end === 'refused' && asked.meaning !== 'busy')
    return { person: `UPSTREAM_REJECTED ${asked.code}` };
  if (asked.end !== 'answered') return later(job, 'the state of the bill is not known');
  const { redBill, isVoid, paper } = asked.answer;
  if (redBill !== undefined) return finish(desk, record, redBill);
  if (isVoid) return close(desk, record);
  if (paper !== undefined) return voidPaper(desk, job, { record, bill, paper });
  return send(desk, job, { record, bill });
}

/** Nothing is known of a bill: none was asked for, or the answer is missing. */
async function afterNoBill(desk: BillDesk, job: OutboxJob, record: BillRecord): Promise<JobResult> {
  const { settlementId, sentAt } = record;
  if (sentAt === undefined) return close(desk, record);
  const found = await findIssued(desk, record);
  if (found === 'unknown') return later(job, 'what became of the last message is not known');
  if (found !== 'not-there')
    return takeBill(desk, settlementId, found.bill)
      ? { retryAfterMs: 0, reason: 'its bill was found' }
      : { person: 'EINVOICE_NUMBER_USED' };
  if (desk.clock.now() < sentAt + desk.ways.quietMs) return later(job, 'the platform may still be at work');
  return close(desk, record);
}

/** There is nothing to write off. */
function close(desk: BillDesk, record: BillRecord): JobResult {
  return {
    done(tx) {
      const after = change(tx, record.settlementId, { state: nextState(record, 'not-found') });
      tx.trace(eventOf(desk, after, 'e-invoice.void'));
    },
  };
}

function finish(desk: BillDesk, record: BillRecord, redBill: BillNumbers): JobResult {
  return {
    done(tx) {
      const after = change(tx, record.settlementId, { state: nextState(record, 'written-off'), redBill });
      tx.trace(eventOf(desk, after, 'e-invoice.written-off'));
    },
  };
}

interface Standing {
  readonly record: BillRecord;
  readonly bill: BillNumbers;
}

/** The patient holds paper: it comes back first, then it is made void, then the bill is written off. */
async function voidPaper(
  desk: BillDesk,
  job: OutboxJob,
  { record, bill, paper }: Standing & { readonly paper: NonNullable<BillStanding['paper']> },
): Promise<JobResult> {
  desk.store.transact((tx) => change(tx, record.settlementId, { paper }));
  if (record.paperReturned !== true) return { person: 'EINVOICE_PAPER_OUT' };
  const action = { ...actionOf(desk, record, bill), paper };
  const sent = await attempt(desk.platform.call('voidPaper', action), desk.ways.refusalCodes);
  if (sent.end === 'answered') return send(desk, job, { record, bill });
  if (sent.end === 'refused' && sent.meaning !== 'busy') return { person: `UPSTREAM_REJECTED ${sent.code}` };
  return later(job, 'whether its paper is void is not known');
}

async function send(desk: BillDesk, job: OutboxJob, { record, bill }: Standing): Promise<JobResult> {
  const { quietMs } = desk.ways;
  const sentAt = record.writeOffSentAt;
  if (sentAt !== undefined && desk.clock.now() < sentAt + quietMs)
    return later(job, 'the platform may still be at work');
  desk.store.transact((tx) => change(tx, record.settlementId, { writeOffSentAt: desk.clock.now() }));
  const action = actionOf(desk, record, bill);
  const sent = await attempt(desk.platform.call('writeOff', action), desk.ways.refusalCodes);
  if (sent.end === 'answered') return finish(desk, record, sent.answer);
  if (sent.end === 'unknown') return later(job, 'the answer is missing');
  desk.store.transact((tx) => change(tx, record.settlementId, { writeOffSentAt: 0 }));
  if (sent.end === 'nothing-left') return later(job, 'UPSTREAM_UNREACHABLE');
  if (sent.meaning === 'busy') return later(job, sent.code);
  // Both are seen by the next look at the bill.
  if (sent.meaning === 'already-written-off' || sent.meaning === 'paper-in-force')
    return later(job, sent.code);
  return { person: `UPSTREAM_REJECTED ${sent.code}` };
}

function actionOf(desk: BillDesk, record: BillRecord, bill: BillNumbers): BillAction {
  const { undone, settled } = record;
  const institution = desk.institutionOf(settled);
  return {
    bill,
    placeCode: institution.placeCode ?? '',
    operator: undone?.cashier ?? institution.cashier ?? institution.name,
    reason: (undone?.reason ?? REASONS[undone?.how ?? 'cancelled']).slice(0, 200),
    time: compactTime(desk.clock.now()),
  };
}
