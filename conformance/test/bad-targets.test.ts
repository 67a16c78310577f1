import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readInputs, readKit, runKit } from '@yiqiao/conformance';
import type { RunResults } from '@yiqiao/conformance';
import { createRegistry } from '@yiqiao/registry';

const registry = createRegistry();
const kit = readKit(registry, 'insured-place', '2026-11');
const LIMITS = { timeoutMs: 150, maxBytes: 100_000 };

/** Runs a few requirements against a target that answers by this listener. */
async function against(listener: RequestListener): Promise<RunResults> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await run(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

async function run(target: string): Promise<RunResults> {
  const inputs = { ...readInputs('national'), limits: LIMITS };
  return await runKit({
    registry,
    kit,
    rules: '2026-11',
    target,
    inputs,
    seed: 1,
    only: ['national/1101/*'],
  });
}

function endless(response: ServerResponse, piece: Buffer): void {
  const write = (): void => {
    if (response.destroyed) return;
    if (response.write(piece)) setImmediate(write);
    else response.once('drain', write);
  };
  write();
}

describe('A target that is no target', () => {
  const GONE: readonly [title: string, listener: RequestListener, cause: RegExp][] = [
    ['never answers', () => undefined, /no complete answer within 150 ms/],
    [
      'never ends its answer',
      (_request, response) => void response.write('{"infcode":0'),
      /no complete answer within 150 ms/,
    ],
    ['closes without a word', (request) => request.socket.destroy(), /cut/],
    [
      'redirects',
      (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end(),
      /redirects \(HTTP 302/,
    ],
    [
      'answers without end',
      (_request, response) => endless(response, Buffer.alloc(65_536, 0x20)),
      /larger than 100000 bytes/,
    ],
  ];
  for (const [title, listener, cause] of GONE) {
    it(`that ${title} gets no verdict, and the cause is named`, async () => {
      const { verdict, targetGone, counts } = await against(listener);
      assert.equal(verdict, 'error');
      assert.match(targetGone?.en ?? '', cause);
      assert.equal(counts.pass, 0);
      assert.ok(counts.skip > 0, 'not everything is tried against what is gone');
    });
  }

  it('that is down gets no verdict, and the cause is named', async () => {
    const { verdict, targetGone } = await run('http://127.0.0.1:1/');
    assert.deepEqual([verdict, /ECONNREFUSED/.test(targetGone?.en ?? '')], ['error', true]);
  });

  const GARBAGE: readonly [title: string, bytes: Buffer | string, status: number, cause: RegExp][] = [
    ['HTML', '<html>login</html>', 200, /HTML or XML/],
    ['nothing', '', 200, /empty body/],
    ['an HTTP error of the 500s', 'oops', 500, /no complete JSON envelope/],
    [
      'GBK',
      Buffer.concat([Buffer.from('{"infcode":0,"err_msg":"'), Buffer.from([0xb2, 0xe2]), Buffer.from('"}')]),
      200,
      /GBK/,
    ],
    ['half a message', '{"infcode":0,"output":{"baseinfo":', 200, /no complete JSON envelope/],
  ];
  for (const [title, bytes, status, cause] of GARBAGE) {
    it(`that answers ${title} fails, with the likely cause`, async () => {
      const { verdict, requirements } = await against((_request, response) =>
        response.writeHead(status).end(bytes),
      );
      const accepted = requirements.find(({ id }) => id === 'national/1101/accepted');
      assert.deepEqual([verdict, accepted?.status], ['fail', 'fail']);
      assert.match(accepted?.findings[0]?.cause?.en ?? '', cause);
    });
  }
});
