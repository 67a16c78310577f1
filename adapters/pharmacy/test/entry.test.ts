import assert from 'node:assert/strict';
import { startListener } from '@yiqiao/sdk';
import type { Listener } from '@yiqiao/sdk';
import { createStock, entryRoutes } from '@yiqiao/pharmacy';
import { openShop, policyOf, purchase } from './stand-ins.ts';
import type { Shop } from './stand-ins.ts';

describe('the entry for tills', () => {
  let shop: Shop;
  let listener: Listener;
  beforeEach(async () => {
    shop = openShop();
    const institution = { code: 'P53010000001', name: '示例药店' };
    const parts = { ...shop, institution, careRegion: '530100', policy: policyOf(), insurance: shop.insurer };
    listener = await startListener({ port: 0, routes: entryRoutes(shop.counter, createStock(parts)) });
  });
  afterEach(() => listener.close());

  const ask = async (
    path: string,
    body?: unknown,
  ): Promise<{ status: number; told: Record<string, unknown> }> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${listener.url}${path}`, init);
    return { status: answer.status, told: (await answer.json()) as Record<string, unknown> };
  };

  it('settles, tells and cancels a purchase', async () => {
    const settled = await ask('purchases', purchase());
    assert.deepEqual(
      [settled.status, settled.told['state'], settled.told['total']],
      [200, 'settled', '30.00'],
    );
    assert.deepEqual((await ask('purchases/LS0001')).told, settled.told);
    assert.equal((await ask('purchases/LS0001/cancel', {})).told['state'], 'cancelled');
  });

  it('answers a refusal with code, places and what to tell the customer', async () => {
    const { status, told } = await ask('purchases', purchase({ total: '31.00' }));
    assert.deepEqual([status, told['code'], told['outcome']], [400, 'MESSAGE_INVALID', 'rejected']);
    assert.deepEqual(
      (told['faults'] as { at: string }[]).map(({ at }) => at),
      ['/total'],
    );
  });

  it('answers an outcome that is not known with 504', async () => {
    shop.insurer.next('settlePharmacyPurchase', 'lose-reply');
    const { status, told } = await ask('purchases', purchase());
    assert.deepEqual([status, told['code'], told['outcome']], [504, 'PURCHASE_PENDING', 'unknown']);
  });

  it('does not take an amount as a JSON number', async () => {
    const { told } = await ask('purchases', purchase({ total: 30 }));
    assert.deepEqual(
      (told['faults'] as { at: string }[]).map(({ at }) => at),
      ['/total'],
    );
  });

  it('tells of unknown numbers', async () => {
    assert.equal((await ask('purchases/LS9')).status, 404);
    assert.equal((await ask('goods/K9')).status, 404);
  });

  it('takes goods records, compares them and lists what is owed', async () => {
    const body = {
      catalogueCode: 'XA02BCA215N001010100001',
      institutionItemCode: 'YP0001',
      institutionItemName: '示例降压片',
      institutionBatchNumber: 'PC0001',
      prescriptionDrug: '1',
      stockChangeType: '103',
      price: '30',
      quantity: '10',
      stockChangeTime: '2026-11-22 09:00:00',
    };
    shop.insurer.next('uploadStockChange', 'refuse');
    const taken = await ask('goods', { records: [{ id: 'K1', kind: 'change', body }] });
    assert.deepEqual([taken.status, taken.told['records']], [202, [{ id: 'K1', state: 'queued' }]]);
    await shop.counter.outbox.drain();
    assert.equal((await ask('goods/K1')).told['state'], 'refused');
    const [job] = (await ask('owed')).told['jobs'] as { id: string; state: string }[];
    assert.equal(job?.state, 'person');
    assert.deepEqual((await ask(`owed/${encodeURIComponent(job?.id ?? '')}/retry`, {})).told, {
      retried: true,
    });
    await shop.counter.outbox.drain();
    assert.equal((await ask('goods/K1')).told['state'], 'uploaded');
    const period = 'beginDate=2026-11-01&endDate=2026-11-30';
    const compared = await ask(
      `goods/comparison?institutionItemCode=YP0001&institutionBatchNumber=PC0001&${period}`,
    );
    assert.deepEqual(
      (compared.told['differences'] as { kind: string }[]).map(({ kind }) => kind),
      ['missing-there'],
    );
    assert.equal((await ask(`goods/comparison?institutionItemCode=YP0001&${period}`)).status, 400);
  });
});
