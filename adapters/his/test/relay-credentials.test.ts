/** An e-credential that ends between 1101 and 2207, with the stand-in of the relay beside the scanner. */
import assert from 'node:assert/strict';
import { createRelayCredentials } from '@yiqiao/his';
import type { ErrorCode } from '@yiqiao/model';
import { startRelayStandIn } from '@yiqiao/sandbox';
import type { RelayStandIn } from '@yiqiao/sandbox';
import { createRelay, decodeCredential } from '@yiqiao/sdk';
import { CARD, REGISTER, SETTINGS, createRig, line, refusalOf } from './rig.ts';
import type { Rig } from './rig.ts';

const OFFICE = { id: 'A03', name: '内科' };
const OPERATOR = { id: '0001', name: '测试经办' };
const SHOWN = { identityNumber: CARD.certificateNumber, name: CARD.personName, region: '530100' };
const ENDED = '2026-01-05 10:00:00';

describe('An e-credential that is scanned through a relay', () => {
  let scanner: RelayStandIn;
  let credentials: ReturnType<typeof createRelayCredentials>;
  let rig: Rig;

  beforeEach(async () => {
    scanner = await startRelayStandIn({ token: 'desk' });
    const { institution } = SETTINGS;
    const place = { url: scanner.url, token: 'desk', timeoutMs: 1_000 };
    credentials = createRelayCredentials({ ...place, institution, operator: OPERATOR, office: OFFICE });
    rig = createRig({}, { credentials });
    scanner.showCode(SHOWN);
    await registered();
  });
  afterEach(async () => {
    await credentials.close();
    await scanner.close();
  });

  /** The registration scans the code and shows its token, as a HIS does; then fees. */
  async function registered(): Promise<void> {
    const { desk, order } = rig;
    const relay = createRelay({ url: scanner.url, token: 'desk' });
    const scan = { institution: SETTINGS.institution.code, businessType: '01101' };
    const { token } = await decodeCredential(relay, { ...scan, operator: OPERATOR, office: OFFICE });
    await relay.close();
    const shown = { credentialType: '01', credentialNumber: token };
    await desk.perform(order('1', 'register', { ...REGISTER, ...shown }));
    await desk.perform(order('2', 'fees', { chargeBatch: 'B1', lines: [line('L1')] }));
  }

  const settle = () => rig.desk.perform(rig.order('3', 'settle', { chargeBatch: 'B1' }));
  const tokensSent = (operation: string): readonly unknown[] =>
    rig.insurer.bodies
      .filter((one) => one.operation === operation)
      .map(({ body }) => body['credentialNumber']);

  it('settles with the token of the registration while that holds', async () => {
    await settle();
    assert.deepEqual(scanner.tokens().length, 1);
    assert.deepEqual(tokensSent('settleOutpatient'), scanner.tokens());
  });

  it('is scanned again when it has ended: 1101 and 2207 bear the new token, and the old one never leaves', async () => {
    rig.clock.set(ENDED);
    await settle();
    const [old, renewed] = scanner.tokens();
    assert.deepEqual(tokensSent('identifyPerson'), [old, renewed]);
    assert.deepEqual(tokensSent('settleOutpatient'), [renewed]);
    assert.equal(rig.insurer.settled.size, 1);
  });

  const TROUBLES: readonly [string, (scanner: RelayStandIn) => void, ErrorCode][] = [
    ['nobody shows a code', (desk) => desk.showCode(undefined), 'CREDENTIAL_ENDED'],
    [
      'somebody else shows theirs',
      (desk) => desk.showCode({ ...SHOWN, identityNumber: '000000199001010018', name: '测试甲' }),
      'CREDENTIAL_OTHER_PERSON',
    ],
    ['the scanner is unplugged', (desk) => desk.unplug(), 'DEVICE_UNAVAILABLE'],
    [
      'the relay breaks off',
      (desk) => desk.faults.next({ kind: 'lose-reply', infno: 'NationEcTrans' }),
      'UPSTREAM_TIMEOUT',
    ],
  ];
  for (const [title, trouble, code] of TROUBLES)
    it(`leaves the visit as it was when ${title}, and settles once when the code is shown`, async () => {
      rig.clock.set(ENDED);
      trouble(scanner);
      await refusalOf(settle(), code);
      assert.deepEqual(tokensSent('settleOutpatient'), []);
      scanner.plug();
      scanner.showCode(SHOWN);
      await settle();
      assert.deepEqual(tokensSent('settleOutpatient'), [scanner.tokens().at(-1)]);
      assert.equal(rig.insurer.settled.size, 1);
    });
});
