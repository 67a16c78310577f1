/** The client of the SDK is a payment centre to the desk: orders by way of a gateway. */
import assert from 'node:assert/strict';
import { createClient, openStore } from '@yiqiao/sdk';
import { createPaymentDesk, throughClient } from '@yiqiao/mobile-payment';
import { fees } from './payment-world.ts';

describe('a desk behind a gateway', () => {
  it('takes the client of the SDK as its port, and knows that nothing left when nobody listens', async () => {
    const client = createClient({
      to: 'http://127.0.0.1:9/',
      as: {
        institution: { code: 'H53010000001', name: '示例医院' },
        careRegion: '530100',
        operator: { type: '1', id: '0001', name: '测试经办' },
      },
    });
    const port = throughClient(client);
    const store = openStore(':memory:');
    try {
      const desk = createPaymentDesk({ store, port });
      await assert.rejects(desk.upload(fees('O1')), { code: 'UPSTREAM_UNREACHABLE' });
      assert.equal(desk.find('O1'), undefined);
    } finally {
      store.close();
      await client.close();
    }
  });
});
