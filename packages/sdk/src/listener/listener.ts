/** The HTTP server of an adapter: what calls us. */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { GatewayError } from '@yiqiao/model';
import { answerError, answerJson } from './json-body.ts';
import type { ListenerAnswer, ListenerRoute } from './listener-types.ts';
import { createRouter } from './router.ts';

/** What a listener is started with. */
export interface ListenerOptions {
  /** 127.0.0.1 when absent. */
  readonly host?: string;
  /** A free one when 0. */
  readonly port: number;
  readonly routes: readonly ListenerRoute[];
  /** Of a request's body; 4 MiB when absent. */
  readonly maxBytes?: number;
  /** PEM. With `clientAnchors` callers must show a certificate that these have signed. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientAnchors?: string };
  /** Hears of what a route threw that is none of the catalogue: a fault of the program. */
  readonly onError?: (error: unknown) => void;
}

/** A running listener. */
export interface Listener {
  /** With a slash at its end. */
  readonly url: string;
  /** Takes nothing more, lets what runs end within `graceMs` (5 s when absent), and hangs up. */
  close(graceMs?: number): Promise<void>;
}

const MAX_BYTES = 4 * 1024 * 1024;
const GRACE_MS = 5_000;

/** Starts a listener. @throws GatewayError `CONFIG_INVALID` when address or port cannot be had, or two routes are one. */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { host = '127.0.0.1', port, tls } = options;
  const find = createRouter(options.routes);
  const answer: RequestListener = (request, response) => {
    serve({ request, response, find, isOpen: () => server.listening }, options).catch(() =>
      response.destroy(),
    );
  };
  const limits = { requestTimeout: 60_000, headersTimeout: 15_000, keepAliveTimeout: 30_000 };
  const server =
    tls === undefined
      ? createServer(limits, answer)
      : createSecureServer({ ...limits, ...tlsSettings(tls) }, answer);
  await listen(server, { host, port });
  const { port: actual } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${name}:${actual}/`,
    close: (graceMs = GRACE_MS) => closeServer(server, graceMs),
  };
}

function tlsSettings({ certificate, key, clientAnchors }: NonNullable<ListenerOptions['tls']>): {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
} {
  return {
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    ...(clientAnchors === undefined
      ? {}
      : { ca: clientAnchors, requestCert: true, rejectUnauthorized: true }),
  };
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: Error): void => {
      const fault = {
        rule: 'listen',
        at: '/listen',
        field: 'listen',
        label: { zh: '监听地址', en: 'address to listen at' },
        message: {
          zh: `无法在 ${host}:${port} 监听（${cause.message}），请换端口或停止占用它的程序。`,
          en: `Cannot listen at ${host}:${port} (${cause.message}); choose another port or stop what holds it.`,
        },
      };
      reject(new GatewayError('CONFIG_INVALID', { faults: [fault] }, { cause }));
    };
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly find: ReturnType<typeof createRouter>;
  /** Once it closes, a connection ends with its answer. */
  readonly isOpen: () => boolean;
}

async function serve({ request, response, find, isOpen }: Exchange, options: ListenerOptions): Promise<void> {
  const leaving = new AbortController();
  response.on('close', () => leaving.abort());
  const answer = await findAnswer({ request, find, signal: leaving.signal }, options);
  // Whoever has hung up hears nothing; what was done stands.
  if (response.destroyed) return;
  if (!isOpen()) response.shouldKeepAlive = false;
  response.writeHead(answer.status ?? 200, {
    ...answer.headers,
    'content-type': answer.contentType,
    'content-length': Buffer.byteLength(answer.body),
    'cache-control': 'no-store',
  });
  response.end(answer.body);
}

async function findAnswer(
  { request, find, signal }: Pick<Exchange, 'request' | 'find'> & { readonly signal: AbortSignal },
  { maxBytes = MAX_BYTES, onError }: ListenerOptions,
): Promise<ListenerAnswer> {
  try {
    const url = new URL(request.url ?? '/', 'http://listener');
    const { method = 'GET', headers } = request;
    const found = find(method, url.pathname);
    if ('status' in found) {
      request.resume();
      return refusalAnswer(found.status, found);
    }
    const body = await readBody(request, maxBytes);
    const { pathname: path, searchParams: query } = url;
    return await found.route.handle({ method, path, params: found.params, query, headers, body, signal });
  } catch (error) {
    // Whoever hung up in the middle of a request is no fault of the program.
    if (!(error instanceof GatewayError) && !signal.aborted) onError?.(error);
    return answerError(error);
  }
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // What is too long is read to its end, so that the caller hears why, but not kept.
    if (size <= maxBytes) chunks.push(chunk);
    else if (size > 4 * maxBytes) request.destroy();
  }
  if (size > maxBytes) throw new GatewayError('MESSAGE_TOO_LARGE', { facts: { bytes: size, maxBytes } });
  return Buffer.concat(chunks);
}

function refusalAnswer(
  status: number,
  { zh, en }: { readonly zh: string; readonly en: string },
): ListenerAnswer {
  return answerJson({ code: `HTTP_${status}`, outcome: 'rejected', message: { zh, en } }, status);
}
