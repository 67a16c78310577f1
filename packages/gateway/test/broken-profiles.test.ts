import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkGatewayConfig, startGateway } from '@yiqiao/gateway';
import { checkMaps } from '@yiqiao/insurance-platform';
import type { Fault, GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import { remarkOnProfiles } from '#internal/further-profiles.ts';
import type { Content, Mistake } from './profile-edits.ts';
import { MISTAKES, REMARKS, SLIPS } from './profile-mistakes.ts';

import { endAll, makeFolder, usualConfig } from './rig.ts';

const PROVINCIAL = fileURLToPath(new URL('../../../schemas/provincial/', import.meta.url));

const USUAL = usualConfig({ core: 'http://127.0.0.1:9/', hub: 'http://127.0.0.1:9/' });

const ALL = [...MISTAKES, ...REMARKS];
const idOf = (mistake: Mistake): string => `broken-${ALL.indexOf(mistake)}`;

/** Copies of built-in profiles, each with its mistake. */
function writeProfiles(): string {
  const folder = makeFolder();
  for (const mistake of ALL) {
    const id = idOf(mistake);
    cpSync(join(PROVINCIAL, mistake.like), join(folder, id), { recursive: true });
    const edit = (
      file: string,
      change: (content: Content) => Content | string | Buffer | undefined,
    ): void => {
      const path = join(folder, id, file);
      const text = readFileSync(path, 'utf8');
      const changed = change(JSON.parse(text) as Content);
      const written =
        typeof changed === 'string' || Buffer.isBuffer(changed) ? changed : JSON.stringify(changed);
      if (changed === undefined) rmSync(path);
      else writeFileSync(path, written);
    };
    edit('profile.json', (content) => ({ ...content, id }));
    mistake.make(edit);
  }
  return folder;
}

/** The usual configuration with these profiles beside, and one peer of each of the given ones. */
function configWith(folder: string, ids: readonly string[]): string {
  const peers = ids.map(
    (id) => `  - id: ${id}\n    profile: ${id}\n    from: { any: true }\n    signing: { profile: none }\n`,
  );
  const yaml = USUAL.replace('logLevel:', `profiles: ${folder}\nlogLevel:`).replace(
    'peers:\n',
    `peers:\n${peers.join('')}`,
  );
  const file = join(makeFolder(), 'gateway.yaml');
  writeFileSync(file, yaml);
  return file;
}

function assertTold(
  faults: readonly Fault[],
  { at, remedy }: Mistake,
  place: (fault: Fault) => string,
): void {
  for (const [index, one] of [at].flat().entries()) {
    const [path = '', name = ''] = one.split(' ');
    const found = faults.filter(
      (fault) =>
        place(fault).endsWith(one) || (place(fault).endsWith(path) && fault.message.en.includes(name)),
    );
    assert.notEqual(found.length, 0, `${one} is not among ${faults.map(place).join(', ') || 'no faults'}`);
    if (index === 0)
      assert.equal(
        found.some(({ message }) => remedy.test(message.en)),
        true,
        found[0]?.message.en,
      );
    assert.equal(
      found.every(({ message }) => /\p{Script=Han}/u.test(message.zh)),
      true,
    );
  }
}

describe('A profile with a mistake', () => {
  after(endAll);

  let folder: string;
  let registry: Registry;
  before(() => {
    folder = writeProfiles();
    registry = createRegistry({ regions: pathToFileURL(`${folder}/`) });
  });
  const placeOf = ({ at, field, found }: Fault): string =>
    at.endsWith(field) ? [at, found ?? []].flat().join(' ') : `${at} ${field}`;

  for (const mistake of MISTAKES) {
    it(`fails map check when it ${mistake.title}, with file, place and remedy`, () => {
      const id = idOf(mistake);
      const proof = checkMaps(registry, id, { seed: 1 });
      assert.equal(proof.ok, false);
      assert.equal(
        proof.faults.every(({ at }) => at.startsWith(`schemas/provincial/${id}/`)),
        true,
      );
      assertTold(proof.faults, mistake, placeOf);
    });
  }

  for (const remark of REMARKS) {
    it(`passes map check with a remark when it ${remark.title}`, () => {
      const { ok, remarks } = checkMaps(registry, idOf(remark), { seed: 1 });
      assert.equal(ok, true);
      assertTold(remarks, remark, placeOf);
    });
  }

  it('leaves the others alone, built-in ones too', () => {
    for (const id of ['zhejiang', 'chongqing']) assert.equal(checkMaps(registry, id, { seed: 1 }).ok, true);
  });

  it('keeps a configuration from being fit when a peer has it, and is told of each such peer', () => {
    const { faults } = checkGatewayConfig(configWith(folder, MISTAKES.map(idOf)));
    for (const [index, mistake] of MISTAKES.entries()) {
      const own = faults.filter(({ at }) => at === `/peers/${index}`);
      assert.equal(
        own.every(({ found = '' }) => found.startsWith(join(folder, idOf(mistake)))),
        true,
      );
      assertTold(own, mistake, ({ found = '' }) => found);
    }
  });

  it('is told as a remark, and stops nothing, when no peer has it', () => {
    const { faults, remarks } = checkGatewayConfig(configWith(folder, []));
    assert.deepEqual(faults, []);
    for (const mistake of MISTAKES) {
      const own = remarks.filter(({ at }) => at.startsWith(`${join(folder, idOf(mistake))}/`));
      assertTold(own, mistake, placeOf);
      assert.equal(
        own.every(({ message }) => message.en.startsWith('No peer uses this profile')),
        true,
      );
    }
  });

  it('is told as a remark when it stands among the built-in ones', () => {
    const used = ['national', idOf(REMARKS[0] as Mistake)];
    const remarks = remarkOnProfiles(registry, undefined, used);
    for (const mistake of MISTAKES) {
      const own = remarks.filter(({ at }) => at.startsWith(`schemas/provincial/${idOf(mistake)}/`));
      assertTold(own, mistake, placeOf);
    }
  });

  for (const slip of SLIPS) {
    it(`starts no gateway for a peer that has it when it ${slip}`, async () => {
      const mistake = MISTAKES.find(({ title }) => title === slip);
      assert(mistake !== undefined);
      const error = await startGateway({ configFile: configWith(folder, [idOf(mistake)]) }).then(
        () => assert.fail('it started'),
        (thrown: GatewayError) => thrown,
      );
      assert.equal(error.code, 'CONFIG_INVALID');
      assertTold(error.details.faults ?? [], mistake, ({ found = '' }) => found);
    });
  }
});
