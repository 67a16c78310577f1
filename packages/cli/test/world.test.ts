import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sandboxPersons } from '@yiqiao/sandbox';
import { INSTITUTIONS, startWorld } from '#internal/world.ts';
import type { World } from '#internal/world.ts';
import { figuresOf, launch, makeFolder, endAll, speak } from './spoken.ts';

/** A sandbox of its own takes a few seconds, more on a machine that does other things besides. */
const A_WORLD_MS = 30_000;

const [person] = sandboxPersons('330000');

/** 1101 人员信息获取 of somebody the sandbox knows. */
function identification(institution: string, changes: Readonly<Record<string, string>> = {}): string {
  assert(person !== undefined);
  const data = {
    mdtrt_cert_type: '02',
    mdtrt_cert_no: person.certno,
    psn_cert_type: '01',
    certno: person.certno,
    psn_name: person.name,
    ...changes,
  };
  const file = join(makeFolder(), '1101.json');
  writeFileSync(
    file,
    JSON.stringify({
      infno: '1101',
      msgid: `${institution}202001010800000001`,
      mdtrtarea_admvs: '530100',
      insuplc_admdvs: '330100',
      recer_sys_code: '99',
      infver: '1.0.0',
      opter_type: '1',
      opter: '0001',
      opter_name: '测试经办',
      inf_time: '2020-01-01 08:00:00',
      fixmedins_code: institution,
      fixmedins_name: '示例医院',
      sign_no: 'Q0001',
      input: { data },
    }),
  );
  return file;
}

describe('yiqiao against a running sandbox', () => {
  let world: World;
  before(async () => {
    world = await startWorld({ folder: join(makeFolder(), 'sandbox'), ports: 'free', logLevel: 'silent' });
  });
  after(async () => {
    await world.close();
    endAll();
  });

  it('send finds the sandbox, signs for its HIS and prints the answer', async () => {
    const file = identification(INSTITUTIONS.national.code);
    const spoken = await speak('send', file, '--fresh', '--data', world.folder, '--json');
    const { ok, status, infcode, answer } = figuresOf(spoken);
    assert.deepEqual([spoken.code, ok, status, infcode], [0, true, 200, '0'], spoken.out);
    assert(String(answer).includes(person?.certno ?? '-'));
    assert.equal((await speak('send', file, '--fresh', '--data', world.folder)).code, 0);
  });

  it('send ends with 1 when the answer is a refusal, and shows all of it', async () => {
    const file = identification(INSTITUTIONS.unsigned.code, { mdtrt_cert_type: '', psn_cert_type: 'X' });
    const args = ['send', file, '--fresh', '--key', 'none', '--to', world.gateways.national.url];
    const spoken = await speak(...args, '--json');
    const { ok, infcode, text, answer } = figuresOf(spoken);
    assert.deepEqual([spoken.code, ok, infcode], [1, false, '-1']);
    assert.match(String(text), /^\[MESSAGE_INVALID\]/);
    const { yiqiao } = JSON.parse(String(answer)) as { yiqiao: { faults: { at: string }[] } };
    assert(yiqiao.faults.some(({ at }) => at === '/input/data/mdtrt_cert_type'));
  });

  it('send tells a message of another time, which --fresh would renew', async () => {
    const file = identification(INSTITUTIONS.national.code);
    const spoken = await speak('send', file, '--data', world.folder, '--json');
    assert.equal(spoken.code, 1);
    assert.match(String(figuresOf(spoken)['text']), /^\[CLOCK_SKEWED\]/);
  });

  it('send ends with 2 when nobody answers, nothing runs or the key is none', async () => {
    const file = identification(INSTITUTIONS.national.code);
    const [nobody, nothing, key] = [
      await speak('send', file, '--key', 'none', '--to', 'http://127.0.0.1:9/', '--json'),
      await speak('send', file, '--data', makeFolder(), '--json'),
      await speak('send', file, '--data', world.folder, '--key', file, '--json'),
    ];
    assert.deepEqual([nobody.code, figuresOf(nobody)['code']], [2, 'UPSTREAM_UNREACHABLE']);
    assert.equal(nothing.code, 2);
    assert.match(nothing.err, /npm start/);
    assert.deepEqual([key.code, figuresOf(key)['code']], [2, 'KEY_INVALID']);
  });

  for (const name of ['530000', '440000', 'hub', '330000']) {
    it(`config check finds nothing wrong with the sandbox’s ${name}.yaml`, async () => {
      const spoken = await speak('config', 'check', join(world.folder, `${name}.yaml`), '--json');
      assert.deepEqual([spoken.code, figuresOf(spoken)['faults']], [0, []]);
    });
  }
});

describe('yiqiao demo', () => {
  after(endAll);

  it('settles every visit with equal books, and says so in one line of JSON', async function () {
    this.timeout(A_WORLD_MS);
    const spoken = await launch('demo', '--json').ended;
    const { ok, visits } = figuresOf(spoken);
    assert.deepEqual([spoken.code, ok], [0, true], spoken.out);
    const rows = visits as Record<string, unknown>[];
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), [
        'id',
        'credential',
        'outcome',
        'total',
        'fundPaid',
        'accountPaid',
        'cashPaid',
        'ledgersEqual',
      ]);
      assert.equal(row['ledgersEqual'], true);
      const [total = 0, ...parts] = ['total', 'fundPaid', 'accountPaid', 'cashPaid'].map((name) => {
        assert.match(String(row[name]), /^\d+\.\d{2}$/);
        return Number(String(row[name]).replace('.', ''));
      });
      assert(total > 0 && parts.reduce((sum, part) => sum + part, 0) === total, JSON.stringify(row));
    }
    const outcomes = Object.fromEntries(rows.map(({ id, outcome }) => [String(id), outcome]));
    const expected = { a: 'settled', b: 'cancelled', c: 'settled', d: 'settled', 'd-cancelled': 'cancelled' };
    assert.deepEqual({ ...outcomes, ...expected }, outcomes);
    assert.equal(new Set(rows.map(({ credential }) => credential)).size, 3);
    assert.match(spoken.err, /^visit a: /m);
  });

  it('settles inpatient stays and a purchase in a pharmacy too, when asked for further visits', async function () {
    this.timeout(A_WORLD_MS);
    const spoken = await launch('demo', '--further', '--json').ended;
    const rows = figuresOf(spoken)['visits'] as Record<string, unknown>[];
    const further = rows.filter(({ id }) => ['e', 'f', 'd-stay'].includes(String(id)));
    assert.deepEqual(
      further.map(({ outcome, ledgersEqual }) => [outcome, ledgersEqual]),
      [
        ['settled', true],
        ['settled', true],
        ['settled', true],
      ],
    );
  });
});

describe('yiqiao start --config', () => {
  after(endAll);

  it('serves, reloads on SIGHUP, and ends with 0 soon after SIGINT, its port free', async () => {
    const world = await startWorld({
      folder: join(makeFolder(), 'sandbox'),
      ports: 'free',
      logLevel: 'silent',
    });
    await world.close();
    const configFile = join(world.folder, 'hub.yaml');
    const running = launch('start', '--config', configFile);
    const [, url = ''] = /POST (\S+)/.exec(await running.said(/POST \S+\n/)) ?? [];
    const { origin } = new URL(url);
    assert.deepEqual(await (await fetch(`${origin}/health/live`)).json(), { live: true });

    const yaml = readFileSync(configFile, 'utf8');
    const told = new Promise<string>((resolve) => {
      running.child.stderr?.on('data', (chunk: Buffer) => resolve(chunk.toString()));
    });
    writeFileSync(configFile, yaml.replace('role: hub', 'role: hubb'));
    running.child.kill('SIGHUP');
    assert.match(await told, /CONFIG_INVALID/);
    writeFileSync(configFile, yaml);
    running.child.kill('SIGHUP');
    assert.deepEqual(await (await fetch(`${origin}/health/live`)).json(), { live: true });

    const asked = performance.now();
    running.child.kill('SIGINT');
    assert.equal((await running.ended).code, 0);
    assert(performance.now() - asked < 3_000);
    await assert.rejects(fetch(origin));
  });

  it('ends with 2 and every fault when the configuration cannot be used', async () => {
    const file = join(makeFolder(), 'gateway.yaml');
    writeFileSync(file, 'role: hub\nregion: 530000\nsigning: { privateKey: { file: none.pem } }\n');
    const spoken = await launch('start', '--config', file, '--json').ended;
    const { ok, code, faults } = figuresOf(spoken);
    assert.deepEqual([spoken.code, ok, code], [2, false, 'CONFIG_INVALID']);
    assert.deepEqual(
      (faults as { at: string }[]).map(({ at }) => at),
      ['/region', '/signing/privateKey/file'],
    );
  });
});

describe('yiqiao start', () => {
  after(endAll);

  it('runs the visits, says where it serves, takes messages, and ends with 0 after SIGINT', async function () {
    this.timeout(A_WORLD_MS);
    const folder = join(makeFolder(), 'sandbox');
    const running = launch('start', '--data', folder);
    const said = await running.said(/服务中 serving[^]*journals: /);
    assert.match(said, /一致 equal/);
    const spoken = await speak(
      'send',
      identification(INSTITUTIONS.national.code),
      '--fresh',
      '--data',
      folder,
    );
    assert.equal(spoken.code, 0, spoken.out);
    for (const gateway of ['national', 'predecessor', 'hub', 'insuredPlace']) {
      const args = ['exchanges', 'list', '--gateway', gateway, '--data', folder, '--json'];
      assert.deepEqual(figuresOf(await speak(...args)), { ok: true, exchanges: [], odd: [] });
    }
    const { endpoints } = JSON.parse(readFileSync(join(folder, 'world.json'), 'utf8')) as {
      endpoints: Record<string, string>;
    };
    for (const url of Object.values(endpoints)) assert(said.includes(`POST ${url}`));
    running.child.kill('SIGINT');
    assert.equal((await running.ended).code, 0);
    for (const url of Object.values(endpoints)) await assert.rejects(fetch(url));
  });
});
