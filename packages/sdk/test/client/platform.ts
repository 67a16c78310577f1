/** A platform of the national form, written by hand: what comes is kept, what is answered is told by each test. */
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@yiqiao/sdk';
import type { Client, ClientSettings } from '@yiqiao/sdk';

/** A message as it came. */
export interface Came {
  readonly infno: string;
  readonly msgid: string;
  readonly sign_no: string;
  readonly insuplc_admdvs: string;
  readonly opter: string;
  readonly input: Record<string, unknown>;
  /** The whole text. */
  readonly text: string;
}

/**
 * How a message is answered: members of `output`, a refusal, bytes of any kind with a status, or not at all: `lost`
 * breaks the connection after the message is in, `silent` keeps it open.
 */
export type Told =
  | { readonly output: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly refusal: string; readonly yiqiao?: unknown }
  | { readonly status: number; readonly text: string }
  | 'lost'
  | 'silent';

/** A platform that is running. */
export interface Platform {
  readonly url: string;
  readonly came: readonly Came[];
  close(): Promise<void>;
}

const running: Platform[] = [];
const clients: Client[] = [];

/** Starts one; `tell` is asked for each message, with its place in the order of arrival. `tls`: as `https:`. */
export async function startPlatform(
  tell: (came: Came, index: number) => Told,
  tls?: ServerOptions,
): Promise<Platform> {
  const came: Came[] = [];
  const listen = (request: IncomingMessage, response: ServerResponse): void => {
    void readText(request).then((text) => {
      const message = { ...(JSON.parse(text) as Came), text };
      came.push(message);
      answer(response, tell(message, came.length - 1));
    });
  };
  const server = tls === undefined ? createServer(listen) : createSecureServer(tls, listen);
  await new Promise<void>((resolve) =>
    server.listen(0, tls === undefined ? '127.0.0.1' : 'localhost', resolve),
  );
  const { port } = server.address() as AddressInfo;
  const platform = {
    url: tls === undefined ? `http://127.0.0.1:${port}/` : `https://localhost:${port}/`,
    came,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  running.push(platform);
  return platform;
}

/** A client of it, closed with `endAll`. */
export function clientOf(url: string, changes: Partial<ClientSettings> = {}): Client {
  const client = createClient({
    to: url,
    as: {
      institution: { code: 'H53010000001', name: '示例医院' },
      careRegion: '530100',
      operator: { type: '1', id: '0001', name: '测试经办' },
    },
    timeoutMs: 5_000,
    ...changes,
  });
  clients.push(client);
  return client;
}

/** Closes what a test opened. */
export async function endAll(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(running.splice(0).map((platform) => platform.close()));
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, told: Told): void {
  if (told === 'silent') return;
  if (told === 'lost') {
    response.destroy();
    return;
  }
  if ('status' in told) {
    response.writeHead(told.status, { 'content-type': 'text/plain; charset=utf-8' }).end(told.text);
    return;
  }
  const refused = 'refusal' in told;
  const message = {
    infcode: refused ? '-1' : '0',
    inf_refmsgid: '530000202601010800000000000001',
    refmsg_time: '20260101080000000',
    respond_time: '20260101080000001',
    ...(refused && told.yiqiao !== undefined ? { yiqiao: told.yiqiao } : {}),
    err_msg: refused ? told.refusal : '',
    output: refused ? null : told.output,
  };
  const headers = 'headers' in told ? told.headers : {};
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(message));
}
