/** Settings of the service: everything that is wrong at once, before the first charge is settled. */
import assert from 'node:assert/strict';
import { systemClock } from '@yiqiao/model';
import { eInvoiceService } from '@yiqiao/e-invoice';

const parts = {
  clock: systemClock,
  log: { info: () => {}, warn: () => {}, error: () => {} },
  readFile: () => '',
  pathOf: () => ':memory:',
};
const settings = {
  store: ':memory:',
  listen: { port: 0 },
  platform: { url: 'http://127.0.0.1:9/', appId: 'A', key: 'K' },
  institutions: [
    { code: 'H1', name: '示例医院', bills: 'public-finance', placeCode: '1', kind: '1', cashier: '1' },
  ],
  cardType: '1',
  payChannel: '02',
};

describe('the service of electronic bills', () => {
  const WRONG: readonly [string, object, readonly string[]][] = [
    ['no platform', { platform: undefined }, ['/platform']],
    [
      'a meaning nobody knows',
      { platform: { ...settings.platform, refusalCodes: { E1: 'bad' } } },
      ['/platform/refusalCodes/E1'],
    ],
    [
      'hospitals that lack what their bills need',
      { institutions: [{ code: 'H1', name: '甲', bills: 'public-finance' }] },
      ['/institutions/0/placeCode', '/institutions/0/kind', '/institutions/0/cashier'],
    ],
    [
      'an institution twice',
      { institutions: [...settings.institutions, { code: 'H1', name: '乙', bills: 'tax' }] },
      ['/institutions/1/code'],
    ],
    [
      'an insurance side that nobody can be asked at, and vouchers without codes',
      { insurance: { url: 'x', careRegion: '53', vouchers: { type: '1' } } },
      [
        '/insurance/url',
        '/insurance/farSide',
        '/insurance/careRegion',
        '/insurance/operator',
        '/insurance/vouchers/settlementType',
        '/insurance/vouchers/visitTypes',
      ],
    ],
    ['no institutions', { institutions: [] }, ['/institutions']],
  ];
  for (const [title, change, places] of WRONG)
    it(`refuses ${title}`, () => {
      assert.throws(
        () => void eInvoiceService.create({ ...settings, ...change }, parts),
        (error: { code: string; details: { faults: readonly { at: string }[] } }) => {
          assert.equal(error.code, 'CONFIG_INVALID');
          assert.deepEqual(
            error.details.faults.map(({ at }) => at),
            places,
          );
          return true;
        },
      );
    });

  it('tells its health: what is owed, what lies with a person, how old the oldest is', async () => {
    const service = await eInvoiceService.create(settings, parts);
    const { url = '' } = await service.start();
    try {
      const facts = { owed: 0, withPerson: 0, oldestSeconds: 0 };
      assert.deepEqual(await service.health(), { ok: true, facts });
      const waiting = (await (await fetch(`${url}waiting`)).json()) as object;
      assert.deepEqual(waiting, { jobs: [] });
    } finally {
      await service.stop();
    }
  });
});
