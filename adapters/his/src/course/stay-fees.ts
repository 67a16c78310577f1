/** 2301 and 2302: fees of a stay, divided at the interface's limit; returns; withdrawal. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import type { Action, ActionContext } from './desk-types.ts';
import { chunksOf, orderedLines, sortLines, splitOf } from './fee-lines.ts';
import type { OrderedLine } from './fee-lines.ts';
import { feesTold } from './outpatient-fees.ts';
import { planned } from './plan.ts';
import { stateWrong, visitIn } from './states.ts';
import { LINE, lineKey, linesOf } from './visit-record.ts';
import type { LineRecord, VisitRecord } from './visit-record.ts';
import { checkYear } from './year-end.ts';

/** Uploads lines; those on the account already are answered as before. */
export const stayFees: Action<'stayFees'> = async (context) => {
  const visit = visitIn(context, 'inpatient', 'open');
  const { store, settings } = context.parts;
  const ordered = orderedLines(context.body.lines, '');
  const { fresh } = sortLines(store, visit.visit, ordered);
  checkYear(context, fresh);
  for (const lines of chunksOf(fresh, settings.mostLines)) await upload(context, visit, lines);
  const told = ordered.flatMap(
    ({ number }) => store.get<LineRecord>(LINE, lineKey(visit.visit, number)) ?? [],
  );
  return feesTold(told);
};

async function upload(
  context: ActionContext,
  visit: VisitRecord,
  lines: readonly OrderedLine[],
): Promise<void> {
  await context.steps.write(
    `2301/${lines[0]?.number ?? ''}`,
    () => ({
      operation: 'uploadInpatientFees',
      insuredRegion: visit.person.insuredRegion,
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
    },
  );
}

function wireLine({ line }: OrderedLine, visit: VisitRecord) {
  const { name: _, unit: __, ...sent } = line;
  return {
    ...sent,
    visitId: visit.visitId,
    personNumber: visit.person.number,
    careType: visit.careType,
  } as never;
}

/** 2302 of these lines, or of all that are not settled (`0000`). */
export const withdrawStay: Action<'withdrawStay'> = async (context) => {
  const visit = visitIn(context, 'inpatient', 'open');
  const { store } = context.parts;
  const { numbers } = planned(context, 'withdraw', () => ({ numbers: goingOf(context, visit) }));
  const keys = { visitId: visit.visitId, personNumber: visit.person.number };
  const named = context.body.feeLineNumbers === undefined ? ['0000'] : numbers;
  await context.steps.write(
    '2302',
    () => ({
      operation: 'withdrawInpatientFees',
      insuredRegion: visit.person.insuredRegion,
      body: { feeLines: named.map((feeLineNumber) => ({ ...keys, feeLineNumber })) },
    }),
    (tx) => {
      for (const number of numbers) tx.remove(LINE, lineKey(visit.visit, number));
    },
  );
  return feesTold(linesOf(store, visit.visit));
};

function goingOf(context: ActionContext<'withdrawStay'>, visit: VisitRecord): readonly string[] {
  const lines = linesOf(context.parts.store, visit.visit);
  const { feeLineNumbers } = context.body;
  if (feeLineNumbers === undefined) {
    return lines.filter(({ settledBy }) => settledBy === undefined).map(({ number }) => number);
  }
  const missing = feeLineNumbers.filter((number) => !lines.some((line) => line.number === number));
  if (missing.length > 0) {
    throw new GatewayError('RECORD_MISSING', {
      facts: { visit: visit.visit, feeLines: missing.slice(0, 20).join(',') },
    });
  }
  if (lines.some(({ number, settledBy }) => settledBy !== undefined && feeLineNumbers.includes(number))) {
    throw stateWrong(context, 'settled', {
      zh: '所涉费用已结算，须先撤销结算（2305）。',
      en: 'Fees of it are settled; cancel the settlement (2305) first.',
    });
  }
  return feeLineNumbers;
}
