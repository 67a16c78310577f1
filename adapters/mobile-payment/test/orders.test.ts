/** Orders against the sandbox's payment centre: paid from three sources, refunded to them, revoked, never twice. */
import assert from 'node:assert/strict';
import { fen } from '@yiqiao/model';
import type { RefundRequest } from '@yiqiao/mobile-payment';
import { fees, partsOf, startPaymentWorld } from './payment-world.ts';
import type { PaymentWorld } from './payment-world.ts';

const MINUTE = 60_000;

describe('orders that are paid by phone', () => {
  let world: PaymentWorld;
  beforeEach(async () => {
    world = await startPaymentWorld();
  });
  afterEach(() => world.close());

  const state = (order: string): string | undefined => world.desk.find(order)?.state;
  const reasons = () =>
    world.outbox
      .list()
      .filter((job) => job.state === 'person')
      .map(({ reason }) => reason);
  const pay = (orderNumber: string) => world.desk.pay({ orderNumber, visitId: `V${orderNumber}` });

  async function paid(orderNumber: string): Promise<void> {
    await world.desk.upload(fees(orderNumber));
    await pay(orderNumber);
    world.desk.cashPaid(orderNumber, { reference: 'WX0001', method: 'WECHAT' });
    await world.pass(6_000);
    assert.equal(state(orderNumber), 'paid');
  }

  const refund = (refundNumber: string, parts: RefundRequest['parts'], orderNumber = 'O1') =>
    world.desk.refund({ orderNumber, refundNumber, parts });

  it('are paid by fund and account, then by the patient, and the centre is told of it', async () => {
    const opened = await world.desk.upload(fees('O1'));
    assert.deepEqual([opened.state, opened.cashierUrl], ['open', 'http://cashier.example/PAY00000001']);
    const due = await pay('O1');
    assert.deepEqual([due.state, due.parts], ['cash-due', partsOf(7_000n, 2_000n, 1_000n)]);
    world.desk.cashPaid('O1', { reference: 'WX0001', method: 'WECHAT' });
    await world.pass(6_000);
    assert.equal(state('O1'), 'paid');
    assert.equal(world.centre.ledger.find('O1')?.ordStas, '6');
    const steps = world.store.eventsWith('O1').map(({ step }) => step);
    assert.deepEqual(steps, [
      'payment.open',
      'payment.paying',
      'payment.cash-due',
      'payment.synchronizing',
      'payment.paid',
    ]);
  });

  it('say again what they said, and refuse another content under their number', async () => {
    await world.desk.upload(fees('O1'));
    assert.equal((await world.desk.upload(fees('O1'))).paymentOrderId, 'PAY00000001');
    assert.equal(world.centre.count('6201'), 1);
    await assert.rejects(world.desk.upload(fees('O1', 9_000n)), { code: 'PAYMENT_ORDER_DIFFERS' });
    await pay('O1');
    assert.equal((await pay('O1')).state, 'cash-due');
    assert.equal(world.centre.count('6202'), 1);
    world.desk.cashPaid('O1', { reference: 'WX0001', method: 'WECHAT' });
    world.desk.cashPaid('O1', { reference: 'WX0001', method: 'WECHAT' });
    assert.throws(() => world.desk.cashPaid('O1', { reference: 'WX0002', method: 'WECHAT' }), {
      code: 'PAYMENT_ORDER_DIFFERS',
    });
  });

  it('refuse fees that do not add up before anything is sent', async () => {
    const [line] = fees('O1').feeLines;
    assert(line !== undefined);
    const wrong = { ...fees('O1'), feeLines: [{ ...line, lineAmount: fen(9_999n) }] };
    await assert.rejects(world.desk.upload(wrong), { code: 'PAYMENT_SUMS_WRONG' });
    await assert.rejects(world.desk.upload({ ...fees('O2'), total: fen(0n), feeLines: [] }), {
      code: 'PAYMENT_SUMS_WRONG',
    });
    assert.equal(world.centre.count('6201'), 0);
    assert.equal(world.desk.find('O1'), undefined);
  });

  it('know no order that was never opened', async () => {
    await assert.rejects(pay('O9'), { code: 'PAYMENT_UNKNOWN' });
    await assert.rejects(refund('R1', partsOf(1n, 0n, 0n), 'O9'), { code: 'PAYMENT_UNKNOWN' });
    assert.throws(() => world.desk.abandon('O9'), { code: 'PAYMENT_UNKNOWN' });
  });

  for (const kind of ['lose-reply', 'corrupt-bytes', 'wrong-signature', 'http-500-after-work'] as const) {
    it(`are asked about when the answer to a payment is lost (${kind}), never paid again`, async () => {
      await world.desk.upload(fees('O1'));
      world.centre.faults.next({ kind, infno: '6202' });
      await assert.rejects(pay('O1'), { code: 'PAYMENT_NOT_CERTAIN' });
      await assert.rejects(pay('O1'), { code: 'PAYMENT_NOT_CERTAIN' });
      await assert.rejects(refund('R1', partsOf(1n, 0n, 0n)), { code: 'PAYMENT_NOT_CERTAIN' });
      world.restart();
      await world.pass(6_000);
      assert.equal(state('O1'), 'cash-due');
      assert.equal(world.centre.count('6202'), 1);
    });
  }

  it('are open again when a payment never came, but not before the centre can no longer be at work', async () => {
    await world.desk.upload(fees('O1'));
    world.centre.faults.next({ kind: 'lose-request', infno: '6202' });
    await assert.rejects(pay('O1'), { code: 'PAYMENT_NOT_CERTAIN' });
    await world.pass(6_000);
    await world.pass(MINUTE);
    assert.equal(state('O1'), 'paying');
    await world.pass(3 * MINUTE);
    assert.equal(state('O1'), 'open');
    assert.equal((await pay('O1')).state, 'cash-due');
  });

  it('are as they were when the centre refuses, or cannot be reached', async () => {
    await world.desk.upload(fees('O1'));
    world.centre.faults.next({ kind: 'refuse', infno: '6202', text: '授权码已过期' });
    await assert.rejects(pay('O1'), { code: 'UPSTREAM_REJECTED' });
    assert.equal(state('O1'), 'open');
    await world.centre.down();
    // The connection that stood breaks with this one, and what breaks in use is not certain.
    await assert.rejects(world.desk.upload(fees('O3')));
    await assert.rejects(pay('O1'), { code: 'UPSTREAM_UNREACHABLE' });
    await assert.rejects(world.desk.upload(fees('O2')), { code: 'UPSTREAM_UNREACHABLE' });
    assert.deepEqual([state('O1'), state('O2')], ['open', undefined]);
    await world.centre.up();
    await paid('O2');
  });

  it('are lost, and charge nothing, when the answer to their fees is', async () => {
    world.centre.faults.next({ kind: 'lose-reply', infno: '6201' });
    await assert.rejects(world.desk.upload(fees('O1')), { code: 'PAYMENT_NOT_CERTAIN' });
    await assert.rejects(world.desk.upload(fees('O1')), { code: 'PAYMENT_NOT_CERTAIN' });
    await assert.rejects(pay('O1'), { code: 'PAYMENT_NOT_CERTAIN' });
    assert.equal(world.centre.count('6201'), 1);
    await paid('O2');
  });

  it('are lost when the process ends that sends their fees', async () => {
    await world.close();
    const hanging = Promise.withResolvers<void>();
    world = await startPaymentWorld({
      port: {
        call() {
          hanging.resolve();
          return new Promise<never>(() => {});
        },
      },
    });
    void world.desk.upload(fees('O1'));
    await hanging.promise;
    await world.settle();
    assert.equal(state('O1'), 'lost');
    assert.deepEqual(world.outbox.list(), []);
  });

  it('keep amounts that do not agree as they were told, and hand them to a person', async () => {
    await world.close();
    world = await startPaymentWorld({}, { split: () => ({ fund: 7_000n, account: 2_000n, cash: 999n }) });
    await world.desk.upload(fees('O1'));
    const due = await pay('O1');
    assert.deepEqual([due.state, due.flags], ['cash-due', ['PAYMENT_SUMS_WRONG']]);
    assert.equal(due.parts?.cash, 999n);
  });

  describe('that nobody pays', () => {
    it('are revoked in time, also after a restart and while the centre was away', async () => {
      await world.desk.upload(fees('O1'));
      await world.pass(29 * MINUTE);
      assert.equal(state('O1'), 'open');
      await world.centre.down();
      await world.pass(5 * MINUTE);
      world.restart();
      await world.centre.up();
      await world.settle();
      assert.equal(state('O1'), 'revoked');
      assert.equal(world.centre.ledger.find('O1')?.ordStas, '12');
      await assert.rejects(pay('O1'), { code: 'PAYMENT_STATE_WRONG' });
    });

    it('are revoked at once when they are given up, and once when the answer is lost', async () => {
      await world.desk.upload(fees('O1'));
      world.centre.faults.next({ kind: 'lose-reply', infno: '6401' });
      world.desk.abandon('O1');
      await world.settle();
      assert.equal(state('O1'), 'revoked');
      assert.deepEqual(reasons(), []);
    });

    it('are not revoked when the patient paid on the centre’s own page meanwhile', async () => {
      await world.desk.upload(fees('O1'));
      world.centre.force('O1', '6');
      await world.pass(31 * MINUTE);
      assert.equal(state('O1'), 'paid');
      assert.equal(world.centre.count('6401'), 0);
    });

    it('keep what the insurance paid when the rest was paid on the centre’s own page', async () => {
      await world.desk.upload(fees('O1'));
      await pay('O1');
      world.centre.force('O1', '6');
      await world.settle();
      assert.equal(state('O1'), 'paid');
      assert.equal(world.centre.count('6203'), 0);
    });

    it('get back what the insurance paid when the rest is never paid', async () => {
      await world.desk.upload(fees('O1'));
      await world.pass(29 * MINUTE);
      await pay('O1');
      world.centre.faults.next({ kind: 'lose-reply', infno: '6203' });
      await world.pass(29 * MINUTE);
      assert.equal(state('O1'), 'cash-due', 'whoever has paid half of it has time for the rest');
      await world.settle();
      assert.equal(state('O1'), 'refunded');
      assert.deepEqual(world.centre.ledger.find('O1')?.refunded, { fund: 7_000n, account: 2_000n, cash: 0n });
      assert.deepEqual(reasons(), []);
    });
  });

  it('are for a person when the centre tells a state that nobody knows', async () => {
    await world.desk.upload(fees('O1'));
    world.centre.faults.next({ kind: 'lose-reply', infno: '6202' });
    await assert.rejects(pay('O1'), { code: 'PAYMENT_NOT_CERTAIN' });
    world.centre.force('O1', '99');
    await world.pass(6_000);
    assert.deepEqual(reasons(), ['ordStas 99']);
    assert.equal(state('O1'), 'paying');
  });

  describe('of which the centre tells the result', () => {
    const tell = (order: string, change = {}) =>
      world.centre.notify(order, `${world.listener.url}notifications/6302`, change);

    it('are looked at, and paid as far as the centre says so when asked', async () => {
      await world.desk.upload(fees('O1'));
      world.centre.force('O1', '6');
      const { status, data } = await tell('O1');
      assert.deepEqual([status, data['success']], [200, 'true']);
      await world.pass(0);
      assert.equal(state('O1'), 'paid');
      assert.equal((await tell('O1')).data['success'], 'true');
    });

    it('stay as they are when the notification is not what the centre says when asked', async () => {
      await world.desk.upload(fees('O1'));
      await tell('O1');
      await world.pass(0);
      assert.equal(state('O1'), 'open');
    });

    it('are kept until their order is known, not lost', async () => {
      await tell('O1');
      assert.equal(world.outbox.list().length, 1);
      await world.desk.upload(fees('O1'));
      world.centre.force('O1', '6');
      await tell('O1', { traceTime: '2026-03-01 10:01:00' });
      await world.pass(MINUTE);
      assert.equal(state('O1'), 'paid');
    });

    it('are for a person when their fees were lost: only their number is known', async () => {
      world.centre.faults.next({ kind: 'lose-reply', infno: '6201' });
      await assert.rejects(world.desk.upload(fees('O1')), { code: 'PAYMENT_NOT_CERTAIN' });
      await tell('O1');
      await world.pass(0);
      assert.deepEqual(reasons(), ['PAYMENT_NOT_CERTAIN']);
      assert.equal(world.desk.find('O1')?.paymentOrderId, 'PAY00000001');
    });

    it('refuse one that contradicts the order, in words', async () => {
      await world.desk.upload(fees('O1'));
      for (const [index, change] of [{ feeSumamt: '1.00' }, { payOrdId: 'PAY99999999' }].entries()) {
        const { data } = await tell('O1', { ...change, traceTime: `2026-03-01 10:0${index}:00` });
        assert.deepEqual([data['success'], data['message']], ['false', '通知与订单不一致']);
      }
      assert.equal(state('O1'), 'open');
    });
  });
});
