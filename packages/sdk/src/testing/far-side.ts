/** A far side for tests, on a port of its own: it answers as told, and goes wrong on request. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { systemClock } from '@yiqiao/model';
import type { Clock, WireObject } from '@yiqiao/model';
import { createChannel } from '../adapter/channel.ts';
import type { Channel } from '../adapter/channel.ts';
import type { AdapterCodec } from '../adapter/codecs.ts';
import { createProtections, newNonce } from '../adapter/signing.ts';
import type { AdapterSigning } from '../adapter/signing.ts';

/**
 * Before any work: `lose-request` (the connection breaks), `http-503`, `turn-away` (HTTP 403), `unauthorized` (401). After the work:
 * `lose-reply` (the connection breaks), `never-answer`, `cut-off` (half of the answer), `garbage` (bytes that are no
 * message), `http-500`. `slow`: the answer comes after `ms`. `twice`: the request arrives twice, as a proxy may have it.
 */
export type FarSideFault =
  | 'lose-request'
  | 'http-503'
  | 'turn-away'
  | 'unauthorized'
  | 'lose-reply'
  | 'never-answer'
  | 'cut-off'
  | 'garbage'
  | 'http-500'
  | 'slow'
  | 'twice';

/** A request as the far side reads it. */
export interface FarSideRequest {
  /** Below the address, without leading slash. */
  readonly path: string;
  readonly members: WireObject;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Uint8Array;
}

/** What a far side is made of. */
export interface FarSideOptions {
  readonly codec: AdapterCodec;
  /** Its answer, in its own names. What it throws is HTTP 500. */
  readonly answer: (request: FarSideRequest) => WireObject | Promise<WireObject>;
  /** How messages are signed, seen from the side that is called. */
  readonly signing?: readonly AdapterSigning[];
  readonly signedMember?: { readonly request: string; readonly response: string };
  readonly clock?: Clock;
}

/** When a fault happens. */
export interface FaultRule {
  /** Only requests to this path. */
  readonly path?: string;
  /** How often; once when absent. */
  readonly times?: number;
  /** Of `slow`; 200 when absent. */
  readonly ms?: number;
}

/** A far side that runs. */
export interface RunningFarSide {
  /** With a slash at its end. */
  readonly url: string;
  /** What has been worked on, in order; what was lost or turned away is not among it. */
  readonly requests: readonly FarSideRequest[];
  /** Has the next request, or requests, go wrong. */
  fail(fault: FarSideFault, rule?: FaultRule): void;
  close(): Promise<void>;
}

/** Starts a far side on a free port. */
export async function startFarSide(options: FarSideOptions): Promise<RunningFarSide> {
  const { codec, signing = [], clock = systemClock } = options;
  const channel = createChannel({
    codec,
    protections: createProtections(signing, { side: 'server', clock }),
    signedMember: options.signedMember ?? { request: 'input', response: 'output' },
    isUnsigned: signing.some(({ peerUnsigned }) => peerUnsigned === true),
  });
  const requests: FarSideRequest[] = [];
  const armed: Armed[] = [];
  const desk: Desk = { channel, clock, requests, answer: options.answer };
  const server = createServer((request, response) => {
    serve(desk, { request, response, armed }).catch(() => respond(response, 500, 'failed'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    fail: (fault, rule = {}) => void armed.push({ fault, rule, left: rule.times ?? 1 }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Armed {
  readonly fault: FarSideFault;
  readonly rule: FaultRule;
  left: number;
}

interface Desk {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly requests: FarSideRequest[];
  readonly answer: FarSideOptions['answer'];
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly armed: Armed[];
}

async function serve(desk: Desk, { request, response, armed }: Exchange): Promise<void> {
  const bytes = await buffer(request);
  const path = (request.url ?? '/').replace(/^\//, '').replace(/\?.*$/, '');
  const found = armed.find(({ left, rule }) => left > 0 && (rule.path === undefined || rule.path === path));
  if (found !== undefined) found.left -= 1;
  const fault = found?.fault;
  if (fault === 'lose-request') return void response.destroy();
  if (fault === 'http-503') return respond(response, 503, 'busy');
  if (fault === 'turn-away') return respond(response, 403, 'forbidden');
  if (fault === 'unauthorized') return respond(response, 401, 'unauthorized');
  if (fault === 'twice') await work(desk, { path, bytes, headers: request.headers });
  const answer = await work(desk, { path, bytes, headers: request.headers });
  if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, found?.rule.ms ?? 200));
  send(response, fault, answer);
}

interface Answer {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function work(
  { channel, clock, requests, answer }: Desk,
  { path, bytes, headers }: Omit<FarSideRequest, 'members'>,
): Promise<Answer> {
  const moment = { now: clock.now(), messageId: '' };
  const { members, nonce } = channel.read('request', { bytes, headers }, moment);
  const request: FarSideRequest = { path, bytes, headers, members };
  requests.push(request);
  return channel.write('response', await answer(request), { ...moment, nonce: nonce ?? newNonce() });
}

function send(
  response: ServerResponse,
  fault: FarSideFault | undefined,
  { bytes, contentType, headers }: Answer,
): void {
  const type = { 'content-type': contentType, ...headers };
  switch (fault) {
    case 'lose-reply':
      return void response.destroy();
    case 'never-answer':
      return;
    case 'http-500':
      return respond(response, 500, 'failed');
    case 'garbage':
      return respond(response, 200, Buffer.from([0x00, 0xff, 0xfe, 0x7b, 0x80, 0x22]));
    case 'cut-off':
      response.writeHead(200, { ...type, 'content-length': bytes.length });
      response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
      return;
    case 'lose-request':
    case 'http-503':
    case 'turn-away':
    case 'unauthorized':
    case 'slow':
    case 'twice':
    case undefined:
      response.writeHead(200, { ...type, 'content-length': bytes.length });
      response.end(bytes);
  }
}

function respond(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(body);
}
