import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkGatewayConfig } from '@yiqiao/gateway';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';
import { startWaitingGateway } from './waiting-gateway.ts';
import type { WaitingGateway } from './waiting-gateway.ts';

describe('What a running gateway says of itself', () => {
  let waiting: WaitingGateway;
  beforeEach(async () => {
    waiting = await startWaitingGateway(makeFolder());
  });
  afterEach(() => waiting.close());
  after(endAll);

  const ask = (...args: string[]): ReturnType<typeof speak> => speak(...args, '--data', waiting.folder);

  it('is told by status, certs list and closures list', async () => {
    const status = await ask('status');
    assert.equal(status.code, 0, status.err);
    assert.match(status.out, /就绪 ready  accepting ok/);
    assert.match(status.out, /unknown 1/);
    const { health, figures } = figuresOf(await ask('status', '--json')) as Record<
      string,
      Record<string, unknown>
    >;
    assert.deepEqual([health?.['role'], figures?.['open']], ['care-place', 0]);
    const certs = figuresOf(await ask('certs', 'list', '--json'));
    assert.deepEqual(certs, { ok: true, certificates: [] });
    assert.match((await ask('closures', 'list')).out, /没有 none/);
  });

  it('is told by config show, without keys and tokens', async () => {
    const { code, out } = await ask('config', 'show');
    assert.equal(code, 0);
    assert.match(out, /"role": "care-place"/);
    for (const file of Object.values(waiting.tokenFiles))
      assert(!out.includes(readFileSync(file, 'utf8').trim()));
  });

  it('is changed by config reload, or not when the file is wrong', async () => {
    const reload = (): ReturnType<typeof speak> => ask('config', 'reload', '--reason', '换证书', '--json');
    assert.deepEqual(figuresOf(await reload()), { ok: true, peers: 2 });
    appendFileSync(join(waiting.folder, 'gateway.yaml'), 'odd: 1\n');
    const wrong = await reload();
    const { code, faults } = figuresOf(wrong) as { code: string; faults: { at: string }[] };
    assert.deepEqual([wrong.code, code, faults.map(({ at }) => at)], [1, 'CONFIG_INVALID', ['/odd']]);
  });

  it('leaves an audit log that is listed and checked', async () => {
    await ask('exchanges', 'resolve', '1', '--as', 'rejected', '--reason', '电话核实');
    await ask('config', 'show', '--token-file', waiting.tokenFiles.viewer);
    const { code, out } = await ask('audit', 'list');
    assert.equal(code, 0);
    const [refused, done] = out.trim().split('\n');
    assert.match(refused ?? '', /^2 .*沙箱 viewer \(viewer\) .*configuration refused FORBIDDEN$/);
    assert.match(
      done ?? '',
      /^1 .*沙箱 operator \(operator\) .*exchange\.resolve exchange 1 done: 电话核实$/,
    );
    const filtered = figuresOf(await ask('audit', 'list', '--outcome', 'refused', '--json'));
    assert.equal((filtered['entries'] as unknown[]).length, 1);
    const check = await ask('audit', 'check', '--json');
    const { entries, end } = figuresOf(check) as { entries: number; end: string };
    assert.deepEqual([check.code, entries], [0, 2]);
    assert.equal((await ask('audit', 'check', '--known', `2:${end}`)).code, 0);
    const differs = await ask('audit', 'check', '--known', `1:${end}`);
    assert.equal(differs.code, 1);
    assert.match(differs.out, /differs from the hash noted elsewhere/);
  });
});

describe('yiqiao admin token make', () => {
  after(endAll);

  it('shows a token once, and the item of the configuration that knows it', async () => {
    const args = [
      'admin',
      'token',
      'make',
      '--name',
      '测试甲',
      '--role',
      'operator',
      '--expires',
      '2027-01-31',
    ];
    const { token, hash, item } = figuresOf(await speak(...args, '--json')) as Record<string, string>;
    assert.match(token ?? '', /^yiqiao_[\w-]{43}$/);
    assert.equal(item, `- { name: "测试甲", role: operator, hash: "${hash}", expires: "2027-01-31" }`);
    assert(!item.includes(token ?? ''));
    const folder = makeFolder();
    const file = join(folder, 'gateway.yaml');
    appendFileSync(file, `role: hub\nregion: "000000"\nadmin:\n  tokens:\n    ${item}\n`);
    assert.deepEqual(checkGatewayConfig(file).faults, []);
  });

  it('writes it to a file for its owner alone, never over another', async () => {
    const file = join(makeFolder(), 'my.token');
    const args = ['admin', 'token', 'make', '--name', '测试甲', '--role', 'viewer', '--out', file];
    const { code, out } = await speak(...args);
    assert.equal(code, 0);
    const token = readFileSync(file, 'utf8');
    assert.deepEqual([statSync(file).mode & 0o777, out.includes(token.trim())], [0o600, false]);
    assert.equal((await speak(...args)).code, 2);
    assert.equal(readFileSync(file, 'utf8'), token);
  });

  const wrong = [
    ['--name', '测试甲', '--role', 'root'],
    ['--name', 'a"b', '--role', 'viewer'],
    ['--name', '', '--role', 'viewer'],
    ['--name', '测试甲', '--role', 'viewer', '--expires', 'soon'],
  ];
  for (const args of wrong) {
    it(`ends with 2 for ${args.join(' ')}`, async () => {
      assert.equal((await speak('admin', 'token', 'make', ...args)).code, 2);
    });
  }
});
