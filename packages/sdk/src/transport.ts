/**
 * How bytes leave for a far side and come back. Whether a byte may have left decides about money, so each failure
 * says it: `UPSTREAM_UNREACHABLE` means none has, everything else leaves the outcome unknown. Nothing is ever sent twice.
 */
import { Buffer } from 'node:buffer';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { PostHandler } from './post-handler.ts';
import type { TransportReply } from './post-handler.ts';

/** Settings of a transport to one far side. */
export interface TransportOptions {
  /** `http:` or `https:`; its path is where requests go. */
  readonly url: string;
  readonly timeouts: {
    /** Until the connection, with TLS, must stand. */
    readonly connectMs: number;
    /** How long an unused connection is kept. */
    readonly idleMs: number;
  };
  readonly maxResponseBytes: number;
  /** Connections at most; each carries one request at a time. */
  readonly connections: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Takes the place of the connections, e.g. undici's `MockAgent`; whoever gives it closes it. */
  readonly dispatcher?: Dispatcher;
}

/** One request. */
export interface TransportRequest {
  /** Goes below the path of the URL, without leading slash: `2207`. */
  readonly path?: string;
  readonly body: Uint8Array;
  /** Media type with charset. */
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Epoch milliseconds by which the answer must be complete. */
  readonly deadline: number;
  readonly signal: AbortSignal;
  /** Awaited before the first byte leaves; what it throws goes to the caller and nothing is sent. */
  readonly beforeSend?: () => Promise<void>;
}

/** A way to one far side. */
export interface Transport {
  /**
   * Sends a POST once and awaits its whole answer, of whatever status.
   * @throws GatewayError `UPSTREAM_UNREACHABLE`: no byte left. `UPSTREAM_TIMEOUT`: bytes may have left and no answer
   *   began (deadline, abort, reset, closed). `UPSTREAM_REPLY_UNUSABLE`: an answer began and is cut off, too large
   *   or no HTTP. `details.facts.reason` tells which: `deadline`, `aborted`, `too-large` or the socket's own code.
   */
  post(request: TransportRequest): Promise<TransportReply>;
  /** Waits for what is under way and closes the connections; later requests are `UPSTREAM_UNREACHABLE`. */
  close(): Promise<void>;
}

/** HTTP/1.1 only: with HTTP/2 a refused stream is retried by the library. Deadlines are ours alone. */
function createPool(options: TransportOptions): Pool {
  return new Pool(new URL(options.url).origin, {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    connectTimeout: options.timeouts.connectMs,
    keepAliveTimeout: options.timeouts.idleMs,
    keepAliveMaxTimeout: options.timeouts.idleMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

function pathOf(url: URL, below: string | undefined): string {
  const base = url.pathname + url.search;
  return below === undefined ? base : `${url.pathname.replace(/\/$/, '')}/${below}${url.search}`;
}

/** Why a request must not be sent any more. */
function findObstacle(request: TransportRequest, clock: Clock): 'aborted' | 'deadline' | undefined {
  if (request.signal.aborted) return 'aborted';
  return clock.now() >= request.deadline ? 'deadline' : undefined;
}

function refuseLate(request: TransportRequest, clock: Clock): void {
  const reason = findObstacle(request, clock);
  if (reason !== undefined) throw new GatewayError('UPSTREAM_UNREACHABLE', { facts: { reason } });
}

/** Dispatches and ties the exchange to deadline and signal. */
async function dispatch(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  limits: { waitMs: number; signal: AbortSignal; maxBytes: number },
): Promise<TransportReply> {
  const handler = new PostHandler(limits.maxBytes);
  const timer = setTimeout(() => handler.giveUp('deadline'), Math.min(limits.waitMs, 2 ** 31 - 1));
  const abort = (): void => handler.giveUp('aborted');
  limits.signal.addEventListener('abort', abort);
  try {
    dispatcher.dispatch(options, handler);
    return await handler.reply;
  } finally {
    clearTimeout(timer);
    limits.signal.removeEventListener('abort', abort);
  }
}

/** Makes a transport; nothing is connected before the first request. */
export function createTransport(options: TransportOptions): Transport {
  const { clock = systemClock } = options;
  const url = new URL(options.url);
  const pool = options.dispatcher === undefined ? createPool(options) : undefined;
  const dispatcher = options.dispatcher ?? pool;
  const preparing = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  const prepare = async (request: TransportRequest): Promise<void> => {
    refuseLate(request, clock);
    await request.beforeSend?.();
    refuseLate(request, clock);
  };
  const send = (request: TransportRequest): Promise<TransportReply> =>
    dispatch(
      dispatcher as Dispatcher,
      {
        origin: url.origin,
        path: pathOf(url, request.path),
        method: 'POST',
        headers: { ...request.headers, 'content-type': request.contentType },
        body: Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength),
        idempotent: false,
      },
      {
        waitMs: request.deadline - clock.now(),
        signal: request.signal,
        maxBytes: options.maxResponseBytes,
      },
    );
  return {
    async post(request) {
      if (closing !== undefined)
        throw new GatewayError('UPSTREAM_UNREACHABLE', { facts: { reason: 'closed' } });
      const prepared = prepare(request);
      preparing.add(prepared);
      try {
        await prepared;
        return await send(request);
      } finally {
        preparing.delete(prepared);
      }
    },
    close() {
      // What is on record as sent, but not yet with the pool, is under way, too.
      closing ??= Promise.allSettled(preparing).then(() => pool?.close());
      return closing;
    },
  };
}
