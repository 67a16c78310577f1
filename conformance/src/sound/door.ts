/** The HTTP server of a door: takes bytes, gives bytes. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A running door. */
export interface Door {
  readonly url: string;
  stop(): Promise<void>;
}

/** What came. */
export interface AtDoor {
  readonly bytes: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [name: string, value: string])[];
}

/** What goes back. */
export interface FromDoor {
  readonly bytes: Buffer;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How long a door waits for the system behind it, and how much it takes from it. */
export const INSIDE_LIMITS = { timeoutMs: 5_000, maxBytes: 4_194_304 };

/** Opens a door on a free port of 127.0.0.1; what `answer` throws is told with HTTP 500. */
export async function openDoor(answer: (message: AtDoor) => Promise<FromDoor>): Promise<Door> {
  const server = createServer((request, response) => void serve(request, response, answer));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () =>
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What a reading gives; nothing when it throws, since whatever a door can not read is refused as no message. */
export function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (message: AtDoor) => Promise<FromDoor>,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://door/');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  try {
    const {
      bytes,
      contentType,
      headers: own = {},
    } = await answer({
      bytes: await buffer(request),
      headers,
      query: [...searchParams],
    });
    response.writeHead(200, { 'content-type': contentType, ...own }).end(bytes);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}
