/** The HTTP server of a simulated system: every POST goes to one answerer; `/faults` and `/ledger` are for whoever tests. */
import type { Readable } from 'node:stream';
import { server as createServer } from '@hapi/hapi';
import type { Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { addControlRoutes } from './control-routes.ts';
import type { Controlled } from './control-routes.ts';

/** Answers a message; `request.payload` is its bytes. */
export type Answerer = (request: Request, h: ResponseToolkit) => Promise<ResponseObject | symbol>;

/** A server at an address of 127.0.0.1, which it keeps. */
export interface HttpDoor {
  readonly url: string;
  /** Breaks every connection and listens no more. */
  close(): Promise<void>;
  /** Listens again. */
  open(): Promise<void>;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Opens it on a port, 0 for a free one. */
export async function openHttpDoor(
  wanted: number,
  { answer, ...controlled }: Controlled & { readonly answer: Answerer },
): Promise<HttpDoor> {
  const listen = async (port: number): Promise<Server> => {
    const server = createServer({ host: '127.0.0.1', port, compression: false });
    addControlRoutes(server, controlled);
    server.route({
      method: 'POST',
      path: '/{path*}',
      options: { payload: { parse: false, output: 'data', maxBytes: MAX_BYTES } },
      handler: answer,
    });
    await server.start();
    return server;
  };
  let server = await listen(wanted);
  const port = Number(server.info.port);
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      server.listener.closeAllConnections();
      await server.stop({ timeout: 0 });
    },
    async open() {
      server = await listen(port);
    },
  };
}

/** An answer in JSON, at once or bit by bit. */
export function json(h: ResponseToolkit, body: Buffer | Readable): ResponseObject {
  return h.response(body).type('application/json; charset=utf-8');
}
