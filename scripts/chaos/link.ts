/** The line between two parties: it loses, delays, doubles and spoils messages, and can be cut. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { request as send } from 'undici';

/** What happens to a message on the line. */
export interface Fate {
  /** The message does not arrive; the connection ends. */
  readonly loseRequest?: boolean;
  /** The answer does not arrive; the connection ends. */
  readonly loseReply?: boolean;
  /** The message arrives a second time, this much later. */
  readonly duplicateAfterMs?: number;
  /** The message arrives late. */
  readonly holdMs?: number;
  /** The answer arrives late. */
  readonly holdReplyMs?: number;
  readonly spoilRequest?: (text: string) => string;
  readonly spoilReply?: (text: string) => string;
}

/** A line at work. */
export interface Link {
  readonly url: string;
  /** Cuts every connection and refuses new ones until `mend`. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

/** Where the line ends and what happens on it. */
export interface LinkOptions {
  /** The party behind it; `undefined` while it is down. */
  target(): string | undefined;
  /** What happens to a message. */
  fate(text: string): Fate;
}

/** Longer than any party takes to answer. */
const GIVE_UP_MS = 60_000;

/** Opens a line on a free port. */
export async function openLink(options: LinkOptions): Promise<Link> {
  let whole = true;
  const server = createServer((request, response) => {
    void carry(options, request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    if (!whole) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    cut() {
      whole = false;
      server.closeAllConnections();
    },
    mend: () => void (whole = true),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function carry(
  options: LinkOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const fate = options.fate(text);
  if (fate.loseRequest === true) return void response.destroy();
  if (fate.holdMs !== undefined) await pause(fate.holdMs);
  const body = fate.spoilRequest?.(text) ?? text;
  if (fate.duplicateAfterMs !== undefined) {
    void pause(fate.duplicateAfterMs)
      .then(() => deliver(options, body))
      .catch(() => undefined);
  }
  const answer = await deliver(options, body);
  if (fate.loseReply === true) return void response.destroy();
  if (fate.holdReplyMs !== undefined) await pause(fate.holdReplyMs);
  response.writeHead(answer.status, { 'content-type': answer.contentType });
  response.end(fate.spoilReply?.(answer.text) ?? answer.text);
}

async function deliver(
  { target }: LinkOptions,
  body: string,
): Promise<{ readonly status: number; readonly contentType: string; readonly text: string }> {
  const url = target();
  if (url === undefined) throw new Error('the party behind the line is down');
  const answer = await send(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    headersTimeout: GIVE_UP_MS,
    bodyTimeout: GIVE_UP_MS,
  });
  const contentType = String(answer.headers['content-type'] ?? 'application/json');
  return { status: answer.statusCode, contentType, text: await answer.body.text() };
}
