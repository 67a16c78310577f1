import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { createAdminToken } from '@yiqiao/gateway';
import { makeTestPki } from '@yiqiao/signer/certificates';
import { endAll, makeFolder, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** The files of a test authority by name. */
function makePki(folder: string): ReadonlyMap<string, string> {
  const files = makeTestPki({
    institutions: ['H00000000001'],
    hosts: ['127.0.0.1'],
    now: Date.now(),
    days: 3,
  });
  for (const { name, content } of files) writeFileSync(join(folder, name), content);
  return new Map(files.map(({ name, content }) => [name, content.toString()]));
}

/** Asks over TLS whose token this is; resolves with the status, and the serial number of the gateway's certificate. */
async function askMe(
  { gateway }: Rig,
  token: string,
  ca: string,
): Promise<{ status: number; serial: string }> {
  const asked = request(`${gateway.admin}/admin/me`, {
    ca,
    agent: false,
    headers: { authorization: `Bearer ${token}` },
  });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  await text(response);
  const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
  return { status: response.statusCode ?? 0, serial: serialNumber };
}

describe('The admin API over TLS', () => {
  afterEach(endAll);

  it('shows the certificate of the configuration, and another one after a reload', async () => {
    const folder = makeFolder();
    const ca = makePki(folder).get('tls-root.pem') ?? '';
    const { token, hash } = createAdminToken();
    const file = (name: string): string => `{ file: "${join(folder, name)}" }`;
    const rig = await startRig({
      change: (yaml) => `${yaml}admin:
  port: 0
  tls: { certificate: ${file('server.pem')}, key: ${file('server.key.pem')} }
  tokens: [{ name: 测试甲, role: viewer, hash: "${hash}" }]
`,
    });
    assert.match(rig.gateway.admin ?? '', /^https:/);
    const first = await askMe(rig, token, ca);
    assert.equal(first.status, 200);
    assert.equal((await askMe(rig, 'wrong', ca)).status, 401);
    const other = makePki(folder).get('tls-root.pem') ?? '';
    rig.gateway.reload();
    const second = await askMe(rig, token, other);
    assert.deepEqual([second.status, second.serial !== first.serial], [200, true]);
    await assert.rejects(askMe(rig, token, ca));
  });
});
