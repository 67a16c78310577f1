/** The socket that callers connect to: in the clear or by TLS, with limits on time and on connections. */
import { createServer as createHttpServer } from 'node:http';
import type { Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { Server as HttpsServer, ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ShownCertificate } from './access.ts';
import type { ListenTls } from './config-tls.ts';
import type { Config } from './config.ts';

/** A socket to listen on. */
export interface Listener {
  readonly server: HttpServer | HttpsServer;
  readonly isSecure: boolean;
  /** Takes certificate, key, anchors and revocations from now on; connections that stand end with their next answer. */
  renew(tls: ListenTls | undefined): void;
  /** The certificate that was shown on a connection and proved by our anchors. */
  certificateOf(socket: Socket): ShownCertificate | undefined;
  /** Whether the connection was made with what has been renewed since. */
  isOutdated(socket: Socket): boolean;
}

/** Why a caller got no connection: a code of TLS, or `too-many-connections`. */
export type TurnAway = (reason: string, address: string | undefined) => void;

/** A session is taken up again for so long without showing the certificate anew. */
const SESSION_SECONDS = 300;

/** What a listener takes from a configuration. */
export interface ListenerConfig {
  readonly listen: Pick<Config['listen'], 'tls'>;
  readonly limits: Pick<Config['limits'], 'bodyTimeoutMs' | 'connections' | 'connectionsPerAddress'>;
}

/**
 * Creates the listener of a configuration. A request that has not come in whole by the body timeout is refused unread
 * and its connection closed. hapi’s own limit would wait for the rest of the body before it says so.
 */
export function createListener({ listen, limits }: ListenerConfig, onTurnedAway: TurnAway): Listener {
  const timings = {
    headersTimeout: limits.bodyTimeoutMs,
    requestTimeout: limits.bodyTimeoutMs,
    connectionsCheckingInterval: Math.ceil(limits.bodyTimeoutMs / 10),
  };
  const { tls } = listen;
  const secure = tls === undefined ? undefined : createHttpsServer({ ...timings, ...tlsOptions(tls) });
  const server = secure ?? createHttpServer(timings);
  server.maxConnections = limits.connections;
  limitAddresses(server, limits.connectionsPerAddress, onTurnedAway);
  secure?.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // Node’s own error only says that the connection ended; why the certificate was refused stands on the socket.
    const refused: unknown = socket.authorizationError;
    const reason = typeof refused === 'string' ? refused : (error.code ?? 'TLS');
    onTurnedAway(reason, socket.remoteAddress);
  });
  let renewed = 0;
  const generations = new WeakMap<Socket, number>();
  const shown = new WeakMap<Socket, ShownCertificate | 'none'>();
  server.on(secure === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    generations.set(socket, renewed);
  });
  return {
    server,
    isSecure: secure !== undefined,
    renew(next) {
      if (secure === undefined || next === undefined) return;
      secure.setSecureContext(tlsOptions(next));
      renewed += 1;
    },
    certificateOf(socket) {
      let certificate = shown.get(socket);
      if (certificate === undefined) {
        certificate = readShown(socket) ?? 'none';
        shown.set(socket, certificate);
      }
      return certificate === 'none' ? undefined : certificate;
    },
    isOutdated: (socket) => (generations.get(socket) ?? renewed) !== renewed,
  };
}

function tlsOptions(tls: ListenTls): ServerOptions {
  const { certificate, key, minVersion, clientAnchors, revoked, requireClientCertificate } = tls;
  return {
    cert: certificate,
    key,
    minVersion,
    sessionTimeout: SESSION_SECONDS,
    requestCert: clientAnchors !== undefined,
    rejectUnauthorized: requireClientCertificate,
    ...(clientAnchors === undefined ? {} : { ca: clientAnchors }),
    ...(revoked === undefined ? {} : { crl: revoked }),
  };
}

/** A certificate that no anchor proves counts as none. */
function readShown(socket: Socket): ShownCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { fingerprint256, subject } = socket.getPeerCertificate();
  if (typeof fingerprint256 !== 'string') return undefined;
  return { fingerprint: fingerprint256, subject: { ...subject } };
}

/** One caller cannot take the connections of all. */
function limitAddresses(server: HttpServer | HttpsServer, most: number, onTurnedAway: TurnAway): void {
  const counts = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (counts.get(address) ?? 0) + 1;
    if (count > most) {
      onTurnedAway('too-many-connections', address);
      socket.destroy();
      return;
    }
    counts.set(address, count);
    socket.once('close', () => {
      const left = (counts.get(address) ?? 1) - 1;
      if (left === 0) counts.delete(address);
      else counts.set(address, left);
    });
  });
}
