/** 2303, 2304 and 2305: a stay is tried, settled (midway or at its end), cancelled. */
import type { CanonicalObject } from '@yiqiao/model';
import type { SettleStayOrder } from '../order.ts';
import type { Action, ActionContext } from './desk-types.ts';
import { recordSettled, recordUndone } from './outcome.ts';
import { credentialFor } from './person.ts';
import { planned } from './plan.ts';
import {
  cardMembers,
  cardOf,
  checkedTotals,
  hintsOf,
  personMembers,
  settlementOf,
  wayOf,
} from './settlement.ts';
import { stateWrong, visitIn } from './states.ts';
import { linesOf, standing } from './visit-record.ts';
import type { LineRecord, VisitRecord } from './visit-record.ts';

/** 2303; nothing is posted. */
export const presettleStay: Action<'presettleStay'> = async (context) => {
  const visit = stayFor(context, context.body);
  const lines = openLines(context, visit);
  const credential = await credentialFor(context, visit, cardOf(context.body));
  const told = await context.steps.ask({
    operation: 'presettleInpatient',
    insuredRegion: visit.person.insuredRegion,
    body: stayData(context, { visit: { ...visit, credential }, lines }),
  });
  return { ...(told as unknown as CanonicalObject), ...hintsOf(visit) };
};

/** 2304. The final settlement of a stay is answered again as it was. */
export const settleStay: Action<'settleStay'> = async (context) => {
  const visit = stayFor(context, context.body);
  const { midway = false, invoiceNumber } = context.body;
  const again = midway ? undefined : standing(visit).find((one) => !one.midway);
  if (again !== undefined) return again.body;
  const { numbers } = planned(context, 'lines', () => ({
    numbers: openLines(context, visit).map(({ number }) => number),
  }));
  const wanted = new Set(numbers);
  const lines = linesOf(context.parts.store, visit.visit).filter(({ number }) => wanted.has(number));
  let { credential } = visit;
  const told = await context.steps.write(
    '2304',
    async () => {
      credential = await credentialFor(context, visit, cardOf(context.body));
      return {
        operation: 'settleInpatient',
        insuredRegion: visit.person.insuredRegion,
        body: {
          ...stayData(context, { visit: { ...visit, credential }, lines }),
          ...(invoiceNumber !== undefined && { invoiceNumber }),
        },
      };
    },
    (tx, { body, messageId }) => {
      recordSettled(context, tx, {
        visit: { ...visit, credential },
        lines,
        settlement: {
          settlementId: body.settlementId,
          midway,
          messageId,
          body: body as unknown as CanonicalObject,
          total: checkedTotals({}, lines).total,
        },
      });
    },
  );
  return told as unknown as CanonicalObject;
};

/** Midway the patient is in, at the end discharged. */
function stayFor(context: ActionContext, { midway = false }: SettleStayOrder): VisitRecord {
  const visit = visitIn(context, 'inpatient', 'open', 'discharged');
  if (midway === (visit.state === 'open')) return visit;
  throw stateWrong(
    context,
    visit.state,
    midway
      ? {
          zh: '已办理出院，不能中途结算。',
          en: 'The patient is discharged; a midway settlement is not possible.',
        }
      : {
          zh: '未办理出院（2402），不能出院结算。',
          en: 'Discharge the patient (2402) before the final settlement.',
        },
  );
}

function openLines(context: ActionContext, visit: VisitRecord): readonly LineRecord[] {
  const open = linesOf(context.parts.store, visit.visit).filter(({ settledBy }) => settledBy === undefined);
  if (open.length > 0) return open;
  throw stateWrong(context, 'nothing-open', {
    zh: '没有未结算的费用明细。',
    en: 'No fee line is open.',
  });
}

function stayData(
  context: ActionContext<'presettleStay' | 'settleStay'>,
  { visit, lines }: { readonly visit: VisitRecord; readonly lines: readonly LineRecord[] },
) {
  const { body, parts } = context;
  const { person, visitId } = visit;
  return {
    ...cardMembers(visit.credential),
    ...personMembers(visit),
    personType: person.personType,
    personName: person.name,
    ...checkedTotals(body, lines),
    visitId,
    ...wayOf(body),
    midwaySettlement: body.midway === true ? '1' : '0',
    dischargedAt: (visit.ends ?? context.now()).slice(0, 10),
    insuredRegion: person.insuredRegion,
    careRegion: parts.settings.careRegion,
  };
}

/** 2305. A settlement that is cancelled already is answered as it was. */
export const cancelStay: Action<'cancelStay'> = async (context) => {
  const visit = visitIn(context, 'inpatient', 'open', 'discharged');
  const settlement = settlementOf(context, visit, context.body);
  if (settlement.undone !== undefined) return settlement.undone.body;
  const { reason } = context.body;
  const { settlementId } = settlement;
  const told = await context.steps.write(
    `2305/${settlementId}`,
    () => ({
      operation: 'cancelInpatientSettlement',
      insuredRegion: visit.person.insuredRegion,
      body: { visitId: visit.visitId, settlementId, personNumber: visit.person.number },
    }),
    (tx, { body }) => {
      recordUndone(context, tx, {
        settlement,
        how: 'cancelled',
        body: body as unknown as CanonicalObject,
        ...(reason !== undefined && { reason }),
      });
    },
  );
  return told as unknown as CanonicalObject;
};
