import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { editionIds, kitIds, startSoundInsuredPlace } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';
import { createSandboxKeys } from '@yiqiao/sandbox';
import type { InsuredPlaceCore } from '@yiqiao/sandbox';
import { createKeyPair } from '@yiqiao/signer';
import { figuresOf, speak } from './spoken.ts';

describe('yiqiao conformance', () => {
  const [caller, system] = [createSandboxKeys(), createSandboxKeys()];
  let folder = '';
  let core: InsuredPlaceCore;
  let run: (...args: string[]) => ReturnType<typeof speak>;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'yiqiao-conformance-'));
    const signing = { ...system, peerPublicKey: caller.publicKey };
    core = await startSoundInsuredPlace({ registry: createRegistry(), signing });
    const inputs = join(folder, 'inputs.json');
    writeFileSync(join(folder, 'own.key'), caller.privateKey);
    writeFileSync(
      inputs,
      JSON.stringify({
        signing: { ...caller, privateKey: 'file:own.key', peerPublicKey: system.publicKey },
      }),
    );
    run = (...args) =>
      speak(
        'conformance',
        'run',
        '--target',
        core.url,
        '--inputs',
        inputs,
        '--results',
        at('last.json'),
        ...args,
      );
  });
  after(async () => {
    await core.stop();
    rmSync(folder, { recursive: true });
  });
  const at = (name: string): string => join(folder, name);

  it('runs a kit against a target, ends with 0 and writes every kind of report', async () => {
    const reports = ['--html', at('r.html'), '--junit', at('r.xml'), '--tester', '示例联调组'];
    const { code, out, err } = await run('--kit', 'signature', ...reports);
    assert.equal(code, 0);
    assert.match(out, /通过 passed {2}pass 18, fail 0/);
    assert.match(err, /\[18\/18\] pass/);
    assert.match(readFileSync(at('r.html'), 'utf8'), /示例联调组/);
    for (const file of ['r.csv', 'r.xml', 'last.json']) assert.ok(existsSync(at(file)), file);
  });

  it('ends with 1 when something is not met, says what and how to repeat it, and runs it once more', async () => {
    const waivers = at('waivers.json');
    writeFileSync(waivers, '{"waivers":[]}');
    const inputs = at('wrong.json');
    writeFileSync(
      inputs,
      JSON.stringify({ signing: { ...createSandboxKeys(), peerPublicKey: system.publicKey } }),
    );
    const told = await run(
      '--kit',
      'signature',
      '--only',
      '*/request/good',
      '--waivers',
      waivers,
      '--inputs',
      inputs,
    );
    assert.equal(told.code, 1);
    assert.match(told.out, /FAIL signing\/fsi-main-cainfo\/request\/good \(must\)/);
    assert.match(told.out, /likely cause: .*check the public key that the target has of the suite/);
    assert.match(
      told.out,
      /yiqiao conformance run --kit signature .* --only signing\/fsi-main-cainfo\/request\/good --seed 1 --inputs /,
    );
    const again = await speak(
      'conformance',
      'rerun',
      '--failed',
      '--results',
      at('last.json'),
      '--inputs',
      inputs,
    );
    assert.equal(again.code, 1);
  });

  it('ends with 2 when there is no verdict', async () => {
    const target = ['--target', 'http://127.0.0.1:1/', '--results', at('down.json')];
    const { code, out } = await speak('conformance', 'run', '--kit', 'signature', ...target);
    assert.equal(code, 2);
    assert.match(out, /未能得出结论 no verdict/);
  });

  for (const [kit, ...choice] of [
    ['prescription'],
    ['e-invoice'],
    ['care-place', '--profile', 'chongqing'],
    ['signature', '--signing', 'tif'],
  ] as const) {
    it(`runs ${[kit, ...choice].join(' ')} once more as it was run`, async () => {
      const files = ['--results', at(`again-${kit}.json`), '--inputs', at('inputs.json'), '--json'];
      const down = ['--target', 'http://127.0.0.1:1/', '--kit', kit, ...choice, ...files];
      const first = figuresOf(await speak('conformance', 'run', ...down));
      const again = figuresOf(await speak('conformance', 'rerun', '--failed', ...files));
      assert.equal(first['verdict'], 'error');
      assert.deepEqual([again['verdict'], again['kit']], ['error', first['kit']]);
    });
  }

  const UNUSABLE: readonly (readonly [title: string, args: readonly string[], said: RegExp])[] = [
    ['a kit that is not there', ['--kit', 'nothing'], /there are care-place, .*insured-place, .*signature/],
    [
      'a profile that the kit is not for',
      ['--kit', 'signature', '--signing', 'sm9'],
      /no edition signature@sm9/,
    ],
    ['a seed that is no number', ['--kit', 'signature', '--seed', 'x'], /whole number/],
    ['a statement without key', ['--kit', 'signature', '--statement', 's.json'], /needs --key/],
  ];
  for (const [title, args, said] of UNUSABLE) {
    it(`ends with 2 for ${title}`, async () => {
      const { code, err } = await run(...args);
      assert.equal(code, 2);
      assert.match(err, said);
    });
  }

  it('signs a statement that verify finds good, and no other key', async () => {
    const [own, other] = [createKeyPair(), createKeyPair()];
    writeFileSync(at('sign.key'), own.privateKey);
    writeFileSync(at('own.pub'), own.publicKey);
    writeFileSync(at('other.pub'), other.publicKey);
    const files = ['--statement', at('s.json'), '--key', at('sign.key')];
    await run('--kit', 'signature', '--only', '*/response/signed', ...files);
    const verify = async (key: string): Promise<number | null> =>
      (await speak('conformance', 'verify', at('s.json'), '--key', at(key))).code;
    assert.deepEqual([await verify('own.pub'), await verify('other.pub')], [0, 1]);
  });

  it('sends the same messages at the same clock', async () => {
    const clock = ['--clock', '2026-11-20 10:00:00', '--only', '*/request/none'];
    const sent = async (): Promise<unknown> => {
      await run('--kit', 'signature', ...clock);
      const { scenarios } = JSON.parse(readFileSync(at('last.json'), 'utf8')) as {
        scenarios: { exchanges: { msgid: string; at: string; sent: string }[] }[];
      };
      return scenarios.map(({ exchanges }) =>
        exchanges.map(({ msgid, at: time, sent: text }) => [msgid, time, text]),
      );
    };
    const first = await sent();
    assert.match(JSON.stringify(first), /H5301000000120261120100000/);
    assert.deepEqual(await sent(), first);
    assert.equal((await run('--kit', 'signature', '--clock', 'noon')).code, 2);
  });

  it('refuses inputs with a member that nobody knows, and names it', async () => {
    const wrong = at('wrong.json');
    writeFileSync(wrong, '{"ability":["outpatient"],"limit":{}}');
    const { code, err } = await run('--kit', 'signature', '--inputs', wrong);
    assert.deepEqual([code, /\/ability, \/limit; .*abilities/.test(err)], [2, true]);
  });

  it('lists kits and requirements and explains one', async () => {
    const { kits } = figuresOf(await speak('conformance', 'list', '--json'));
    assert.deepEqual(
      (kits as { kit: string }[]).map(({ kit }) => kit),
      [...kitIds(), ...editionIds()],
    );
    const { out } = await speak('conformance', 'list', 'signature');
    assert.match(out, /must {3}failure signing\/fsi-main-cainfo\/request\/stranger/);
    const told = await speak('conformance', 'explain', 'national/2207/response/total-by-payer');
    assert.match(told.out, /two sources/);
    assert.match(told.out, /medfee_sumamt = fund_pay_sumamt/);
    assert.equal((await speak('conformance', 'explain', 'national/none')).code, 2);
  });

  it('compares two runs', async () => {
    await run('--kit', 'signature', '--only', '*/request/good', '--results', at('a.json'));
    await run('--kit', 'signature', '--only', '*/request/none', '--results', at('b.json'));
    assert.equal((await speak('conformance', 'compare', at('a.json'), at('a.json'))).code, 0);
    const { code, out } = await speak('conformance', 'compare', at('a.json'), at('b.json'));
    assert.equal(code, 1);
    assert.match(out, /request\/none: absent → pass/);
  });
});
