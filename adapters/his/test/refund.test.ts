import assert from 'node:assert/strict';
import { parseDecimal, parseFen } from '@yiqiao/model';
import { Crash } from './insurer.ts';
import { CARD, REGISTER, createRig, eventsOf, line, refusalOf, settledVisit } from './rig.ts';
import type { Rig } from './rig.ts';

describe('A partial refund', () => {
  it('cancels, takes the batch back, uploads what is left and settles it; both settlements are told', async () => {
    const rig = createRig();
    const id = await settledVisit(rig);
    const { body } = await rig.desk.perform(
      rig.order('4', 'refund', {
        returned: [{ feeLineNumber: 'L1' }, { feeLineNumber: 'L3', quantity: '1' }],
        reason: '退药',
      }),
    );
    assert.equal(body['total'], parseFen('15'));
    assert.deepEqual(rig.insurer.done.slice(-4), [
      'cancelOutpatientSettlement',
      'withdrawOutpatientFees',
      'uploadOutpatientFees',
      'settleOutpatient',
    ]);
    const events = await eventsOf(rig);
    assert.deepEqual(
      events.map((event) =>
        'how' in event ? [event.how, event.settlementId] : [event.replaces, event.total],
      ),
      [
        [undefined, parseFen('62.35')],
        ['refunded-in-part', id],
        [id, parseFen('15')],
      ],
    );
  });

  it('of everything is a cancellation', async () => {
    const rig = createRig();
    await settledVisit(rig);
    const returned = ['L1', 'L2', 'L3'].map((feeLineNumber) => ({ feeLineNumber }));
    await rig.desk.perform(rig.order('4', 'refund', { returned }));
    assert.equal(rig.insurer.settled.size, 0);
    assert.deepEqual(
      (await eventsOf(rig)).map((event) => ('how' in event ? event.how : 'settled')),
      ['settled', 'cancelled'],
    );
  });

  for (const [what, returned] of [
    ['more than was settled', [{ feeLineNumber: 'L1', quantity: '2' }]],
    ['nothing', [{ feeLineNumber: 'L1', quantity: '0' }]],
    ['a line that is not there', [{ feeLineNumber: 'L9' }]],
  ] as const) {
    it(`of ${what} is refused before anything is cancelled`, async () => {
      const rig = createRig();
      await settledVisit(rig);
      await refusalOf(rig.desk.perform(rig.order('4', 'refund', { returned })), 'MESSAGE_INVALID');
      assert.equal(rig.insurer.settled.size, 1);
    });
  }

  for (const operation of [
    'cancelOutpatientSettlement',
    'withdrawOutpatientFees',
    'uploadOutpatientFees',
    'settleOutpatient',
  ] as const) {
    for (const kind of ['crash-before', 'crash-after', 'lost'] as const) {
      it(`goes on where it stood after ${kind} at ${operation}, and does everything once`, async () => {
        const rig = createRig();
        await settledVisit(rig);
        const before = rig.insurer.done.length;
        rig.insurer.trouble(operation, kind);
        const refund = rig.order('4', 'refund', { returned: [{ feeLineNumber: 'L1' }] });
        await assert.rejects(rig.desk.perform(refund), kind === 'lost' ? /UPSTREAM_TIMEOUT/ : Crash);
        const { body } = await rig.restart().perform(refund);
        assert.equal(body['total'], parseFen('20'));
        assert.equal(rig.insurer.done.length - before, 4);
        assert.deepEqual([...rig.insurer.settled.values()], [parseFen('20')]);
        assert.equal((await eventsOf(rig)).length, 3);
      });
    }
  }
});

describe('The card at the settlement', () => {
  async function charged(rig: Rig, card: object = {}): Promise<void> {
    await rig.desk.perform(rig.order('1', 'register', { ...REGISTER, ...card }));
    await rig.desk.perform(rig.order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
  }

  it('may be another one of the same person', async () => {
    const rig = createRig();
    await charged(rig);
    await rig.desk.perform(
      rig.order('3', 'settle', { credentialType: '03', credentialNumber: 'K1', cardSerial: 'S1' }),
    );
    const sent = rig.insurer.bodies.find(({ operation }) => operation === 'settleOutpatient');
    assert.deepEqual([sent?.body['credentialType'], sent?.body['cardSerial']], ['03', 'S1']);
  });

  it('may not be another person’s', async () => {
    const rig = createRig();
    await charged(rig);
    await refusalOf(
      rig.desk.perform(
        rig.order('3', 'settle', {
          credentialNumber: '000000199001010034',
          certificateNumber: '000000199001010034',
        }),
      ),
      'VISIT_PERSON_CHANGED',
    );
    assert.equal(rig.insurer.settled.size, 0);
  });

  it('as an e-credential that has ended has to be shown again, and is renewed where somebody can', async () => {
    const card = { ...CARD, credentialType: '01', credentialNumber: 'T1' };
    const rig = createRig();
    await charged(rig, card);
    rig.clock.set('2026-01-05 09:31:00');
    await refusalOf(rig.desk.perform(rig.order('3', 'settle', {})), 'CREDENTIAL_ENDED');
    await rig.desk.perform(rig.order('4', 'settle', { credentialNumber: 'T2' }));

    const renewing = createRig(
      {},
      { credentials: { renew: () => Promise.resolve({ credentialNumber: 'T3' }) } },
    );
    await charged(renewing, card);
    renewing.clock.set('2026-01-05 09:31:00');
    await renewing.desk.perform(renewing.order('3', 'settle', {}));
    assert.equal(renewing.insurer.bodies.at(-1)?.body['credentialNumber'], 'T3');
  });
});

describe('Quantities of a line', () => {
  it('given back in part keep price × quantity', async () => {
    const rig = createRig();
    await rig.desk.perform(rig.order('1', 'register', REGISTER));
    const drug = line('L1', {
      quantity: parseDecimal('3.5'),
      price: parseDecimal('0.333333'),
      lineAmount: parseFen('1.17'),
    });
    await rig.desk.perform(rig.order('2', 'fees', { chargeBatch: 'B1', lines: [drug] }));
    await rig.desk.perform(rig.order('3', 'settle', {}));
    const { body } = await rig.desk.perform(
      rig.order('4', 'refund', { returned: [{ feeLineNumber: 'L1', quantity: '1.25' }] }),
    );
    assert.equal(body['total'], parseFen('0.75'));
  });
});
