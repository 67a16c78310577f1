import assert from 'node:assert/strict';
import { hisService } from '@yiqiao/his';
import { GatewayError, systemClock } from '@yiqiao/model';
import { exampleMap } from './table-rig.ts';

const SETTINGS = {
  store: ':memory:',
  institution: { code: 'H53010000001', name: '示例医院（云南）' },
  careRegion: '530100',
  operator: { type: '1', id: '0001', name: '测试经办' },
  insurance: { url: 'http://127.0.0.1:9/', farSide: 'idempotent' },
  maps: ['map.json'],
};

async function refused(
  settings: object,
  files: Readonly<Record<string, string>> = {},
): Promise<GatewayError> {
  const given = { 'map.json': JSON.stringify(exampleMap('http-map.json')), ...files };
  try {
    const service = await hisService.create(settings, {
      clock: systemClock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      readFile: (path) => given[path as keyof typeof given],
      pathOf: (path) => path,
    });
    await service.stop();
  } catch (error) {
    assert(error instanceof GatewayError, String(error));
    return error;
  }
  return assert.fail('a refusal was expected');
}

describe('The configuration of a hospital', () => {
  it('is told all its faults at once', async () => {
    const { store: _, ...rest } = SETTINGS;
    const error = await refused({ ...rest, careRegion: '53', maps: [], listen: { port: 'x' }, tabels: {} });
    assert.equal(error.code, 'CONFIG_INVALID');
    assert.deepEqual(error.details.faults?.map(({ at }) => at).toSorted(), [
      '/careRegion',
      '/listen/port',
      '/maps',
      '/store',
      '/tabels',
    ]);
  });

  for (const [what, file] of [
    ['no JSON', '{'],
    ['no map', '[]'],
  ] as const) {
    it(`is refused when the map file is ${what}`, async () => {
      const error = await refused(SETTINGS, { 'map.json': file });
      assert.deepEqual([error.code, error.details.faults?.[0]?.field], ['CONFIG_INVALID', 'map.json']);
    });
  }

  it('is refused when the map is incomplete', async () => {
    const map = { id: 'x', actions: { refund: { path: '/r', order: 'o', visit: 'v', fields: [] } } };
    const error = await refused(SETTINGS, { 'map.json': JSON.stringify(map) });
    assert.equal(error.code, 'MAP_INCOMPLETE');
  });

  it('is refused when its relay has no office, or times that are none', async () => {
    const relay = { url: 'http://127.0.0.1:8610/', timeoutMs: 1 };
    const error = await refused({ ...SETTINGS, relay, keepDoneDays: 0 });
    assert.deepEqual(error.details.faults?.map(({ at }) => at).toSorted(), [
      '/keepDoneDays',
      '/relay/office',
      '/relay/timeoutMs',
    ]);
  });

  it('is refused when its policy covers delivery fees', async () => {
    const policy = { 530000: [{ id: 'X', rule: 'delivery', label: { zh: '', en: '' }, covered: true }] };
    const error = await refused(
      { ...SETTINGS, internet: { agreement: true, policy: 'policy.json' } },
      { 'policy.json': JSON.stringify(policy) },
    );
    assert.equal(error.details.faults?.[0]?.field, 'delivery');
  });
});
