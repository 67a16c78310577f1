/** What calls us: routes, limits, errors. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { fen, GatewayError } from '@yiqiao/model';
import { answerJson, readJsonBody, startListener } from '@yiqiao/sdk';
import type { Listener, ListenerRoute } from '@yiqiao/sdk';

describe('A listener', () => {
  const problems: unknown[] = [];
  let listener: Listener;
  const routes: readonly ListenerRoute[] = [
    {
      method: 'POST',
      path: '/purchases/:id/cancel',
      handle: ({ params, query }) => answerJson({ id: params['id'], why: query.get('why') }),
    },
    { method: 'GET', path: '/purchases/all', handle: () => answerJson({ all: true }) },
    { method: 'GET', path: '/purchases/:id', handle: ({ params }) => answerJson(params) },
    {
      method: 'POST',
      path: '/amount',
      handle: (request) => answerJson({ came: readJsonBody(request), total: fen(1250n) }),
    },
    {
      method: 'POST',
      path: '/refused',
      handle: () => {
        throw new GatewayError('MESSAGE_INVALID', { facts: { count: 1 } });
      },
    },
    {
      method: 'POST',
      path: '/broken',
      handle: () => {
        throw new RangeError('of 测试甲');
      },
    },
  ];
  before(async () => {
    listener = await startListener({
      port: 0,
      routes,
      maxBytes: 1_000,
      onError: (error) => problems.push(error),
    });
  });
  after(() => listener.close());

  const ask = async (
    method: string,
    path: string,
    body?: string,
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(new URL(path, listener.url), {
      method,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) as unknown };
  };

  const CASES: readonly [string, string, string | undefined, number, unknown][] = [
    ['POST', 'purchases/A%2F1/cancel?why=x', '', 200, { id: 'A/1', why: 'x' }],
    ['GET', 'purchases/all', undefined, 200, { all: true }],
    ['GET', 'purchases/7', undefined, 200, { id: '7' }],
    ['POST', 'amount', '{"n":12.50}', 200, { came: { n: '12.50' }, total: '12.50' }],
  ];
  for (const [method, path, body, status, expected] of CASES) {
    it(`answers ${method} ${path}`, async () => {
      assert.deepEqual(await ask(method, path, body), { status, body: expected });
    });
  }

  const REFUSALS: readonly [string, string, string | undefined, number, string][] = [
    ['GET', 'nothing/here', undefined, 404, 'HTTP_404'],
    ['GET', 'amount', undefined, 405, 'HTTP_405'],
    ['GET', 'purchases/%E7', undefined, 400, 'HTTP_400'],
    ['POST', 'amount', 'no json', 400, 'MESSAGE_NOT_READABLE'],
    ['POST', 'amount', '{"a":1,"a":2}', 400, 'DUPLICATE_MEMBER'],
    ['POST', 'amount', `{"a":"${'x'.repeat(1_000)}"}`, 413, 'MESSAGE_TOO_LARGE'],
    ['POST', 'refused', '', 400, 'MESSAGE_INVALID'],
    ['POST', 'broken', '', 500, 'INTERNAL'],
  ];
  for (const [method, path, body, status, code] of REFUSALS) {
    it(`answers ${method} ${path} ${body?.slice(0, 8) ?? ''} with ${code}, in both languages`, async () => {
      const answer = await ask(method, path, body);
      const told = answer.body as { code: string; message: { zh: string; en: string } };
      assert.equal(answer.status, status);
      assert.equal(told.code, code);
      assert.ok(told.message.zh !== '' && told.message.en !== '');
      assert.doesNotMatch(JSON.stringify(answer.body), /测试甲/);
    });
  }

  it('lives on when callers hang up in the middle', async () => {
    const { port } = new URL(listener.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('POST /amount HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{"a"');
    await new Promise((resolve) => socket.once('ready', resolve));
    socket.destroy();
    assert.equal((await ask('GET', 'purchases/all')).status, 200);
  });

  it('hears of faults of the program, and of nothing else', () => {
    assert.deepEqual(
      problems.map((problem) => (problem as Error).name),
      ['RangeError'],
    );
  });

  it('does not begin with two routes for one request, nor at a port that is in use', async () => {
    const [route] = routes;
    assert.ok(route !== undefined);
    const again = { ...route, path: '/purchases/:number/cancel' };
    await assert.rejects(startListener({ port: 0, routes: [route, again] }), { code: 'CONFIG_INVALID' });
    const { port } = new URL(listener.url);
    await assert.rejects(startListener({ port: Number(port), routes: [] }), { code: 'CONFIG_INVALID' });
  });

  it('lets what runs end before it closes', async () => {
    const entered = Promise.withResolvers<void>();
    const going = Promise.withResolvers<void>();
    const handle = async (): Promise<ReturnType<typeof answerJson>> => {
      entered.resolve();
      await going.promise;
      return answerJson({ done: true });
    };
    const own = await startListener({ port: 0, routes: [{ method: 'GET', path: '/', handle }] });
    const asked = fetch(own.url);
    await entered.promise;
    const closed = own.close();
    going.resolve();
    assert.equal((await asked).status, 200);
    await closed;
    await assert.rejects(fetch(own.url));
  });
});
