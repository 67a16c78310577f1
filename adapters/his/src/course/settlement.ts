/** 2206, 2207, 2208 and 2601: an outpatient batch is tried, settled, cancelled, reversed. */
import { ExactNumber, GatewayError, formatFen } from '@yiqiao/model';
import type { CanonicalObject, Fen, Operation } from '@yiqiao/model';
import { transactionOf } from '@yiqiao/sdk';
import type { CancelOrder, SettleOrder } from '../order.ts';
import type { Action, ActionContext } from './desk-types.ts';
import { totalsOf } from './fee-lines.ts';
import { recordSettled, recordUndone } from './outcome.ts';
import { credentialFor } from './person.ts';
import { planned } from './plan.ts';
import { stateWrong, visitIn } from './states.ts';
import { linesOf, standing } from './visit-record.ts';
import type { LineRecord, SettlementRecord, VisitRecord } from './visit-record.ts';

/** What a settlement of each course was. */
const SETTLES: Readonly<Record<VisitRecord['course'], Operation>> = {
  outpatient: 'settleOutpatient',
  inpatient: 'settleInpatient',
};

/** 2206 of a batch; nothing is posted. What the insurer's rules said is shown beside. */
export const presettle: Action<'presettle'> = async (context) => {
  const visit = visitIn(context, 'outpatient', 'open');
  const { batch, lines } = openBatch(context, visit, context.body);
  const credential = await credentialFor(context, visit, cardOf(context.body));
  const { person } = visit;
  const { total, ...parts } = checkedTotals(context.body, lines);
  const told = await context.steps.ask({
    operation: 'presettleOutpatient',
    insuredRegion: person.insuredRegion,
    ...(context.parts.settings.trialParts && { carried: carriedParts(parts) }),
    body: {
      ...cardMembers(credential),
      ...personMembers(visit),
      personType: person.personType,
      personName: person.name,
      careType: visit.careType,
      total,
      visitId: visit.visitId,
      chargeBatch: batch,
      ...wayOf(context.body),
    },
  });
  return { ...(told as unknown as CanonicalObject), ...hintsOf(visit) };
};

/** The division under the names that 2207 has for it. */
function carriedParts(parts: Omit<ReturnType<typeof totalsOf>, 'total'>) {
  const amount = (value: Fen): ExactNumber => new ExactNumber(formatFen(value));
  return {
    '/data/fulamt_ownpay_amt': amount(parts.selfFunded),
    '/data/overlmt_selfpay': amount(parts.overLimitSelfPaid),
    '/data/preselfpay_amt': amount(parts.firstSelfPaid),
    '/data/inscp_scp_amt': amount(parts.inScope),
  };
}

/** What the insurer's rules said last. */
export function hintsOf({ hints }: VisitRecord): { readonly hints?: readonly CanonicalObject[] } {
  return hints === undefined ? {} : { hints };
}

/** 2207 of a batch. A batch that is settled is answered as it was. */
export const settle: Action<'settle'> = async (context) => {
  const visit = visitIn(context, 'outpatient', 'open');
  const again = settledBefore(context, visit);
  if (again !== undefined) return again.body;
  const { batch } = planned(context, 'batch', () => ({
    batch: openBatch(context, visit, context.body).batch,
  }));
  return settleBatch(context, { batch, ask: context.body });
};

function settledBefore(context: ActionContext<'settle'>, visit: VisitRecord): SettlementRecord | undefined {
  const { chargeBatch, total } = context.body;
  if (chargeBatch === undefined) return undefined;
  const found = standing(visit).find((one) => one.chargeBatch === chargeBatch);
  if (found !== undefined && total !== undefined && total !== found.total) {
    throw totalDiffers(total, found.total);
  }
  return found;
}

/** Settles a batch, as the successor of another settlement where `replaces` names one. */
export async function settleBatch(
  context: ActionContext,
  { batch, ask, replaces }: { readonly batch: string; readonly ask: SettleOrder; readonly replaces?: string },
): Promise<CanonicalObject> {
  const visit = visitIn(context, 'outpatient', 'open');
  const lines = linesOf(context.parts.store, visit.visit).filter((line) => line.batch === batch);
  const { total, ...split } = checkedTotals(ask, lines);
  let { credential } = visit;
  const told = await context.steps.write(
    `2207/${batch}`,
    async () => {
      credential = await credentialFor(context, visit, cardOf(ask));
      return {
        operation: 'settleOutpatient',
        insuredRegion: visit.person.insuredRegion,
        body: {
          ...cardMembers(credential),
          ...personMembers(visit),
          careType: visit.careType,
          total,
          visitId: visit.visitId,
          chargeBatch: batch,
          ...wayOf(ask),
          ...(ask.invoiceNumber !== undefined && { invoiceNumber: ask.invoiceNumber }),
          ...split,
        },
      };
    },
    (tx, { body, messageId }) => {
      recordSettled(context, tx, {
        visit: { ...visit, credential },
        lines,
        settlement: {
          settlementId: body.settlementId,
          chargeBatch: batch,
          midway: false,
          messageId,
          body: body as unknown as CanonicalObject,
          total,
          ...(replaces !== undefined && { replaces }),
        },
      });
    },
  );
  return told as unknown as CanonicalObject;
}

/** The batch that is meant, with its open lines. */
function openBatch(
  context: ActionContext,
  visit: VisitRecord,
  { chargeBatch }: SettleOrder,
): { readonly batch: string; readonly lines: readonly LineRecord[] } {
  const open = linesOf(context.parts.store, visit.visit).filter(({ settledBy }) => settledBy === undefined);
  const batches = new Set(open.map(({ batch }) => batch));
  const batch = chargeBatch ?? (batches.size === 1 ? [...batches][0] : undefined);
  const lines = open.filter((line) => line.batch === batch);
  if (batch !== undefined && lines.length > 0) return { batch, lines };
  const named = [...batches].join('、');
  throw stateWrong(context, 'no-open-batch', {
    zh: `没有可结算的收费批次${chargeBatch ?? ''}；未结算的批次：${named === '' ? '无' : named}。`,
    en: `No open charge batch ${chargeBatch ?? ''}; open ones: ${named === '' ? 'none' : named}.`,
  });
}

/** Sums of the lines. @throws GatewayError `TOTAL_DIFFERS` when the hospital's own total is another. */
export function checkedTotals({ total }: Pick<SettleOrder, 'total'>, lines: readonly LineRecord[]) {
  const totals = totalsOf(lines);
  if (total !== undefined && total !== totals.total) throw totalDiffers(total, totals.total);
  return totals;
}

function totalDiffers(sent: Fen, summed: Fen): GatewayError {
  return new GatewayError('TOTAL_DIFFERS', { facts: { sent: formatFen(sent), lines: formatFen(summed) } });
}

/** The members of an order that concern the card. */
export function cardOf(ask: SettleOrder) {
  const { credentialType, credentialNumber, cardSerial, certificateType, certificateNumber } = ask;
  return {
    ...(credentialType !== undefined && { credentialType }),
    ...(credentialNumber !== undefined && { credentialNumber }),
    ...(cardSerial !== undefined && { cardSerial }),
    ...(certificateType !== undefined && { certificateType }),
    ...(certificateNumber !== undefined && { certificateNumber }),
  };
}

/** The card as it is sent. */
export function cardMembers(credential: VisitRecord['credential']) {
  const { shownAt: _, personName: __, ...card } = credential;
  return card;
}

/** Whose settlement it is. */
export function personMembers({ person }: VisitRecord) {
  return { personNumber: person.number, insuranceType: person.insuranceType };
}

/** How it is settled. */
export function wayOf({ accountUsed = '1', settlementMethod = '01', extension }: SettleOrder) {
  return { accountUsed, settlementMethod, ...(extension !== undefined && { extension }) };
}

/**
 * The settlement an order means, fixed before its first step: the only one that stands where none is named, else the
 * last one, so that a repetition is answered as before. @throws GatewayError `RECORD_MISSING`, `VISIT_STATE_WRONG`.
 */
export function settlementOf(
  context: ActionContext,
  visit: VisitRecord,
  { settlementId }: CancelOrder,
): SettlementRecord {
  const { meant } = planned(context, 'settlement', () => ({
    meant: settlementId ?? onlySettlement(context, visit),
  }));
  const found = visit.settlements.find((one) => one.settlementId === meant);
  if (found !== undefined) return found;
  throw new GatewayError('RECORD_MISSING', {
    facts: { visit: context.order.visit, needed: 'settle', settlementId: meant },
  });
}

function onlySettlement(context: ActionContext, visit: VisitRecord): string {
  const stand = standing(visit);
  if (stand.length <= 1) return (stand[0] ?? visit.settlements.at(-1))?.settlementId ?? '';
  throw stateWrong(context, 'several-settlements', {
    zh: '该就诊有多笔有效结算，须指明结算ID。',
    en: 'Several settlements of this visit stand; name the one that is meant.',
  });
}

/** 2208. A settlement that is cancelled already is answered as it was. */
export const cancel: Action<'cancel'> = async (context) => {
  const visit = visitIn(context, 'outpatient', 'open');
  return cancelSettlement(context, settlementOf(context, visit, context.body), 'cancelled');
};

/** Cancels one. */
export async function cancelSettlement(
  context: ActionContext<'cancel' | 'refund'>,
  settlement: SettlementRecord,
  how: 'cancelled' | 'refunded-in-part',
): Promise<CanonicalObject> {
  if (settlement.undone !== undefined) return settlement.undone.body;
  const visit = visitIn(context, 'outpatient', 'open');
  const { reason } = context.body;
  const told = await context.steps.write(
    `2208/${settlement.settlementId}`,
    () => ({
      operation: 'cancelOutpatientSettlement',
      insuredRegion: visit.person.insuredRegion,
      body: {
        settlementId: settlement.settlementId,
        visitId: visit.visitId,
        personNumber: visit.person.number,
      },
    }),
    (tx, { body }) => {
      recordUndone(context, tx, {
        settlement,
        how,
        body: body as unknown as CanonicalObject,
        ...(reason !== undefined && { reason }),
      });
    },
  );
  return told as unknown as CanonicalObject;
}

/** 2601 of a settlement that stands: the hospital never printed it and takes it back. */
export const reverse: Action<'reverse'> = async (context) => {
  const visit = context.visit();
  if (visit === undefined) {
    throw new GatewayError('RECORD_MISSING', { facts: { visit: context.order.visit, needed: 'settle' } });
  }
  const settlement = settlementOf(context, visit, {});
  const { settlementId, messageId } = settlement;
  if (settlement.undone !== undefined) return { settlementId };
  await context.steps.write(
    `2601/${settlementId}`,
    () => ({
      operation: 'reverseTransaction',
      insuredRegion: visit.person.insuredRegion,
      body: {
        personNumber: visit.person.number,
        originalMessageId: messageId,
        originalTransaction: transactionOf(SETTLES[visit.course]),
      },
    }),
    (tx) => {
      recordUndone(context, tx, { settlement, how: 'reversed', body: {} });
    },
  );
  return { settlementId };
};
