import assert from 'node:assert/strict';
import { join } from 'node:path';
import { checkGatewayConfig } from '@yiqiao/gateway';
import type { GatewayError } from '@yiqiao/model';
import { delimited, fieldsOf, provinceFile, writeProvince } from './example-province.ts';
import { message, settlement, SIGNING, UNSIGNED } from './messages.ts';
import { assertDone, assertRefused, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { endAll, makeFolder, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** A gateway whose only knowledge of the province is a folder of files. */
async function startProvince(
  changes: Parameters<typeof writeProvince>[1] = {},
): Promise<{ rig: Rig; folder: string }> {
  const folder = makeFolder();
  writeProvince(folder, changes);
  return { folder, rig: await startRig({ change: (yaml) => withProvince(yaml, folder) }) };
}

function withProvince(yaml: string, folder: string): string {
  return yaml
    .replace('logLevel:', `profiles: ${folder}\nlogLevel:`)
    .replace(
      / {2}- id: his\n[^]*? {2}- id: plain/,
      `  - id: overlay\n    profile: overlay-example\n    from: { institutions: [${SIGNING}] }\n    signing: { profile: none }\n  - id: plain\n    profile: delimited-example`,
    );
}

/** Calls as the relay of a HIS does: the transaction stands in the address. */
function call(rig: Rig, transaction: string, ...fields: readonly string[]): Promise<Posted> {
  return post(`${rig.gateway.base}/peers/plain/${transaction}`, delimited(UNSIGNED, ...fields), {
    'content-type': 'application/octet-stream',
  });
}

const PERSON = '00000000000000000000000001';
const CERTIFICATE = '000000199001010018';
const SETTLE = [PERSON, CERTIFICATE, 'S0001', 'B0001', '12.50', '12.50', '530100'];

/** The map of a settlement of which nobody knows where its class of care stands. */
function withoutCareType(file: Readonly<Record<string, unknown>>): object {
  const [step] = file['steps'] as [
    { operation: string; request: { rules: { fill?: string }[]; noEqual: object[] }; response: object },
  ];
  const rules = step.request.rules.filter(({ fill }) => fill !== 'careType');
  const unattested = [{ model: ['careType'], because: 'no source tells it' }];
  return { ...file, steps: [{ ...step, request: { ...step.request, rules, unattested } }] };
}

describe('A province that is added as files', () => {
  afterEach(endAll);

  it('settles a visit', async () => {
    const { rig } = await startProvince();
    const identified = await call(rig, '01', CERTIFICATE, '测试甲', '530100');
    assert.deepEqual(fieldsOf(identified.bytes), ['0', '', PERSON, '测试甲']);
    const visit = [PERSON, CERTIFICATE, '测试甲', 'M1', 'A01', '20260101080000', '530100'];
    const registered = await call(rig, '02', ...visit);
    assert.deepEqual(fieldsOf(registered.bytes), ['0', '', 'S0001']);
    const settled = await call(rig, '03', ...SETTLE);
    assert.deepEqual(fieldsOf(settled.bytes), ['0', '', 'JS0001', '12.50', '12.50']);
    assert.deepEqual([settled.status, settled.contentType], [200, 'text/plain; charset=GBK']);
    const [first] = rig.far.arrived;
    assert.equal(first?.data['psn_name'], '测试甲');
    assert.deepEqual(rig.far.numbers(), ['1101', '2201', '2207']);
  });

  it('is told what is wrong in its own form', async () => {
    const { rig } = await startProvince();
    const lacking = SETTLE.with(2, '');
    const refused = await call(rig, '03', ...lacking);
    const [state, text, ...others] = fieldsOf(refused.bytes);
    assert.deepEqual([state, others], ['-1', []]);
    assert.match(text ?? '', /^\[MESSAGE_INVALID\].*就诊号/);
    assert.equal(refused.contentType, 'text/plain; charset=GBK');
    assert.deepEqual(rig.far.numbers(), []);
  });

  it('is refused where its map has no source for what the national form requires, each field named', async () => {
    const path = 'delimited-example/maps/03.json';
    const { rig } = await startProvince({ [path]: withoutCareType(provinceFile(path)) });
    const refused = await call(rig, '03', ...SETTLE);
    const [state, text] = fieldsOf(refused.bytes);
    assert.equal(state, '-1');
    assert.match(text ?? '', /^\[MAP_INCOMPLETE\].*\/careType/);
    assert.deepEqual(rig.far.numbers(), []);
    assert.equal(fieldsOf((await call(rig, '01', CERTIFICATE, '测试甲', '530100')).bytes)[0], '0');
  });

  it('is counted under its own transactions', async () => {
    const { rig } = await startProvince();
    await call(rig, '03', ...SETTLE);
    const metrics = await (await fetch(`${rig.gateway.base}/metrics`)).text();
    assert.match(metrics, /yiqiao_exchanges_total\{peer="plain",transaction="03",outcome="answered"\} 1/);
  });

  it('is answered from the record when the same content comes again', async () => {
    const { rig } = await startProvince();
    const first = await call(rig, '03', ...SETTLE);
    const second = await call(rig, '03', ...SETTLE);
    assert.deepEqual(second.bytes, first.bytes);
    assert.equal(rig.far.numbers().filter((number) => number === '2207').length, 1);
  });

  it('stands beside another that changes the national form only', async () => {
    const { rig } = await startProvince();
    const envelope = { fixmedins_code: JSON.stringify(SIGNING) };
    const lacking = await post(rig.gateway.url, settlement({}, envelope));
    assert.deepEqual(
      assertRefused(lacking, 'MESSAGE_INVALID').yiqiao.faults.map(({ at }) => at),
      ['/input/data/cons_type'],
    );
    assertDone(await post(rig.gateway.url, settlement({ cons_type: '"1"' }, envelope)));
  });
});

describe('A broken profile in the folder', () => {
  afterEach(endAll);

  const broken = {
    'broken-example/profile.json': {
      ...provinceFile('overlay-example/profile.json'),
      id: 'broken-example',
      overlay: { transactions: { '2207': { request: { data: { relax: ['cert_no'] } } } } },
    },
  };

  it('stops no other, and the check names its file, place and remedy', async () => {
    const { rig, folder } = await startProvince(broken);
    const envelope = { fixmedins_code: JSON.stringify(SIGNING) };
    assertDone(await post(rig.gateway.url, settlement({ cons_type: '"1"' }, envelope)));
    const { faults, remarks } = checkGatewayConfig(rig.configFile);
    assert.deepEqual(faults, []);
    const [fault, ...others] = remarks.filter(({ at }) => at.includes('broken-example'));
    assert.equal(others.length, 0);
    assert.equal(
      fault?.at,
      `${join(folder, 'broken-example', 'profile.json')}#/overlay/transactions/2207/request/data/relax/cert_no`,
    );
    assert.match(fault.message.en, /check the name/);
  });

  it('is never used: no gateway starts with a peer of it', async () => {
    const { rig, folder } = await startProvince(broken);
    rig.rewrite((yaml) => yaml.replace('profile: overlay-example', 'profile: broken-example'));
    const error = await rig.restart().then(
      () => assert.fail('it started'),
      (thrown: GatewayError) => thrown,
    );
    const [fault] = error.details.faults ?? [];
    assert.deepEqual([fault?.rule, fault?.at], ['PROFILE_BROKEN', '/peers/0']);
    assert(fault?.found?.startsWith(join(folder, 'broken-example', 'profile.json')));
  });
});

describe('The address of a peer', () => {
  afterEach(endAll);

  for (const [title, path, headers] of [
    ['takes the transaction from a header as well', '/peers/plain', { 'x-yiqiao-transaction': '03' }],
    [
      'is not needed where the media type tells the form',
      '/care-place',
      { 'content-type': 'text/plain', transno: '03' },
    ],
  ] as const) {
    it(title, async () => {
      const { rig } = await startProvince();
      const settled = await post(`${rig.gateway.base}${path}`, delimited(UNSIGNED, ...SETTLE), headers);
      assert.equal(fieldsOf(settled.bytes)[0], '0');
    });
  }

  it('lets no peer speak for the institution of another', async () => {
    const { rig } = await startProvince();
    const stranger = settlement({ cons_type: '"1"' }, { fixmedins_code: JSON.stringify(UNSIGNED) });
    assertRefused(await post(`${rig.gateway.base}/peers/overlay`, stranger), 'INSTITUTION_NOT_ALLOWED');
  });

  for (const [title, peer] of [
    ['nobody', 'nobody'],
    ['a peer that never calls', 'care-place-core'],
  ] as const) {
    it(`is refused when it names ${title}, before the message is read`, async () => {
      const { rig } = await startProvince();
      const posted = await post(`${rig.gateway.base}/peers/${peer}`, message('1101', '{"data":{}}'));
      const refusal = assertRefused(posted, 'PEER_UNKNOWN');
      assert.deepEqual(refusal.yiqiao.facts, { address: peer });
    });
  }

  it('refuses arguments of the call that are no percent-encoded text', async () => {
    const { rig } = await startProvince();
    const posted = await post(`${rig.gateway.base}/peers/overlay`, settlement(), {
      'x-yiqiao-beside-jylsh': '%E6%B',
    });
    const { yiqiao } = assertRefused(posted, 'MESSAGE_NOT_READABLE');
    assert.equal(yiqiao.faults[0]?.at, '/x-yiqiao-beside-jylsh');
  });
});
