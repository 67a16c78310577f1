import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { checkGatewayConfig, createAdminToken, startGateway } from '@yiqiao/gateway';
import { GatewayError } from '@yiqiao/model';
import { endAll, makeFolder, startRig, usualConfig } from './rig.ts';

const USUAL = usualConfig({ core: 'http://127.0.0.1:9/', hub: 'http://127.0.0.1:9/' });
const HASH = createAdminToken().hash;
const GOOD = 'good-token-good-token-good-token-0';

/** A configuration with this admin part, beside token files to name in it. */
function configWith(admin: string): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'good.token'), `${GOOD}\n`);
  writeFileSync(join(folder, 'short.token'), 'secret');
  writeFileSync(join(folder, 'empty.token'), '');
  writeFileSync(join(folder, 'odd.token'), `${GOOD} ${GOOD}`);
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, `${USUAL}admin: ${admin}\n`);
  return file;
}

const CASES: readonly { admin: string; faults: readonly string[] }[] = [
  { admin: '{ tokenFile: good.token }', faults: [] },
  { admin: '{ host: 127.0.0.1, port: 9000, tokenFile: good.token }', faults: [] },
  { admin: '{ port: 9000 }', faults: ['token /admin'] },
  { admin: '{ tokenFile: good.token, tokenEnv: ADMIN_TOKEN }', faults: ['token /admin'] },
  {
    admin: '{ tokenEnv: YIQIAO_TEST_NO_SUCH_VARIABLE }',
    faults: ['required /admin/tokenEnv', 'range /admin/tokenEnv'],
  },
  { admin: '{ tokenFile: none.token }', faults: ['readable /admin/tokenFile'] },
  { admin: '{ tokenFile: short.token }', faults: ['range /admin/tokenFile'] },
  { admin: '{ tokenFile: empty.token }', faults: ['range /admin/tokenFile'] },
  { admin: '{ tokenFile: odd.token }', faults: ['format /admin/tokenFile'] },
  { admin: '{ tokenFile: good.token, port: 70000 }', faults: ['range /admin/port'] },
  { admin: '{ tokenFile: good.token, tsl: {} }', faults: ['unknown-setting /admin/tsl'] },
  { admin: '{ host: 0.0.0.0, tokenFile: good.token }', faults: ['tls /admin/host'] },
  { admin: '{ host: 0.0.0.0, behindProxy: true, tokenFile: good.token }', faults: [] },
  { admin: '{ host: localhost, tokenFile: good.token }', faults: [] },
  { admin: '{ tokens: [] }', faults: ['token /admin'] },
  { admin: `{ tokens: [{ name: 测试甲, role: viewer, hash: "${HASH}" }] }`, faults: [] },
  {
    admin: `{ tokenFile: good.token, tokens: [{ name: a, role: auditor, hash: "${HASH}", expires: "2027-01-31" }] }`,
    faults: [],
  },
  {
    admin: `{ tokens: [{ name: "", role: root, hash: "${GOOD}", expires: "2027-02-30", level: 3 }] }`,
    faults: [
      'choice /admin/tokens/0/role',
      'format /admin/tokens/0/expires',
      'format /admin/tokens/0/hash',
      'format /admin/tokens/0/name',
      'unknown-setting /admin/tokens/0/level',
    ],
  },
  {
    admin: `{ tokens: [{ name: shared, role: viewer, hash: "${HASH}" }] }`,
    faults: ['format /admin/tokens/0/name'],
  },
  {
    admin: `{ tokens: [{}] }`,
    faults: ['role', 'name', 'hash'].map((name) => `required /admin/tokens/0/${name}`),
  },
  {
    admin: `{ tokens: [{ name: a, role: viewer, hash: "${HASH}" }, { name: a, role: operator, hash: "${HASH}" }] }`,
    faults: ['unique /admin/tokens/1', 'unique /admin/tokens/1'],
  },
  { admin: 'good.token', faults: ['token /admin', 'type /admin'] },
];

describe('The admin part of a configuration', () => {
  afterEach(endAll);

  for (const { admin, faults } of CASES) {
    it(`${faults.length === 0 ? 'is accepted' : `has faults (${faults.join(', ')})`}: ${admin}`, () => {
      const found = checkGatewayConfig(configWith(admin)).faults;
      assert.deepEqual(
        found.map(({ rule, at }) => `${rule} ${at}`),
        faults,
      );
      for (const { message } of found) assert(message.zh !== '' && message.en !== '');
      assert(!JSON.stringify(found).includes('good-token'), 'the token is not told');
    });
  }

  it('names the port when it is in use, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const configFile = configWith(`{ port: ${port}, tokenFile: good.token }`);
    try {
      await assert.rejects(startGateway({ configFile }), (error) => {
        assert(error instanceof GatewayError && error.code === 'CONFIG_INVALID');
        assert.deepEqual(
          error.details.faults?.map(({ rule, at }) => `${rule} ${at}`),
          ['listen /admin'],
        );
        return true;
      });
    } finally {
      taken.close();
    }
    await (await startGateway({ configFile })).close();
  });

  it('needs a restart to open, close or move the admin API', async () => {
    const { gateway, rewrite } = await startRig();
    const tokenFile = join(makeFolder(), 'admin.token');
    writeFileSync(tokenFile, GOOD);
    rewrite((yaml) => `${yaml}admin: { tokenFile: "${tokenFile}" }\n`);
    assert.throws(
      () => gateway.reload(),
      (error) =>
        error instanceof GatewayError &&
        error.details.faults?.map(({ rule, at }) => `${rule} ${at}`).join() === 'restart /admin',
    );
  });
});
