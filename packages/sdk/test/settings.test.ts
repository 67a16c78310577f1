/** Settings: complete, typed, and all that is wrong at once. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { Fen } from '@yiqiao/model';
import { readSettings, setting } from '@yiqiao/sdk';

const shape = {
  url: setting.url(),
  region: setting.region(),
  limit: setting.amount(),
  secret: setting.secret({ minLength: 8 }),
  mode: setting.withDefault(setting.oneOf('strict', 'tolerant'), 'strict'),
  listen: setting.optional(setting.section({ port: setting.integer({ min: 0, max: 65_535 }) })),
  people: setting.withDefault(setting.list(setting.section({ id: setting.text() })), []),
  names: setting.withDefault(setting.table(setting.text()), {}),
  isOn: setting.withDefault(setting.flag(), false),
};
const GOOD = {
  url: 'https://platform.example/api',
  region: '530000',
  limit: '12.50',
  secret: '12345678',
};

describe('Settings', () => {
  it('come back complete and frozen', () => {
    const settings = readSettings(
      { ...GOOD, listen: { port: 0 }, people: [{ id: 'a' }], names: { x: 'y' } },
      shape,
    );
    const limit: Fen = settings.limit;
    const port: number | undefined = settings.listen?.port;
    assert.deepEqual([limit, port, settings.mode, settings.isOn], [1250n, 0, 'strict', false]);
    assert.deepEqual(settings.people, [{ id: 'a' }]);
    assert.ok(
      Object.isFrozen(settings) && Object.isFrozen(settings.listen) && Object.isFrozen(settings.people),
    );
    assert.equal('listen' in readSettings(GOOD, shape), false);
  });

  it('name everything that is missing, unknown or unfit at once, with places and remedies', () => {
    const wrong = {
      url: 'platform.example',
      region: 530000,
      limit: 12.5,
      secret: 'short',
      mode: 'lax',
      listen: { port: 70_000, host: 'x' },
      people: [{ id: 'a' }, {}, 'b'],
      names: { x: 1 },
      isOn: 'yes',
      misspelt: 1,
    };
    assert.throws(
      () => readSettings(wrong, shape),
      (error: unknown) => {
        assert(error instanceof GatewayError && error.code === 'CONFIG_INVALID');
        const places = error.details.faults?.map(({ at, rule }) => `${at} ${rule}`);
        assert.deepEqual(places, [
          '/url format',
          '/region type',
          '/limit format',
          '/secret length',
          '/mode choice',
          '/listen/port range',
          '/listen/host unknown-setting',
          '/people/1/id required',
          '/people/2 type',
          '/names/x type',
          '/isOn type',
          '/misspelt unknown-setting',
        ]);
        return error.details.faults?.every(({ message }) => message.zh !== '' && message.en !== '') === true;
      },
    );
  });

  it('never quote a secret', () => {
    const secret = setting.secret({ pattern: /^\d+$/ });
    assert.throws(
      () => readSettings({ secret: 'very-secret' }, { secret }),
      (error: unknown) => !JSON.stringify((error as GatewayError).details).includes('very-secret'),
    );
  });

  for (const raw of [undefined, null, 'text', [], 1]) {
    it(`are an object, not ${JSON.stringify(raw) ?? 'nothing'}`, () => {
      assert.throws(() => readSettings(raw, shape), { code: 'CONFIG_INVALID' });
    });
  }
});
