/**
 * How bytes leave for a far side and come back. Whether a byte may have left decides about money, so each failure
 * says it: `UPSTREAM_UNREACHABLE` means none has, everything else leaves the outcome unknown. Nothing is ever sent twice.
 */
import { Buffer } from 'node:buffer';
import { checkServerIdentity } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import { Pool } from 'undici';
import type { Dispatcher } from 'undici';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { FileHandler } from './file-handler.ts';
import type { IsFile, TransportFile } from './file-handler.ts';
import { PostHandler } from './post-handler.ts';
import type { TransportReply } from './post-handler.ts';

/** Whom we believe at a far side, and who we are. PEM throughout. */
export interface TlsOptions {
  /** Who signs its certificate; absent: the machine's list. */
  readonly anchors?: string;
  /** Our own certificate and key, where the far side asks for them. */
  readonly certificate?: string;
  readonly key?: string;
  /** Name in its certificate when it is not that of the URL. */
  readonly serverName?: string;
  /** SHA-256 of certificates, upper-case hex with colons: only these are believed; none: any that the anchors prove. */
  readonly pins?: readonly string[];
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** Settings of a transport to one far side. */
export interface TransportOptions {
  /** `http:` or `https:`; its path is where requests go. */
  readonly url: string;
  readonly timeouts: {
    /** Until the connection, with TLS, must stand. */
    readonly connectMs: number;
    /** How long an unused connection is kept. */
    readonly idleMs: number;
    /** How long a file may stand still while it passes, 30 s when absent. */
    readonly stallMs?: number;
  };
  /** For `https:`. */
  readonly tls?: TlsOptions;
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

/** A transport that also carries files. */
export interface FileTransport extends Transport {
  /**
   * Sends a POST that a file may answer: resolves when the file begins, or with the whole answer that is none. Files
   * have connections of their own, so that no message waits behind one.
   * @throws GatewayError as `post`, until the file begins; `deadline` holds until then. Its stream tells the rest.
   */
  postForFile(request: TransportRequest, isFile: IsFile): Promise<TransportReply | TransportFile>;
}

/** A file may take minutes: this many pass at a time. */
const FILES_AT_A_TIME = 4;
const STALL_MS = 30_000;

/** What waits for an answer. */
interface Waiting<T> extends Dispatcher.DispatchHandler {
  readonly reply: Promise<T>;
  giveUp(reason: 'deadline' | 'aborted'): void;
}

/** HTTP/1.1 only: with HTTP/2 a refused stream is retried by the library. Deadlines are ours alone. */
function createPool(options: TransportOptions): Pool {
  return new Pool(new URL(options.url).origin, {
    connections: options.connections,
    pipelining: 1,
    allowH2: false,
    connect: { timeout: options.timeouts.connectMs, ...tlsSettings(options.tls ?? {}) },
    keepAliveTimeout: options.timeouts.idleMs,
    keepAliveMaxTimeout: options.timeouts.idleMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

/** What node:tls is told. */
export type TlsSettings = { [name in TlsSetting]?: NonNullable<ConnectionOptions[name]> };
type TlsSetting = 'minVersion' | 'ca' | 'cert' | 'key' | 'servername' | 'checkServerIdentity';

/** What node:tls is told of whom we believe and who we are. */
export function tlsSettings(tls: TlsOptions): TlsSettings {
  const { anchors, certificate, key, serverName, pins = [], minVersion = 'TLSv1.2' } = tls;
  return {
    minVersion,
    ...(anchors === undefined ? {} : { ca: anchors }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...(pins.length === 0
      ? {}
      : {
          checkServerIdentity: (name, shown) =>
            pins.includes(shown.fingerprint256)
              ? checkServerIdentity(name, shown)
              : Object.assign(new Error('another certificate than pinned'), { code: 'CERT_NOT_PINNED' }),
        }),
  };
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
async function dispatch<T>(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  handler: Waiting<T>,
  limits: { waitMs: number; signal: AbortSignal },
): Promise<T> {
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
export function createTransport(options: TransportOptions): FileTransport {
  const { clock = systemClock, maxResponseBytes: maxBytes } = options;
  const { stallMs = STALL_MS } = options.timeouts;
  const url = new URL(options.url);
  const pools: Pool[] = [];
  const openPool = (settings: TransportOptions): Dispatcher => {
    if (options.dispatcher !== undefined) return options.dispatcher;
    const pool = createPool(settings);
    pools.push(pool);
    return pool;
  };
  const messages = openPool(options);
  let files: Dispatcher | undefined;
  const preparing = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;

  const prepare = async (request: TransportRequest): Promise<void> => {
    refuseLate(request, clock);
    await request.beforeSend?.();
    refuseLate(request, clock);
  };
  const send = async <T>(
    request: TransportRequest,
    dispatcher: () => Dispatcher,
    handler: () => Waiting<T>,
  ): Promise<T> => {
    if (closing !== undefined)
      throw new GatewayError('UPSTREAM_UNREACHABLE', { facts: { reason: 'closed' } });
    const prepared = prepare(request);
    preparing.add(prepared);
    try {
      await prepared;
      const limits = { waitMs: request.deadline - clock.now(), signal: request.signal };
      return await dispatch(dispatcher(), messageOf(url, request), handler(), limits);
    } finally {
      preparing.delete(prepared);
    }
  };
  return {
    post: (request) =>
      send(
        request,
        () => messages,
        () => new PostHandler(maxBytes),
      ),
    postForFile: (request, isFile) =>
      send(
        request,
        () => (files ??= openPool({ ...options, connections: FILES_AT_A_TIME })),
        () => new FileHandler({ maxBytes, isFile, stallMs }),
      ),
    close() {
      // What is on record as sent, but not yet with the pool, is under way, too.
      closing ??= Promise.allSettled(preparing).then(async () => {
        await Promise.all(pools.map((pool) => pool.close()));
      });
      return closing;
    },
  };
}

function messageOf(url: URL, request: TransportRequest): Dispatcher.DispatchOptions {
  return {
    origin: url.origin,
    path: pathOf(url, request.path),
    method: 'POST',
    headers: { ...request.headers, 'content-type': request.contentType },
    body: Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength),
    idempotent: false,
  };
}
