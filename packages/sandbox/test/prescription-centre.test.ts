/** Who may speak to the simulated prescription centre; its business is tested by the adapter that speaks to it. */
import assert from 'node:assert/strict';
import { createSandboxKeys, startPrescriptionCentre } from '@yiqiao/sandbox';
import type { PrescriptionCentre } from '@yiqiao/sandbox';
import { openEnvelope, sealEnvelope } from '#internal/platforms/gm-envelope.ts';
import type { EnvelopeSettings } from '#internal/platforms/gm-envelope.ts';

const CALLER = { institution: 'H53010000001', appId: 'app-H53010000001', appSecret: 'secret' } as const;
const now = Date.parse('2026-03-02T09:00:00+08:00');

describe('The simulated prescription centre', () => {
  const keys = createSandboxKeys();
  let centre: PrescriptionCentre;
  let settings: EnvelopeSettings;

  beforeEach(async () => {
    centre = await startPrescriptionCentre({
      clock: { now: () => now },
      callers: [{ ...CALLER, publicKey: keys.publicKey }],
    });
    settings = { ...keys, ...CALLER, peerPublicKey: centre.publicKey };
  });
  afterEach(() => centre.close());

  const post = async (operation: string, body: Uint8Array | string): Promise<Buffer> => {
    const url = `${centre.url}epc/api/fixmedins/${operation}`;
    return Buffer.from(await (await fetch(url, { method: 'POST', body })).arrayBuffer());
  };
  const code = (answer: Buffer): number => (JSON.parse(answer.toString()) as { code: number }).code;
  const sealed = (data: object, by: EnvelopeSettings = settings): Buffer =>
    sealEnvelope(by, { members: { version: '1.0.0' }, data: data as never, now });

  it('signs what it answers, and names every required member that is missing', async () => {
    const answer = await post('uploadChk', sealed({ hospRxno: '1', bizTypeCode: '01' }));
    assert.deepEqual(openEnvelope(settings, answer), { data: {} });
    const { message } = JSON.parse(answer.toString()) as { message: string };
    assert.equal(message, '缺少必填项：mdtrtCertType、valiEndTime');
  });

  const STRANGERS: readonly [string, () => Buffer | string][] = [
    ['an application it does not know', () => sealed({}, { ...settings, appId: 'app-of-somebody-else' })],
    ['a signature of another key', () => sealed({}, { ...settings, ...createSandboxKeys() })],
    ['another secret', () => sealed({}, { ...settings, appSecret: 'guessed' })],
    ['what is no JSON', () => 'hello'],
  ];
  for (const [name, bytes] of STRANGERS) {
    it(`refuses ${name}`, async () => {
      assert.equal(code(await post('uploadChk', bytes())), 1099);
      assert.deepEqual(centre.ledger.rows(), []);
    });
  }

  it('lets an institution speak for itself only', async () => {
    const visit = { mdtrtId: '1', patnName: '测试甲', certno: '1', drCode: '1' };
    const order = {
      mdtrtCertType: '02',
      bizTypeCode: '01',
      hospRxno: '1',
      valiEndTime: '2026-03-03 09:00:00',
      mdtrtinfo: { ...visit, fixmedinsCode: 'H53010000002' },
    };
    assert.equal(code(await post('uploadChk', sealed(order))), 1013);
  });

  it('answers an operation that it does not have with a refusal', async () => {
    assert.equal(code(await post('noSuchThing', sealed({}))), 1001);
  });

  it('shows its ledger and takes faults from other processes', async () => {
    const response = await fetch(`${centre.url}faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'refuse', infno: '7101', text: '系统维护中' }),
    });
    assert.equal(response.status, 200);
    const answer = JSON.parse((await post('uploadChk', sealed({}))).toString()) as { message: string };
    assert.equal(answer.message, '系统维护中');
    assert.deepEqual(await (await fetch(`${centre.url}ledger`)).json(), { rows: [] });
  });
});
