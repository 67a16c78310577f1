import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { ask, assertRefusal, handOver, RESOLUTION, startAdminRig, TOKEN } from './admin-rig.ts';
import { message, settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import { endAll, startRig } from './rig.ts';

describe('The list of far sides', () => {
  afterEach(endAll);

  it('tells of each how it is doing, what waits and what is not known', async () => {
    const rig = await startAdminRig();
    rig.far.behave(() => 'lost');
    assertUnknown(await post(rig.gateway.url, settlement()), 'UPSTREAM_TIMEOUT');
    const peers = async (): Promise<Record<string, unknown>[]> =>
      (await ask(rig.gateway, '/admin/peers')).body['peers'] as Record<string, unknown>[];
    const [core, hub] = await peers();
    assert.deepEqual(
      [core?.['id'], core?.['state'], core?.['waiting'], core?.['unknown']],
      ['care-place-core', 'ok', 0, 1],
    );
    assert.deepEqual(hub, {
      id: 'hub',
      state: 'ok',
      failures: 0,
      active: 0,
      waiting: 0,
      unknown: 0,
      closures: [],
    });
    await rig.restart();
    assert.equal((await peers())[0]?.['unknown'], 1, 'what an earlier process left counts, too');
    rig.far.behave(() => undefined);
    await rig.gateway.idle();
    assert.equal((await peers())[0]?.['unknown'], 0);
  });

  it('needs the token', async () => {
    const { gateway } = await startAdminRig();
    assertRefusal(await ask(gateway, '/admin/peers', { token: null }), 401, 'UNAUTHORIZED');
  });
});

describe('The admin API', () => {
  afterEach(endAll);

  it('does not listen unless it is configured', async () => {
    const { gateway } = await startRig();
    assert.equal(gateway.admin, undefined);
    assert.equal((await fetch(`${gateway.base}/admin/exchanges`)).status, 404);
  });

  it('is not served where callers post their messages', async () => {
    const { gateway } = await startAdminRig();
    const headers = { authorization: `Bearer ${TOKEN}` };
    assert.equal((await fetch(`${gateway.base}/admin/exchanges`, { headers })).status, 404);
    assert.notEqual(gateway.admin, gateway.base);
  });

  it('tells nothing without the token, not even what exists', async () => {
    const { gateway } = await startAdminRig();
    for (const path of ['/admin/exchanges', '/admin/exchanges/1', '/other']) {
      assertRefusal(await ask(gateway, path, { token: null }), 401, 'UNAUTHORIZED');
      assertRefusal(await ask(gateway, path, { token: `${TOKEN}x` }), 401, 'TOKEN_INVALID');
    }
    const resolve = { body: RESOLUTION, token: 'wrong' };
    assertRefusal(await ask(gateway, '/admin/exchanges/1/resolve', resolve), 401, 'TOKEN_INVALID');
  });

  it('takes another token after a reload', async () => {
    const { gateway, tokenFile } = await startAdminRig();
    const next = TOKEN.toUpperCase();
    writeFileSync(tokenFile, next);
    gateway.reload();
    assertRefusal(await ask(gateway, '/admin/exchanges'), 401, 'TOKEN_INVALID');
    assert.equal((await ask(gateway, '/admin/exchanges', { token: next })).status, 200);
  });

  it('lists exchanges newest first, in pages and by state', async () => {
    const rig = await startAdminRig();
    const { gateway } = rig;
    assertDone(await post(gateway.url, settlement()));
    const { id } = await handOver(rig);
    const list = async (
      query: string,
    ): Promise<{ exchanges: { id: number; state: string }[]; next?: number }> =>
      (await ask(gateway, `/admin/exchanges${query}`)).body as never;
    const all = await list('');
    assert.deepEqual(
      all.exchanges.filter(({ state }) => state === 'handed-to-person').map((each) => each.id),
      [id],
    );
    const first = await list('?limit=1');
    assert.deepEqual([first.exchanges.length, first.next], [1, all.exchanges[0]?.id]);
    const rest = await list(`?before=${first.next}`);
    assert.deepEqual([...first.exchanges, ...rest.exchanges], all.exchanges);
    assert.equal(rest.next, undefined);
    assert.deepEqual((await list('?state=rejected')).exchanges, []);
  });

  const badQueries = ['?state=lost', '?limit=0', '?limit=501', '?before=x', '?before=-1', '?stat=open'];
  for (const query of badQueries) {
    it(`refuses ${query}`, async () => {
      const { gateway } = await startAdminRig();
      assertRefusal(await ask(gateway, `/admin/exchanges${query}`), 400, 'QUERY_INVALID');
    });
  }

  it('shows states, legs and reasons, and nothing of whom', async () => {
    const rig = await startAdminRig();
    const { id } = await handOver(rig);
    const shown = await ask(rig.gateway, `/admin/exchanges/${id}`);
    const { state, transaction, reason, legs } = shown.body;
    assert.deepEqual([shown.status, state, transaction], [200, 'handed-to-person', '2207']);
    assert.equal(typeof reason, 'string');
    assert.deepEqual(
      (legs as { purpose: string; transaction: string; state: string }[])
        .slice(0, 2)
        .map((leg) => [leg.purpose, leg.transaction, leg.state]),
      [
        ['forward', '2207', 'unknown'],
        ['reverse', '2601', 'rejected'],
      ],
    );
    const personal = [
      '测试甲',
      '000000199001010018',
      '00000000000000000000000001',
      '测试经办',
      '已日结',
      'S0001',
    ];
    for (const text of personal) assert(!shown.text.includes(text), text);
  });

  it('says what does not exist', async () => {
    const { gateway } = await startAdminRig();
    for (const path of ['/admin/exchanges/99', '/admin/exchanges/x', '/admin'])
      assertRefusal(await ask(gateway, path), 404, 'NOT_FOUND');
    assertRefusal(await ask(gateway, '/admin/exchanges/99/resolve', { body: RESOLUTION }), 404, 'NOT_FOUND');
  });

  const told = [
    { as: 'reversed', code: 'REVERSED', refused: true },
    { as: 'rejected', code: 'UPSTREAM_REJECTED', refused: true },
    { as: 'answered', code: 'CONFIRMED_BY_PERSON', refused: false },
  ] as const;
  for (const { as, code, refused } of told) {
    it(`has a resend told ${code} once a person has found it ${as}, also after a restart`, async () => {
      const rig = await startAdminRig();
      const { body, id } = await handOver(rig);
      const asked = rig.far.numbers().length;
      const resolved = await ask(rig.gateway, `/admin/exchanges/${id}/resolve`, {
        body: { ...RESOLUTION, as },
      });
      assert.deepEqual([resolved.status, resolved.body['state']], [200, as], resolved.text);
      for (const gatewayOf of [() => rig.gateway, () => rig.restart()]) {
        const again = await post((await gatewayOf()).url, body);
        if (refused) assertRefused(again, code);
        else assertUnknown(again, code);
      }
      assert.equal(rig.far.numbers().length, asked);
      const shown = (await ask(rig.gateway, `/admin/exchanges/${id}`)).body;
      const { at, ...resolution } = shown['resolution'] as Record<string, string>;
      assert.deepEqual([shown['state'], resolution], [as, { ...RESOLUTION, as }]);
      assert(!Number.isNaN(Date.parse(at ?? '')));
      const waiting = (await ask(rig.gateway, '/admin/exchanges?state=handed-to-person')).body;
      assert.deepEqual(waiting, { exchanges: [] });
    });
  }

  it('resolves an exchange once, also when two people do it at once', async () => {
    const rig = await startAdminRig();
    const { id } = await handOver(rig);
    const path = `/admin/exchanges/${id}/resolve`;
    const both = await Promise.all([1, 2].map(() => ask(rig.gateway, path, { body: RESOLUTION })));
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 409],
    );
    assertRefusal(await ask(rig.gateway, path, { body: RESOLUTION }), 409, 'NOT_WITH_PERSON');
  });

  it('resolves nothing that is not with a person', async () => {
    const { gateway } = await startAdminRig();
    assertDone(await post(gateway.url, settlement()));
    const resolving = await ask(gateway, '/admin/exchanges/1/resolve', { body: RESOLUTION });
    assertRefusal(resolving, 409, 'NOT_WITH_PERSON');
    assert.equal((await ask(gateway, '/admin/exchanges/1')).body['state'], 'answered');
  });

  const badBodies: readonly (readonly [string, unknown, string, number])[] = [
    ['no reason', { ...RESOLUTION, reason: undefined }, 'BODY_INVALID', 400],
    ['an empty operator', { ...RESOLUTION, operator: ' ' }, 'BODY_INVALID', 400],
    ['another state', { ...RESOLUTION, as: 'lost' }, 'BODY_INVALID', 400],
    ['a member too many', { ...RESOLUTION, force: true }, 'BODY_INVALID', 400],
    ['a reason that is too long', { ...RESOLUTION, reason: '长'.repeat(501) }, 'BODY_INVALID', 400],
    ['no object', 'null', 'BODY_INVALID', 400],
    ['no JSON', '{', 'BODY_UNREADABLE', 400],
    ['a body of 20 kB', { ...RESOLUTION, reason: 'x'.repeat(20_000) }, 'BODY_TOO_LARGE', 413],
  ];
  it('refuses a resolution that is incomplete or odd, and changes nothing', async () => {
    const rig = await startAdminRig();
    const { id } = await handOver(rig);
    for (const [title, body, code, status] of badBodies) {
      const refused = await ask(rig.gateway, `/admin/exchanges/${id}/resolve`, { body });
      assert.equal(refused.status, status, title);
      assertRefusal(refused, status, code);
    }
    assert.equal((await ask(rig.gateway, `/admin/exchanges/${id}`)).body['state'], 'handed-to-person');
  });

  it('lets a HIS reverse what a person has found undone: there is nothing to reverse', async () => {
    const rig = await startAdminRig();
    const { body, id } = await handOver(rig);
    await ask(rig.gateway, `/admin/exchanges/${id}/resolve`, { body: RESOLUTION });
    const { msgid } = JSON.parse(body) as { msgid: string };
    const data = `{"data":{"psn_no":"00000000000000000000000001","omsgid":"${msgid}","oinfno":"2207"}}`;
    assertDone(await post(rig.gateway.url, message('2601', data)));
  });
});
