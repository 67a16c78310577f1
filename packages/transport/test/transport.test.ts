import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { GatewayError } from '@yiqiao/model';
import { createTransport } from '@yiqiao/transport';
import type { Transport, TransportOptions, TransportRequest } from '@yiqiao/transport';
import { MockAgent } from 'undici';
import { answer, startRawServer } from './raw-server.ts';
import type { OnRequest, RawServer } from './raw-server.ts';

const open: { close(): Promise<void> }[] = [];

async function serve(onRequest: OnRequest, onConnection?: (socket: Socket) => void): Promise<RawServer> {
  const server = await startRawServer(onRequest, onConnection);
  open.push(server);
  return server;
}

function connect(url: string, options: Partial<TransportOptions> = {}): Transport {
  const transport = createTransport({
    url,
    timeouts: { connectMs: 2000, idleMs: 10_000 },
    maxResponseBytes: 100,
    connections: 1,
    ...options,
  });
  open.unshift(transport);
  return transport;
}

function request(body: string, options: Partial<TransportRequest> = {}): TransportRequest {
  return {
    body: new TextEncoder().encode(body),
    contentType: 'application/json; charset=utf-8',
    deadline: Date.now() + 5000,
    signal: new AbortController().signal,
    ...options,
  };
}

/** Code and reason of the failure of a request. */
async function failure(reply: Promise<unknown>): Promise<[string, unknown]> {
  const error: unknown = await reply.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof GatewayError)) throw error as Error;
  return [error.code, error.details.facts?.['reason']];
}

/** A port on which nothing listens any more. */
async function deadPort(): Promise<string> {
  const server = await startRawServer(() => {});
  await server.close();
  return server.url;
}

afterEach(async () => {
  const closing = open.splice(0);
  // Servers drop their connections first: a transport waits for what is under way.
  await Promise.all(closing.map((each) => each.close()));
});

describe('a request that is answered', () => {
  it('arrives once, whole, with its headers, and the answer comes back as bytes', async () => {
    let head = '';
    const server = await serve(
      (socket) => socket.write(answer('{"infcode":0}')),
      (socket) => socket.once('data', (chunk) => (head = chunk.toString())),
    );
    const transport = connect(server.url);
    const reply = await transport.post(request('测试', { path: '2207', headers: { 'x-tif-nonce': 'n1' } }));
    assert.equal(reply.status, 200);
    assert.equal(reply.contentType, 'application/json');
    assert.equal(new TextDecoder().decode(reply.body), '{"infcode":0}');
    assert.match(head, /^POST \/api\/2207 HTTP\/1\.1\r\n/);
    assert.match(head, /\r\ncontent-type: application\/json; charset=utf-8\r\n/);
    assert.match(head, /\r\nx-tif-nonce: n1\r\n/);
    assert.match(head, /\r\ncontent-length: 6\r\n/);
  });

  const others = [
    { status: 302, head: 'HTTP/1.1 302 Found\r\nlocation: /elsewhere' },
    { status: 401, head: 'HTTP/1.1 401 Unauthorized' },
    { status: 500, head: 'HTTP/1.1 500 Internal Server Error' },
    { status: 200, head: 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK' },
  ];
  for (const { status, head } of others) {
    it(`with ${head.replaceAll('\r\n', ' ')} has that answer, and goes nowhere else`, async () => {
      const server = await serve((socket) => socket.write(answer('x', head)));
      const reply = await connect(server.url).post(request('1'));
      assert.deepEqual([reply.status, reply.contentType, reply.body.length], [status, '', 1]);
      assert.deepEqual(server.bodies, ['1']);
    });
  }

  it('uses the connection again for the next one', async () => {
    const server = await serve((socket) => socket.write(answer('x')));
    const transport = connect(server.url);
    await transport.post(request('1'));
    await transport.post(request('2'));
    assert.equal(server.connections.length, 1);
  });

  it('takes a new connection when the far side has closed the old one', async () => {
    const server = await serve((socket) => socket.end(answer('x')));
    const transport = connect(server.url);
    await transport.post(request('1'));
    const [first] = server.connections;
    if (first?.closed === false) await once(first, 'close');
    assert.equal((await transport.post(request('2'))).status, 200);
    assert.deepEqual(server.bodies, ['1', '2']);
  });

  it('waits for beforeSend, which is called once and before anything arrives', async () => {
    const events: string[] = [];
    const server = await serve((socket) => {
      events.push('arrived');
      socket.write(answer('x'));
    });
    const beforeSend = async (): Promise<void> => {
      await new Promise(setImmediate);
      events.push('recorded');
    };
    await connect(server.url).post(request('1', { beforeSend }));
    assert.deepEqual(events, ['recorded', 'arrived']);
  });
});

describe('a request of which no byte left is UPSTREAM_UNREACHABLE', () => {
  it('when nothing listens', async () => {
    assert.deepEqual(await failure(connect(await deadPort()).post(request('1'))), [
      'UPSTREAM_UNREACHABLE',
      'ECONNREFUSED',
    ]);
  });

  it('when the far side does not speak TLS', async () => {
    const server = await serve(
      () => {},
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    const [code] = await failure(connect(`https://127.0.0.1:${server.port}/`).post(request('1')));
    assert.equal(code, 'UPSTREAM_UNREACHABLE');
  });

  it('when TLS does not come about in time', async () => {
    const server = await serve(() => {});
    const post = connect(`https://127.0.0.1:${server.port}/`).post(
      request('1', { deadline: Date.now() + 60 }),
    );
    assert.deepEqual(await failure(post), ['UPSTREAM_UNREACHABLE', 'deadline']);
  });

  it('when its deadline has passed already; beforeSend is not called', async () => {
    const server = await serve((socket) => socket.write(answer('x')));
    const beforeSend = (): Promise<void> => assert.fail('called');
    const post = connect(server.url).post(request('1', { deadline: Date.now() - 1, beforeSend }));
    assert.deepEqual(await failure(post), ['UPSTREAM_UNREACHABLE', 'deadline']);
  });

  it('when it is aborted while it is being recorded', async () => {
    const server = await serve((socket) => socket.write(answer('x')));
    const controller = new AbortController();
    const beforeSend = async (): Promise<void> => controller.abort();
    const post = connect(server.url).post(request('1', { signal: controller.signal, beforeSend }));
    assert.deepEqual(await failure(post), ['UPSTREAM_UNREACHABLE', 'aborted']);
    assert.deepEqual(server.bodies, []);
  });

  it('when it waits for a connection too long, and it never leaves afterwards', async () => {
    const waiting: Socket[] = [];
    const arrived = Promise.withResolvers<void>();
    const server = await serve((socket, body) => {
      if (body !== 'first') socket.write(answer('x'));
      else waiting.push(socket);
      arrived.resolve();
    });
    const transport = connect(server.url);
    const first = transport.post(request('first'));
    await arrived.promise;
    const late = transport.post(request('late', { deadline: Date.now() + 30 }));
    assert.deepEqual(await failure(late), ['UPSTREAM_UNREACHABLE', 'deadline']);
    waiting[0]?.write(answer('x'));
    await first;
    await transport.post(request('next'));
    assert.deepEqual(server.bodies, ['first', 'next']);
    assert.equal(server.connections.length, 1);
  });

  it('when the transport is closed', async () => {
    const server = await serve((socket) => socket.write(answer('x')));
    const transport = connect(server.url);
    await transport.post(request('1'));
    await transport.close();
    assert.equal((await failure(transport.post(request('2'))))[0], 'UPSTREAM_UNREACHABLE');
    assert.deepEqual(server.bodies, ['1']);
  });

  it('and what beforeSend throws goes to the caller, nothing being sent', async () => {
    const server = await serve((socket) => socket.write(answer('x')));
    const beforeSend = (): Promise<void> => Promise.reject(new GatewayError('JOURNAL_FAILED'));
    const [code] = await failure(connect(server.url).post(request('1', { beforeSend })));
    assert.equal(code, 'JOURNAL_FAILED');
    assert.deepEqual(server.bodies, []);
  });
});

describe('a request of which bytes may have left and that no answer began for is UPSTREAM_TIMEOUT', () => {
  it('when the far side accepts and closes at once', async () => {
    const server = await serve(
      () => {},
      (socket) => socket.destroy(),
    );
    assert.equal((await failure(connect(server.url).post(request('1'))))[0], 'UPSTREAM_TIMEOUT');
    assert.equal(server.connections.length, 1);
  });

  it('when the far side closes after reading it', async () => {
    const server = await serve((socket) => socket.end());
    assert.deepEqual(await failure(connect(server.url).post(request('1'))), [
      'UPSTREAM_TIMEOUT',
      'UND_ERR_SOCKET',
    ]);
    assert.deepEqual(server.bodies, ['1']);
  });

  it('when the far side says only that it is at work, and closes', async () => {
    const server = await serve((socket) => socket.end('HTTP/1.1 103 Early Hints\r\n\r\n'));
    assert.equal((await failure(connect(server.url).post(request('1'))))[0], 'UPSTREAM_TIMEOUT');
  });

  it('when the connection is reset after it was read', async () => {
    const server = await serve((socket) => socket.resetAndDestroy());
    assert.deepEqual(await failure(connect(server.url).post(request('1'))), [
      'UPSTREAM_TIMEOUT',
      'ECONNRESET',
    ]);
    assert.deepEqual(server.bodies, ['1']);
  });

  it('when a connection used before is reset, and it is not sent again', async () => {
    const server = await serve((socket, body) => {
      if (body === '1') socket.write(answer('x'));
      else socket.resetAndDestroy();
    });
    const transport = connect(server.url, { connections: 2 });
    await transport.post(request('1'));
    assert.deepEqual(await failure(transport.post(request('2'))), ['UPSTREAM_TIMEOUT', 'ECONNRESET']);
    await transport.post(request('1'));
    assert.deepEqual(server.bodies, ['1', '2', '1']);
  });

  it('when the far side never answers', async () => {
    const server = await serve(() => {});
    const post = connect(server.url).post(request('1', { deadline: Date.now() + 60 }));
    assert.deepEqual(await failure(post), ['UPSTREAM_TIMEOUT', 'deadline']);
    assert.deepEqual(server.bodies, ['1']);
  });

  it('when the caller aborts', async () => {
    const controller = new AbortController();
    const server = await serve(() => controller.abort());
    const post = connect(server.url).post(request('1', { signal: controller.signal }));
    assert.deepEqual(await failure(post), ['UPSTREAM_TIMEOUT', 'aborted']);
  });

  it('and its late answer is not taken for the answer of the next', async () => {
    const waiting: Socket[] = [];
    const server = await serve((socket, body) => {
      if (body === 'lost') waiting.push(socket);
      else {
        waiting[0]?.write(answer('of lost'));
        socket.write(answer('of next'));
      }
    });
    const transport = connect(server.url);
    await failure(transport.post(request('lost', { deadline: Date.now() + 30 })));
    const reply = await transport.post(request('next'));
    assert.equal(new TextDecoder().decode(reply.body), 'of next');
  });
});

describe('an answer that began and cannot be used is UPSTREAM_REPLY_UNUSABLE', () => {
  const cut = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345';
  const cases = [
    { title: 'cut off before its length', bytes: cut, end: 'end' },
    { title: 'reset before its length', bytes: cut, end: 'reset' },
    {
      title: 'cut off between chunks',
      bytes: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n',
      end: 'end',
    },
    { title: 'too large by its own word', bytes: answer('x'.repeat(101)), end: 'stay' },
    {
      title: 'too large in chunks',
      bytes: `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}\r\n`,
      end: 'stay',
    },
  ];
  for (const { title, bytes, end } of cases) {
    it(title, async () => {
      const server = await serve((socket) => {
        socket.write(bytes, () => {
          if (end === 'end') socket.end();
          if (end === 'reset') setImmediate(() => socket.resetAndDestroy());
        });
      });
      assert.equal((await failure(connect(server.url).post(request('1'))))[0], 'UPSTREAM_REPLY_UNUSABLE');
      assert.deepEqual(server.bodies, ['1']);
    });
  }

  it('no HTTP, and what came instead is not in the error', async () => {
    const server = await serve((socket) => socket.end('<html>测试甲</html>'));
    const error: unknown = await connect(server.url)
      .post(request('1'))
      .catch((reason: unknown) => reason);
    assert.ok(error instanceof GatewayError && error.cause instanceof Error);
    assert.deepEqual(error.details.facts, { reason: 'HTTPParserError' });
    assert.equal('data' in error.cause, false);
  });

  it('cut off by the deadline leaves the outcome unknown as well', async () => {
    const server = await serve((socket) => socket.write(cut));
    const post = connect(server.url).post(request('1', { deadline: Date.now() + 60 }));
    assert.deepEqual(await failure(post), ['UPSTREAM_TIMEOUT', 'deadline']);
  });

  it('but an answer of just the size that is allowed is taken, with or without its length', async () => {
    const body = 'x'.repeat(100);
    const server = await serve((socket, which) =>
      which === '1' ? socket.write(answer(body)) : socket.end(`HTTP/1.1 200 OK\r\n\r\n${body}`),
    );
    const transport = connect(server.url);
    assert.equal((await transport.post(request('1'))).body.length, 100);
    assert.equal((await transport.post(request('2'))).body.length, 100);
  });
});

describe('a transport with the network off', () => {
  it('speaks to the dispatcher it is given', async () => {
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get('http://far.test')
      .intercept({ path: '/api/2207', method: 'POST', body: /^1$/ })
      .reply(200, 'ok', { headers: { 'content-type': 'text/plain' } });
    const transport = connect('http://far.test/api/', { dispatcher: agent });
    const reply = await transport.post(request('1', { path: '2207' }));
    assert.deepEqual(
      [reply.status, reply.contentType, new TextDecoder().decode(reply.body)],
      [200, 'text/plain', 'ok'],
    );
    assert.equal((await failure(transport.post(request('2'))))[0], 'UPSTREAM_UNREACHABLE');
    agent.assertNoPendingInterceptors();
    await agent.close();
  });
});
