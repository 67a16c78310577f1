/** Orders against the sandbox's payment centre: paid from three sources, refunded to them, revoked, never twice. */
import assert from 'node:assert/strict';
import { fen } from '@yiqiao/model';
import type { CashPort, RefundRequest } from '@yiqiao/mobile-payment';
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

  it('keep amounts that do not agree as they were told, and hand them to a person', async () => {
    await world.close();
    world = await startPaymentWorld({}, { split: () => ({ fund: 7_000n, account: 2_000n, cash: 999n }) });
    await world.desk.upload(fees('O1'));
    const due = await pay('O1');
    assert.deepEqual([due.state, due.flags], ['cash-due', ['PAYMENT_SUMS_WRONG']]);
    assert.equal(due.parts?.cash, 999n);
  });

  describe('refunds', () => {
    it('give each part back to where it came from, wholly or in part', async () => {
      await paid('O1');
      const first = await refund('R1', partsOf(0n, 0n, 400n));
      assert.deepEqual([first.state, state('O1')], ['done', 'partly-refunded']);
      await refund('R2', partsOf(3_000n, 500n, 0n));
      assert.equal(state('O1'), 'partly-refunded');
      await refund('R3', partsOf(4_000n, 1_500n, 600n));
      assert.equal(state('O1'), 'refunded');
      const order = world.centre.ledger.find('O1');
      assert.deepEqual(order?.refunded, order?.parts);
      assert.deepEqual(order?.refunds, ['R1', 'R2', 'R3']);
    });

    it('give of no part more than is left of it, and tell each part that is too much', async () => {
      await paid('O1');
      await refund('R1', partsOf(7_000n, 0n, 0n));
      await assert.rejects(
        refund('R2', partsOf(1n, 0n, 1_001n)),
        (error: { code: string; details: { faults: readonly { at: string }[] } }) => {
          assert.equal(error.code, 'PAYMENT_REFUND_TOO_MUCH');
          assert.deepEqual(
            error.details.faults.map(({ at }) => at),
            ['/parts/fund', '/parts/cash'],
          );
          return true;
        },
      );
      for (const parts of [partsOf(0n, 0n, 0n), partsOf(0n, -1n, 0n)])
        await assert.rejects(refund('R3', parts), { code: 'PAYMENT_REFUND_TOO_MUCH' });
      assert.equal(world.centre.count('6203'), 1);
    });

    it('are done once by their number', async () => {
      await paid('O1');
      await refund('R1', partsOf(0n, 0n, 400n));
      assert.equal((await refund('R1', partsOf(0n, 0n, 400n))).state, 'done');
      await assert.rejects(refund('R1', partsOf(0n, 0n, 401n)), { code: 'PAYMENT_ORDER_DIFFERS' });
      assert.equal(world.centre.count('6203'), 1);
    });

    it('of an order that is not paid are refused', async () => {
      await world.desk.upload(fees('O1'));
      await assert.rejects(refund('R1', partsOf(1n, 0n, 0n)), { code: 'PAYMENT_STATE_WRONG' });
    });

    const PROVABLE: readonly [string, RefundRequest['parts'], string][] = [
      ['everything', partsOf(7_000n, 2_000n, 1_000n), 'refunded'],
      ['all that the insurance paid', partsOf(7_000n, 2_000n, 0n), 'partly-refunded'],
      ['all that the insurance paid and some of the rest', partsOf(7_000n, 2_000n, 100n), 'partly-refunded'],
      ['the self-paid part', partsOf(0n, 0n, 1_000n), 'partly-refunded'],
      ['some of the self-paid part', partsOf(0n, 0n, 1n), 'partly-refunded'],
    ];
    for (const [title, parts, after] of PROVABLE) {
      it(`of ${title} are found out when the answer is lost`, async () => {
        await paid('O1');
        world.centre.faults.next({ kind: 'lose-reply', infno: '6203' });
        await assert.rejects(refund('R1', parts), { code: 'PAYMENT_NOT_CERTAIN' });
        await assert.rejects(refund('R2', parts), { code: 'PAYMENT_NOT_CERTAIN' });
        await world.settle();
        assert.equal(state('O1'), after);
        assert.equal(world.centre.count('6203'), 1);
      });

      it(`of ${title} that never came are not done, and may be asked for again`, async () => {
        await paid('O1');
        world.centre.faults.next({ kind: 'lose-request', infno: '6203' });
        await assert.rejects(refund('R1', parts), { code: 'PAYMENT_NOT_CERTAIN' });
        await world.settle();
        assert.equal(state('O1'), 'paid');
        await refund('R1', parts);
        assert.equal(state('O1'), after);
      });
    }

    it('that leave no state of their own are for a person when the answer is lost', async () => {
      await paid('O1');
      world.centre.faults.next({ kind: 'lose-reply', infno: '6203' });
      await assert.rejects(refund('R1', partsOf(1n, 0n, 0n)), { code: 'PAYMENT_NOT_CERTAIN' });
      await world.settle();
      assert.deepEqual(reasons(), ['ordStas 6']);
      assert.equal(state('O1'), 'refunding', 'and nothing else may be refunded meanwhile');
    });

    it('that the centre refuses change nothing', async () => {
      await paid('O1');
      world.centre.faults.next({ kind: 'refuse', infno: '6203', text: '日终对账中' });
      await assert.rejects(refund('R1', partsOf(0n, 0n, 400n)), { code: 'UPSTREAM_REJECTED' });
      assert.equal(state('O1'), 'paid');
      assert.equal((await refund('R1', partsOf(0n, 0n, 400n))).state, 'done');
    });

    it('of what the institution itself collected go through its own cashier, as often as it takes', async () => {
      await world.close();
      const given: string[] = [];
      let failures = 2;
      const cash: CashPort = {
        refund({ refundNumber, amount, reference }) {
          failures -= 1;
          if (failures >= 0) return Promise.reject(Object.assign(new Error('busy')));
          given.push(`${reference} ${refundNumber} ${amount}`);
          return Promise.resolve();
        },
      };
      world = await startPaymentWorld({ cash });
      await paid('O1');
      await refund('R1', partsOf(7_000n, 2_000n, 1_000n));
      await world.settle();
      assert.deepEqual(given, ['WX0001 R1 10.00']);
      assert.deepEqual(world.centre.ledger.find('O1')?.refunded, { fund: 7_000n, account: 2_000n, cash: 0n });
      assert.equal(state('O1'), 'refunded');
      assert.deepEqual(world.outbox.list(), []);
    });
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
