/** Proof of a settlement by 5203, before its bill is issued. */
import assert from 'node:assert/strict';
import { fen, GatewayError } from '@yiqiao/model';
import type { Client } from '@yiqiao/sdk';
import { settlementProof } from '@yiqiao/e-invoice';
import type { SettlementStanding } from '@yiqiao/e-invoice';
import { charge, startBillingWorld } from './billing-world.ts';

const found = {
  settlementId: 'S1',
  total: fen(10_000n),
  fundPaid: fen(7_000n),
  accountPaid: fen(2_000n),
  refundSettlement: '0',
};

/** A client that answers 5203 in this way, and keeps what it was asked. */
function clientOf(answer: object | GatewayError) {
  const asked: unknown[] = [];
  const call = (operation: string, body: unknown, where: unknown): Promise<unknown> => {
    asked.push([operation, body, where]);
    return answer instanceof GatewayError ? Promise.reject(answer) : Promise.resolve({ body: answer });
  };
  return { asked, client: { call: call as unknown as Client['call'] } };
}

describe('proof of a settlement', () => {
  const ANSWERS: readonly [string, object | GatewayError, SettlementStanding][] = [
    ['the settlement as it was told', found, 'stands'],
    ['another total', { ...found, total: fen(9_999n) }, 'differs'],
    ['another fund part', { ...found, fundPaid: fen(1n) }, 'differs'],
    ['another settlement', { ...found, settlementId: 'S2' }, 'undone'],
    ['a record that takes one back', { ...found, refundSettlement: '1' }, 'undone'],
    ['that there is none', new GatewayError('UPSTREAM_REJECTED'), 'undone'],
    ['nothing in time', new GatewayError('UPSTREAM_TIMEOUT'), 'unknown'],
    ['nothing at all', new GatewayError('UPSTREAM_UNREACHABLE'), 'unknown'],
  ];
  for (const [title, answer, standing] of ANSWERS)
    it(`is ${standing} when 5203 tells ${title}`, async () => {
      const { client, asked } = clientOf(answer);
      assert.equal(await settlementProof(client).find(charge('S1')), standing);
      const query = { settlementId: 'S1', visitId: 'VS1', personNumber: '53000000000000000001' };
      assert.deepEqual(asked, [['findSettlement', query, { insuredRegion: '330100' }]]);
    });

  it('that differs hands the bill to a person, and nothing is issued', async () => {
    const { client } = clientOf({ ...found, total: fen(1n) });
    const world = await startBillingWorld({ proof: settlementProof(client) });
    try {
      world.issuer.settled(charge('S1'));
      await world.settle();
      assert.deepEqual(
        world.outbox.list().map(({ state, reason }) => [state, reason]),
        [['person', 'EINVOICE_AMOUNTS_WRONG']],
      );
      assert.deepEqual(world.platform.ledger.rows(), []);
    } finally {
      await world.close();
    }
  });
});
