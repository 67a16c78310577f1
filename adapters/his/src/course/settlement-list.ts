/** 4101: the settlement list of a stay that is settled. */
import { GatewayError } from '@yiqiao/model';
import type { CanonicalObject } from '@yiqiao/model';
import type { Action } from './desk-types.ts';
import { stateWrong } from './states.ts';
import { standing } from './visit-record.ts';

/** Uploads it for the settlement that is named, else for the last one that stands. */
export const settlementList: Action<'settlementList'> = async (context) => {
  const visit = context.visit();
  if (visit === undefined) {
    throw new GatewayError('RECORD_MISSING', { facts: { visit: context.order.visit, needed: 'settleStay' } });
  }
  const { settlementId, ...list } = context.body;
  const settlement = standing(visit).findLast(
    (one) => settlementId === undefined || one.settlementId === settlementId,
  );
  if (settlement === undefined) {
    throw stateWrong(context, 'not-settled', {
      zh: '没有有效的结算，不能上传结算清单。',
      en: 'No settlement stands; a settlement list needs one.',
    });
  }
  const told = await context.steps.write(
    `4101/${settlement.settlementId}`,
    () => ({
      operation: 'uploadSettlementList',
      insuredRegion: visit.person.insuredRegion,
      body: {
        ...list,
        personNumber: visit.person.number,
        visitId: visit.visitId,
        settlementId: settlement.settlementId,
      } as never,
    }),
    () => undefined,
  );
  return told as unknown as CanonicalObject;
};
