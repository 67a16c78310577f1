import assert from 'node:assert/strict';
import { GatewayError, fen } from '@yiqiao/model';
import { createStock } from '@yiqiao/pharmacy';
import { codeOf, createInsurer, openShop, policyOf, prescribedPurchase, purchase } from './stand-ins.ts';
import type { Insurer, Shop } from './stand-ins.ts';

const operations = ({ insurer }: Shop): readonly string[] => insurer.calls.map(({ operation }) => operation);

describe('the course of a purchase', () => {
  const ROUTES: readonly (readonly [string, { insured: string; care: string; fund: boolean }, string])[] = [
    ['national', { insured: '330100', care: '530100', fund: true }, 'counter'],
    ['visit', { insured: '530100', care: '530100', fund: true }, 'visit'],
    ['visit', { insured: '530100', care: '530100', fund: false }, 'counter'],
    ['hunan', { insured: '430100', care: '430500', fund: true }, 'visit'],
    ['hunan', { insured: '430100', care: '430500', fund: false }, 'counter'],
    ['hunan', { insured: '330100', care: '430500', fund: false }, 'off-site-order'],
  ];
  for (const [courses, asked, expected] of ROUTES) {
    it(`of profile ${courses} is ${expected} for ${JSON.stringify(asked)}`, () => {
      assert.equal(policyOf({ courses }).findCourse(asked)?.name, expected);
    });
  }

  it('is one of those that the file has', () => {
    assert.throws(
      () => policyOf({ courses: 'atlantis' }),
      (error) => error instanceof GatewayError && error.code === 'CONFIG_INVALID',
    );
  });
});

describe('a purchase settled as a visit', () => {
  const policy = policyOf({ courses: 'visit' });

  it('is registered, recorded with its diagnoses, charged, tried and settled', async () => {
    const shop = openShop({ policy });
    const receipt = await shop.counter.purchase(prescribedPurchase());
    assert.deepEqual(operations(shop), [
      'registerOutpatient',
      'recordPharmacyVisit',
      'uploadOutpatientFees',
      'presettleOutpatient',
      'settleOutpatient',
    ]);
    const [, record, fees, , settled] = shop.insurer.calls;
    const [diagnosis] = (record?.body['diagnoses'] ?? []) as { diagnosisCode: string }[];
    const [fee] = (fees?.body['feeLines'] ?? []) as { externalPrescription: string }[];
    assert.deepEqual([diagnosis?.diagnosisCode, fee?.externalPrescription], ['I10.x00', '1']);
    assert.deepEqual([settled?.body['visitId'], settled?.body['inScope']], ['V-1', 3000n]);
    assert.equal(receipt.course, 'visit');
  });

  it('leaves nothing behind when its settlement is refused', async () => {
    const shop = openShop({ policy });
    shop.insurer.next('settleOutpatient', 'refuse');
    assert.equal(await codeOf(shop.counter.purchase(prescribedPurchase())), 'UPSTREAM_REJECTED');
    assert.deepEqual(operations(shop).slice(-2), ['withdrawOutpatientFees', 'cancelOutpatientRegistration']);
    assert.equal(shop.centre.holder, undefined);
  });

  it('leaves nothing behind when the answer to its registration is lost', async () => {
    const shop = openShop({ policy });
    shop.insurer.next('registerOutpatient', 'lose-reply');
    assert.equal(await codeOf(shop.counter.purchase(prescribedPurchase())), 'PURCHASE_GIVEN_UP');
    assert.deepEqual(operations(shop), ['registerOutpatient', 'cancelOutpatientRegistration']);
    assert.equal(shop.counter.find('LS0001').state, 'given-up');
  });

  it('takes fees and registration back after its cancellation', async () => {
    const shop = openShop({ policy });
    await shop.counter.purchase(prescribedPurchase());
    await shop.counter.cancel('LS0001');
    assert.deepEqual(operations(shop).slice(-3), [
      'cancelOutpatientSettlement',
      'withdrawOutpatientFees',
      'cancelOutpatientRegistration',
    ]);
  });
});

/** A clearing platform with one order, paid when `paid` is set. */
function clearingPlatform(): Insurer & { isPaid: boolean } {
  const platform = Object.assign(createInsurer(), { isPaid: false });
  let order: Record<string, unknown> | undefined;
  const refuse = (text: string): never => {
    throw new GatewayError('UPSTREAM_REJECTED', { upstream: { code: '-1', text } });
  };
  platform.answers = {
    findOffSitePurchaser: () => ({
      personNumber: '33010000000000000001',
      gender: '1',
      birthDate: '1990-01-01',
    }),
    orderOffSitePurchase: (body) => {
      order = body;
      return { visitRegistrationNumber: 'G1', pushed: '1' };
    },
    findOffSiteOrder: () => ({ visitRegistrationNumber: 'G1', ...order }),
    findOffSiteSettlement: () =>
      platform.isPaid && order !== undefined
        ? {
            total: fen(3000n),
            personalCashPaid: fen(1000n),
            accountPaidAmount: fen(2000n),
            visitRegistrationNumber: 'G1',
          }
        : refuse('该人员没有购药结算'),
    cancelOffSitePurchase: () => {
      if (platform.isPaid) refuse('状态不允许此操作');
      order = undefined;
      return null;
    },
    refundOffSitePurchase: () => (platform.isPaid ? {} : refuse('状态不允许此操作')),
  };
  return platform;
}

describe('a purchase of somebody from elsewhere, ordered at the clearing platform', () => {
  const policy = policyOf({ courses: 'hunan' });

  it('waits for its payment and is settled when it is paid', async () => {
    const insurer = clearingPlatform();
    const shop = openShop({ policy, insurer });
    assert.equal((await shop.counter.purchase(purchase())).state, 'ordered');
    insurer.isPaid = true;
    shop.clock.pass(20_000);
    await shop.counter.outbox.drain();
    const receipt = shop.counter.find('LS0001');
    assert.deepEqual(
      [
        receipt.state,
        receipt.settlement?.settlementId,
        receipt.settlement?.ownAccountPaid,
        receipt.settlement?.cashPaid,
      ],
      ['settled', 'G1', '20.00', '10.00'],
    );
    assert.equal(operations(shop).filter((one) => one === 'orderOffSitePurchase').length, 1);
  });

  it('is withdrawn when it is not paid in time', async () => {
    const shop = openShop({ policy, insurer: clearingPlatform() });
    await shop.counter.purchase(purchase());
    shop.clock.pass(31 * 60_000);
    await shop.counter.outbox.drain();
    assert.equal(shop.counter.find('LS0001').state, 'given-up');
    assert.equal(operations(shop).at(-1), 'cancelOffSitePurchase');
  });

  it('is found by its lines when the answer to the order is lost for good', async () => {
    const insurer = clearingPlatform();
    const shop = openShop({ policy, insurer });
    insurer.next('orderOffSitePurchase', 'not-known');
    assert.equal(await codeOf(shop.counter.purchase(purchase())), 'PURCHASE_PENDING');
    await shop.counter.outbox.drain();
    assert.equal(shop.counter.find('LS0001').state, 'ordered');
  });

  it('is withdrawn by the till before it is paid, and refunded afterwards', async () => {
    const insurer = clearingPlatform();
    const shop = openShop({ policy, insurer });
    await shop.counter.purchase(purchase());
    assert.equal((await shop.counter.cancel('LS0001')).state, 'given-up');
    insurer.isPaid = true;
    assert.equal((await shop.counter.purchase(purchase({ number: 'LS0002' }))).state, 'settled');
    assert.equal((await shop.counter.cancel('LS0002')).state, 'cancelled');
    assert.equal(operations(shop).at(-1), 'refundOffSitePurchase');
  });

  it('is cancelled when the platform no longer has it, though the answer to the refund is lost for good', async () => {
    const insurer = clearingPlatform();
    insurer.isPaid = true;
    const shop = openShop({ policy, insurer });
    await shop.counter.purchase(purchase());
    insurer.next('refundOffSitePurchase', 'not-known');
    assert.equal(await codeOf(shop.counter.cancel('LS0001')), 'PURCHASE_PENDING');
    await shop.counter.outbox.drain();
    assert.equal(shop.counter.find('LS0001').state, 'cancelling', 'the settlement is still there');
    insurer.isPaid = false;
    shop.clock.pass(60_000);
    await shop.counter.outbox.drain();
    assert.equal(shop.counter.find('LS0001').state, 'cancelled');
  });

  it('is compared with what the platform lists of the day', async () => {
    const insurer = clearingPlatform();
    insurer.isPaid = true;
    const shop = openShop({ policy, insurer });
    await shop.counter.purchase(purchase());
    const institution = { code: 'P53010000001', name: '示例药店' };
    const stock = createStock({ ...shop, institution, careRegion: '530100', policy, insurance: insurer });
    const listed = async (...accounts: unknown[]) => {
      insurer.answers.findPharmacyAccountDetails = () => ({ accounts });
      const { differences, owed } = await stock.compareOffSiteDay('2026-11-22');
      return [owed, ...differences.map(({ kind, order }) => `${kind} ${order}`)];
    };
    const row = { visitRegistrationNumber: 'G1', total: fen(3000n), payableToInstitution: fen(2000n) };
    assert.deepEqual(await listed(row), ['20.00']);
    assert.deepEqual(await listed(), ['0.00', 'missing-there G1']);
    assert.deepEqual(await listed({ ...row, payableToInstitution: fen(1999n) }), ['19.99', 'amount G1']);
    assert.deepEqual(await listed(row, { ...row, visitRegistrationNumber: 'G2' }), [
      '40.00',
      'unknown-here G2',
    ]);
  });

  it('is refused when the insured place knows another person', async () => {
    const insurer = clearingPlatform();
    insurer.answers.findOffSitePurchaser = () => ({
      personNumber: 'X',
      gender: '1',
      birthDate: '1990-01-01',
    });
    const shop = openShop({ policy, insurer });
    assert.equal(await codeOf(shop.counter.purchase(purchase())), 'VISIT_PERSON_CHANGED');
    assert.equal(operations(shop).includes('orderOffSitePurchase'), false);
  });
});
