/** Whether a settlement stands, asked of the insurance side before its bill is issued. Source: 5203. */
import { GatewayError } from '@yiqiao/model';
import type { OperationBodies } from '@yiqiao/model';
import type { Client, SettledEvent } from '@yiqiao/sdk';

/** What somebody says who must know; `differs`: it stands, with other amounts. */
export type SettlementStanding = 'stands' | 'differs' | 'undone' | 'unknown';

/** Whoever knows. */
export interface SettlementProof {
  find(event: SettledEvent): Promise<SettlementStanding>;
}

/** A record of 5203 that takes a settlement back: 退费结算标志. */
const REFUND = '1';

/** The insurance side by the client of the SDK. A refusal counts as not settled, a missing answer as unknown. */
export function settlementProof(client: Pick<Client, 'call'>): SettlementProof {
  return {
    async find({ settlementId, visitId, person, total, fundPaid, accountPaid }) {
      try {
        const query = { settlementId, visitId, personNumber: person.number };
        const { insuredRegion } = person;
        const where = insuredRegion === undefined ? {} : { insuredRegion };
        const { body } = await client.call('findSettlement', query, where);
        const found = body as OperationBodies['findSettlement']['response'];
        if (found.settlementId !== settlementId || found.refundSettlement === REFUND) return 'undone';
        const isSame =
          found.total === total && found.fundPaid === fundPaid && found.accountPaid === accountPaid;
        return isSame ? 'stands' : 'differs';
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        return error.code === 'UPSTREAM_REJECTED' ? 'undone' : 'unknown';
      }
    },
  };
}
