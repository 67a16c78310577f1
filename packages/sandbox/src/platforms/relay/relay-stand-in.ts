/** What a relay on a Windows desk is to the outside: a card reader, an e-credential decoder, and what goes wrong there. */
import type { Readable } from 'node:stream';
import { server as createServer } from '@hapi/hapi';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import iconv from 'iconv-lite';
import { addControlRoutes } from '../../control-routes.ts';
import { createFaults } from '../../faults.ts';
import type { Faults } from '../../faults.ts';
import { afterWork, beforeWork } from '../../faulty-answer.ts';
import { createScheduler } from '../../scheduler.ts';
import type { PlatformOptions } from '../faulty-server.ts';
import { createDesk } from './desk.ts';
import type { Desk } from './desk.ts';

/** How a stand-in is started. */
export interface RelayStandInOptions extends PlatformOptions {
  /** What callers must show as bearer; nothing when absent. */
  readonly token?: string;
}

/**
 * A running stand-in. Faults name the function as `infno` (`ReadCardBas`, `NationEcTrans`); `refuse` answers with its
 * text as the code of the relay, `CARD_UNREADABLE` say.
 */
export interface RelayStandIn extends Desk {
  /** Ends in `/`. */
  readonly url: string;
  readonly faults: Faults;
  /** How often a function was called. */
  count(name: string): number;
  close(): Promise<void>;
}

const PREFIX = 'x-yiqiao-beside-';

/** Starts a stand-in on 127.0.0.1. Source: docs/relay.md. */
export async function startRelayStandIn(options: RelayStandInOptions = {}): Promise<RelayStandIn> {
  const faults = createFaults();
  const desk = createDesk();
  const scheduler = options.scheduler ?? createScheduler({ holdsProcess: false });
  const counts = new Map<string, number>();
  const calls: { readonly library: string; readonly name: string }[] = [];

  async function answer(request: Request, h: ResponseToolkit): Promise<ResponseObject | symbol> {
    const { library = '', name = '' } = request.params as Record<string, string>;
    if (options.token !== undefined && request.headers['authorization'] !== `Bearer ${options.token}`)
      return h.response('the token is missing or wrong').code(401).type('text/plain');
    const fault = faults.take({ infno: name, msgid: '', otherAnswerKnown: false });
    const refuse = (code = 'DEVICE_UNAVAILABLE'): ResponseObject => refused(h, { code, text: '模拟故障' });
    const unworked = await beforeWork(fault, { request, h, scheduler, refuse });
    if (unworked !== undefined) return unworked;
    const work = desk.find(library, name);
    if (work === undefined) return h.response('no such library or function').code(404).type('text/plain');
    counts.set(name, (counts.get(name) ?? 0) + 1);
    calls.push({ library, name });
    const made = work({ text: iconv.decode(request.payload as Buffer, 'gbk'), beside: besideOf(request) });
    if ('code' in made) return refused(h, made);
    const bytes = iconv.encode(made.text, desk.charset());
    const tell = (body: Buffer | Readable): ResponseObject => told(h, body, made);
    return afterWork(fault, { request, h, scheduler, bytes, tell }) ?? tell(bytes);
  }

  const server = createServer({ host: '127.0.0.1', port: options.port ?? 0, compression: false });
  addControlRoutes(server, { faults, ledger: { rows: () => calls } });
  const payload = { parse: false, output: 'data', maxBytes: 1024 * 1024 } as const;
  server.route({ method: 'POST', path: '/{library}/{name}', options: { payload }, handler: answer });
  await server.start();
  return {
    ...desk,
    url: `http://127.0.0.1:${server.info.port}/`,
    faults,
    count: (name) => counts.get(name) ?? 0,
    async close() {
      server.listener.closeAllConnections();
      await server.stop({ timeout: 0 });
    },
  };
}

function besideOf({ headers }: Request): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [
        decodeURIComponent(name.slice(PREFIX.length)),
        decodeURIComponent(String(value)),
      ]),
  );
}

function told(
  h: ResponseToolkit,
  body: Buffer | Readable,
  { beside }: { readonly beside: Readonly<Record<string, string>> },
): ResponseObject {
  const response = h.response(body).type('text/plain; charset=GBK');
  for (const [name, value] of Object.entries(beside))
    response.header(`${PREFIX}${encodeURIComponent(name)}`, encodeURIComponent(value));
  return response;
}

function refused(
  h: ResponseToolkit,
  { code, text }: { readonly code: string; readonly text: string },
): ResponseObject {
  return h.response(text).code(503).type('text/plain; charset=UTF-8').header('x-yiqiao-code', code);
}
