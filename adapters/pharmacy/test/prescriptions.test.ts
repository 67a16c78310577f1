import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import type { OutsidePrescription } from '@yiqiao/pharmacy';
import {
  PERSON,
  codeOf,
  createCentre,
  createInsurer,
  detailsOf,
  line,
  openShop,
  prescribedPurchase,
  purchase,
} from './stand-ins.ts';

describe('a purchase on an outside prescription', () => {
  it('is claimed, settled with its number and reported, in that order', async () => {
    const { counter, centre, insurer } = openShop();
    insurer.paid = { fund: '18.00', account: '12.00', mutualAid: '0.00', ratio: '0.6' };
    const receipt = await counter.purchase(prescribedPurchase());
    assert.equal(receipt.prescriptionNumber, 'RX0001');
    assert.deepEqual(centre.log, ['claim P53010000001-LS0001']);
    const settled = insurer.calls.find(({ operation }) => operation === 'settlePharmacyPurchase');
    const [sent] = (settled?.body['drugLines'] ?? []) as Record<string, unknown>[];
    assert.deepEqual(
      [sent?.['externalPrescription'], sent?.['prescriptionNumber'], sent?.['billingDoctorName']],
      ['1', 'RX0001', '测试医师'],
    );
    await counter.outbox.drain();
    assert.equal(centre.log[1], 'dispense P53010000001-LS0001 S1');
  });

  it('is undone at the centre after its cancellation', async () => {
    const { counter, centre } = openShop();
    await counter.purchase(prescribedPurchase());
    await counter.cancel('LS0001');
    await counter.outbox.drain();
    assert.deepEqual(centre.log.at(-1), 'undo P53010000001-LS0001');
    assert.equal(centre.holder, undefined);
  });

  it('is reported later when the centre cannot be reached, without anyone typing', async () => {
    const { counter, centre, clock } = openShop();
    centre.lose.add('dispense');
    await counter.purchase(prescribedPurchase());
    await counter.outbox.drain();
    assert.deepEqual(centre.log, ['claim P53010000001-LS0001']);
    clock.pass(60_000);
    await counter.outbox.drain();
    assert.equal(centre.log[1], 'dispense P53010000001-LS0001 S1');
  });

  it('is given up when the answer to the claim is lost, and the claim given back', async () => {
    const { counter, centre, insurer } = openShop();
    centre.lose.add('claim');
    assert.equal(await codeOf(counter.purchase(prescribedPurchase())), 'PURCHASE_GIVEN_UP');
    await counter.outbox.drain();
    assert.equal(centre.holder, undefined);
    assert.equal(insurer.settled.size, 0);
  });

  it('is sold by one of two pharmacies that try at the same moment', async () => {
    const [centre, insurer] = [createCentre(), createInsurer()];
    const shops = ['P53010000001', 'P53010000002'].map((code) =>
      openShop({ centre, insurer, institution: { code, name: '示例药店' } }),
    );
    const codes = await Promise.all(
      shops.map(({ counter }, at) => codeOf(counter.purchase(prescribedPurchase({ number: `LS${at}` })))),
    );
    assert.deepEqual(codes.toSorted(), ['PRESCRIPTION_TAKEN', 'done']);
    for (const { counter } of shops) await counter.outbox.drain();
    assert.equal(insurer.settled.size, 1);
    assert.equal(centre.log.filter((entry) => entry.startsWith('dispense')).length, 1);
    assert.notEqual(centre.holder, undefined, 'who lost does not take the claim of who won away');
  });

  it('tells the trace by prescription, dispensing and settlement', async () => {
    const { counter, store } = openShop();
    await counter.purchase(prescribedPurchase());
    await counter.outbox.drain();
    const steps = store.eventsWith('RX0001').map(({ step }) => step);
    assert.deepEqual(steps, ['pharmacy.claimed', 'pharmacy.settled', 'pharmacy.dispensed']);
    assert.deepEqual(
      store.eventsWith('S1').map(({ step }) => step),
      ['pharmacy.settled', 'pharmacy.dispensed'],
    );
  });
});

const reuse = { reusable: true, maximumUses: 3, timesUsed: 1, minimumIntervalDays: 7 };

interface Case {
  readonly title: string;
  readonly prescription?: Partial<OutsidePrescription>;
  readonly change?: Record<string, unknown>;
  readonly code: ErrorCode;
  readonly limit?: string;
}

const REFUSED: readonly Case[] = [
  {
    title: 'of another person',
    prescription: { person: { ...PERSON, certificateNumber: '000000199001010034' } },
    code: 'PRESCRIPTION_OTHER_PERSON',
  },
  {
    title: 'whose time is over',
    prescription: { validUntil: '2026-11-22 09:59:59' },
    code: 'PRESCRIPTION_EXPIRED',
  },
  {
    title: 'that the centre calls expired',
    prescription: { status: 'expired' },
    code: 'PRESCRIPTION_EXPIRED',
  },
  { title: 'that was revoked', prescription: { status: 'revoked' }, code: 'PRESCRIPTION_REVOKED' },
  {
    title: 'that was used before',
    prescription: { reuse: { ...reuse, reusable: false } },
    code: 'PRESCRIPTION_LIMIT',
    limit: 'uses',
  },
  {
    title: 'whose uses are all gone',
    prescription: { reuse: { ...reuse, timesUsed: 3 } },
    code: 'PRESCRIPTION_LIMIT',
    limit: 'uses',
  },
  {
    title: 'that is used again too early',
    prescription: { reuse: { ...reuse, lastDispensedAt: '2026-11-15 10:00:01' } },
    code: 'PRESCRIPTION_LIMIT',
    limit: 'interval',
  },
  {
    title: 'with more than it allows',
    change: {
      total: '90.00',
      lines: [line({ prescribed: true, quantity: '3', amount: '90.00', traceCodes: [] })],
    },
    code: 'PRESCRIPTION_LIMIT',
    limit: 'quantity',
  },
  {
    title: 'with more than it allows, spread over lines',
    change: {
      total: '90.00',
      lines: [
        line({ prescribed: true, quantity: '2', amount: '60.00', traceCodes: [] }),
        line({ number: '2', prescribed: true, traceCodes: [] }),
      ],
    },
    code: 'PRESCRIPTION_LIMIT',
    limit: 'quantity',
  },
  {
    title: 'with a drug that is not on it',
    change: { lines: [line({ prescribed: true, catalogueCode: 'XC08CAA308A001020100002' })] },
    code: 'PRESCRIPTION_DRUG_DIFFERS',
  },
  {
    title: 'that the pharmacist does not approve',
    change: { prescription: { code: 'QR0001', audit: { passed: false, opinion: '剂量过大' } } },
    code: 'PRESCRIPTION_DRUG_DIFFERS',
  },
];

describe('a prescription', () => {
  for (const { title, prescription, change, code, limit } of REFUSED) {
    it(`${title} is refused with ${code}, nothing settled, nothing claimed`, async () => {
      const { counter, centre, insurer } = openShop({ centre: createCentre(prescription) });
      assert.equal(await codeOf(counter.purchase(prescribedPurchase(change))), code);
      if (limit !== undefined) {
        const told = await detailsOf(counter.purchase(prescribedPurchase({ ...change, number: 'LS0002' })));
        assert.equal(told.facts?.['limit'] ?? told.faults, limit);
      }
      assert.deepEqual(centre.log, []);
      assert.equal(insurer.settled.size, 0);
    });
  }

  for (const code of ['PRESCRIPTION_ALTERED', 'PRESCRIPTION_UNKNOWN'] as const) {
    it(`of which the centre says ${code} is refused so, and its boxes may be sold again`, async () => {
      const centre = createCentre();
      const { counter, insurer } = openShop({
        centre: { ...centre, find: () => Promise.reject(new GatewayError(code)) },
      });
      assert.equal(await codeOf(counter.purchase(prescribedPurchase())), code);
      assert.equal(counter.find('LS0001').refusal?.code, code);
      assert.equal(insurer.settled.size, 0);
      assert.equal((await counter.purchase(purchase({ number: 'LS0002' }))).state, 'settled');
    });
  }

  it('that may be used again is dispensed when its interval is over', async () => {
    const { counter } = openShop({
      centre: createCentre({ reuse: { ...reuse, lastDispensedAt: '2026-11-15 10:00:00' } }),
    });
    assert.equal((await counter.purchase(prescribedPurchase())).state, 'settled');
  });

  it('is not taken where no centre is connected', async () => {
    const { insurer, clock, store } = openShop();
    const { createCounter } = await import('@yiqiao/pharmacy');
    const { policyOf } = await import('./stand-ins.ts');
    const counter = createCounter({
      institution: { code: 'P53010000001', name: '示例药店' },
      careRegion: '530100',
      policy: policyOf(),
      insurance: insurer,
      clock,
      store,
    });
    assert.equal(await codeOf(counter.purchase(prescribedPurchase())), 'PAYMENT_NOT_OPEN');
  });
});
