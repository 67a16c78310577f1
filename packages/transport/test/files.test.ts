import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { GatewayError } from '@yiqiao/model';
import { createTransport } from '@yiqiao/transport';
import type { FileTransport, IsFile, TransportFile, TransportRequest } from '@yiqiao/transport';
import { answer, startRawServer } from './raw-server.ts';
import type { OnRequest } from './raw-server.ts';

const open: { close(): Promise<void> }[] = [];

async function connect(onRequest: OnRequest, stallMs = 5_000): Promise<FileTransport> {
  const server = await startRawServer(onRequest);
  const transport = createTransport({
    url: server.url,
    timeouts: { connectMs: 2_000, idleMs: 10_000, stallMs },
    maxResponseBytes: 100,
    connections: 1,
  });
  open.push(server, transport);
  return transport;
}

function request(): TransportRequest {
  return {
    body: new TextEncoder().encode('{}'),
    contentType: 'application/json; charset=utf-8',
    deadline: Date.now() + 5_000,
    signal: new AbortController().signal,
  };
}

const isFile: IsFile = ({ status, first }) => status === 200 && first[0] === 0x50;

async function fetchFile(transport: FileTransport): Promise<TransportFile> {
  const file = await transport.postForFile(request(), isFile);
  assert('stream' in file, 'a file answers');
  return file;
}

/** Writes an endless file as fast as it is taken; tells how many bytes went to the operating system. */
function pour(socket: Socket): { readonly sent: number } {
  const poured = { sent: 0 };
  const piece = Buffer.alloc(0x10000, 'P');
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece)) poured.sent += piece.length;
  };
  socket.on('drain', () => {
    poured.sent += piece.length;
    more();
  });
  socket.write('HTTP/1.1 200 OK\r\n\r\n');
  more();
  return poured;
}

describe('A request that a file may answer', () => {
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('resolves when the file begins, however large it is, with what the head tells', async () => {
    const bytes = `P${'x'.repeat(1_000)}`;
    const transport = await connect((socket) =>
      socket.write(answer(bytes, 'HTTP/1.1 200 OK\r\ncontent-type: application/zip\r\nx-name: a')),
    );
    const file = await fetchFile(transport);
    assert.deepEqual([file.status, file.contentType, file.headers['x-name']], [200, 'application/zip', 'a']);
    assert.equal((await buffer(file.stream)).toString(), bytes);
  });

  it('resolves with a message, and with an error of a message, as post does', async () => {
    const transport = await connect((socket) => socket.write(answer('{}')));
    const message = await transport.postForFile(request(), isFile);
    assert('body' in message);
    assert.equal(Buffer.from(message.body).toString(), '{}');
    const large = await connect((socket) => socket.write(answer(`{${' '.repeat(100)}}`)));
    await assert.rejects(
      large.postForFile(request(), isFile),
      (error) => error instanceof GatewayError && error.details.facts?.['reason'] === 'too-large',
    );
  });

  it('holds back what nobody takes, and gives the file up when it stands still', async () => {
    let poured = { sent: 0 };
    const transport = await connect((socket) => (poured = pour(socket)), 300);
    const { stream } = await fetchFile(transport);
    const [error] = (await once(stream, 'error')) as [unknown];
    assert(error instanceof GatewayError);
    assert.deepEqual([error.code, error.details.facts?.['reason']], ['UPSTREAM_REPLY_UNUSABLE', 'stalled']);
    assert(poured.sent < 32 * 1_048_576, `${poured.sent} bytes were taken in`);
  });

  it('ends in an error when the far side breaks off', async () => {
    const transport = await connect((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nP---'),
    );
    const { stream } = await fetchFile(transport);
    await assert.rejects(buffer(stream), { code: 'UPSTREAM_REPLY_UNUSABLE' });
  });

  it('hangs up when the file is not wanted any more', async () => {
    const closed = Promise.withResolvers<void>();
    const transport = await connect((socket) => {
      socket.on('close', () => closed.resolve());
      pour(socket);
    });
    (await fetchFile(transport)).stream.destroy();
    await closed.promise;
  });

  it('lets messages pass while files do, on connections of their own', async () => {
    let first = true;
    const transport = await connect((socket) => {
      if (first) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nP---');
      else socket.write(answer('{}'));
      first = false;
    });
    const { stream } = await fetchFile(transport);
    assert.equal((await transport.post(request())).status, 200);
    stream.destroy();
  });
});
