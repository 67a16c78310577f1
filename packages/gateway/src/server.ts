/** The HTTP face of a gateway: one POST endpoint for its role, health, readiness, metrics. */
import Hapi from '@hapi/hapi';
import type { Lifecycle, Request, ResponseToolkit, Server } from '@hapi/hapi';
import type { Config } from './config.ts';
import type { HttpAnswer, Unreadable } from './endpoint.ts';
import type { Metrics } from './metrics.ts';

/** What the server passes requests to. */
export interface ServerParts {
  readonly config: Config;
  readonly metrics: Metrics;
  /** Answers one message; never rejects. */
  handle(message: { bytes: Uint8Array; contentType: string; transaction?: string }): Promise<HttpAnswer>;
  /** Answers a body that could not be taken in, e.g. because it is too large. */
  refuse(contentType: string, code: Unreadable): HttpAnswer;
  readiness(): { ready: boolean; checks: Readonly<Record<string, string>> };
}

/** Creates the server; `start()` listens. */
export function createServer(parts: ServerParts): Server {
  const { config } = parts;
  const server = Hapi.server({
    host: config.listen.host,
    port: config.listen.port,
    compression: false,
    debug: false,
    routes: { timeout: { server: false } },
  });
  server.route({
    method: 'POST',
    path: `/${config.role}`,
    options: {
      payload: { parse: false, output: 'data', maxBytes: config.limits.messageBytes, timeout: 20_000 },
    },
    handler: async (request, h) => {
      const message = messageOf(request);
      if (isEncoded(request)) return reply(h, parts.refuse(message.contentType, 'BODY_ENCODED'));
      return reply(h, await parts.handle(message));
    },
  });
  server.route({ method: 'GET', path: '/health/live', handler: () => ({ live: true }) });
  server.route({
    method: 'GET',
    path: '/health/ready',
    handler: (_request, h) => {
      const readiness = parts.readiness();
      return h.response(readiness).code(readiness.ready ? 200 : 503);
    },
  });
  server.route({
    method: 'GET',
    path: '/metrics',
    handler: async (_request, h) =>
      h.response(await parts.metrics.registry.metrics()).type(parts.metrics.registry.contentType),
  });
  server.ext('onPreResponse', (request, h) => refuseUnreadable(parts, request, h));
  return server;
}

function messageOf(request: Request): { bytes: Uint8Array; contentType: string; transaction?: string } {
  const header = (name: string): string => {
    const value: unknown = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const transaction = header('transno') || header('infno');
  return {
    bytes: Buffer.isBuffer(request.payload) ? request.payload : Buffer.alloc(0),
    contentType: header('content-type'),
    ...(transaction === '' ? {} : { transaction }),
  };
}

/** A compressed body would be read as text in a wrong charset. */
function isEncoded({ headers }: Request): boolean {
  const encoding: unknown = headers['content-encoding'];
  return typeof encoding === 'string' && !['', 'identity'].includes(encoding.trim().toLowerCase());
}

function reply(h: ResponseToolkit, answer: HttpAnswer): Lifecycle.ReturnValue {
  return h
    .response(Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength))
    .code(answer.status)
    .header('content-type', answer.contentType);
}

/** A body that hapi refuses by itself is answered in the caller's format too. */
function refuseUnreadable(parts: ServerParts, request: Request, h: ResponseToolkit): Lifecycle.ReturnValue {
  const response = request.response;
  if (!('isBoom' in response) || !response.isBoom || request.method !== 'post') return h.continue;
  const status = response.output.statusCode;
  if (request.path !== `/${parts.config.role}` || status === 404) return h.continue;
  const { contentType } = messageOf(request);
  return reply(
    h,
    parts.refuse(contentType, status === 413 ? 'MESSAGE_TOO_LARGE' : 'MESSAGE_NOT_READABLE'),
  ) as Lifecycle.ReturnValue;
}
