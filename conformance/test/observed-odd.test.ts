import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { askingInstitution, farAnswer, readObserved, replay, startFarSide } from '@yiqiao/conformance';
import type { FarSide } from '@yiqiao/conformance';
import { createAdminToken, startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';

const TIME = '2026-01-05 10:00:00';

describe('The observed 2305 of Chongqing, whose amounts do not add up', () => {
  const message = readObserved().find(({ id }) => id === '2305-500103-01') ?? assert.fail();
  const { token, hash } = createAdminToken();
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-observed-odd-'));
  let farSide: FarSide;
  let gateway: Gateway;

  before('start a gateway and its far side', async () => {
    farSide = await startFarSide((infno) => farAnswer(message, infno));
    const configFile = join(folder, 'gateway.yaml');
    writeFileSync(
      configFile,
      `role: care-place
region: "${message.region}"
listen: { port: 0 }
journal: journal.sqlite
logLevel: silent
peers:
  - { id: his, profile: ${message.profile}, mode: tolerant, from: { institutions: [${askingInstitution(message.region)}], careRegions: ["500000"] }, signing: { profile: none } }
  - { id: core, profile: ${message.profile}, mode: tolerant, to: { url: "${farSide.url}" }, signing: { profile: none } }
carePlaceCore: core
admin: { port: 0, tokens: [{ name: 测试操作员, role: operator, hash: "${hash}" }] }
`,
    );
    const ahead = Date.parse(`${TIME.replace(' ', 'T')}+08:00`) - Date.now();
    gateway = await startGateway({ configFile, clock: { now: () => Date.now() + ahead } });
  });

  after(async () => {
    await gateway.close();
    await farSide.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (path: string, body?: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${gateway.admin}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, unknown>;
  };

  it('is delivered, and waits for a person with formula, operands and the difference of 1339.87', async () => {
    const told = await replay(message, { url: gateway.url, time: TIME });
    assert.match(Buffer.from(told.bytes).toString(), /"infcode": ?0/);
    const { exchanges } = (await ask('/admin/exchanges?odd=waiting')) as {
      exchanges: { id: number; state: string; region: string; transaction: string }[];
    };
    const lines = exchanges.map(({ state, region, transaction }) => [state, region, transaction]);
    assert.deepEqual(lines, [['answered', '500103', '2305']]);
    const shown = await ask(`/admin/exchanges/${exchanges[0]?.id}`);
    const [{ found }] = shown['oddities'] as [{ found: { at: string; message: { zh: string } }[] }];
    assert.equal(found[0]?.at, '/output/setlinfo/medfee_sumamt');
    assert.match(found[0].message.zh, /medfee_sumamt -3379\.26 ≠ fund_pay_sumamt -2039\.39 \+ /);
    assert.match(found[0].message.zh, /差额 -1339\.87 元。公式：\S/);
  });

  it('is looked at by a person, and stays answered', async () => {
    const { state, looks } = await ask('/admin/exchanges/1/looked', { reason: '地方字段含其余金额' });
    assert.equal(state, 'answered');
    assert.equal((looks as { operator: string }[])[0]?.operator, '测试操作员');
    assert.deepEqual((await ask('/admin/exchanges?odd=waiting'))['exchanges'], []);
  });
});
