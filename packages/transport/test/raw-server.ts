import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A TCP server on a free port of 127.0.0.1 that does to HTTP requests whatever a test says. */
export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Bodies of the requests that arrived complete, over all connections. */
  readonly bodies: string[];
  readonly connections: Socket[];
  close(): Promise<void>;
}

/** What to do once a whole request has arrived. */
export type OnRequest = (socket: Socket, body: string) => void;

/** Cuts complete requests (with content-length) off the front of what has arrived. */
function takeRequest(received: string): { body: string; rest: string } | undefined {
  const headEnd = received.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
  const end = headEnd + 4 + length;
  if (headEnd === -1 || received.length < end) return undefined;
  return { body: received.slice(headEnd + 4, end), rest: received.slice(end) };
}

function listen(server: Server): Promise<unknown> {
  server.listen(0, '127.0.0.1');
  return once(server, 'listening');
}

/** Starts one. `onConnection` is called first; requests are not read when it destroys the socket. */
export async function startRawServer(
  onRequest: OnRequest,
  onConnection: (socket: Socket) => void = () => {},
): Promise<RawServer> {
  const bodies: string[] = [];
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    let received = '';
    connections.push(socket);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (let next = takeRequest(received); next !== undefined; next = takeRequest(received)) {
        received = next.rest;
        bodies.push(next.body);
        onRequest(socket, next.body);
      }
    });
    onConnection(socket);
  });
  await listen(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api`,
    port,
    bodies,
    connections,
    close: async () => {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A complete answer. */
export function answer(body: string, head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json'): string {
  return `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}
