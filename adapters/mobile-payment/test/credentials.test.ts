/** E-credentials: scanned, decoded, and good for a time. */
import assert from 'node:assert/strict';
import { createCredentialDesk, credentialCentre, relayCredentials } from '@yiqiao/mobile-payment';
import type { CredentialSource } from '@yiqiao/mobile-payment';
import { startRelayStandIn } from '@yiqiao/sandbox';
import { createRelay } from '@yiqiao/sdk';
import { startPaymentWorld } from './payment-world.ts';

const SCAN = {
  organizationId: 'H53010000001',
  credentialUse: '01301',
  operatorStaffNumber: '0001',
  operatorStaffName: '测试经办',
  officeCode: 'A03',
  officeName: '内科',
};

describe('e-credentials', () => {
  it('are decoded by the centre, and their token is given while it is good', async () => {
    const world = await startPaymentWorld();
    try {
      let now = 0;
      const clock = { now: () => now };
      const desk = createCredentialDesk({ source: credentialCentre(world.port), clock, goodForMs: 1_000 });
      const scanned = await desk.scan(SCAN);
      assert.deepEqual([scanned.holder.userName, scanned.holder.userInsuredRegion], ['测试甲', '330100']);
      now = 999;
      assert.equal(desk.token(scanned), 'ECTOKEN0000000000000000000000001');
      now = 1_000;
      assert.throws(() => desk.token(scanned), { code: 'CREDENTIAL_ENDED' });
    } finally {
      await world.close();
    }
  });

  it('without what the interface requires are refused before anything is sent, all of it told', async () => {
    const world = await startPaymentWorld();
    try {
      const desk = createCredentialDesk({ source: credentialCentre(world.port) });
      const wrong = desk.scan({ ...SCAN, credentialUse: '', officeCode: '' });
      await assert.rejects(
        wrong,
        (error: { code: string; details: { faults: readonly { at: string }[] } }) => {
          assert.equal(error.code, 'MESSAGE_INVALID');
          assert.deepEqual(
            error.details.faults.map(({ at }) => at),
            ['/credentialUse', '/officeCode'],
          );
          return true;
        },
      );
      assert.equal(world.centre.count('6101'), 0);
    } finally {
      await world.close();
    }
  });

  it('may come from a library beside the scanner, and need a token', async () => {
    const holder = {
      userName: '测试甲',
      userCertificateNumber: '1',
      userCertificateType: '01',
      userInsuredRegion: '330100',
    };
    const source = (credentialToken: string): CredentialSource => ({
      decode: () => Promise.resolve({ ...holder, credentialToken }),
    });
    const desk = createCredentialDesk({ source: source('T1') });
    assert.equal(desk.token(await desk.scan(SCAN)), 'T1');
    await assert.rejects(createCredentialDesk({ source: source('') }).scan(SCAN), {
      code: 'UPSTREAM_REPLY_UNUSABLE',
    });
  });

  it('come from the decoder behind a relay in the same form', async () => {
    const scanner = await startRelayStandIn();
    const relay = createRelay({ url: scanner.url, timeoutMs: 1_000 });
    try {
      const desk = createCredentialDesk({ source: relayCredentials(relay) });
      await assert.rejects(desk.scan(SCAN), { code: 'UPSTREAM_REJECTED' });
      scanner.showCode({ identityNumber: '000000199001010018', name: '测试甲', region: '330100' });
      const { holder } = await desk.scan(SCAN);
      assert.deepEqual(holder, {
        credentialToken: scanner.tokens()[0],
        userName: '测试甲',
        userCertificateNumber: '000000199001010018',
        userCertificateType: '01',
        userInsuredRegion: '330100',
      });
      scanner.unplug();
      await assert.rejects(desk.scan(SCAN), { code: 'DEVICE_UNAVAILABLE' });
    } finally {
      await relay.close();
      await scanner.close();
    }
  });
});
