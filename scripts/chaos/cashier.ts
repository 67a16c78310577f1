/**
 * A cashier with books of her own: one visit from its first message to its last. She sends the same bytes until she
 * is told; blind, she sends anew instead. What she does follows from what she is told alone, so that after a kill
 * of the HIS her visit runs again over what is on record and goes on where it was.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { FeeEntry } from './care-place-books.ts';
import type { Desk, Told } from './desk.ts';
import {
  batchOf,
  CANCELLATIONS,
  cancellationInput,
  chargeInput,
  feeInput,
  messageIdOf,
  queryInput,
  reversalInput,
  withdrawalInput,
} from './messages.ts';
import type { PlannedVisit } from './plan.ts';

const MOST_ATTEMPTS = 15;

/** One message and its end. */
export interface Sent {
  readonly infno: string;
  readonly messageId: string;
  readonly told: Told;
}

/** A line of her books: one settlement. Amounts in 分, negative for a cancellation. */
export interface CashierRow {
  readonly messageId: string;
  readonly settlementId: string;
  readonly total: number;
  /** `handed-over`: a person is to find out; `unknown`: nobody ever told. */
  state: 'settled' | 'cancelled' | 'cancellation' | 'reversed' | 'handed-over' | 'unknown';
}

/** How a visit ended for her. */
export interface VisitEnd {
  readonly serial: number;
  readonly sent: readonly Sent[];
  readonly rows: readonly CashierRow[];
  /** Fee lines that she believes to be at the care place's core. */
  readonly fees: readonly FeeEntry[];
}

/** A visit at work. */
interface Work {
  readonly planned: PlannedVisit;
  readonly desk: Desk;
  readonly blind: boolean;
  readonly sent: Sent[];
}

/** Runs a visit to its end. */
export async function runVisit(planned: PlannedVisit, desk: Desk, blind: boolean): Promise<VisitEnd> {
  const work: Work = { planned, desk, blind, sent: [] };
  const { visit } = planned;
  if (planned.reads) {
    await insist(work, '5206', () => queryInput(visit));
    if (visit.charge === '2207') await insist(work, '2206', () => chargeInput(visit, batchOf(visit, 1)));
  }
  const fees = planned.fees === 'none' ? [] : await uploadFees(work);
  const rows = await charge(work);
  return { serial: visit.serial, sent: work.sent, rows, fees };
}

/** Uploads the fee lines; `withdrawn` ones are taken back and uploaded anew. */
async function uploadFees(work: Work): Promise<readonly FeeEntry[]> {
  const { visit, fees } = work.planned;
  const batch = batchOf(visit, 1);
  const upload = async (round: number): Promise<readonly FeeEntry[]> => {
    const { messageId, told } = await insist(work, '2204', (attempt) =>
      feeInput(visit, batch, round * 20 + attempt),
    );
    return told.state === 'done' ? [{ messageId, batch, total: visit.total }] : [];
  };
  const uploaded = await upload(1);
  if (fees !== 'withdrawn' || uploaded.length === 0) return uploaded;
  const { told } = await insist(work, '2205', () => withdrawalInput(visit, batch));
  return told.state === 'done' ? upload(2) : uploaded;
}

async function charge(work: Work): Promise<readonly CashierRow[]> {
  const { planned, blind } = work;
  const { visit } = planned;
  const inputOf = (attempt: number): object => chargeInput(visit, batchOf(visit, blind ? attempt : 1));
  const charged = await insist(work, visit.charge, inputOf, { impatient: planned.impatient });
  const { told, messageId } = charged;
  const open = { messageId, settlementId: '', total: visit.total };
  if (told.state === 'not-done') return [];
  if (told.state === 'person') return [{ ...open, state: 'handed-over' }];
  if (told.state === 'unknown') return [{ ...open, state: 'unknown' }];
  const { settlementId, total } = told;
  return afterwards(work, { messageId, settlementId, total, state: 'settled' });
}

/** What she does with a charge that was done. */
async function afterwards(work: Work, row: CashierRow): Promise<readonly CashierRow[]> {
  const { visit, afterwards: wish } = work.planned;
  switch (wish) {
    case 'nothing':
      return [row];
    case 'again': {
      // The batch is settled: whatever this becomes, it must not be a second settlement.
      const again = await send(work, visit.charge, chargeInput(visit, batchOf(visit, 1)));
      return again.told.state === 'done' && again.told.settlementId !== row.settlementId
        ? [row, { ...again.told, messageId: again.messageId, state: 'settled' }]
        : [row];
    }
    case 'cancel': {
      const input = cancellationInput(visit, row.settlementId);
      const { told, messageId } = await insist(work, CANCELLATIONS[visit.charge], () => input);
      row.state = told.state === 'done' ? 'cancelled' : LEFT[told.state];
      return told.state === 'done' ? [row, { ...told, messageId, state: 'cancellation' }] : [row];
    }
    case 'reverse': {
      const { told } = await insist(work, '2601', () => reversalInput(visit, row.messageId));
      row.state = told.state === 'done' ? 'reversed' : LEFT[told.state];
      return [row];
    }
  }
}

/** What a settlement is that was not taken back. */
const LEFT = { 'not-done': 'settled', person: 'handed-over', unknown: 'unknown' } as const;

/** Sends until something is done, under a new message id each time; blind, also when nothing was told. */
async function insist(
  work: Work,
  infno: string,
  inputOf: (attempt: number) => object,
  { impatient } = { impatient: false },
): Promise<Sent> {
  for (let attempt = 1; ; attempt += 1) {
    const one = await (impatient && attempt === 1
      ? sendImpatiently(work, infno, inputOf(attempt))
      : send(work, infno, inputOf(attempt)));
    const again = one.told.state === 'not-done' || (work.blind && one.told.state === 'unknown');
    if (!again || attempt === MOST_ATTEMPTS) return one;
    if (!work.desk.knows(nextId(work))) await pause(work.desk.waits.againMs * Math.min(attempt, 10));
  }
}

async function send(work: Work, infno: string, input: object): Promise<Sent> {
  const messageId = nextId(work);
  const at = work.sent.push({ infno, messageId, told: { state: 'unknown' } }) - 1;
  const told = await work.desk.ask({ infno, messageId, input, once: false });
  return (work.sent[at] = { infno, messageId, told });
}

/** One call; when it tells nothing the message is taken back while it may still be under way. */
async function sendImpatiently(work: Work, infno: string, input: object): Promise<Sent> {
  const messageId = nextId(work);
  const at = work.sent.push({ infno, messageId, told: { state: 'unknown' } }) - 1;
  const first = await work.desk.ask({ infno, messageId, input, once: true });
  if (first.state !== 'unknown') return (work.sent[at] = { infno, messageId, told: first });
  const reversal = reversalInput(work.planned.visit, messageId);
  const undone = await send(work, '2601', reversal);
  const none = undone.told.state === 'done' || isNotFound(undone.told);
  const told: Told = none
    ? { state: 'not-done', code: 'REVERSED' }
    : await work.desk.ask({ infno, messageId, input, once: false });
  return (work.sent[at] = { infno, messageId, told });
}

function isNotFound(told: Told): boolean {
  return told.state === 'not-done' && told.code === 'ORIGINAL_NOT_FOUND';
}

function nextId({ planned, sent }: Work): string {
  return messageIdOf(planned.visit, sent.length + 1);
}
