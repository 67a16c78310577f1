import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import { observed, places, wire } from './messages.ts';
import { profileFile, schemasFolder } from './schemas-folder.ts';

const OVERLAY = {
  transactions: {
    '7000': {
      request: {
        data: {
          add: [{ name: 'extra', label: { zh: '附加' }, type: 'number', length: '16,2', required: true }],
          relax: ['code'],
          rename: { exp: 'expContent' },
          measure: { name: 6 },
        },
        more: { repeated: true, add: [{ name: 'x', label: { zh: '甲' }, type: 'string', required: true }] },
      },
    },
    '7000A': { like: '7000' },
  },
  envelope: { request: { measure: { infno: 6 } } },
};

const FILES = {
  'provincial/region/profile.json': profileFile('region', {
    extends: 'national',
    overlay: OVERLAY,
    unknownMembers: 'refuse',
  }),
  'provincial/county/profile.json': profileFile('county', {
    extends: 'region',
    overlay: { transactions: { '7000': { request: { data: { relax: ['expContent', 'name'] } } } } },
  }),
  'provincial/loop-a/profile.json': profileFile('loop-a', { extends: 'loop-b' }),
  'provincial/loop-b/profile.json': profileFile('loop-b', { extends: 'loop-a' }),
  'provincial/orphan/profile.json': profileFile('orphan', { extends: 'nowhere' }),
  'provincial/torn/profile.json': '{"id":"torn",',
  'provincial/odd/profile.json': { id: 'odd', version: 1, errorStatus: 'sometimes' },
  'provincial/misnamed/profile.json': profileFile('other', {}),
  'provincial/astray/profile.json': profileFile('astray', { extends: 'national', overlays: {}, colour: 1 }),
  'national/identities.json': {
    identities: [{ id: 'scope-split', family: 'national', transactions: [], formula: '', checks: [] }],
  },
  'provincial/sums/profile.json': profileFile('sums', {
    extends: 'national',
    identities: { 'scope-splt': 'warn' },
  }),
  'provincial/slip/profile.json': profileFile('slip', {
    extends: 'national',
    overlay: { transactions: { '7000': { request: { data: { relax: ['cod'], rename: { nam: 'x' } } } } } },
  }),
  'provincial/new-number/profile.json': profileFile('new-number', {
    extends: 'national',
    overlay: { transactions: { '7999': { request: {} } } },
  }),
};

describe('An overlay', () => {
  let registry: Registry;
  let remove: () => void;
  before(() => {
    const folder = schemasFolder(FILES);
    registry = createRegistry({ schemas: folder.url });
    remove = folder.remove;
  });
  after(() => remove());

  const faultsOf = (profile: string, body: string): string[] =>
    places(registry.validator(profile, '7000', 'request', 'strict')(wire(body), '').faults).toSorted();

  it('adds, relaxes, renames and re-measures fields', () => {
    const body = '{"data":{"name":"123456","extra":1.5,"expContent":"x"},"more":[{"x":"1"}]}';
    assert.deepEqual(faultsOf('region', body), []);
    assert.deepEqual(faultsOf('national', body.replace('"123456"', '"12345"')), [
      'length /data/name',
      'required /data/code',
    ]);
  });

  it('makes an added field count like any other', () => {
    assert.deepEqual(faultsOf('region', '{"data":{"name":"1","extra":"1e3"},"more":[{}]}'), [
      'amount /data/extra',
      'number-form /data/extra',
      'required /more/0/x',
    ]);
  });

  it('applies on top of the overlay it extends', () => {
    assert.deepEqual(faultsOf('county', '{"data":{"extra":1}}'), []);
    assert.deepEqual(registry.profile('county').lineage, ['national', 'region', 'county']);
    assert.equal(registry.profile('county').unknownMembers, 'refuse');
  });

  it('refuses unknown members where the profile forbids them', () => {
    assert.deepEqual(faultsOf('region', '{"data":{"name":"1","extra":1,"exp":""}}'), [
      'unknown-member /data/exp',
    ]);
  });

  it('gives a regional number the definition it is like', () => {
    assert.deepEqual(
      registry.definition('region', '7000A')?.request[0]?.fields.map(({ name }) => name),
      ['code', 'name', 'exp'],
    );
  });

  it('measures the envelope as well', () => {
    const validate = (profile: string): string[] =>
      places(registry.envelopeValidator(profile, 'request', 'strict')(wire('{"infno":"7000AB"}'), '').faults);
    assert.deepEqual([validate('national'), validate('region')], [['length /infno'], []]);
  });

  const broken = [
    [
      'loop-a',
      'PROFILE_BROKEN',
      'schemas/provincial/loop-b/profile.json#/extends',
      /loop-a → loop-b → loop-a/,
    ],
    ['orphan', 'PROFILE_BROKEN', 'schemas/provincial/orphan/profile.json#/extends', /no profile nowhere/],
    ['torn', 'PROFILE_BROKEN', 'schemas/provincial/torn/profile.json#', /Not well-formed JSON/],
    ['odd', 'PROFILE_BROKEN', 'schemas/provincial/odd/profile.json#/title', /missing; add it/],
    ['odd', 'PROFILE_BROKEN', 'schemas/provincial/odd/profile.json#/version', /another type than string/],
    [
      'odd',
      'PROFILE_BROKEN',
      'schemas/provincial/odd/profile.json#/errorStatus',
      /sometimes is not allowed; possible: always-200, by-code/,
    ],
    [
      'astray',
      'PROFILE_BROKEN',
      'schemas/provincial/astray/profile.json#/overlays',
      /no member overlays.*should it be overlay\?/,
    ],
    [
      'astray',
      'PROFILE_BROKEN',
      'schemas/provincial/astray/profile.json#/colour',
      /no member colour.*possible: .*go into remark/,
    ],
    [
      'sums',
      'PROFILE_BROKEN',
      'schemas/provincial/sums/profile.json#/identities/scope-splt',
      /no identity scope-splt; known: scope-split/,
    ],
    ['misnamed', 'PROFILE_BROKEN', 'schemas/provincial/misnamed/profile.json#/id', /says id other/],
    [
      'slip',
      'PROFILE_BROKEN',
      'schemas/provincial/slip/profile.json#/overlay/transactions/7000/request/data/relax/cod',
      /no field cod/,
    ],
    [
      'new-number',
      'PROFILE_BROKEN',
      'schemas/provincial/new-number/profile.json#/overlay/transactions/7999',
      /no transaction 7999/,
    ],
    ['absent', 'CONFIG_INVALID', 'schemas/provincial/absent/profile.json#', /known: national, .*county/],
    ['../national', 'CONFIG_INVALID', 'schemas/provincial/../national/profile.json#', /no profile/],
  ] as const;
  for (const [id, code, at, message] of broken) {
    it(`that is broken (${id}) is refused with file, place and remedy, and stops no other profile`, () => {
      assert.throws(
        () => registry.profile(id),
        (error) => {
          assert.ok(error instanceof GatewayError);
          const fault = error.details.faults?.find((one) => one.at === at);
          assert.equal(error.code, code);
          assert.match(fault?.message.en ?? '', message);
          return true;
        },
      );
      assert.equal(registry.profile('region').id, 'region');
    });
  }

  it('reports all slips of a profile at once', () => {
    assert.throws(
      () => registry.profile('slip'),
      (error) => error instanceof GatewayError && error.details.faults?.length === 2,
    );
  });
});

describe('The profiles of observed regions', () => {
  const registry = createRegistry();
  const messages = [
    ['2207-500155-02', 'chongqing', '2207', 'request', []],
    [
      '2206a-210100-01',
      'liaoning-210100',
      '2206A',
      'request',
      ['code-structure /msgid', 'type /exp_content'],
    ],
    ['2305-500103-01', 'chongqing', '2305', 'response', []],
  ] as const;
  for (const [name, profile, transaction, direction, remaining] of messages) {
    it(`accept ${name} and name what is left of its deviations`, () => {
      const { envelope, body } = observed(name);
      const head = registry.envelopeValidator(profile, direction, 'tolerant')(envelope, '');
      const found = registry.validator(profile, transaction, direction, 'tolerant')(body, '');
      assert.deepEqual([...head.faults, ...found.faults], []);
      const rest = places([...head.deviations, ...found.deviations]).map((place) =>
        place.replace('/data', ''),
      );
      assert.deepEqual(rest, remaining);
    });
  }

  it('are needed: the national profile refuses the message of Chongqing and says which fields it lacks', () => {
    const { body } = observed('2207-500155-02');
    const { faults } = registry.validator('national', '2207', 'request', 'tolerant')(body, '/input');
    assert.deepEqual(faults.map(({ field }) => field).toSorted(), ['card_sn', 'certno', 'psn_cert_type']);
  });

  it('all have their form', () => {
    for (const id of [
      'national',
      'chongqing',
      'cross-province',
      'fujian-350205',
      'guangdong-foshan',
      'guangdong-guangzhou',
      'guangdong-shenzhen',
      'guizhou-guiyang',
      'guizhou-yinhai',
      'hainan',
      'hainan-469005',
      'hebei',
      'hebei-130300',
      'hebei-130300-ec',
      'henan-411302',
      'hunan-430502',
      'hunan-powersi',
      'jiangsu',
      'jiangxi',
      'jilin',
      'liaoning-210100',
      'neimenggu',
      'neimenggu-ec',
      'predecessor-xml',
      'shaanxi-shangluo',
      'shaanxi-shenmu',
      'shaanxi-xianyang',
      'shandong-dareway',
      'shanghai',
      'shanghai-310115',
      'sichuan-yibin',
      'tianjin-mobile-payment',
      'yunnan',
      'zhejiang',
      'zhejiang-330000',
    ]) {
      assert.equal(registry.profile(id).id, id);
    }
  });

  it('mask what identifies a person in regional names as well, by its label', () => {
    const add = [
      { name: 'SNO', label: { zh: '社会保障号' }, type: 'string', length: 3, required: false },
      { name: 'UNIT', label: { zh: '单位' }, type: 'string', length: 3, required: false },
    ];
    const overlay = { transactions: { '7000': { request: { data: { add } } } } };
    const profile = profileFile('masked', { extends: 'national', overlay });
    const folder = schemasFolder({ 'provincial/masked/profile.json': profile });
    const validate = createRegistry({ schemas: folder.url }).validator('masked', '7000', 'request', 'strict');
    const { faults } = validate(wire('{"data":{"code":"1","name":"1","SNO":"1234","UNIT":"5678"}}'), '');
    folder.remove();
    assert.deepEqual(
      faults.map(({ field, found }) => [
        field,
        found?.includes('123') ?? false,
        found?.includes('5678') ?? false,
      ]),
      [
        ['SNO', false, false],
        ['UNIT', false, true],
      ],
    );
  });

  it('give a number that a region uses for something else no operation and no national meaning', () => {
    assert.notEqual(registry.findOperation('7104', 'guangdong-foshan'), undefined);
    assert.equal(registry.findOperation('7104', 'guangdong-shenzhen'), undefined);
    assert.equal(registry.definition('guangdong-shenzhen', '7102')?.name.zh, '电子处方审核');
    const operation = registry.findOperation('7104')?.operation;
    assert(operation !== undefined);
    assert.throws(
      () => registry.nationalMap(operation, 'guangdong-shenzhen'),
      (error) => error instanceof GatewayError && error.code === 'TRANSACTION_UNKNOWN',
    );
  });

  it('find map files of a family and nothing outside it', () => {
    assert.notEqual(registry.mapFile('predecessor-xml', '0304'), undefined);
    assert.equal(registry.mapFile('predecessor-xml', '../profile'), undefined);
    assert.equal(registry.mapFile('chongqing', '2207'), undefined);
  });
});

describe('The predecessor profile', () => {
  const registry = createRegistry();

  it('refuses amounts that are none, and takes every number as the text that XML has', () => {
    const validate = registry.validator('predecessor-xml', '0304', 'request', 'strict');
    assert.deepEqual(places(validate(wire('{"akc264":"1e400","ake171":"12.50"}'), '').faults), [
      'amount /akc264',
    ]);
  });

  it('validates the rows below a path', () => {
    const validate = registry.validator('predecessor-xml', '0301', 'request', 'tolerant');
    const { faults } = validate(wire('{"detail":{"row":[{"akc264":"1.00"},{"akc264":"9.995"}]}}'), '/input');
    assert.deepEqual(places(faults), ['amount /input/detail/row/1/akc264']);
  });

  it('checks its own identities', () => {
    const body = wire('{"akc264":"10.00","ake149":"5.00","ake038":"4.00","akb067":"0.50"}');
    const { deviations } = registry.checkIdentities('predecessor-xml', '0304', 'response', body, '');
    assert.deepEqual(places(deviations), ['identity /akc264']);
  });
});

describe('The list of profiles', () => {
  const registry = createRegistry();

  it('starts with the baseline and holds every folder', () => {
    const [first, ...others] = registry.profiles();
    assert.equal(first, 'national');
    assert.equal(
      ['chongqing', 'jiangxi', 'predecessor-xml'].every((id) => others.includes(id)),
      true,
    );
  });

  it('goes with the numbers of each: inherited, of its own, and variants', () => {
    const national = registry.profileTransactions('national');
    assert.deepEqual(national, registry.transactions());
    const liaoning = registry.profileTransactions('liaoning-210100');
    assert.deepEqual(
      liaoning.filter((number) => !national.includes(number)),
      ['2206A'],
    );
    assert.equal(
      registry.profileTransactions('zhejiang').every((number) => !national.includes(number)),
      true,
    );
  });
});

describe('A folder of further profiles', () => {
  it('is looked into first, and what it lacks is found in schemas', () => {
    const aside = schemasFolder({
      'here/profile.json': profileFile('here', {
        extends: 'national',
        overlay: { transactions: { '2207': { request: { data: { relax: ['certno'] } } } } },
      }),
      'chongqing/profile.json': profileFile('chongqing', { extends: 'national', version: 'mine' }),
    });
    const registry = createRegistry({ regions: aside.url });
    const relaxed = registry
      .definition('here', '2207')
      ?.request[0]?.fields.find(({ name }) => name === 'certno');
    const ids = registry.profiles();
    const versions = ['chongqing', 'jilin'].map((id) => registry.profile(id).version);
    aside.remove();
    assert.equal(relaxed?.required, false);
    assert.deepEqual(versions, ['mine', '1']);
    assert.deepEqual(
      ['here', 'jilin'].map((id) => ids.includes(id)),
      [true, true],
    );
  });
});

describe('Signing profiles', () => {
  const registry = createRegistry();

  it('are found by id', () => {
    const profile = registry.signingProfile('fsi-main-cainfo');
    assert.equal(profile.algorithm === 'SM3withSM2' && profile.signature.member, 'cainfo');
    assert.equal(registry.signingProfile('none').algorithm, 'none');
  });

  it('that do not exist are refused with the list of those that do', () => {
    assert.throws(
      () => registry.signingProfile('sm9'),
      (error) =>
        error instanceof GatewayError && /fsi-main-cainfo/.test(error.details.faults?.[0]?.message.en ?? ''),
    );
  });
});
