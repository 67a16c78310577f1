/** Our own adapters at the platforms that the suite plays: they send nothing that its kits would have refused. */
import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import {
  createSandboxKeys,
  startEInvoicePlatform,
  startPaymentPlatform,
  startPrescriptionCentre,
} from '@yiqiao/sandbox';
import type { PlatformBend, PlatformRequest } from '@yiqiao/sandbox';
import { platformRules } from '#internal/systems/platforms.ts';
import type { PlatformName } from '#internal/systems/platforms.ts';
import { platformObjections } from '#internal/systems/platforms-entrance.ts';
import { charge, clock, fees, openDesk, openIssuer } from './platform-stories.ts';
import { hospitalPharmacist, openSides, prescription, whole } from './prescription-story.ts';

const registry = createRegistry();

/** Keeps what a platform was asked. */
function keeping(heard: PlatformRequest[]): PlatformBend {
  return {
    around: (handler) => (request) => {
      heard.push(request);
      return handler(request);
    },
  };
}

/** What the kit of a platform has against the messages, by operation and place. */
function objectionsTo(platform: PlatformName, heard: readonly PlatformRequest[]): readonly string[] {
  const rules = platformRules(registry, platform);
  return heard.flatMap((request) =>
    platformObjections(rules, request).map(({ operation, path, rule }) => `${operation} ${path} ${rule}`),
  );
}

const namesOf = (heard: readonly PlatformRequest[]): readonly string[] => [
  ...new Set(heard.map(({ operation }) => operation)),
];

describe('Our adapters send nothing that the kits would have refused', () => {
  it('e-invoice: bills of outpatients, stays and registrations, and their write-offs', async () => {
    const heard: PlatformRequest[] = [];
    const platform = await startEInvoicePlatform({ clock, bend: keeping(heard) });
    const { issuer, drain, close } = openIssuer(platform);
    try {
      issuer.settled(charge('S1'));
      issuer.settled(charge('S2', { course: 'registration' }));
      issuer.settled(
        charge('S3', { course: 'inpatient', admissionTime: '2026-02-20', dischargeTime: '2026-03-01' }),
      );
      await drain();
      const undone = { visitId: 'VS1', how: 'cancelled', time: '2026-03-02 09:00:00' } as const;
      issuer.undone({ settlementId: 'S1', ...undone });
      await drain();
      assert.deepEqual(objectionsTo('e-invoice', heard), []);
      assert.ok(namesOf(heard).includes('writeOffEBill') && heard.length >= 4, namesOf(heard).join());
    } finally {
      await close();
      await platform.close();
    }
  });

  it('mobile payment: an order uploaded, paid, told, refunded, and one revoked', async () => {
    const heard: PlatformRequest[] = [];
    const keys = createSandboxKeys();
    const centre = await startPaymentPlatform({ clock, peerPublicKey: keys.publicKey, bend: keeping(heard) });
    const { desk, drain, close } = openDesk({ ...centre, privateKey: keys.privateKey });
    try {
      await desk.upload(fees('O1'));
      await desk.pay({ orderNumber: 'O1', visitId: 'VO1' });
      desk.cashPaid('O1', { reference: 'WX0001', method: 'WECHAT' });
      await drain();
      const { fund, account, cash } = centre.ledger.find('O1')?.parts ?? { fund: 0n, account: 0n, cash: 0n };
      const parts = { fund, account, cash } as Parameters<typeof desk.refund>[0]['parts'];
      await desk.refund({ orderNumber: 'O1', refundNumber: 'R1', parts });
      await desk.upload(fees('O2'));
      await drain();
      assert.deepEqual(objectionsTo('mobile-payment', heard), []);
      assert.deepEqual(namesOf(heard).toSorted(), ['6201', '6202', '6203', '6204', '6301', '6401']);
    } finally {
      await close();
      await centre.close();
    }
  });

  it('prescription: one circulated and taken back, one revoked', async () => {
    const heard: PlatformRequest[] = [];
    const accounts = ['H53010000001', 'P53010000001'].map((code) => ({
      code,
      name: '示例机构',
      appId: `app-${code}-000000000000000`,
      appSecret: `secret-of-${code}`,
      ...createSandboxKeys(),
    }));
    const [ofHospital, ofPharmacy] = accounts;
    assert(ofHospital !== undefined && ofPharmacy !== undefined);
    const centre = await startPrescriptionCentre({
      clock,
      notifications: 'by-request',
      callers: accounts.map(({ code: institution, appId, appSecret, publicKey }) => ({
        institution,
        appId,
        appSecret,
        publicKey,
      })),
      bend: keeping(heard),
    });
    const { hospital, pharmacy, close } = openSides(centre, { hospital: ofHospital, pharmacy: ofPharmacy });
    try {
      const sheet = { sheet: Buffer.from('%PDF-1.7 示例处方笺'), pharmacist: hospitalPharmacist };
      const { number, traceCode: code } = await hospital.issue(prescription('RX-0001'), () => sheet);
      const { person, claim, report } = whole('C1', number);
      await pharmacy.find({ code, person });
      await pharmacy.claim(claim);
      await hospital.findAudit(number);
      await pharmacy.dispense(report);
      await hospital.findDispensing(number);
      await pharmacy.undo({ claimId: 'C1', prescriptionNumber: number, reason: '退药', at: report.time });
      await hospital.revoke(number, {
        doctorInsuranceCode: 'D530100000001',
        doctorName: '测试医师甲',
        certificateType: '01',
        certificateNumber: '000000197001010015',
        reason: '患者改变治疗方案',
      });
      assert.deepEqual(objectionsTo('prescription', heard), []);
      assert.deepEqual(
        ['7101', '7102', '7103', '7104', '7204', '7206', '7207', '7208'].filter(
          (operation) => !namesOf(heard).includes(operation),
        ),
        [],
      );
    } finally {
      await close();
      await centre.close();
    }
  });
});
