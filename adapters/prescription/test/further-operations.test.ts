/** What no side of the adapter needs by itself, asked of the centre in both dialects; and what senders differ in. */
import assert from 'node:assert/strict';
import type { GatewayError } from '@yiqiao/model';
import { epcDialect } from '@yiqiao/prescription';
import { claimOf, facts, HOSPITAL, issue, openWorld, PATIENT, reportOf } from './circulation-world.ts';
import type { CirculationWorld } from './circulation-world.ts';

const PHARMACY = 'P53010000001';
const OPERATOR = {
  terminalAddress: '10.0.0.1',
  operatorAccount: '0001',
  operatorName: '测试经办',
  agencyNumber: PHARMACY,
};
const DELIVERY = {
  deliveryNumber: 'DELV-1',
  deliveryAddress: '示例路 1 号',
  deliveryCompanyName: '示例配送',
  deliveryStatusCode: '1',
  deliveryStatusName: '已揽收',
  deliveryStatusTime: '2026-03-02 10:00:00',
  deliveryRecipient: '测试甲',
  institutionCode: PHARMACY,
  institutionName: '示例药店一',
};

for (const dialect of ['epc', 'national'] as const) {
  describe(`Further operations of a centre (${dialect})`, () => {
    let world: CirculationWorld;
    beforeEach(async () => {
      world = await openWorld({ dialect });
    });
    afterEach(() => world.close());

    it('lists the drugs that circulate', async () => {
      const { body } = await world.centreOf(PHARMACY).ask('findCirculatingDrugs', {
        institutionCode: PHARMACY,
        catalogueCode: 'XA01BA00000001',
        pageNumber: 1,
        pageSize: 10,
      });
      assert.deepEqual(
        [body.rowTotal, body.drugs.map(({ registeredName }) => registeredName)],
        ['1', ['示例缓释片甲']],
      );
    });

    it('gives a token for a prescription that was ordered online, which downloads it', async () => {
      const { number } = await issue(world);
      const { body } = await world.centreOf(PHARMACY).ask('findOnlineCirculation', {
        insurancePrescriptionNumber: number,
        institutionCode: PHARMACY,
        circulationAuthorizationNumber: 'BIZ-1',
        prescriptionChannelId: 'CHANNEL-1',
        ...OPERATOR,
      });
      const token = { epcToken: body.prescriptionToken, authRxno: body.prescriptionAuthorizationNumber };
      const [{ side }] = world.pharmacies;
      assert.equal((await side.find({ token, person: PATIENT })).number, number);
      // The other pharmacy cannot use it.
      const stolen = world.pharmacies[1].side.find({ token, person: PATIENT });
      await assert.rejects(stolen, { code: 'UPSTREAM_REJECTED' });
    });

    it('takes the states of a delivery once something was handed out, not before', async () => {
      const [{ side }] = world.pharmacies;
      const { number, code } = await issue(world);
      const centre = world.centreOf(PHARMACY);
      const delivery = { ...DELIVERY, insurancePrescriptionNumber: number };
      await assert.rejects(centre.ask('synchronizeDelivery', delivery), { code: 'PRESCRIPTION_STATE_WRONG' });
      await side.find({ code, person: PATIENT });
      await side.claim(claimOf('C1', number));
      await side.dispense(reportOf('C1', number));
      assert.equal((await centre.ask('synchronizeDelivery', delivery)).body.done, true);
      const received = {
        insurancePrescriptionNumber: number,
        courierCertificateType: '01',
        courierCertificateNumber: '000000198501010019',
        courierName: '测试配送员',
        deliveryStatusTime: '2026-03-02 11:00:00',
      };
      assert.equal((await centre.ask('confirmDelivery', received)).body.done, true);
    });

    it('does not let another hospital ask about a prescription', async () => {
      const { number } = await issue(world);
      const asked = world.centreOf(PHARMACY).ask('findPrescription', {
        insurancePrescriptionNumber: number,
        institutionCode: HOSPITAL.code,
        visitId: '530100G0001',
        personName: PATIENT.name,
        certificateType: PATIENT.certificateType,
        certificateNumber: PATIENT.certificateNumber,
      });
      await assert.rejects(asked, (error: GatewayError) => {
        assert.equal(error.code, 'UPSTREAM_REJECTED');
        assert.equal(error.details.upstream?.code, '1013');
        return true;
      });
    });
  });
}

describe('What senders of D004 differ in', () => {
  const revocation = { data: { hiRxno: 'RX1', drCode: 'D1' } };
  const parts = { messageId: '', now: 0 };
  const { revokePrescription } = facts.centre.operations;

  const NAMES: readonly [string | undefined, object][] = [
    [undefined, { hiRxno: 'RX1', drCode: 'D1' }],
    ['undoDrCode', { hiRxno: 'RX1', undoDrCode: 'D1' }],
  ];
  for (const [undoDoctorCode, data] of NAMES) {
    it(`names the doctor ${undoDoctorCode ?? 'drCode'}`, () => {
      const dialect = epcDialect(facts.centre, undoDoctorCode === undefined ? {} : { undoDoctorCode });
      assert.deepEqual(dialect.write(revocation, revokePrescription, parts), { version: '1.0.0', data });
    });
  }
});
