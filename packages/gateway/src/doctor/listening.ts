/** Whether a gateway can take its addresses, or who has them already. */
import { request as requestPlain } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as requestSecure } from 'node:https';
import { createServer } from 'node:net';
import type { Config } from '../config.ts';
import { ok } from './finding.ts';
import type { Finding } from './finding.ts';

const WAIT_MS = 2_000;

interface Address {
  readonly host: string;
  readonly port: number;
  readonly tls?: unknown;
}

/** One finding for each address of the configuration. */
export async function examinePorts({ listen, admin }: Config): Promise<readonly Finding[]> {
  const addresses = [
    { name: 'listen', path: '/health/live', ...listen },
    ...(admin === undefined ? [] : [{ name: 'admin', path: '/admin/openapi.json', ...admin }]),
  ];
  return Promise.all(addresses.filter(({ port }) => port !== 0).map(examinePort));
}

async function examinePort(
  address: Address & { readonly name: string; readonly path: string },
): Promise<Finding> {
  const { name, host, port } = address;
  const target = `${name} ${host}:${port}`;
  const code = await tryListening(address);
  if (code === undefined) return ok('port', target, { zh: '空闲', en: 'free' });
  if (code === 'EADDRINUSE' && (await isAnswered(address)))
    return ok('port', target, { zh: '网关正在服务', en: 'a gateway serves' });
  const found = { zh: `不能监听（${code}）`, en: `cannot listen (${code})` };
  return { check: 'port', target, level: 'fault', found, remedy: REMEDIES[code] ?? OTHER_REMEDY };
}

const REMEDIES: Readonly<Record<string, Finding['found']>> = {
  EADDRINUSE: {
    zh: '端口被别的程序占用：用 ss -ltnp 找出它，或改用其他端口',
    en: 'another program has the port: find it with ss -ltnp, or choose another',
  },
  EACCES: {
    zh: '小于 1024 的端口须授权：改用其他端口，或给服务 CAP_NET_BIND_SERVICE',
    en: 'ports below 1024 need a right: choose another, or give the service CAP_NET_BIND_SERVICE',
  },
  EADDRNOTAVAIL: {
    zh: '本机没有该地址：用 ip addr 核对 host',
    en: 'this machine has no such address: check host with ip addr',
  },
};
const OTHER_REMEDY = { zh: '核对 host 与 port', en: 'check host and port' };

/** Why it cannot be listened on; nothing when it can. */
function tryListening({ host, port }: Address): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.name));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

/** Whether what listens there answers as a gateway does. Its certificate is not asked: nothing is told to it. */
function isAnswered({ host, port, tls, path }: Address & { readonly path: string }): Promise<boolean> {
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  const options = {
    host: reachable,
    port,
    path,
    agent: false as const,
    signal: AbortSignal.timeout(WAIT_MS),
  };
  return new Promise((resolve) => {
    const answered = (answer: IncomingMessage): void => {
      answer.resume();
      resolve(answer.statusCode === 200);
    };
    const asked =
      tls === undefined
        ? requestPlain(options, answered)
        : requestSecure({ ...options, rejectUnauthorized: false }, answered);
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
