import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import { createLoginSource, createTokenSource } from '@yiqiao/signer';
import type { TokenRequest } from '@yiqiao/signer';

const CLIENT = {
  clientId: 'c',
  clientSecret: 's',
  grantType: 'password',
  username: '测试',
  password: 'p&',
  scope: 'all',
};

describe('A token source', () => {
  /** A source whose far side gives T1, T2, … for as long as told, and what was asked of it. */
  function rig(lasts: unknown, status = 200) {
    const asked: TokenRequest[] = [];
    const source = createTokenSource(CLIENT, async (request) => {
      asked.push(request);
      const token = { access_token: `T${asked.length}`, expires_in: lasts };
      return Promise.resolve({ status, body: Buffer.from(JSON.stringify(token)) });
    });
    return { source, asked };
  }

  it('asks as the far side wants it', async () => {
    const { source, asked } = rig(3600);
    assert.equal(await source.current(0), 'T1');
    const [request] = asked;
    assert.ok(request);
    assert.deepEqual(request.headers, {
      authorization: `Basic ${Buffer.from('c:s').toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    });
    assert.deepEqual(Object.fromEntries(new URLSearchParams(request.body.toString())), {
      grant_type: 'password',
      username: '测试',
      password: 'p&',
      scope: 'all',
    });
  });

  const lives = [
    [3600, 3_539_999, 3_540_000],
    ['3600', 3_539_999, 3_540_000],
    [60, 29_999, 30_000],
  ] as const;
  for (const [lasts, kept, renewed] of lives) {
    it(`renews a token of ${typeof lasts} ${lasts} in time`, async () => {
      const { source } = rig(lasts);
      const seen = [];
      for (const now of [0, kept, renewed]) seen.push(await source.current(now));
      assert.deepEqual(seen, ['T1', 'T1', 'T2']);
    });
  }

  it('keeps a token without an end until it is refused, and renews it once for all who wait', async () => {
    const { source, asked } = rig(undefined);
    assert.equal(await source.current(0), 'T1');
    assert.equal(await source.current(1e12), 'T1');
    source.forget('T1');
    const both = await Promise.all([source.current(1e12), source.current(1e12)]);
    assert.deepEqual(both, ['T2', 'T2']);
    source.forget('T1');
    assert.equal(await source.current(1e12), 'T2');
    assert.equal(asked.length, 2);
  });

  const bad = {
    'a refusal': { status: 401, body: '{"access_token":"T"}' },
    'no token': { status: 200, body: '{}' },
    'a token that is no header value': { status: 200, body: '{"access_token":"a\\r\\nb"}' },
    'a page': { status: 200, body: '<html>' },
  };
  for (const [title, { status, body }] of Object.entries(bad)) {
    it(`says that nothing was sent, and tries again: ${title}`, async () => {
      let calls = 0;
      const source = createTokenSource(CLIENT, async () => {
        calls += 1;
        return Promise.resolve({ status, body: Buffer.from(body) });
      });
      for (let round = 1; round <= 2; round += 1) {
        await assert.rejects(
          source.current(0),
          (error) => error instanceof GatewayError && error.code === 'UPSTREAM_UNREACHABLE',
        );
        assert.equal(calls, round);
      }
    });
  }
});

describe('A login source', () => {
  it('serves any login, that of a session, too', async () => {
    let calls = 0;
    const source = createLoginSource(async (now) =>
      Promise.resolve({ text: `S${++calls}`, endsAt: now + 200_000 }),
    );
    assert.equal(await source.current(0), 'S1');
    assert.equal(await source.current(139_999), 'S1');
    assert.equal(await source.current(140_000), 'S2');
  });
});
