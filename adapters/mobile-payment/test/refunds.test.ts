/** Refunds against the sandbox's payment centre: each part to where it came from, once, and found out when in doubt. */
import assert from 'node:assert/strict';
import type { CashPort, RefundRequest } from '@yiqiao/mobile-payment';
import { fees, partsOf, startPaymentWorld } from './payment-world.ts';
import type { PaymentWorld } from './payment-world.ts';

describe('refunds', () => {
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

  async function paid(orderNumber: string): Promise<void> {
    await world.desk.upload(fees(orderNumber));
    await world.desk.pay({ orderNumber, visitId: `V${orderNumber}` });
    world.desk.cashPaid(orderNumber, { reference: 'WX0001', method: 'WECHAT' });
    await world.pass(6_000);
    assert.equal(state(orderNumber), 'paid');
  }

  const refund = (refundNumber: string, parts: RefundRequest['parts'], orderNumber = 'O1') =>
    world.desk.refund({ orderNumber, refundNumber, parts });

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

  it('of what the institution itself collected are found out when the answer of the centre is lost', async () => {
    await world.close();
    const given: string[] = [];
    const refundCash = ({ refundNumber, amount }: { refundNumber: string; amount: string }) => {
      given.push(`${refundNumber} ${amount}`);
      return Promise.resolve();
    };
    world = await startPaymentWorld({ cash: { refund: refundCash } });
    await paid('O1');
    await refund('R1', partsOf(0n, 0n, 400n));
    assert.equal(world.centre.count('6203'), 0, 'the centre has nothing to do with it');
    world.centre.faults.next({ kind: 'lose-reply', infno: '6203' });
    await assert.rejects(refund('R2', partsOf(7_000n, 2_000n, 600n)), { code: 'PAYMENT_NOT_CERTAIN' });
    await world.settle();
    assert.equal(state('O1'), 'refunded');
    assert.deepEqual(given, ['R1 4.00', 'R2 6.00']);
    assert.equal(world.centre.count('6203'), 1);
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
