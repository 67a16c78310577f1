/** Issues the bill of a settled charge: once, whatever is lost on the way. */
import assert from 'node:assert/strict';
import type { JobResult, OutboxJob } from '@yiqiao/sdk';
import { attempt, later } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { change, forget, recordOf, takeBill } from './bill-desk.ts';
import type { BillDesk } from './bill-desk.ts';
import { findRecord } from './bill-record.ts';
import type { BillNumbers, BillRecord } from './bill-record.ts';
import { isFinal } from './life-cycle.ts';
import type { FoundBill } from './platform.ts';

const CALLS = {
  outpatient: 'issueOutpatient',
  purchase: 'issueOutpatient',
  registration: 'issueRegistration',
  inpatient: 'issueInpatient',
} as const;

/** The job of one settlement. */
export async function issueBill(desk: BillDesk, job: OutboxJob, settlementId: string): Promise<JobResult> {
  const record = recordOf(desk.store, settlementId);
  if (record.state !== 'owed') return 'done';
  const replaced = replacedBy(desk, record);
  if (replaced !== undefined && !isFinal(replaced)) return later(job, 'the bill it replaces still stands');
  const standing = (await desk.proof?.find(settledOf(record))) ?? 'stands';
  if (standing === 'undone') return { person: 'EINVOICE_NOT_SETTLED' };
  if (standing === 'differs') return { person: 'EINVOICE_AMOUNTS_WRONG' };
  if (standing === 'unknown') return later(job, 'whether the settlement stands is not known');
  if (record.sentAt !== undefined) {
    const found = await findIssued(desk, record);
    if (found !== 'not-there') return afterSearch(desk, job, { record, found });
    if (desk.clock.now() < record.sentAt + desk.ways.quietMs)
      return later(job, 'the platform may still be at work');
  }
  return send(desk, job, record);
}

/** What became of a message whose answer is missing; `unknown`: not to be found out now. */
export async function findIssued(
  desk: BillDesk,
  record: BillRecord,
): Promise<FoundBill | 'not-there' | 'unknown'> {
  const placeCode = desk.institutionOf(record.settled).placeCode ?? '';
  const asked = await attempt(
    desk.platform.call('findBill', { businessNumber: record.businessNumber, placeCode }),
    desk.ways.refusalCodes,
  );
  if (asked.end === 'answered') return asked.answer ?? 'not-there';
  return asked.end === 'refused' && asked.meaning === 'bill-unknown' ? 'not-there' : 'unknown';
}

function afterSearch(
  desk: BillDesk,
  job: OutboxJob,
  { record, found }: { readonly record: BillRecord; readonly found: FoundBill | 'unknown' },
): JobResult {
  if (found === 'unknown') return later(job, 'what became of the last message is not known');
  if (found.total !== undefined && found.total !== settledOf(record).total)
    return { person: 'EINVOICE_DIFFERS' };
  return afterBill(desk, record, found.bill);
}

function afterBill(desk: BillDesk, { settlementId }: BillRecord, bill: BillNumbers): JobResult {
  return takeBill(desk, settlementId, bill) ? 'done' : { person: 'EINVOICE_NUMBER_USED' };
}

async function send(desk: BillDesk, job: OutboxJob, record: BillRecord): Promise<JobResult> {
  const { settlementId } = record;
  const request = desk.requestOf(record);
  desk.store.transact((tx) => change(tx, settlementId, { sentAt: desk.clock.now() }));
  const call = desk.platform.call(CALLS[settledOf(record).course], request);
  const sent: Attempt<BillNumbers> = await attempt(call, desk.ways.refusalCodes);
  if (sent.end === 'answered') return afterBill(desk, record, sent.answer);
  if (sent.end === 'unknown') return later(job, 'the answer is missing');
  if (sent.end === 'nothing-left') {
    desk.store.transact((tx) => forget(tx, settlementId, 'sentAt'));
    return later(job, 'UPSTREAM_UNREACHABLE');
  }
  // A number that is in use is asked for by the next try: sentAt stays.
  if (sent.meaning === 'business-number-used') return later(job, sent.code);
  desk.store.transact((tx) => forget(tx, settlementId, 'sentAt'));
  if (sent.meaning === 'busy') return later(job, sent.code);
  return {
    person: sent.meaning === 'number-used' ? 'EINVOICE_NUMBER_USED' : `UPSTREAM_REJECTED ${sent.code}`,
  };
}

function settledOf({ settled }: BillRecord): NonNullable<BillRecord['settled']> {
  assert(settled !== undefined, 'a bill that is owed has its settlement');
  return settled;
}

function replacedBy(desk: BillDesk, { settled }: BillRecord): BillRecord | undefined {
  return settled?.replaces === undefined ? undefined : findRecord(desk.store, settled.replaces);
}
