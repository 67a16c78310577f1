/** The yardstick: hapi in, undici out, nothing in between. */
import Hapi from '@hapi/hapi';
import { Pool } from 'undici';

/** Starts a proxy to `url` that passes bodies through as they are. */
export async function startProxy(url: string): Promise<{ url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const pool = new Pool(target.origin, { connections: 64 });
  const server = Hapi.server({ host: '127.0.0.1', port: 0, compression: false, debug: false });
  server.route({
    method: 'POST',
    path: '/{path*}',
    options: { payload: { parse: false, output: 'data', maxBytes: 2_097_152 } },
    handler: async (request, h) => {
      const answer = await pool.request({
        method: 'POST',
        path: target.pathname,
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: request.payload as Buffer,
      });
      const body = Buffer.from(await answer.body.arrayBuffer());
      return h.response(body).code(answer.statusCode).type('application/json; charset=utf-8');
    },
  });
  await server.start();
  return {
    url: server.info.uri,
    async close() {
      await server.stop();
      await pool.close();
    },
  };
}
