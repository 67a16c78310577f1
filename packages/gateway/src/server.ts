/** The HTTP face of a gateway: POST endpoints of its role and of single peers, health, readiness, metrics. */
import Hapi from '@hapi/hapi';
import type { Lifecycle, Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import type { Config } from './config.ts';
import { TRANSACTION_HEADER } from '@yiqiao/insurance-platform';
import type { IncomingMessage } from './admission.ts';
import type { HttpAnswer, Unreadable } from './endpoint.ts';
import type { Listener } from './listener.ts';
import type { Metrics } from './metrics.ts';
import type { Arrival } from './runtime.ts';

/** What the server passes requests to. */
export interface ServerParts {
  readonly config: Config;
  readonly listener: Listener;
  readonly metrics: Metrics;
  /** Answers one message; never rejects. */
  handle(message: IncomingMessage): Promise<HttpAnswer>;
  /** Answers a body that could not be taken in, e.g. because it is too large. */
  refuse(arrival: Arrival, code: Unreadable): Promise<HttpAnswer>;
  /** `peers` are those that are not well; a gateway is ready all the same, since the others are. */
  readiness(): {
    ready: boolean;
    checks: Readonly<Record<string, string>>;
    peers: readonly { id: string; state: string }[];
  };
}

/** Creates the server; `start()` listens. */
export function createServer(parts: ServerParts): Server {
  const { config } = parts;
  const server = Hapi.server({
    host: config.listen.host,
    port: config.listen.port,
    listener: parts.listener.server,
    ...(parts.listener.isSecure ? { tls: true } : {}),
    compression: false,
    debug: false,
    routes: { timeout: { server: false } },
  });
  for (const path of [`/${config.role}`, PEER_PATH]) {
    server.route({
      method: 'POST',
      path,
      options: {
        payload: {
          parse: false,
          output: 'data',
          maxBytes: config.limits.messageBytes,
          timeout: false,
        },
      },
      handler: async (request, h) => {
        const message = messageOf(request, parts.listener);
        const answer = isEncoded(request)
          ? await parts.refuse(message, 'BODY_ENCODED')
          : await parts.handle(message);
        const response = reply(h, answer);
        return parts.listener.isOutdated(request.raw.req.socket)
          ? response.header('connection', 'close')
          : response;
      },
    });
  }
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

/** The address of one peer; a relay of library calls may tell the transaction in it. */
const PEER_PATH = '/peers/{peer}/{transaction?}';

function messageOf(request: Request, listener: Listener): IncomingMessage {
  const header = (name: string): string => {
    const value: unknown = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const { socket } = request.raw.req;
  const certificate = listener.certificateOf(socket);
  const { peer, transaction: inPath } = request.params as Readonly<Record<string, string | undefined>>;
  const transaction = inPath ?? (header(TRANSACTION_HEADER) || header('transno') || header('infno'));
  return {
    bytes: Buffer.isBuffer(request.payload) ? request.payload : Buffer.alloc(0),
    contentType: header('content-type'),
    headers: request.raw.req.headers,
    ...(request.raw.req.url?.includes('?') === true ? { query: [...request.url.searchParams] } : {}),
    ...(certificate === undefined ? {} : { certificate }),
    ...(socket.remoteAddress === undefined ? {} : { address: socket.remoteAddress }),
    ...(transaction === '' ? {} : { transaction }),
    ...(peer === undefined ? {} : { peer }),
  };
}

/** A compressed body would be read as text in a wrong charset. */
function isEncoded({ headers }: Request): boolean {
  const encoding: unknown = headers['content-encoding'];
  return typeof encoding === 'string' && !['', 'identity'].includes(encoding.trim().toLowerCase());
}

function reply(h: ResponseToolkit, answer: HttpAnswer): ResponseObject {
  const { body, file } = answer;
  const response = h
    .response(file?.stream ?? Buffer.from(body.buffer, body.byteOffset, body.byteLength))
    .code(answer.status)
    .header('content-type', answer.contentType);
  for (const [name, value] of Object.entries(answer.headers)) response.header(name, value);
  if (file?.length !== undefined) response.bytes(file.length);
  return response;
}

/** A body that hapi refuses by itself is answered in the caller's format too. */
async function refuseUnreadable(
  parts: ServerParts,
  request: Request,
  h: ResponseToolkit,
): Promise<Lifecycle.ReturnValue> {
  const response = request.response;
  if (!('isBoom' in response) || !response.isBoom || request.method !== 'post') return h.continue;
  const status = response.output.statusCode;
  const isMessage = [`/${parts.config.role}`, PEER_PATH].includes(request.route.path);
  if (!isMessage || status === 404) return h.continue;
  const code = status === 413 ? 'MESSAGE_TOO_LARGE' : 'MESSAGE_NOT_READABLE';
  return reply(h, await parts.refuse(messageOf(request, parts.listener), code));
}
