import assert from 'node:assert/strict';
import { createRegistry } from '@yiqiao/registry';
import type { OwnCodes, Registry } from '@yiqiao/registry';
import { wire } from './messages.ts';
import { profileFile, schemasFolder } from './schemas-folder.ts';

const OWN = {
  med_type: { '140104': { zh: '门诊慢特病（本省）' } },
  refd_setl_flag: { '7': { zh: '部分退费' } },
};

const FILES = {
  'region/profile.json': profileFile('region', { extends: 'national', overlay: { valueSets: OWN } }),
  'county/profile.json': profileFile('county', {
    extends: 'region',
    overlay: { valueSets: { med_type: { '140105': { zh: '本县' } } } },
  }),
  'slip/profile.json': profileFile('slip', {
    extends: 'national',
    overlay: { valueSets: { med_typ: { '140104': { zh: '本省' } }, med_type: { '11': { zh: '门诊' } } } },
  }),
  'odd/profile.json': profileFile('odd', {
    extends: 'national',
    overlay: { valueSets: { med_type: { '140104': '本省' }, gend: {} } },
  }),
};

describe('Codes that a region has besides those of a national list', () => {
  let registry: Registry;
  let remove: () => void;
  before(() => {
    const folder = schemasFolder(FILES);
    registry = createRegistry({ regions: folder.url });
    remove = folder.remove;
  });
  after(() => remove());

  const found = (profile: string, member: string, code: string): string[] => {
    const number = member === 'med_type' ? '2206' : '3201';
    const validate = registry.validator(profile, number, 'request', 'strict');
    const { faults, deviations } = validate(wire(JSON.stringify({ data: { [member]: code } })), '');
    return [...faults, ...deviations].filter(({ at }) => at === `/data/${member}`).map(({ rule }) => rule);
  };

  for (const [profile, member, code, rules] of [
    ['national', 'med_type', '140104', ['value-set']],
    ['region', 'med_type', '140104', []],
    ['region', 'med_type', '11', []],
    ['region', 'med_type', '140105', ['value-set']],
    ['county', 'med_type', '140104', []],
    ['county', 'med_type', '140105', []],
    ['national', 'refd_setl_flag', '7', ['value-set']],
    ['region', 'refd_setl_flag', '7', []],
    ['county', 'refd_setl_flag', '8', ['value-set']],
  ] as const)
    it(`are known where the profile or one that it extends names them: ${profile} ${member} ${code}`, () => {
      assert.deepEqual(found(profile, member, code), rules);
    });

  it('stand at each field of the list, with their labels', () => {
    const codes = (profile: string): readonly (OwnCodes | undefined)[] =>
      (registry.definition(profile, '2206')?.request ?? [])
        .flatMap(({ fields }) => fields)
        .filter(({ valueSet }) => valueSet === 'med_type')
        .map(({ ownCodes }) => ownCodes);
    assert.deepEqual(codes('county'), [{ ...OWN.med_type, '140105': { zh: '本县' } }]);
    assert.deepEqual(codes('national'), [undefined]);
  });

  for (const [profile, at, message] of [
    [
      'slip',
      'slip/profile.json#/overlay/valueSets/med_typ',
      /no code list med_typ .*should it be med_type\?/,
    ],
    ['slip', 'slip/profile.json#/overlay/valueSets/med_type/11', /has 11 already/],
    ['odd', 'odd/profile.json#/overlay/valueSets/med_type/140104', /another type than object/],
    ['odd', 'odd/profile.json#/overlay/valueSets/gend', /./],
  ] as const)
    it(`are refused at their place where they are wrong: ${at}`, () => {
      const fault = registry.profileFaults(profile).find((one) => one.at === `schemas/provincial/${at}`);
      assert.match(fault?.message.en ?? '', message);
    });
});
