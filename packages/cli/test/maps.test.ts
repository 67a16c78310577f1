import assert from 'node:assert/strict';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endAll, figuresOf, makeFolder, speak } from './spoken.ts';

const ENVELOPE = {
  infno: '2207',
  msgid: 'H53010000099202601010000000001',
  mdtrtarea_admvs: '530100',
  insuplc_admdvs: '330100',
  fixmedins_code: 'H53010000099',
  opter: '0001',
};

/** A file with a settlement request, and a field nobody knows. */
function settlementFile(): string {
  const data = {
    psn_no: '43010000000000000000000001',
    certno: '000000199001010018',
    medfee_sumamt: 328.5,
    chrg_bchno: 'B1',
    pub_hosp_rfom_flag: '',
    serv_code: 'unheard',
  };
  const file = join(makeFolder(), '2207.json');
  writeFileSync(file, JSON.stringify({ ...ENVELOPE, input: { data } }));
  return file;
}

const PROVINCIAL = fileURLToPath(new URL('../../../schemas/provincial', import.meta.url));

/** Changes a text in a file, where it must be. */
function change(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  assert.equal(text.includes(from), true);
  writeFileSync(file, text.replace(from, to));
}

interface Field {
  readonly model?: string;
  readonly source?: string;
  readonly target?: string;
}

async function explained(...args: string[]): Promise<Record<string, unknown>> {
  return figuresOf(await speak('map', 'explain', settlementFile(), ...args, '--json'));
}

describe('yiqiao map check', () => {
  it('ends with 0 when the maps of a profile lose nothing undeclared, and lists what is declared', async () => {
    const { code, out } = await speak('map', 'check', 'predecessor-xml');
    assert.equal(code, 0);
    assert.match(out, /^✓ predecessor-xml: 15\/24 mapped[^]*0 faults, seed 1\n$/);
    assert.match(out, /lost 0212 registerOutpatient request: yzz019, aae004, aae013/);
  });

  it('tells which maps of a region are incomplete, and why a transaction has none', async () => {
    const { code, out } = await speak('map', 'check', 'yunnan');
    assert.equal(code, 0);
    assert.match(out, /^✓ yunnan: 8\/25 mapped, incomplete 6/);
    assert.match(out, /not mapped quit: closes the library\n/);
    assert.match(out, /incomplete int_feebalance: settleOutpatient\.careType/);
  });

  it('marks a profile without maps as one of which nothing is proven', async () => {
    assert.match(
      (await speak('map', 'check', 'tianjin-mobile-payment')).out,
      /^– tianjin-mobile-payment: 0\/0/,
    );
  });

  it('tells with --json profiles, losses, faults, counts and the seed', async () => {
    const figures = figuresOf(await speak('map', 'check', '--seed', '9', '--json'));
    const { ok, seed, profiles, losses, faults, lost, unattested } = figures;
    assert.deepEqual([ok, seed, faults], [true, 9, []]);
    const counted = profiles as { profile: string; ok: boolean; lost: number; unattested: number }[];
    assert.equal(counted.length > 20 && counted.every((one) => one.ok), true);
    const sum = (name: 'lost' | 'unattested'): number => counted.reduce((all, one) => all + one[name], 0);
    assert.deepEqual([lost, unattested], [sum('lost'), sum('unattested')]);
    assert.equal(
      (losses as { profile: string }[]).some(({ profile }) => profile === 'predecessor-xml'),
      true,
    );
  }).timeout(60_000);

  it('names an unknown operation with file, place and remedy, and goes on with the other profiles', async () => {
    const dir = makeFolder();
    for (const id of ['one', 'other']) {
      cpSync(join(PROVINCIAL, 'shanghai'), join(dir, id), { recursive: true });
      change(join(dir, id, 'profile.json'), '"id": "shanghai"', `"id": "${id}"`);
    }
    const file = join(dir, 'one/maps/SI11.json');
    change(file, '"presettleOutpatient"', '"danceOutpatient"');
    const alone = await speak('map', 'check', 'one', '--dir', dir);
    assert.equal(alone.code, 1);
    assert.match(alone.out, /没有名为 danceOutpatient 的规范操作/);
    const figures = figuresOf(await speak('map', 'check', '--dir', dir, '--json'));
    const faults = figures['faults'] as { profile: string; at: string; message: { en: string } }[];
    assert.deepEqual(
      faults.map(({ profile, at }) => `${profile} ${at}`),
      [`one ${file}#/steps/0/operation`],
    );
    assert.match(faults[0]?.message.en ?? '', /no canonical operation danceOutpatient; .*Correct it/);
    const broken = (figures['profiles'] as { profile: string; ok: boolean }[]).filter(({ ok }) => !ok);
    assert.deepEqual(
      broken.map(({ profile }) => profile),
      ['one'],
    );
  }).timeout(60_000);

  for (const args of [['nowhere'], ['--seed', 'x']]) {
    it(`ends with 2 for ${args.join(' ')}`, async () => {
      assert.equal((await speak('map', 'check', ...args)).code, 2);
    });
  }
});

describe('yiqiao map explain', () => {
  after(endAll);

  it('follows each value through the model, and shows no value', async () => {
    const { code, out } = await speak('map', 'explain', settlementFile(), '--to', 'predecessor-xml');
    assert.equal(code, 0);
    assert.match(out, /\/data\/medfee_sumamt → settleOutpatient\.total → \/akc264\n/);
    assert.match(out, /\/data\/chrg_bchno → settleOutpatient\.chargeBatch → —\n/);
    assert.match(out, /envelope） → settleOutpatient\.header:careRegion → \/aab299\n/);
    assert.doesNotMatch(out, /328|000000199001010018|unheard/);
  });

  it('tells that a field nobody knows stays within its form, and is not sent on in another', async () => {
    const fieldsOf = ({ fields }: Record<string, unknown>): readonly Field[] => fields as readonly Field[];
    const unknown = fieldsOf(await explained('--to', 'chongqing')).filter(({ model }) => model === undefined);
    assert.deepEqual(
      unknown.map(({ source, target }) => `${source} ${target}`).toSorted(),
      ['pub_hosp_rfom_flag', 'serv_code'].map((name) => `/data/${name} /data/${name}`),
    );
    const { notes } = await explained('--to', 'predecessor-xml');
    const told = (notes as { rule: string; field: string }[]).map(({ rule, field }) => `${rule} ${field}`);
    assert.equal(told.includes('not-carried serv_code'), true, told.join());
  });

  it('takes a profile from a folder of one’s own, and tells there what is wrong with it', async () => {
    const dir = makeFolder();
    for (const id of ['sound', 'torn']) {
      cpSync(join(PROVINCIAL, 'chongqing'), join(dir, id), { recursive: true });
      change(join(dir, id, 'profile.json'), '"id": "chongqing"', `"id": "${id}"`);
    }
    change(join(dir, 'torn/profile.json'), '"id": "torn",', '"id" "torn",');
    const explain = (id: string, folder: string): ReturnType<typeof speak> =>
      speak('map', 'explain', settlementFile(), '--to', id, '--dir', folder);
    assert.equal((await explain('sound', dir)).code, 0);
    const torn = await explain('torn', dir);
    assert.equal(torn.code, 2);
    assert.equal(torn.err.includes(`${join(dir, 'torn/profile.json')}#`), true, torn.err);
    assert.match(torn.err, /at line 2, column 8 stands "torn"/);
    assert.match((await explain('sound', join(dir, 'nowhere'))).err, /correct --dir/);
  });

  it('ends with 1 when the target has no map of the operation', async () => {
    const { ok, faults } = await explained('--to', 'sichuan-yibin');
    assert.deepEqual([ok, (faults as { rule: string }[]).map(({ rule }) => rule)], [false, ['map-missing']]);
  });
});
