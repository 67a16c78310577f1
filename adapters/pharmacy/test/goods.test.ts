import assert from 'node:assert/strict';
import { createStock } from '@yiqiao/pharmacy';
import type { Stock } from '@yiqiao/pharmacy';
import { codeOf, detailsOf, line, openShop, policyOf, prescribedPurchase, purchase } from './stand-ins.ts';
import type { Shop } from './stand-ins.ts';

const ITEM = {
  catalogueCode: 'XA02BCA215N001010100001',
  institutionItemCode: 'YP0001',
  institutionItemName: '示例降压片',
  institutionBatchNumber: 'PC0001',
  prescriptionDrug: '1',
};

const change = (id: string, quantity = '10'): Record<string, unknown> => ({
  id,
  kind: 'change',
  body: { ...ITEM, stockChangeType: '103', price: '30', quantity, stockChangeTime: '2026-11-22 09:00:00' },
});

const deletion = (id: string): Record<string, unknown> => ({
  id,
  kind: 'deletion',
  body: { institutionBatchNumber: 'PC0001', stockDataType: '2' },
});

function openStock(): Shop & { readonly stock: Stock } {
  const shop = openShop();
  const institution = { code: 'P53010000001', name: '示例药店' };
  const parts = { ...shop, institution, careRegion: '530100', policy: policyOf(), insurance: shop.insurer };
  return { ...shop, stock: createStock(parts) };
}

const uploads = ({ insurer }: Shop): readonly string[] => insurer.calls.map(({ operation }) => operation);

describe('goods records', () => {
  it('of every kind are taken and uploaded once each', async () => {
    const shop = openStock();
    const made = { productionDate: '2026-01-01', expiryDate: '2028-01-01' };
    const traded = {
      ...ITEM,
      ...made,
      supplierName: '示例医药公司',
      purchaseReturnQuantity: '100',
      purchaseReturnStockTime: '2026-11-20 09:00:00',
      purchaseReturnOperatorName: '测试库管员',
      purchaseInvoiceNumber: '000001',
    };
    const records = [
      {
        id: 'K1',
        kind: 'stocktaking',
        body: {
          ...ITEM,
          ...made,
          stocktakingDate: '2026-11-21',
          stockQuantity: '12.5',
          drugTraceCodes: [{ drugTraceCode: '81000000000000000009' }],
        },
      },
      change('K2'),
      {
        id: 'K3',
        kind: 'purchase',
        body: {
          ...traded,
          productionLot: 'L1',
          producerName: '示例药厂',
          approvalNumber: '国药准字H00000000',
        },
      },
      { id: 'K4', kind: 'purchase-return', body: traded },
    ];
    assert.deepEqual(
      shop.stock.take({ records }).map(({ state }) => state),
      ['queued', 'queued', 'queued', 'queued'],
    );
    shop.stock.take({ records });
    await shop.counter.outbox.drain();
    assert.deepEqual(uploads(shop), [
      'uploadStocktaking',
      'uploadStockChange',
      'uploadPurchase',
      'uploadPurchaseReturn',
    ]);
    assert.equal(shop.stock.find('K3').state, 'uploaded');
  });

  it('are refused whole, with every fault and its place', async () => {
    const shop = openStock();
    const wrong = { ...change('K2', '0'), id: 'K 2' };
    const told = await detailsOf(
      Promise.resolve().then(() => shop.stock.take({ records: [change('K1'), wrong] })),
    );
    assert.deepEqual(
      told.faults?.map(({ at }) => at),
      ['/records/1/id'],
    );
    const amount = await detailsOf(
      Promise.resolve().then(() => shop.stock.take({ records: [change('K1'), change('K2', '0')] })),
    );
    assert.deepEqual(
      amount.faults?.map(({ at }) => at),
      ['/records/1/body/quantity'],
    );
    await shop.counter.outbox.drain();
    assert.deepEqual(uploads(shop), []);
  });

  it('keep their number for themselves', async () => {
    const { stock } = openStock();
    stock.take({ records: [change('K1')] });
    const other = Promise.resolve().then(() => stock.take({ records: [change('K1', '11')] }));
    assert.equal(await codeOf(other), 'GOODS_RECORD_REUSED');
  });

  it('whose answer is lost are asked about, not uploaded twice', async () => {
    const shop = openStock();
    shop.insurer.next('uploadStockChange', 'lose-reply');
    shop.stock.take({ records: [change('K1')] });
    await shop.counter.outbox.drain();
    shop.clock.pass(60_000);
    await shop.counter.outbox.drain();
    assert.deepEqual(uploads(shop), ['uploadStockChange']);
    assert.equal(shop.stock.find('K1').state, 'uploaded');
  });

  it('that never arrived leave again', async () => {
    const shop = openStock();
    shop.insurer.answers.uploadStockChange = () => null;
    shop.insurer.next('uploadStockChange', 'refuse');
    shop.stock.take({ records: [change('K1')] });
    await shop.counter.outbox.drain();
    assert.deepEqual(shop.stock.find('K1'), {
      id: 'K1',
      state: 'refused',
      refusal: { code: '-1', text: '不予受理' },
    });
    const [job] = shop.counter.outbox.list();
    assert.equal(job?.state, 'person');
    assert.equal(shop.counter.outbox.retry(job?.id ?? ''), true);
    await shop.counter.outbox.drain();
    assert.equal(shop.stock.find('K1').state, 'uploaded');
  });

  it('are deleted by batch and kind, after what was to be uploaded before', async () => {
    const shop = openStock();
    shop.insurer.next('uploadStockChange', 'lose-reply');
    shop.stock.take({ records: [change('K1'), deletion('K2')] });
    await shop.counter.outbox.drain();
    shop.clock.pass(60_000);
    await shop.counter.outbox.drain();
    shop.clock.pass(60_000);
    await shop.counter.outbox.drain();
    assert.deepEqual(uploads(shop), ['uploadStockChange', 'deleteStockRecord']);
    assert.equal(shop.stock.find('K1').state, 'deleted');
  });
});

describe('the goods of a purchase', () => {
  it('are uploaded as sold, and as come back after the cancellation, with their trace codes', async () => {
    const { counter, insurer } = openShop();
    await counter.purchase(prescribedPurchase());
    await counter.cancel('LS0001');
    await counter.outbox.drain();
    const [sale, back] = insurer.calls.filter(({ operation }) => operation.startsWith('uploadSale'));
    assert.deepEqual([sale?.operation, back?.operation], ['uploadSale', 'uploadSaleReturn']);
    const told = ['settlementId', 'visitSerial', 'saleReturnQuantity', 'drugTraceCodes'].map((name) => [
      sale?.body[name],
      back?.body[name],
    ]);
    const codes = [{ drugTraceCode: '81000000000000000001' }];
    assert.deepEqual(told, [
      ['S1', 'S1'],
      ['V1', 'V1'],
      ['1', '1'],
      [codes, codes],
    ]);
    assert.deepEqual(
      [
        sale?.body['prescribingDoctorName'],
        sale?.body['prescriptionNumber'],
        sale?.body['feeSettlementType'],
      ],
      ['测试医师', 'RX0001', '2'],
    );
  });

  it('sold without prescription name nobody as prescriber', async () => {
    const { counter, insurer } = openShop();
    await counter.purchase(purchase({ lines: [line()] }));
    await counter.outbox.drain();
    const sale = insurer.calls.find(({ operation }) => operation === 'uploadSale');
    assert.deepEqual([sale?.body['prescribingDoctorName'], sale?.body['externalPrescription']], ['无', '0']);
  });

  it('are not told as sold when nothing was settled', async () => {
    const { counter, insurer } = openShop();
    insurer.next('settlePharmacyPurchase', 'refuse');
    await codeOf(counter.purchase(purchase()));
    await counter.outbox.drain();
    assert.equal(
      insurer.calls.some(({ operation }) => operation === 'uploadSale'),
      false,
    );
  });
});

describe('the comparison with the platform', () => {
  const question = {
    institutionItemCode: 'YP0001',
    institutionBatchNumber: 'PC0001',
    beginDate: '2026-11-01',
    endDate: '2026-11-30',
  };
  const there = (shop: Shop, rows: readonly unknown[], codes: readonly string[] = []): void => {
    shop.insurer.answers.findStockChanges = () => ({ records: rows });
    shop.insurer.answers.findSaleTraceCodes = () => ({
      records: codes.map((drugTraceCode) => ({ drugTraceCode })),
    });
  };

  it('finds nothing where both sides agree', async () => {
    const shop = openStock();
    shop.stock.take({ records: [change('K1'), change('K2', '2.5')] });
    await shop.counter.outbox.drain();
    there(shop, [{ quantity: '2.5' }, { quantity: '10' }]);
    assert.deepEqual(await shop.stock.compare(question), []);
  });

  const rows: readonly (readonly [string, readonly unknown[], string, string])[] = [
    ['a record that is not there', [], '1 × Σ 10', 'missing-there'],
    ['one that is there twice', [{ quantity: '10' }, { quantity: '10' }], '1 × Σ 10', 'unknown-here'],
    ['another quantity', [{ quantity: '10.5' }], '1 × Σ 10', 'quantity'],
  ];
  for (const [title, found, here, kind] of rows) {
    it(`explains ${title}`, async () => {
      const shop = openStock();
      shop.stock.take({ records: [change('K1')] });
      await shop.counter.outbox.drain();
      there(shop, found);
      const [difference, ...others] = await shop.stock.compare(question);
      assert.deepEqual([difference?.kind, difference?.here, difference?.records], [kind, here, ['K1']]);
      assert.deepEqual(others, []);
    });
  }

  it('tells what has not left yet and what was refused', async () => {
    const shop = openStock();
    shop.insurer.next('uploadStockChange', 'refuse');
    shop.stock.take({ records: [change('K1')] });
    await shop.counter.outbox.drain();
    shop.stock.take({ records: [change('K2')] });
    there(shop, []);
    const found = await shop.stock.compare(question);
    assert.deepEqual(
      found.map(({ kind, records }) => [kind, records]),
      [
        ['not-yet-sent', ['K2']],
        ['refused', ['K1']],
      ],
    );
  });

  it('tells trace codes that only one side has', async () => {
    const shop = openStock();
    await shop.counter.purchase(purchase());
    await shop.counter.outbox.drain();
    shop.insurer.answers.findSales = () => ({ records: [{ saleReturnQuantity: '1' }] });
    there(shop, [], ['81000000000000000099']);
    const found = await shop.stock.compare(question);
    assert.deepEqual(
      found.map(({ kind, here, there: other }) => [kind, here, other]),
      [
        ['trace-code-missing-there', '81000000000000000001', ''],
        ['trace-code-unknown-here', '', '81000000000000000099'],
      ],
    );
  });
});
