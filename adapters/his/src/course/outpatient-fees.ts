/** 2204 and 2205: fees in batches, divided at the interface's limit; batches and single lines withdrawn. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import { checkInternetLines } from '../internet/internet-visits.ts';
import type { Action, ActionContext } from './desk-types.ts';
import { orderedLines, sortLines, splitOf, totalsOf } from './fee-lines.ts';
import type { OrderedLine } from './fee-lines.ts';
import { planned } from './plan.ts';
import { stateWrong, visitIn } from './states.ts';
import { LINE, lineKey, linesOf, textIn } from './visit-record.ts';
import type { LineRecord, VisitRecord } from './visit-record.ts';

/** Uploads lines; those on the account already are answered as before. */
export const fees: Action<'fees'> = async (context) => {
  const visit = visitIn(context, 'outpatient', 'open');
  const { store } = context.parts;
  const ordered = orderedLines(context.body.lines, context.body.chargeBatch);
  const { fresh } = sortLines(store, visit.visit, ordered);
  if (visit.internet) checkInternetLines(context.parts, visit, context.body.lines);
  await uploadBatches(context, { visit, lines: fresh, name: '2204' });
  return feesTold(ordered.map(({ number }) => lineOf(context, visit, number)));
};

function lineOf(context: ActionContext, visit: VisitRecord, number: string): LineRecord {
  const line = context.parts.store.get<LineRecord>(LINE, lineKey(visit.visit, number));
  if (line !== undefined) return line;
  throw new GatewayError('RECORD_MISSING', { facts: { visit: visit.visit, feeLine: number } });
}

/** What is answered about lines: each one's division, and the sums. */
export function feesTold(lines: readonly LineRecord[]): CanonicalObject {
  return { ...totalsOf(lines), lines: lines.map(({ told }) => told) };
}

/**
 * Sends whole batches, as many in one call as the interface takes: one batch may not be divided.
 * @throws GatewayError `FEE_BATCH_TOO_LARGE`; `INTERNET_VISIT_NOT_COVERED` when the platform takes a line for something
 *   else than the hospital did: its batch is withdrawn again.
 */
export async function uploadBatches(
  context: ActionContext,
  {
    visit,
    lines,
    name,
  }: { readonly visit: VisitRecord; readonly lines: readonly OrderedLine[]; readonly name: string },
): Promise<void> {
  for (const call of packed(lines, context.parts.settings.mostLines)) {
    // Named after its first line: a repetition that finds earlier calls answered packs the rest the same way.
    await uploadCall(context, { visit, lines: call, name: `${name}/${call[0]?.number ?? ''}` });
  }
}

/** Calls of whole batches. Source: 2204, rules. */
function packed(lines: readonly OrderedLine[], most: number): readonly (readonly OrderedLine[])[] {
  const calls: OrderedLine[][] = [];
  for (const [batch, own] of Map.groupBy(lines, (line) => line.batch)) {
    if (own.length > most) {
      throw new GatewayError('FEE_BATCH_TOO_LARGE', { facts: { batch, lines: own.length, limit: most } });
    }
    const last = calls.at(-1);
    if (last === undefined || last.length + own.length > most) calls.push([...own]);
    else last.push(...own);
  }
  return calls;
}

async function uploadCall(
  context: ActionContext,
  {
    visit,
    lines,
    name,
  }: { readonly visit: VisitRecord; readonly lines: readonly OrderedLine[]; readonly name: string },
): Promise<void> {
  const { person } = visit;
  await context.steps.write(
    name,
    () => ({
      operation: 'uploadOutpatientFees',
      insuredRegion: person.insuredRegion,
      body: { feeLines: lines.map((line) => wireLine(line, visit)) },
    }),
    (tx, { body }) => {
      const rows = new Map(
        body.feeLines.map((row) => [row.feeLineNumber, row as unknown as CanonicalObject]),
      );
      for (const { number, batch, line } of lines) {
        const told = rows.get(number) ?? { feeLineNumber: number, lineAmount: line.lineAmount };
        const record: LineRecord = { number, batch, line, told, split: splitOf(told) };
        tx.put(LINE, lineKey(visit.visit, number), record);
      }
      tx.trace({
        at: context.parts.clock.now(),
        step: 'his.fees-uploaded',
        refs: { visit: visit.visit, order: context.order.order },
        facts: { lines: String(lines.length) },
      });
    },
  );
  if (visit.internet) await withdrawUncovered(context, visit, lines);
}

function wireLine({ line, batch }: OrderedLine, visit: VisitRecord) {
  const { delivery: _, chargeItemType: __, name: ___, unit: ____, ...sent } = line;
  return {
    ...(visit.diseaseCode !== undefined && { diseaseCode: visit.diseaseCode }),
    ...sent,
    visitId: visit.visitId,
    personNumber: visit.person.number,
    chargeBatch: batch,
  } as never;
}

/** The platform's own classification counts: what it does not cover is taken back before anything is settled. */
async function withdrawUncovered(
  context: ActionContext,
  visit: VisitRecord,
  lines: readonly OrderedLine[],
): Promise<void> {
  const records = lines.map(({ number }) => lineOf(context, visit, number));
  const seen = records.map(({ number, told, line }) => ({
    ...line,
    feeLineNumber: number,
    chargeItemType: textIn(told, 'chargeItemType') || textIn(line, 'chargeItemType'),
  }));
  try {
    checkInternetLines(context.parts, visit, seen);
  } catch (error) {
    for (const batch of new Set(lines.map((line) => line.batch))) {
      await withdrawBatch(context, { visit, batch, name: `2205/uncovered/${batch}` });
    }
    // All of it is taken back: corrected, the order may come again under its number.
    context.steps.forget();
    throw error;
  }
}

/** 2205 of one batch; its lines leave the account. */
export async function withdrawBatch(
  context: ActionContext,
  { visit, batch, name }: { readonly visit: VisitRecord; readonly batch: string; readonly name: string },
): Promise<void> {
  await context.steps.write(
    name,
    () => ({
      operation: 'withdrawOutpatientFees',
      insuredRegion: visit.person.insuredRegion,
      body: { visitId: visit.visitId, chargeBatch: batch, personNumber: visit.person.number },
    }),
    (tx) => {
      for (const line of linesOf(tx, visit.visit)) {
        if (line.batch === batch) tx.remove(LINE, lineKey(visit.visit, line.number));
      }
    },
  );
}

/**
 * Withdraws a batch, or single lines of it: then the whole batch is withdrawn (2205 knows nothing smaller) and the rest
 * uploaded again under the same batch. Settled lines stay.
 */
export const withdraw: Action<'withdraw'> = async (context) => {
  const visit = visitIn(context, 'outpatient', 'open');
  const all = linesOf(context.parts.store, visit.visit);
  const { feeLineNumbers = [], chargeBatch } = context.body;
  const going = new Set(feeLineNumbers);
  const batches = new Set(
    all
      .filter((line) =>
        going.size > 0 ? going.has(line.number) : chargeBatch === undefined || line.batch === chargeBatch,
      )
      .map((line) => line.batch),
  );
  const concerned = all.filter((line) => batches.has(line.batch));
  refuseSettled(context, concerned);
  const plan = planned<Plan>(context, 'withdraw', () => ({
    batches: [...batches],
    remaining: concerned.filter((line) => going.size > 0 && !going.has(line.number)),
  }));
  for (const batch of plan.batches) await withdrawBatch(context, { visit, batch, name: `2205/${batch}` });
  await uploadBatches(context, { visit, lines: plan.remaining, name: '2204' });
  return { withdrawnBatches: plan.batches, ...feesTold(linesOf(context.parts.store, visit.visit)) };
};

/** What an order of several steps is to do, fixed before its first step. */
interface Plan {
  readonly batches: readonly string[];
  readonly remaining: readonly LineRecord[];
}

function refuseSettled(context: ActionContext, lines: readonly LineRecord[]): void {
  if (lines.every(({ settledBy }) => settledBy === undefined)) return;
  throw stateWrong(context, 'settled', {
    zh: '所涉费用已结算，须先撤销结算（2208）或办理部分退费。',
    en: 'Fees of it are settled; cancel the settlement (2208) or refund a part.',
  });
}
