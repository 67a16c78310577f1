/** `yiqiao adapter`, `yiqiao trace` and `yiqiao sandbox`. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SANDBOX_PLATFORMS } from '#internal/sandbox-platforms.ts';
import { answerJson, openStore, startListener } from '@yiqiao/sdk';
import { endAll, figuresOf, launch, makeFolder, speak } from './spoken.ts';

after(endAll);

const SERVICE = `
export const service = {
  name: 'echo',
  create: async (settings, parts) => {
    if (settings.key === 'wrong') parts.readFile('../outside.pem');
    if (settings.key === 'show-key') parts.log.info(settings.store + ' ' + parts.storeEncryption.algorithm);
    let isRunning = false;
    return {
      start: async () => { isRunning = true; parts.log.info('started', { of: '110101199003070038' }); return { url: 'http://127.0.0.1:1/' }; },
      stop: async () => { isRunning = false; },
      health: async () => ({ ok: isRunning, facts: { key: settings.key ?? '' } }),
    };
  },
};
`;

function write(text: string): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'echo.mjs'), SERVICE);
  const file = join(folder, 'adapter.yaml');
  writeFileSync(file, text);
  return file;
}

describe('yiqiao adapter', () => {
  it('check says that a file is fine, starting nothing', async () => {
    const spoken = await speak('adapter', 'check', write('adapter: ./echo.mjs\nkey: a\n'), '--json');
    assert.equal(spoken.code, 0, spoken.err);
    assert.deepEqual(figuresOf(spoken), { ok: true, adapter: './echo.mjs' });
  });

  const WRONG: readonly [string, string, RegExp][] = [
    ['no adapter', 'key: a\n', /\/adapter .*his, pharmacy/s],
    ['an adapter that nobody knows', 'adapter: nonsense\n', /没有名为 nonsense/],
    ['a folder that is not there', 'adapter: ./none\n', /cannot be loaded/],
    ['no YAML', 'adapter: [\n', /YAML/],
    ['a health port that is none', 'adapter: ./echo.mjs\nhealth: 8601\n', /\/health/],
    ['a file outside its folder', 'adapter: ./echo.mjs\nkey: wrong\n', /outside/],
    ['settings that an adapter of this project refuses', 'adapter: e-invoice\nnonsense: 1\n', /\/nonsense/],
  ];
  for (const [title, text, expected] of WRONG) {
    it(`check refuses a file with ${title}`, async () => {
      const { code, err } = await speak('adapter', 'check', write(text));
      assert.equal(code, 2);
      assert.match(err, expected);
    });
  }

  it('hands on with what its store is sealed, and refuses keys that are none', async () => {
    const sealed = (encryption: string): string =>
      write(`adapter: ./echo.mjs\nkey: show-key\nstore: { file: s.db, encryption: ${encryption} }\n`);
    const file = sealed('{ algorithm: sm4-ctr-hmac-sm3, key: { file: store.key } }');
    const missing = await speak('adapter', 'check', file);
    assert.equal(missing.code, 2);
    assert.match(missing.err, /\/store\/encryption\/key\/file/);
    writeFileSync(join(dirname(file), 'store.key'), 'short');
    assert.match((await speak('adapter', 'check', file)).err, /openssl rand/);
    writeFileSync(join(dirname(file), 'store.key'), `${'a'.repeat(64)}\n`);
    const fine = await speak('adapter', 'check', file, '--json');
    assert.match(fine.err, /"s\.db sm4-ctr-hmac-sm3"/);
    assert.deepEqual(figuresOf(fine), { ok: true, adapter: './echo.mjs' });
    const written = await speak('adapter', 'check', sealed(`{ key: { text: ${'a'.repeat(64)} } }`));
    assert.match(written.err, /use file or env/);
  });

  it('warns where persons would be kept in the clear', async () => {
    const clear = await speak('adapter', 'check', write('adapter: ./echo.mjs\nstore: s.db\n'), '--json');
    assert.match(clear.err, /persons are kept in the clear/);
    const warnings = ['store-in-the-clear'];
    assert.deepEqual(figuresOf(clear), { ok: true, adapter: './echo.mjs', warnings });
    const inMemory = await speak('adapter', 'check', write('adapter: ./echo.mjs\nstore: ":memory:"\n'));
    assert.doesNotMatch(inMemory.err, /in the clear/);
  });

  it('rotate-key seals a clear store, then seals it anew with another key; trace reads it by its file', async () => {
    const yaml = (encryption: string): string =>
      `adapter: ./echo.mjs\nstore: { file: s.db, encryption: { ${encryption} } }\n`;
    const file = write(yaml('key: { file: one.key }'));
    const folder = dirname(file);
    writeFileSync(join(folder, 'one.key'), 'a'.repeat(64));
    writeFileSync(join(folder, 'two.key'), 'b'.repeat(64));
    const none = await speak('adapter', 'rotate-key', file);
    assert.equal(none.code, 2);
    assert.match(none.err, /no such file/);
    const store = openStore(join(folder, 's.db'));
    store.transact((tx) => {
      tx.put('visit', 'V1', { name: '测试甲' });
      tx.trace({ at: 1, step: 'visit.settled', refs: { visit: 'V1' }, facts: { total: '12.50' } });
    });
    store.close();
    const first = await speak('adapter', 'rotate-key', file, '--json');
    const figures = { store: 's.db', damaged: 0, isUnderWay: false };
    assert.deepEqual(figuresOf(first), { ok: true, sealed: 2, ...figures });
    writeFileSync(file, yaml('key: { file: two.key }'));
    for (const command of ['rotate-key', 'check'])
      assert.match((await speak('adapter', command, file)).err, /another key/);
    writeFileSync(file, 'adapter: ./echo.mjs\nstore: s.db\n');
    assert.match((await speak('adapter', 'check', file)).err, /give its key/);
    writeFileSync(file, yaml('key: { file: two.key }, previous: [{ file: one.key }]'));
    assert.equal((await speak('adapter', 'check', file)).code, 0);
    assert.deepEqual(figuresOf(await speak('adapter', 'rotate-key', file, '--json')), {
      ok: true,
      sealed: 2,
      ...figures,
    });
    writeFileSync(file, yaml('key: { file: two.key }'));
    const told = await speak('trace', 'V1', '--config', file);
    assert.match(told.out, /visit\.settled.*total=12\.50/);
    const closed = await speak('trace', 'V1', '--store', join(folder, 's.db'));
    assert.match(closed.out, /visit\.settled.*V1\n.*--config/);
    assert.doesNotMatch(closed.out, /12\.50/);
    assert.match((await speak('trace', 'V1')).err, /--store or --config/);
    const keyless = write('adapter: ./echo.mjs\nstore: s.db\n');
    assert.match((await speak('adapter', 'rotate-key', keyless)).err, /\/store\/encryption/);
  });

  it('run serves, tells its health, logs no person, and ends at SIGTERM', async () => {
    const running = launch('adapter', 'run', write('adapter: ./echo.mjs\nkey: a\nhealth: { port: 0 }\n'));
    const said = await running.said(/GET (\S+)/);
    const [, url = ''] = /GET (\S+)/.exec(said) ?? [];
    const health = await fetch(url);
    assert.deepEqual([health.status, await health.json()], [200, { ok: true, facts: { key: 'a' } }]);
    running.child.kill('SIGTERM');
    const { code, err } = await running.ended;
    assert.equal(code, 0);
    assert.match(err, /"event":"started"/);
    assert.doesNotMatch(err, /110101199003070038/);
  });

  it('new writes a package, once, under a plain name', async () => {
    const folder = join(makeFolder(), 'mine');
    const spoken = await speak('adapter', 'new', 'mine', '--dir', folder, '--json');
    assert.deepEqual((figuresOf(spoken) as { files: string[] }).files, [
      'README.md',
      'adapter.yaml',
      'check-node.mjs',
      'package.json',
      'src/adapter.ts',
      'src/index.ts',
      'src/map.ts',
      'test/contract.test.ts',
    ]);
    assert.equal(
      (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string }).name,
      'mine',
    );
    assert.match(readFileSync(join(folder, 'README.md'), 'utf8'), /^# mine\n/);
    const written = readdirSync(folder, { recursive: true, withFileTypes: true });
    for (const entry of written.filter((one) => one.isFile()))
      assert.doesNotMatch(readFileSync(join(entry.parentPath, entry.name), 'utf8'), /adapter-name/);
    assert.equal((await speak('adapter', 'new', 'mine', '--dir', folder)).code, 2);
    const other = join(makeFolder(), 'other');
    assert.equal((await speak('adapter', 'new', '../other', '--dir', other)).code, 2);
    assert.equal(existsSync(other), false);
  });
});

describe('yiqiao trace', () => {
  it('prints the chain through several stores, and ends with 1 when nothing is known', async () => {
    const folder = makeFolder();
    const files = ['his.db', 'invoice.db'].map((name) => join(folder, name));
    const [his, invoice] = files.map((file) => openStore(file));
    his?.transact((tx) =>
      tx.trace({
        at: 1_767_225_600_000,
        step: 'visit.settled',
        refs: { visit: 'V1', settlement: 'S1', person: 'p' },
      }),
    );
    invoice?.transact((tx) =>
      tx.trace({
        at: 1_767_225_660_000,
        step: 'invoice.issued',
        refs: { settlement: 'S1', invoice: 'I1' },
        facts: { total: '12.50' },
      }),
    );
    his?.close();
    invoice?.close();
    const { code, out } = await speak('trace', 'I1', '--store', ...files);
    assert.equal(code, 0);
    assert.match(out, /2026-01-01 08:00:00 {2}visit\.settled .*就诊 visit V1 {2}结算 settlement S1\n/);
    assert.match(out, /2026-01-01 08:01:00 {2}invoice\.issued .*票据 invoice I1 {2}total=12\.50\n/);
    const none = await speak('trace', 'unknown', '--json', '--store', ...files);
    assert.equal(none.code, 1);
    assert.deepEqual(figuresOf(none), { ok: false, events: [] });
  });

  it('asks the gateway what became of the messages, where it is told which', async () => {
    const file = join(makeFolder(), 'his.db');
    const store = openStore(file);
    store.transact((tx) => {
      tx.trace({ at: 1, step: 'visit.settled', refs: { visit: 'V1', message: 'M1' } });
      tx.trace({ at: 2, step: 'visit.undone', refs: { visit: 'V1', message: 'M2' } });
    });
    store.close();
    const tokenFile = join(makeFolder(), 'token');
    writeFileSync(tokenFile, 'secret\n');
    const asked: unknown[] = [];
    const exchange = {
      id: 7,
      messageId: 'M1',
      transaction: '2207',
      state: 'answered',
      acceptedAt: '2026-01-01 08:00:00',
    };
    const admin = await startListener({
      port: 0,
      routes: [
        {
          method: 'GET',
          path: '/admin/exchanges',
          handle({ query, headers }) {
            asked.push([query.get('messageId'), headers.authorization]);
            return answerJson({ exchanges: query.get('messageId') === 'M1' ? [exchange] : [] });
          },
        },
      ],
    });
    const { code, out } = await speak(
      'trace',
      'V1',
      '--store',
      file,
      '--admin',
      admin.url,
      '--token-file',
      tokenFile,
    );
    assert.equal(code, 0);
    assert.match(out, /visit\.settled.*\n.*2207 {2}answered .* exchange 7\n.*visit\.undone/);
    assert.deepEqual(asked, [
      ['M1', 'Bearer secret'],
      ['M2', 'Bearer secret'],
    ]);
    await admin.close();
  });

  it('names a store that is not there', async () => {
    const { code, err } = await speak('trace', 'V1', '--store', join(makeFolder(), 'none.db'));
    assert.equal(code, 2);
    assert.match(err, /STORE_UNUSABLE/);
  });
});

describe('yiqiao sandbox', () => {
  it('lists the platforms', async () => {
    const { platforms } = figuresOf(await speak('sandbox', '--json'));
    for (const name of ['e-invoice', 'mobile-payment', 'prescription', 'relay'])
      assert.ok((platforms as string[]).includes(name), name);
  });

  for (const [name, { start }] of Object.entries(SANDBOX_PLATFORMS)) {
    it(`starts ${name}, whose faults can be asked for and which tells what whoever connects has to know`, async () => {
      const { url, facts, close } = await start({ port: 0 });
      try {
        assert.deepEqual(await (await fetch(`${url}faults`)).json(), { armed: [], injected: [] });
        assert.notDeepEqual(facts, {});
      } finally {
        await close();
      }
    });
  }

  it('starts one, with faults on request, and ends at SIGTERM', async () => {
    const running = launch('sandbox', 'relay', '--fault', 'http-500:ReadCardBas', 'slow::2');
    const said = await running.said(/books/);
    const [, url = ''] = /: (http:\S+)/.exec(said) ?? [];
    const { armed } = (await (await fetch(new URL('faults', url))).json()) as { armed: unknown };
    assert.deepEqual(armed, [
      { kind: 'http-500', infno: 'ReadCardBas' },
      { kind: 'slow', times: 2 },
    ]);
    running.child.kill('SIGTERM');
    assert.equal((await running.ended).code, 0);
  });

  for (const [title, args] of [
    ['a platform that nobody knows', ['nonsense']],
    ['a fault that is none', ['relay', '--fault', 'nonsense']],
    ['a port that is none', ['relay', '--port', 'x']],
  ] as const) {
    it(`refuses ${title}`, async () => {
      assert.equal((await speak('sandbox', ...args)).code, 2);
    });
  }
});
