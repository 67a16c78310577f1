/** Partial refund: the settlement is cancelled (2208), the batch withdrawn (2205), what is left uploaded (2204) and settled (2207). */
import { GatewayError, findDecimal, lineAmount, parseDecimal } from '@yiqiao/model';
import type { CanonicalObject, Decimal, Fault } from '@yiqiao/model';
import type { RefundOrder } from '../order.ts';
import type { Action, ActionContext } from './desk-types.ts';
import { lineFault } from './fee-lines.ts';
import type { OrderedLine } from './fee-lines.ts';
import { uploadBatches, withdrawBatch } from './outpatient-fees.ts';
import { planned } from './plan.ts';
import { cancelSettlement, settleBatch, settlementOf } from './settlement.ts';
import { stateWrong, visitIn } from './states.ts';
import { linesOf, textIn } from './visit-record.ts';
import type { LineRecord, SettlementRecord, VisitRecord } from './visit-record.ts';

/** What is to be done, fixed before the first step. */
interface RefundPlan {
  readonly oldBatch: string;
  readonly newBatch: string;
  readonly remaining: readonly OrderedLine[];
}

/** Gives lines, or some of their quantity, back. Both settlements stay on record, and both are told to the neighbours. */
export const refund: Action<'refund'> = async (context) => {
  const visit = visitIn(context, 'outpatient', 'open');
  const settlement = settlementOf(context, visit, context.body);
  const { oldBatch, newBatch, remaining } = planOf(context, visit, settlement);
  const how = remaining.length === 0 ? 'cancelled' : 'refunded-in-part';
  const cancelled = await cancelSettlement(context, settlement, how);
  const before: CanonicalObject = { settlementId: settlement.settlementId, ...cancelled };
  await withdrawBatch(context, { visit: current(context), batch: oldBatch, name: `2205/${oldBatch}` });
  if (remaining.length === 0) return { cancelled: before };
  await uploadBatches(context, { visit: current(context), lines: remaining, name: '2204' });
  const { invoiceNumber, accountUsed } = context.body;
  const settled = await settleBatch(context, {
    batch: newBatch,
    replaces: settlement.settlementId,
    ask: {
      ...(invoiceNumber !== undefined && { invoiceNumber }),
      ...(accountUsed !== undefined && { accountUsed }),
    },
  });
  return { cancelled: before, ...settled };
};

function current(context: ActionContext): VisitRecord {
  return visitIn(context, 'outpatient', 'open');
}

function planOf(
  context: ActionContext<'refund'>,
  visit: VisitRecord,
  settlement: SettlementRecord,
): RefundPlan {
  const { chargeBatch: oldBatch = '' } = settlement;
  if (settlement.undone !== undefined && settlement.undone.how !== 'refunded-in-part') {
    throw stateWrong(context, 'undone', {
      zh: '该结算已撤销，不能再办理部分退费。',
      en: 'This settlement was cancelled; no part of it can be refunded.',
    });
  }
  return planned(context, 'refund', () => {
    const lines = linesOf(context.parts.store, visit.visit).filter(
      ({ settledBy }) => settledBy === settlement.settlementId,
    );
    const newBatch = successor(oldBatch);
    return { oldBatch, newBatch, remaining: remainingOf(context.body, lines, newBatch) };
  });
}

/** `B7` → `B7-R1` → `B7-R2`, within 30 characters. */
function successor(batch: string): string {
  const [, stem = batch, count = '0'] = /^(.*)-R(\d{1,3})$/.exec(batch) ?? [];
  const tail = `-R${Number(count) + 1}`;
  return `${stem.slice(0, 30 - tail.length)}${tail}`;
}

/** @throws GatewayError `MESSAGE_INVALID` with each line that cannot be given back so. */
function remainingOf(
  { returned }: RefundOrder,
  lines: readonly LineRecord[],
  batch: string,
): readonly OrderedLine[] {
  const faults: Fault[] = [];
  const going = new Map(returned.map(({ feeLineNumber, quantity }) => [feeLineNumber, quantity]));
  for (const number of going.keys()) {
    if (!lines.some((line) => line.number === number)) faults.push(lineFault(number, NOT_SETTLED));
  }
  const remaining = lines.flatMap((line): OrderedLine[] => {
    const { number } = line;
    if (!going.has(number)) return [{ number, batch, line: line.line }];
    const quantity = going.get(number);
    if (quantity === undefined) return [];
    const left = leftOf(line, quantity);
    if (left === undefined) faults.push(lineFault(number, TOO_MUCH));
    return left === undefined || left === '0' ? [] : [{ number, batch, line: reduced(line, left) }];
  });
  if (faults.length > 0) throw new GatewayError('MESSAGE_INVALID', { faults });
  return remaining;
}

const NOT_SETTLED = {
  zh: '该明细不在所退的结算中。',
  en: 'This line is not part of the settlement.',
};
const TOO_MUCH = {
  zh: '退回数量须为正数且不超过原数量。',
  en: 'The quantity given back has to be positive and at most that of the line.',
};

const SCALE = 4;

function leftOf(line: LineRecord, quantity: string): Decimal | undefined {
  const back = findDecimal(quantity);
  if (back === undefined) return undefined;
  const left = scaled(textIn(line.line, 'quantity')) - scaled(back);
  if (scaled(back) <= 0n || left < 0n) return undefined;
  const digits = String(left).padStart(SCALE + 1, '0');
  return parseDecimal(`${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`);
}

function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.slice(0, SCALE).padEnd(SCALE, '0'));
}

/** The line with what is left of it; its amount is price × quantity. */
function reduced({ line }: LineRecord, quantity: Decimal): LineRecord['line'] {
  const amount = lineAmount(textIn(line, 'price') as Decimal, quantity);
  return { ...line, quantity, lineAmount: amount };
}
