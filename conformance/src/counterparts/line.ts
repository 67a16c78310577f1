/** A server that passes messages on to another one, with somebody on the way who sees and may change them. */
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A message that came to a line. */
export interface OnTheWay {
  /** Path of the address, `/` when there is none. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Whether the caller has closed the connection. */
  readonly left: () => boolean;
}

/** An answer as it passes. */
export interface PassingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Only so many bytes of it leave, then the connection is cut. */
  readonly cutAfter?: number;
}

/** Hands a message on; `undefined` when the far side closed the connection. */
export type Go = (message: OnTheWay) => Promise<PassingAnswer | undefined>;

/** Somebody on the way. `undefined`: the caller's connection is closed; `silence`: it is kept and never answered. */
export type Pass = (message: OnTheWay, go: Go) => Promise<PassingAnswer | 'silence' | undefined>;

/** A running line. */
export interface Line {
  readonly url: string;
  stop(): Promise<void>;
}

/** How a line is laid. */
export interface LineOptions {
  /** Where messages go; asked for each message. */
  readonly to: () => string;
  readonly pass: Pass;
  /** TCP port, a free one when absent, on 127.0.0.1 when no address is given. */
  readonly port?: number;
  readonly host?: string;
}

/** Opens a line. */
export async function openLine({ to, pass, port = 0, host = '127.0.0.1' }: LineOptions): Promise<Line> {
  const server = createServer((request, response) => {
    void handle({ request, response }, { to, pass }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const { port: opened } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${opened}/`,
    async stop() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function handle(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { to, pass }: Pick<LineOptions, 'to' | 'pass'>,
): Promise<void> {
  const message: OnTheWay = {
    path: request.url ?? '/',
    headers: ownHeaders(request),
    bytes: (await bytesOf(request)).bytes,
    left: () => response.destroyed && !response.writableEnded,
  };
  const answer = await pass(message, (one) => hand(to(), one));
  if (answer === 'silence') return;
  if (answer === undefined) {
    request.socket.destroy();
    return;
  }
  const { status, headers, bytes, cutAfter } = answer;
  const length = cutAfter === undefined ? bytes.length : Math.max(bytes.length, cutAfter + 1);
  response.writeHead(status, { ...headers, 'content-length': length });
  if (cutAfter === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, cutAfter), () => request.socket.destroy());
}

/** Posts a message to the end of the line. */
async function hand(to: string, { path, headers, bytes }: OnTheWay): Promise<PassingAnswer | undefined> {
  const url = path === '/' ? to : new URL(path, to).href;
  return await new Promise((resolve) => {
    const request = httpRequest(url, {
      method: 'POST',
      agent: false,
      headers: { ...headers, 'content-length': bytes.length },
    });
    request.on('error', () => resolve(undefined));
    request.on('response', (response) => {
      void bytesOf(response).then(({ bytes: body, isCut }) =>
        resolve({
          status: response.statusCode ?? 0,
          headers: ownHeaders(response),
          bytes: body,
          ...(isCut && { cutAfter: body.length }),
        }),
      );
    });
    request.end(bytes);
  });
}

async function bytesOf(
  stream: IncomingMessage,
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    return { bytes: Buffer.concat(chunks), isCut: false };
  } catch {
    return { bytes: Buffer.concat(chunks), isCut: true };
  }
}

/** Headers of one leg alone. */
const OF_THE_LEG = ['host', 'connection', 'content-length', 'transfer-encoding', 'keep-alive', 'expect'];

function ownHeaders({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !OF_THE_LEG.includes(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
