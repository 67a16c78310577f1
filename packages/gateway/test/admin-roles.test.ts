import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createAdminToken } from '@yiqiao/gateway';
import { ENDPOINTS } from '#internal/admin-endpoints.ts';
import type { Endpoint } from '#internal/admin-endpoints.ts';
import { HANDLERS } from '#internal/admin-handlers.ts';
import { PERMISSIONS, ROLES } from '#internal/admin-roles.ts';
import { ask, assertRefusal, handOver, startRoleRig, TOKEN } from './admin-rig.ts';
import type { Tokens } from './admin-rig.ts';
import { endAll } from './rig.ts';

interface Entry {
  readonly id: number;
  readonly operator?: string;
  readonly action: string;
  readonly outcome: string;
  readonly code?: string;
  readonly target?: string;
  readonly reason?: string;
  readonly from?: string;
  readonly hash: string;
}

type RoleRig = Awaited<ReturnType<typeof startRoleRig>>;

/** The audit log, oldest first, each entry in a line. */
async function auditOf({ gateway, tokens }: RoleRig): Promise<string[]> {
  const { entries } = (await ask(gateway, '/admin/audit', { token: tokens.auditor })).body as {
    entries: Entry[];
  };
  return entries
    .toReversed()
    .map(({ operator = '-', action, outcome, code = '-', target = '-', reason = '-' }) =>
      [operator, action, outcome, code, target, reason].join(' '),
    );
}

describe('Roles of the admin API', () => {
  afterEach(endAll);

  it('may do what the table says and nothing else', async () => {
    const { gateway, tokens } = await startRoleRig();
    for (const [name, endpoint] of Object.entries<Endpoint>(ENDPOINTS)) {
      for (const role of Object.keys(ROLES) as (keyof Tokens)[]) {
        const { permission, method } = endpoint;
        const may = permission === undefined || ROLES[role].includes(permission);
        const told = await ask(gateway, endpoint.path.replace('{id}', '999'), {
          token: tokens[role],
          ...(method === 'POST' && { body: { odd: true } }),
        });
        assert.equal(told.status !== 403, may, `${name} for ${role}: ${told.text}`);
      }
    }
  });

  it('stand in the documentation as they are', () => {
    const text = readFileSync(new URL('../../../docs/admin.md', import.meta.url), 'utf8');
    for (const [from, to] of [
      ['### Roles', 'No role may'],
      ['### 角色', '没有全权角色'],
    ] as const) {
      const table = text.slice(text.indexOf(from), text.indexOf(to));
      const [names = [], , ...rows] = table
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .map((line) =>
          line
            .split('|')
            .slice(2, -1)
            .map((cell) => cell.trim()),
        );
      const told = names.map((_, column) => rows.map((row) => row[column] === '✓'));
      const meant = Object.values(ROLES).map((granted) =>
        Object.keys(PERMISSIONS).map((permission) => granted.some((one) => one === permission)),
      );
      assert.deepEqual(told, meant);
    }
    for (const { path } of Object.values<Endpoint>(ENDPOINTS))
      assert(text.includes(path.replace('{id}', 'ID')), path);
  });

  it('leave no role that may do everything', () => {
    const all = new Set(Object.values(ROLES).flat());
    for (const [role, granted] of Object.entries(ROLES)) assert(granted.length < all.size, role);
  });

  it('show persons to those alone who may see them, with a reason, on record', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    const { id, body } = await handOver(rig, tokens.operator);
    const path = `/admin/exchanges/${id}`;
    assert(!(await ask(gateway, path, { token: tokens.operator })).text.includes('测试'));
    const reveal = (role: keyof Tokens, reason?: string): ReturnType<typeof ask> =>
      ask(gateway, `${path}/reveal`, { token: tokens[role], body: { reason } });
    assertRefusal(await reveal('administrator', '看看'), 403, 'FORBIDDEN');
    assertRefusal(await reveal('operator'), 400, 'BODY_INVALID');
    const { messages } = (await reveal('operator', '核对金额，000000199001010018')).body as {
      messages: { kind: string; leg?: number; text: string }[];
    };
    assert.deepEqual(
      messages.slice(0, 2).map(({ kind, leg }) => `${kind} ${leg}`),
      ['received undefined', 'sent 1'],
    );
    assert.equal(messages[0]?.text, body);
    assert.deepEqual(await auditOf(rig), [
      `测试administrator exchange.reveal refused FORBIDDEN exchange ${id} -`,
      `测试operator exchange.reveal refused BODY_INVALID exchange ${id} -`,
      `测试operator exchange.reveal done - exchange ${id} 核对金额，0****************8`,
    ]);
  });

  it('are told when the messages have been deleted, since their time was over', async () => {
    const { revealExchange } = HANDLERS;
    const empty = { bytes: new Uint8Array(), contentType: 'application/json' };
    const written: unknown[] = [];
    const parts = {
      journal: { load: () => ({ id: 5, expired: true, received: empty, legs: [] }) },
      audit: { write: async (act: unknown) => void written.push(act) },
    };
    const call = { id: 5, values: {}, act: { action: 'exchange.reveal', outcome: 'refused' } };
    const told = await revealExchange(parts as never, call as never);
    assert.deepEqual(told, { id: 5, expired: true, messages: [] });
    assert.deepEqual(written, [{ action: 'exchange.reveal', outcome: 'done' }]);
  });

  it('put what they find out on record under the name of their token', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    const { id } = await handOver(rig, tokens.operator);
    const resolve = (more: object): ReturnType<typeof ask> =>
      ask(gateway, `/admin/exchanges/${id}/resolve`, {
        token: tokens.operator,
        body: { as: 'rejected', reason: '电话核实', ...more },
      });
    assertRefusal(await resolve({ operator: '别人' }), 400, 'BODY_INVALID');
    const { operator } = (await resolve({})).body['resolution'] as { operator: string };
    assert.equal(operator, '测试operator');
    assertRefusal(await resolve({}), 409, 'NOT_WITH_PERSON');
    assert.deepEqual(await auditOf(rig), [
      `测试operator exchange.resolve refused BODY_INVALID exchange ${id} -`,
      `测试operator exchange.resolve done - exchange ${id} 电话核实`,
      `测试operator exchange.resolve refused NOT_WITH_PERSON exchange ${id} -`,
    ]);
  });

  it('reload the configuration, on record before and after; a signal is on record, too', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    const reload = (): ReturnType<typeof ask> =>
      ask(gateway, '/admin/reload', { token: tokens.administrator, body: { reason: '换证书' } });
    assert.deepEqual((await reload()).body, { reloaded: true, peers: 4 });
    gateway.reload();
    rig.rewrite((yaml) => `${yaml}\nodd: 1\n`);
    const refused = await reload();
    assertRefusal(refused, 422, 'CONFIG_INVALID');
    assert.match(refused.text, /unknown-setting.*line \d+/);
    assert.deepEqual(await auditOf(rig), [
      '测试administrator configuration.reload begun - - 换证书',
      '测试administrator configuration.reload done - - 换证书',
      '- configuration.reload done - by a signal -',
      '测试administrator configuration.reload begun - - 换证书',
      '测试administrator configuration.reload refused CONFIG_INVALID - -',
    ]);
  });

  it('see the configuration without keys and tokens', async () => {
    const rig = await startRoleRig({
      change: (yaml) => yaml.replace(/(127\.0\.0\.1:\d+)\//, 'user:secret@$1/path?key=secret'),
    });
    const { text, body } = await ask(rig.gateway, '/admin/configuration', { token: rig.tokens.auditor });
    assert.equal((body['peers'] as unknown[]).length, 4);
    assert(!text.includes('secret'), text);
    assert(!/"[0-9a-fA-F]{40,}"|BEGIN|sha256:[0-9a-f]{17}/.test(text), text);
    for (const token of Object.values(rig.tokens)) assert(!text.includes(token));
  });
});

describe('Tokens of the admin API', () => {
  afterEach(endAll);

  it('end on the day that the configuration says, in China’s time', async () => {
    const { token, hash } = createAdminToken();
    let now = Date.parse('2027-01-31T23:59:59+08:00');
    const rig = await startRoleRig(
      { clock: { now: () => now } },
      `    - { name: 测试临时, role: viewer, hash: "${hash}", expires: "2027-01-31" }\n`,
    );
    const me = await ask(rig.gateway, '/admin/me', { token });
    assert.deepEqual([me.body['name'], me.body['expiresAt']], ['测试临时', '2027-01-31T16:00:00.000Z']);
    now += 1_000;
    assertRefusal(await ask(rig.gateway, '/admin/me', { token }), 401, 'TOKEN_EXPIRED');
    assert.deepEqual(await auditOf(rig), ['测试临时 authenticate refused TOKEN_EXPIRED - -']);
  });

  it('are taken away by a reload', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    rig.rewrite((yaml) => yaml.replace(/ +- \{ name: 测试operator.*\n/, ''));
    gateway.reload();
    assertRefusal(await ask(gateway, '/admin/me', { token: tokens.operator }), 401, 'TOKEN_INVALID');
    assert.equal((await ask(gateway, '/admin/me', { token: tokens.viewer })).status, 200);
  });

  it('of the old form stand beside the new, and have to say who it is', async () => {
    process.env['YIQIAO_TEST_ADMIN_TOKEN'] = TOKEN;
    const rig = await startRoleRig({}, '  tokenEnv: YIQIAO_TEST_ADMIN_TOKEN\n');
    const { id } = await handOver(rig, rig.tokens.operator);
    const resolve = (more: object): ReturnType<typeof ask> =>
      ask(rig.gateway, `/admin/exchanges/${id}/resolve`, {
        body: { as: 'rejected', reason: '电话核实', ...more },
      });
    const nobody = await resolve({});
    assertRefusal(nobody, 400, 'BODY_INVALID');
    assert.match(nobody.text, /\/body\/operator/);
    assert.equal((await resolve({ operator: '王工' })).status, 200);
  });

  it('that are wrong are on record, and soon refused unread for a while', async () => {
    let now = Date.parse('2027-01-31T00:00:00+08:00');
    const rig = await startRoleRig({ clock: { now: () => now } });
    const { gateway, tokens } = rig;
    for (let n = 0; n < 10; n += 1) {
      assertRefusal(await ask(gateway, '/admin/me', { token: `wrong${n}` }), 401, 'TOKEN_INVALID');
    }
    assertRefusal(await ask(gateway, '/admin/me', { token: tokens.auditor }), 429, 'TOO_MANY_ATTEMPTS');
    const { headers } = await fetch(`${gateway.admin}/admin/me`);
    assert.equal(headers.get('retry-after'), '6');
    now += 6_000;
    const audit = await auditOf(rig);
    assert.equal(audit.length, 10, 'what is refused unread fills no log');
    assert.equal(audit.at(-1), '- authenticate refused TOKEN_INVALID address blocked for a while -');
  });
});

describe('The audit log of the admin API', () => {
  afterEach(endAll);

  it('is chained, filtered, paged and checked', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    const audit = async (path: string): Promise<Record<string, unknown>> =>
      (await ask(gateway, `/admin/audit${path}`, { token: tokens.auditor })).body;
    for (const role of ['viewer', 'operator', 'viewer'] as const)
      await ask(gateway, '/admin/audit', { token: tokens[role] });
    const page = (await audit('?limit=2')) as unknown as { entries: Entry[]; next: number };
    assert.deepEqual([page.entries.map(({ id }) => id), page.next], [[3, 2], 2]);
    const ids = async (query: string): Promise<number[]> =>
      ((await audit(query)) as unknown as { entries: Entry[] }).entries.map(({ id }) => id);
    assert.deepEqual(await ids(`?before=${page.next}`), [1]);
    assert.deepEqual(await ids(`?operator=${encodeURIComponent('测试operator')}`), [2]);
    assert.deepEqual(await ids('?action=reload'), []);
    const [last] = page.entries;
    assert(last !== undefined);
    assert.deepEqual(await audit(`/check?id=3&hash=${last.hash}`), {
      sound: true,
      entries: 3,
      end: last.hash,
      damage: [],
    });
    const differs = await audit(`/check?id=2&hash=${last.hash}`);
    assert.deepEqual([differs['sound'], differs['damage']], [false, [{ entry: 2, kind: 'known-differs' }]]);
    assertRefusal(
      await ask(gateway, '/admin/audit/check?id=2', { token: tokens.auditor }),
      400,
      'QUERY_INVALID',
    );
  });

  it('survives a restart', async () => {
    const rig = await startRoleRig();
    await ask(rig.gateway, '/admin/audit', { token: rig.tokens.viewer });
    await rig.restart();
    await ask(rig.gateway, '/admin/audit', { token: rig.tokens.viewer });
    assert.equal((await auditOf(rig)).length, 2);
  });
});

describe('Requests to the admin API', () => {
  afterEach(endAll);

  it('find exchanges by day, peer and transaction', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    const { id } = await handOver(rig, tokens.operator);
    const today = new Date(Date.now() + 28_800_000).toISOString().slice(0, 10);
    const cases: readonly (readonly [string, boolean])[] = [
      [`day=${today}`, true],
      ['day=2020-01-01', false],
      ['transaction=2207&state=handed-to-person', true],
      ['transaction=2208', false],
      ['peer=plain', true],
      ['peer=nobody', false],
    ];
    for (const [query, found] of cases) {
      const told = await ask(gateway, `/admin/exchanges?${query}`, { token: tokens.viewer });
      const { exchanges } = told.body as { exchanges: { id: number }[] };
      assert.equal(
        exchanges.some((one) => one.id === id),
        found,
        query,
      );
    }
  });

  it('are refused when their body is no object, too large or no JSON, on record', async () => {
    const rig = await startRoleRig();
    const { gateway, tokens } = rig;
    const reload = (body: unknown): ReturnType<typeof ask> =>
      ask(gateway, '/admin/reload', { token: tokens.administrator, body });
    assertRefusal(await reload('[]'), 400, 'BODY_INVALID');
    assertRefusal(await reload('{'), 400, 'BODY_UNREADABLE');
    assertRefusal(await reload({ reason: 'x'.repeat(20_000) }), 413, 'BODY_TOO_LARGE');
    assert.deepEqual(
      (await auditOf(rig)).map((line) => line.split(' ')[3]),
      ['BODY_INVALID', 'BODY_UNREADABLE', 'BODY_TOO_LARGE'],
    );
  });
});
