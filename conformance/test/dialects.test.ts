import assert from 'node:assert/strict';
import { chooseEdition, readInputs, readKit, runKit } from '@yiqiao/conformance';
import type { RunResults } from '@yiqiao/conformance';
import { openSigningDoor } from '#internal/sound/signing-door.ts';
import { startSoundInsuredPlace } from '#internal/sound/start-sound.ts';
import { createTongue } from '#internal/tongues/create-tongue.ts';
import { writeSoapResult } from '#internal/tongues/own-soap.ts';
import { createRegistry } from '@yiqiao/registry';
import type { InsuredPlaceCore } from '@yiqiao/sandbox';

const RULES = '2026-11';
const registry = createRegistry();
const clock = { now: (): number => Date.UTC(2026, 10, 20, 2, 0, 0) };
const regional = registry
  .profiles()
  .filter((id) => id !== 'national' && registry.profile(id).dialect === 'national');

describe('A kit for a region that speaks the national form', () => {
  for (const profile of regional) {
    it(`${profile}: names its requirements after the region, none surer than the profile is`, () => {
      const kit = readKit(registry, `insured-place@${profile}`, RULES);
      const { confidence } = registry.profile(profile);
      for (const { id, level, confidence: own } of kit.requirements.values()) {
        assert.ok(id.startsWith(`${profile}/`), id);
        assert.ok(own !== 'two sources' || confidence === 'two sources', id);
        assert.ok(level !== 'must' || ['one source', 'two sources'].includes(own), id);
      }
    });

    it(`${profile}: has a preset that stands on the national one`, () => {
      const { values, limits } = readInputs(profile);
      assert.deepEqual(limits, readInputs('national').limits);
      assert.deepEqual(values['employee'], readInputs('national').values['employee']);
    });
  }

  it('requires what the region requires, and not what it relaxes', () => {
    const kit = readKit(registry, 'insured-place@cross-province', RULES);
    assert.ok(kit.requirements.has('cross-province/1101/request/data/mdtrt_cert_no/required'));
    assert.ok(!kit.requirements.has('cross-province/1101/request/data/psn_name/required'));
    assert.ok(
      readKit(registry, 'insured-place', RULES).requirements.has(
        'national/1101/request/data/psn_name/required',
      ),
    );
  });

  describe('behind the headers of its gateway', () => {
    const credentials = { paasId: 'test_paas', token: 'TESTTOKEN0000000000000000000000A' };
    const kit = readKit(registry, 'insured-place@hebei', RULES);
    let core: InsuredPlaceCore;
    let door: Awaited<ReturnType<typeof openSigningDoor>>;
    before(async () => {
      core = await startSoundInsuredPlace({ registry, clock });
      const settings = { side: 'server', credentials } as const;
      door = await openSigningDoor({ profile: 'tif', settings, inside: core.url, clock });
    });
    after(async () => {
      await door.stop();
      await core.stop();
    });
    const play = async (more: object): Promise<RunResults> =>
      await runKit({
        registry,
        kit,
        rules: RULES,
        target: door.url,
        inputs: { ...readInputs('hebei'), ...more },
        clock,
        seed: 1,
        only: ['hebei/1101/accepted', 'hebei/2207/accepted'],
      });

    it('passes when the inputs have what the headers are made with', async () => {
      assert.equal((await play({ protection: { credentials } })).verdict, 'pass');
    });

    it('fails when they do not', async () => {
      assert.equal((await play({})).verdict, 'fail');
    });
  });
});

describe('A kit in another form', () => {
  const kit = readKit(registry, 'insured-place@predecessor-xml', RULES);
  const world = { registry, kit, inputs: readInputs(kit.profile), clock };
  const tongue = createTongue(world);
  const read = (bytes: Buffer) =>
    tongue.read({ status: 200, headers: {}, bytes }, { infno: '0304', msgid: 'T1' });
  const header = { sign: '', transid: 'T1', errorcode: '0', errormsg: '' };

  it('reads an answer twice', () => {
    const answer = read(
      writeSoapResult({ ...header, output: { aaz216: 'A1', detail: { row: [{ aaa157: '310100' }] } } }),
    );
    assert.ok(answer.state === 'read');
    const { success, output } = answer.answer;
    assert.deepEqual(
      [success, JSON.stringify(output)],
      [true, '{"aaz216":"A1","detail":{"row":[{"aaa157":"310100"}]}}'],
    );
  });

  it('blames itself where its two readings differ: the tables of GBK do not agree on A6 D9', () => {
    const bytes = writeSoapResult({ ...header, output: { aac003: '@@' } });
    const at = bytes.indexOf('@@');
    const answer = read(
      Buffer.concat([bytes.subarray(0, at), Buffer.of(0xa6, 0xd9), bytes.subarray(at + 2)]),
    );
    assert.ok(answer.state === 'disagreement');
    assert.match(answer.why.en, /aac003 differently/);
  });

  it('takes for no answer what neither reads', () => {
    for (const bytes of ['', '{}', '<a/>', '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'])
      assert.equal(read(Buffer.from(bytes)).state, 'unreadable', bytes);
  });

  it('tells which transactions it does not reach, and why', () => {
    const left = new Map(kit.leftOut?.map(({ transaction, because }) => [transaction, because]));
    assert.match(left.get('0521')?.en ?? '', /monthly declaration/);
    assert.deepEqual(
      [...left].filter(([, { zh, en }]) => zh === '' || en === ''),
      [],
    );
    const all = [...left.keys(), ...Object.keys(kit.messages)].toSorted();
    assert.deepEqual(all, [...registry.profileTransactions('predecessor-xml')].toSorted());
  });

  it('hides names and numbers of persons under the names of the form', () => {
    for (const name of ['aac003', 'aac044', 'aac002', 'aac001']) assert.ok(tongue.personal?.has(name), name);
    assert.ok(tongue.personal?.has('akc264') === false);
  });
});

describe('A choice of kit and profile', () => {
  const CHOICES: readonly (readonly [kit: string, profile: string, edition: string])[] = [
    ['insured-place', 'national', 'insured-place'],
    ['insured-place', 'predecessor-xml', 'insured-place@predecessor-xml'],
    ['care-place', 'chongqing', 'care-place@chongqing'],
    ['signature', 'hebei', 'signature@tif'],
    ['signature', 'jilin', 'signature@oauth-bearer'],
    ['signature', 'chongqing', 'signature'],
  ];
  for (const [kit, profile, edition] of CHOICES)
    it(`${kit} for ${profile} is ${edition}`, () => {
      assert.equal(chooseEdition(registry, { kit, profile }), edition);
    });

  it('of a form that the suite does not speak is refused', () => {
    assert.throws(() => readKit(registry, 'care-place@jiangxi', RULES), /form of its own/);
    assert.throws(() => readKit(registry, 'care-place@nowhere', RULES), /no edition care-place@nowhere/);
  });
});
