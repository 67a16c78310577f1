/** `yiqiao signer serve` and `yiqiao signer check`: keys in a process of their own. */
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { GatewayError } from '@yiqiao/model';
import {
  createRemoteSigningKey,
  createSignerClient,
  createSignerService,
  keyId,
  parsePublicKey,
  whenSigned,
} from '@yiqiao/signer';
import type { SignerAddress, SignerClient } from '@yiqiao/signer';
import type { Report } from './report.ts';

const SHORTEST_TOKEN = 32;
const TIMEOUT_MS = 3_000;

interface PlaceOptions {
  readonly url?: string;
  readonly port?: string;
  readonly socket?: string;
  readonly tokenFile: string;
}

/** Serves until SIGINT or SIGTERM. One line for each request: how many signatures, by which keys. */
export async function serveSigner(
  report: Report,
  options: PlaceOptions & { readonly key: readonly string[] },
): Promise<number> {
  if ((options.port === undefined) === (options.socket === undefined))
    throw new Error('--port 与 --socket 须给出其一 / give one of --port and --socket');
  const stopped = untilStopped();
  const service = createSignerService({
    keys: readKeys(options.key),
    token: readToken(options.tokenFile),
    onSigned: (count, keys) => report.line(`${new Date().toISOString()}  ${count} × ${keys.join(', ')}`),
  });
  const server = createServer(service);
  await listen(server, options);
  report.line(`签名服务 signer  ${placeOf(server, options)}`);
  await stopped;
  server.close().closeAllConnections();
  return report.finish(true, { keys: options.key.length });
}

/** Asks a signer for its keys and has each sign a trial. */
export async function checkSigner(report: Report, options: PlaceOptions): Promise<number> {
  if ((options.url === undefined) === (options.socket === undefined))
    throw new Error('--url 与 --socket 须给出其一 / give one of --url and --socket');
  const at: SignerAddress['at'] =
    options.socket === undefined ? { url: options.url ?? '' } : { socket: options.socket };
  const client = createSignerClient({ at, token: readToken(options.tokenFile), timeoutMs: TIMEOUT_MS });
  const named = [...(await client.publicKeys())];
  const keys = await Promise.all(named.map(([key, publicKey]) => tryKey(client, { key, publicKey })));
  for (const { key, id, signs, reason } of keys)
    report.line(`${signs ? '✔' : '✘'} ${key}  ${id}${reason === undefined ? '' : `  ${reason}`}`);
  if (keys.length === 0) report.line('签名服务没有密钥 / the signer has no keys');
  return report.finish(keys.length > 0 && keys.every(({ signs }) => signs), { keys });
}

interface TriedKey {
  readonly key: string;
  readonly id: string;
  readonly signs: boolean;
  readonly reason?: string;
}

async function tryKey(
  client: SignerClient,
  { key, publicKey }: { readonly key: string; readonly publicKey: string },
): Promise<TriedKey> {
  const id = keyId(parsePublicKey(publicKey));
  const signer = createRemoteSigningKey(client, { key, publicKey }).createSigner({ userId: key });
  try {
    await whenSigned(() => signer.sign(Buffer.from('yiqiao signer check')));
    return { key, id, signs: true };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { key, id, signs: false, reason: String(error.details.facts?.['reason']) };
  }
}

function readKeys(given: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    given.map((one) => {
      const [, name, file] = /^([\w.-]{1,64})=(.+)$/.exec(one) ?? [];
      if (name === undefined || file === undefined) throw new Error(`--key ${one}: NAME=FILE`);
      return [name, readFileSync(file, 'utf8')] as const;
    }),
  );
}

function readToken(file: string): string {
  const token = readFileSync(file, 'utf8').trim();
  if (token.length >= SHORTEST_TOKEN) return token;
  throw new Error(
    `${file}: 令牌至少 ${SHORTEST_TOKEN} 个字符，可用 openssl rand -hex 32 生成 / a token has at least ${SHORTEST_TOKEN} characters`,
  );
}

/** A socket left by a process that was killed is replaced; only the owner may connect to the new one. */
async function listen(server: Server, { port, socket }: PlaceOptions): Promise<void> {
  if (socket === undefined) {
    await once(server.listen(Number(port), '127.0.0.1'), 'listening');
    return;
  }
  rmSync(socket, { force: true });
  const mask = process.umask(0o077);
  try {
    await once(server.listen(socket), 'listening');
  } finally {
    process.umask(mask);
  }
  chmodSync(socket, 0o600);
}

function placeOf(server: Server, { socket }: PlaceOptions): string {
  return socket ?? `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}
