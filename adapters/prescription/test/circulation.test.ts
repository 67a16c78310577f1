/** The whole way and what goes wrong on it, against the simulated centre over HTTP, in both dialects. */
import assert from 'node:assert/strict';
import type { ErrorCode } from '@yiqiao/model';
import type { PrescriptionOrder } from '@yiqiao/prescription';
import { formatTime, GatewayError, parseDecimal } from '@yiqiao/model';
import {
  claimOf,
  DAY_MS,
  HOSPITAL_PHARMACIST,
  issue,
  makeOrder,
  MORNING,
  openWorld,
  PATIENT,
  reportOf,
  SHEET,
  SHOP_PHARMACIST,
} from './circulation-world.ts';
import type { CirculationWorld, Dialect } from './circulation-world.ts';

const REVOCATION = {
  doctorInsuranceCode: 'D530100000001',
  doctorName: '测试医师甲',
  certificateType: '01',
  certificateNumber: '000000197001010015',
  reason: '患者改变治疗方案',
};
const UNDOING = { reason: '退药', at: formatTime(MORNING) };
const OTHER = { ...PATIENT, name: '测试丁', certificateNumber: '000000199202020026' };

/** Rejects with this code; its facts. */
async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
    assert.equal(error.code, code, JSON.stringify(error.details));
    return error.details.facts ?? {};
  }
  assert.fail(`${code} was expected`);
}

for (const dialect of ['epc', 'national'] as const satisfies readonly Dialect[]) {
  describe(`A prescription circulates (${dialect})`, () => {
    let world: CirculationWorld;
    beforeEach(async () => {
      world = await openWorld({ dialect });
    });
    afterEach(() => world.close());

    const row = () => world.platform.ledger.rows()[0];
    const steps = (store: CirculationWorld['hospitalStore']) => store.lastEvents(50).map(({ step }) => step);

    it('goes from the pre-check to the settlement and back, and both sides agree at each step', async () => {
      const { hospital, platform } = world;
      const [{ side, store }] = world.pharmacies;
      const { number, code } = await issue(world);
      assert.equal(row()?.stage, 'uploaded');

      const found = await side.find({ code, person: PATIENT });
      assert.equal(found.number, number);
      assert.equal(found.status, 'valid');
      assert.deepEqual(
        found.drugs.map(({ quantity }) => quantity),
        ['2', '1.5'],
      );
      await side.claim(claimOf('C1', number));
      assert.equal(row()?.stage, 'audited');
      assert.equal((await hospital.findAudit(number))?.passed, true);
      assert.equal(hospital.standing(number).stage, 'audited');

      const { dispensingNumber } = await side.dispense(reportOf('C1', number));
      assert.equal(row()?.stage, 'settled');
      assert.equal((await hospital.findDispensing(number))?.drugs.length, 3);
      assert.equal(hospital.standing(number).stage, 'dispensed');
      await refused(hospital.revoke(number, REVOCATION), 'PRESCRIPTION_STATE_WRONG');

      await side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING });
      assert.equal(row()?.stage, 'undone');
      await hospital.findDispensing(number);
      assert.equal(hospital.standing(number).stage, 'undone');
      assert.equal((await hospital.revoke(number, REVOCATION)).stage, 'revoked');
      assert.deepEqual(platform.ledger.rows()[0]?.dispensings, [
        { number: dispensingNumber, pharmacy: 'P53010000001', undone: true },
      ]);
      await refused(side.find({ code, person: PATIENT }), 'PRESCRIPTION_REVOKED');
      assert.deepEqual(steps(store), [
        'prescription.downloaded',
        'prescription.claimed',
        'prescription.dispensed',
        'prescription.taken-back',
      ]);
      assert.deepEqual(steps(world.hospitalStore), [
        'prescription.checked',
        'prescription.signed',
        'prescription.uploaded',
        'prescription.told-audited',
        'prescription.told-dispensed',
        'prescription.told-taken-back',
        'prescription.revoked',
      ]);
    });

    it('tells every step again without doing it again', async () => {
      const [{ side }] = world.pharmacies;
      const { number, code } = await issue(world);
      const again = await issue(world);
      assert.deepEqual(again, { number, code });
      await side.find({ code, person: PATIENT });
      assert.deepEqual(await side.claim(claimOf('C1', number)), await side.claim(claimOf('C1', number)));
      const told = await side.dispense(reportOf('C1', number));
      assert.deepEqual(await side.dispense(reportOf('C1', number)), told);
      await side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING });
      await side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING });
      await side.undo({ claimId: 'never heard of', prescriptionNumber: number, ...UNDOING });
      assert.equal(world.platform.count('7101'), 1);
      assert.equal(world.platform.count('7103'), 1);
      assert.equal(world.platform.count('7206'), 1);
      assert.equal(world.platform.count('7207'), 1);
      assert.equal(world.platform.count('7208'), 1);
    });

    it('gives a prescription to one of two pharmacies that ask at the same moment', async () => {
      const { number, code } = await issue(world);
      const ends = world.pharmacies;
      await Promise.all(ends.map(({ side }) => side.find({ code, person: PATIENT })));
      const results = await Promise.allSettled(
        ends.map(({ side }, index) => side.claim(claimOf(`C${index}`, number))),
      );
      const won = results.findIndex(({ status }) => status === 'fulfilled');
      const [loser] = results.filter((one) => one.status === 'rejected');
      assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
      assert(loser?.reason instanceof GatewayError);
      assert.equal(loser.reason.code, 'PRESCRIPTION_TAKEN');

      await ends[won]?.side.undo({ claimId: `C${won}`, prescriptionNumber: number, ...UNDOING });
      await ends[1 - won]?.side.claim(claimOf('C9', number));
      assert.equal(row()?.stage, 'audited');
    });

    const LOST: readonly (readonly [string, string])[] = [
      ['7101', 'uploaded'],
      ['7102', 'uploaded'],
      ['7103', 'uploaded'],
      ['7206', 'audited'],
      ['7207', 'settled'],
      ['7208', 'undone'],
    ];
    for (const [transaction, stage] of LOST) {
      it(`does ${transaction} once when its answer is lost and it is asked again`, async () => {
        const [{ side }] = world.pharmacies;
        world.platform.faults.next({ kind: 'lose-reply', infno: transaction });
        let isFirst = true;
        const twice = async <T>(what: () => Promise<T>): Promise<T> => {
          try {
            return await what();
          } catch (error) {
            assert(error instanceof GatewayError);
            assert.equal(error.code, 'UPSTREAM_TIMEOUT');
            assert.equal(isFirst, true, 'one answer was lost');
            isFirst = false;
            return what();
          }
        };
        const { number, code } = await twice(() => issue(world));
        if (transaction > '7200') {
          await side.find({ code, person: PATIENT });
          await twice(() => side.claim(claimOf('C1', number)));
        }
        if (transaction > '7206') await twice(() => side.dispense(reportOf('C1', number)));
        if (transaction > '7207') {
          await twice(() => side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING }));
        }
        assert.equal(isFirst, false);
        assert.equal(world.platform.ledger.rows().length, 1);
        assert.equal(row()?.stage, stage);
        assert.equal(row()?.dispensings.length, transaction > '7206' ? 1 : 0);
      });
    }

    it('takes back a dispensing whose report was never answered', async () => {
      const [{ side }] = world.pharmacies;
      const { number, code } = await issue(world);
      await side.find({ code, person: PATIENT });
      await side.claim(claimOf('C1', number));
      world.platform.faults.next({ kind: 'lose-reply', infno: '7207' });
      await refused(side.dispense(reportOf('C1', number)), 'UPSTREAM_TIMEOUT');
      assert.equal(row()?.stage, 'settled');
      await side.undo({ claimId: 'C1', prescriptionNumber: number, ...UNDOING });
      assert.equal(row()?.stage, 'undone');
    });

    it('does not believe an answer that somebody else has signed', async () => {
      world.platform.faults.next({ kind: 'wrong-signature', infno: '7101' });
      await refused(world.hospital.check(makeOrder('RX-0001')), 'UPSTREAM_REPLY_UNUSABLE');
    });
  });
}

describe('A prescription that is not right', () => {
  let world: CirculationWorld;
  beforeEach(async () => {
    world = await openWorld({ dialect: 'epc' });
  });
  afterEach(() => world.close());

  it('names everything that an order lacks, and sends nothing', async () => {
    const order = makeOrder('RX-0001');
    const { validUntil: _, ...incomplete } = order;
    const broken = { ...incomplete, drugs: order.drugs.map(({ drugGenericName: __, ...drug }) => drug) };
    await assert.rejects(
      world.hospital.check(broken as unknown as PrescriptionOrder),
      (error: GatewayError) => {
        assert.equal(error.code, 'MESSAGE_INVALID');
        assert.deepEqual(error.details.faults?.map(({ at }) => at).toSorted(), [
          '/input/data/valiEndTime',
          '/input/rxdrugdetail/0/drugGenname',
          '/input/rxdrugdetail/1/drugGenname',
        ]);
        return true;
      },
    );
    assert.equal(world.platform.count('7101'), 0);
  });

  it('does not require of D001 what only 7101 requires', async () => {
    const { credentialToken: _, authorizationNumber: __, ...offline } = makeOrder('RX-0002');
    assert.equal((await world.hospital.check(offline as unknown as PrescriptionOrder)).stage, 'checked');
  });

  it('is not uploaded when the order was altered after signing', async () => {
    const order = makeOrder('RX-0001');
    const { number } = await world.hospital.check(order);
    await world.hospital.sign(number, { sheet: SHEET, pharmacist: HOSPITAL_PHARMACIST });
    const [drug, ...others] = order.drugs;
    const altered = { ...order, drugs: [{ ...drug, drugQuantity: parseDecimal('20') }, ...others] };
    const presented = { order: altered as typeof order };
    assert.deepEqual(await refused(world.hospital.upload(number, presented), 'PRESCRIPTION_ALTERED'), {
      prescription: number,
      altered: 'order',
    });
    await refused(world.hospital.check(altered as typeof order), 'PRESCRIPTION_ALTERED');
    const sheet = Buffer.from('another sheet');
    await refused(world.hospital.upload(number, { sheet }), 'PRESCRIPTION_ALTERED');
    assert.equal(world.platform.count('7103'), 0);
    assert.equal((await world.hospital.upload(number, { order, sheet: SHEET })).stage, 'uploaded');
  });

  it('is refused by the centre when the document or a signed field differs', async () => {
    const { number } = await world.hospital.check(makeOrder('RX-0001'));
    await world.hospital.sign(number, { sheet: SHEET, pharmacist: HOSPITAL_PHARMACIST });
    type Kept = { signed: { document: string; facts: { patientName: string } } };
    const kept = world.hospitalStore.get<Kept>('prescription', number);
    assert(kept);
    const { signed } = kept;
    for (const wrong of [
      { ...signed, document: Buffer.from('forged').toString('base64') },
      { ...signed, facts: { ...signed.facts, patientName: '测试丁' } },
    ]) {
      world.hospitalStore.transact((tx) => tx.put('prescription', number, { ...kept, signed: wrong }));
      const told = await refused(world.hospital.upload(number), 'PRESCRIPTION_ALTERED');
      assert.equal(told['saidBy'], 'centre');
    }
  });

  it('is not signed or uploaded out of turn', async () => {
    await refused(world.hospital.upload('RX-NONE'), 'PRESCRIPTION_UNKNOWN');
    const { number } = await world.hospital.check(makeOrder('RX-0001'));
    const facts = await refused(world.hospital.upload(number), 'PRESCRIPTION_STATE_WRONG');
    assert.equal(facts['state'], 'checked');
    await refused(world.hospital.revoke(number, REVOCATION), 'PRESCRIPTION_STATE_WRONG');
    world.clock.pass(4 * DAY_MS);
    const sheet = { sheet: SHEET, pharmacist: HOSPITAL_PHARMACIST };
    await refused(world.hospital.sign(number, sheet), 'PRESCRIPTION_EXPIRED');
    assert.equal(world.platform.count('7102') + world.platform.count('7103'), 0);
  });

  it('has one content under one number of the hospital', async () => {
    await world.hospital.check(makeOrder('RX-0001'));
    const other = makeOrder('RX-0001', { prescriptionInstructions: '饭后服用' });
    await refused(world.hospital.check(other), 'PRESCRIPTION_NUMBER_REUSED');
  });

  it('is not for another person', async () => {
    const [{ side }] = world.pharmacies;
    const { number, code } = await issue(world);
    await refused(side.find({ code, person: OTHER }), 'PRESCRIPTION_OTHER_PERSON');
    await side.find({ code, person: PATIENT });
    await refused(side.claim({ ...claimOf('C1', number), person: OTHER }), 'PRESCRIPTION_OTHER_PERSON');
    await refused(side.find({ credentialToken: 'EC-2', person: OTHER }), 'PRESCRIPTION_UNKNOWN');
    assert.equal((await side.find({ credentialToken: 'EC-1', person: PATIENT })).number, number);
  });

  it('cannot be had once it has ended, nor without having been found', async () => {
    const [{ side }] = world.pharmacies;
    const { number, code } = await issue(world);
    await refused(side.claim(claimOf('C0', number)), 'PRESCRIPTION_UNKNOWN');
    await refused(side.find({ code: 'no such code', person: PATIENT }), 'PRESCRIPTION_UNKNOWN');
    await refused(side.find({ prescriptionNumber: number, person: PATIENT }), 'PRESCRIPTION_UNKNOWN');
    await side.find({ code, person: PATIENT });
    world.clock.pass(3 * DAY_MS + 1);
    await refused(side.claim(claimOf('C1', number)), 'PRESCRIPTION_EXPIRED');
    await refused(side.find({ code, person: PATIENT }), 'PRESCRIPTION_EXPIRED');
    assert.equal(world.platform.count('7206'), 0);
  });

  it('gives no more than it allows: quantity, interval and number of uses', async () => {
    const [{ side }, other] = world.pharmacies;
    const order = makeOrder('RX-0001', {
      reusable: '1',
      maximumUses: 2,
      minimumIntervalDays: 7,
      validDays: parseDecimal('30'),
      validUntil: formatTime(MORNING + 30 * DAY_MS),
    });
    const { number, code } = await issue(world, order);
    await side.find({ code, person: PATIENT });
    const tooMuch = claimOf('C1', number, ['2.0001']);
    assert.equal((await refused(side.claim(tooMuch), 'PRESCRIPTION_LIMIT'))['limit'], 'quantity');
    await side.claim(claimOf('C2', number));
    await side.dispense(reportOf('C2', number));

    // The other pharmacy asks the centre, which knows when it was last used.
    await other.side.find({ code, person: PATIENT });
    assert.equal(
      (await refused(other.side.claim(claimOf('C3', number)), 'PRESCRIPTION_LIMIT'))['limit'],
      'interval',
    );
    world.clock.pass(7 * DAY_MS);
    const found = await other.side.find({ code, person: PATIENT });
    assert.deepEqual(found.reuse, {
      reusable: true,
      maximumUses: 2,
      timesUsed: 1,
      minimumIntervalDays: 7,
    });
    await other.side.claim(claimOf('C4', number));
    await other.side.dispense(reportOf('C4', number));
    world.clock.pass(7 * DAY_MS);
    await side.find({ code, person: PATIENT });
    assert.equal((await refused(side.claim(claimOf('C5', number)), 'PRESCRIPTION_LIMIT'))['limit'], 'uses');
  });

  it('is not kept by a pharmacist who did not pass it', async () => {
    const [{ side }, other] = world.pharmacies;
    const { number, code } = await issue(world);
    await side.find({ code, person: PATIENT });
    await other.side.find({ code, person: PATIENT });
    const claim = claimOf('C1', number);
    const notPassed = { ...claim, audit: { ...claim.audit, passed: false, pharmacist: SHOP_PHARMACIST } };
    await refused(side.claim(notPassed), 'PRESCRIPTION_STATE_WRONG');
    assert.equal((await world.hospital.findAudit(number))?.passed, false);
    await other.side.claim(claimOf('C2', number));
  });

  it('is not reported twice under one document with other content', async () => {
    const [{ side }] = world.pharmacies;
    const { number, code } = await issue(world);
    await side.find({ code, person: PATIENT });
    await side.claim(claimOf('C1', number));
    await refused(side.dispense(reportOf('C0', number)), 'PRESCRIPTION_UNKNOWN');
    await side.dispense(reportOf('C1', number));
    await refused(side.dispense(reportOf('C1', number, ['1'])), 'PRESCRIPTION_NUMBER_REUSED');
  });
});
