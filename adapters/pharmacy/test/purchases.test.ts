import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { codeOf, detailsOf, line, openShop, prescribedPurchase, purchase } from './stand-ins.ts';

describe('a purchase at the counter', () => {
  it('is tried, settled and told with who pays', async () => {
    const { counter, insurer } = openShop();
    insurer.paid.account = '20.00';
    const receipt = await counter.purchase(purchase());
    assert.deepEqual(
      insurer.calls.map(({ operation }) => operation),
      ['presettlePharmacyPurchase', 'settlePharmacyPurchase'],
    );
    assert.equal(receipt.state, 'settled');
    assert.deepEqual(receipt.settlement, {
      settlementId: 'S1',
      visitId: 'V1',
      time: '2026-11-22 10:00:00',
      fundPaid: '0.00',
      ownAccountPaid: '20.00',
      mutualAidPaid: '0.00',
      cashPaid: '10.00',
    });
  });

  it('is answered as before when the till sends it again, also while it runs', async () => {
    const { counter, insurer } = openShop();
    const both = await Promise.all([counter.purchase(purchase()), counter.purchase(purchase())]);
    assert.deepEqual(
      [...both, await counter.purchase(purchase())].map(({ settlement }) => settlement?.settlementId),
      ['S1', 'S1', 'S1'],
    );
    assert.equal(insurer.settled.size, 1);
  });

  it('is refused under a number that another purchase has', async () => {
    const { counter } = openShop();
    await counter.purchase(purchase());
    const other = purchase({ operatorName: '另一收银员' });
    assert.equal(await codeOf(counter.purchase(other)), 'PURCHASE_NUMBER_REUSED');
  });

  it('tells every fault of what a till sends at once, with its place', async () => {
    const { counter } = openShop();
    const wrong = purchase({
      total: 30,
      lines: [line({ amount: '31.00', price: 'x', listType: undefined })],
      extra: 1,
    });
    await assert.rejects(counter.purchase(wrong), (error) => {
      assert(error instanceof GatewayError);
      assert.equal(error.code, 'MESSAGE_INVALID');
      const places = (error.details.faults ?? []).map(({ at }) => at).toSorted();
      assert.deepEqual(places, ['/extra', '/lines/0/listType', '/lines/0/price', '/total']);
      return true;
    });
  });

  it('is refused when lines and total do not agree', async () => {
    const { counter } = openShop();
    assert.equal(await codeOf(counter.purchase(purchase({ total: '31.00' }))), 'MESSAGE_INVALID');
  });

  it('is refused when goods are past their expiry', async () => {
    const stock = { batchNumber: 'PC0001', lot: 'L1', producedOn: '2024-01-01', expiresOn: '2026-11-21' };
    const told = await detailsOf(openShop().counter.purchase(purchase({ lines: [line({ stock })] })));
    assert.deepEqual(
      told.faults?.map(({ at }) => at),
      ['/lines/0/stock/expiresOn'],
    );
  });

  it('is cancelled once, and a till that asks again hears the same', async () => {
    const { counter, insurer } = openShop();
    await counter.purchase(purchase());
    assert.equal((await counter.cancel('LS0001')).state, 'cancelled');
    assert.equal((await counter.cancel('LS0001')).state, 'cancelled');
    assert.equal(insurer.settled.size, 0);
    assert.equal(await codeOf(counter.cancel('LS0002')), 'PURCHASE_UNKNOWN');
  });
});

describe('a purchase whose answer is lost', () => {
  it('is settled once: the till hears that nothing is known yet, then the settlement', async () => {
    const { counter, insurer } = openShop();
    insurer.next('settlePharmacyPurchase', 'lose-reply');
    assert.equal(await codeOf(counter.purchase(purchase())), 'PURCHASE_PENDING');
    assert.equal(await codeOf(counter.purchase(purchase())), 'PURCHASE_PENDING');
    await counter.outbox.drain();
    assert.equal((await counter.purchase(purchase())).settlement?.settlementId, 'S1');
    assert.equal(insurer.settled.size, 1);
  });

  it('is given up when it never arrived: its boxes may be sold again', async () => {
    const { counter, insurer } = openShop();
    insurer.next('settlePharmacyPurchase', 'lose-request');
    assert.equal(await codeOf(counter.purchase(purchase())), 'PURCHASE_PENDING');
    await counter.outbox.drain();
    assert.equal(await codeOf(counter.purchase(purchase())), 'PURCHASE_GIVEN_UP');
    assert.equal((await counter.purchase(purchase({ number: 'LS0002' }))).state, 'settled');
    assert.equal(insurer.settled.size, 1);
  });

  it('stays open while nobody knows, and ends when it is known', async () => {
    const { counter, insurer, clock } = openShop();
    insurer.next('settlePharmacyPurchase', 'not-known');
    assert.equal(await codeOf(counter.purchase(purchase())), 'PURCHASE_PENDING');
    await counter.outbox.drain();
    assert.equal(counter.find('LS0001').state, 'settling');
    const again = purchase({ number: 'LS0002' });
    assert.equal(
      await codeOf(counter.purchase(again)),
      'TRACE_CODE_SOLD',
      'the box is not sold a second time',
    );
    insurer.heal();
    clock.pass(60_000);
    await counter.outbox.drain();
    assert.equal(counter.find('LS0001').state, 'settled');
  });

  it('is given up when the trial is not answered, nothing having left', async () => {
    const { counter, insurer, centre } = openShop();
    insurer.next('presettlePharmacyPurchase', 'lose-request');
    assert.equal(await codeOf(counter.purchase(prescribedPurchase())), 'PURCHASE_GIVEN_UP');
    await counter.outbox.drain();
    assert.deepEqual(centre.log, ['claim P53010000001-LS0001', 'undo P53010000001-LS0001']);
    assert.equal(counter.find('LS0001').state, 'given-up');
  });

  it('of a cancellation: is cancelled once it is known', async () => {
    const { counter, insurer } = openShop();
    await counter.purchase(purchase());
    insurer.next('cancelPharmacySettlement', 'lose-reply');
    assert.equal(await codeOf(counter.cancel('LS0001')), 'PURCHASE_PENDING');
    await counter.outbox.drain();
    assert.equal(counter.find('LS0001').state, 'cancelled');
    assert.equal(insurer.settled.size, 0);
  });

  it('is taken up by the next process when the first one fell silent in the middle', async () => {
    const first = openShop();
    first.insurer.next('settlePharmacyPurchase', 'lose-reply');
    await codeOf(first.counter.purchase(purchase()));
    const second = openShop({ store: first.store, insurer: first.insurer, clock: first.clock });
    await second.counter.outbox.drain();
    assert.equal(second.counter.find('LS0001').state, 'settled');
  });
});

describe('a refused purchase', () => {
  it('tells the insurer’s own words and gives everything back', async () => {
    const { counter, insurer, centre } = openShop();
    insurer.next('settlePharmacyPurchase', 'refuse');
    await assert.rejects(counter.purchase(prescribedPurchase()), (error) => {
      assert(error instanceof GatewayError);
      assert.deepEqual([error.code, error.details.upstream?.text], ['UPSTREAM_REJECTED', '不予受理']);
      return true;
    });
    await counter.outbox.drain();
    assert.equal(centre.holder, undefined);
    assert.equal((await counter.purchase(prescribedPurchase({ number: 'LS0002' }))).state, 'settled');
  });

  it('of a cancellation: stays settled', async () => {
    const { counter, insurer } = openShop();
    await counter.purchase(purchase());
    insurer.next('cancelPharmacySettlement', 'refuse');
    assert.equal(await codeOf(counter.cancel('LS0001')), 'UPSTREAM_REJECTED');
    assert.equal(counter.find('LS0001').state, 'settled');
    assert.equal((await counter.cancel('LS0001')).state, 'cancelled');
  });
});
