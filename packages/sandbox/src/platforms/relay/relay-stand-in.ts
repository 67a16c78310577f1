/** What a relay on a Windows desk is to the outside: a card reader, an e-credential decoder, and what goes wrong there. */
import { server as createServer } from '@hapi/hapi';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import iconv from 'iconv-lite';
import { addControlRoutes } from '../../control-routes.ts';
import { createFaults } from '../../faults.ts';
import type { Fault, Faults } from '../../faults.ts';
import { createScheduler } from '../../scheduler.ts';
import { corrupted, trickle } from '../../spoilt-answer.ts';
import type { PlatformOptions } from '../faulty-server.ts';
import { createDesk } from './desk.ts';
import type { Desk, DeviceAnswer } from './desk.ts';

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
    if (fault?.kind === 'lose-request') return hangUp(request, h);
    if (fault?.kind === 'http-500') return h.response('simulated failure').code(500);
    if (fault?.kind === 'refuse')
      return refused(h, { code: fault.text ?? 'DEVICE_UNAVAILABLE', text: '模拟故障' });
    if (fault?.kind === 'delay') await scheduler.wait(fault.ms ?? 100);
    const work = desk.find(library, name);
    if (work === undefined) return h.response('no such library or function').code(404).type('text/plain');
    counts.set(name, (counts.get(name) ?? 0) + 1);
    calls.push({ library, name });
    const made = work({ text: iconv.decode(request.payload as Buffer, 'gbk'), beside: besideOf(request) });
    return spoil({ request, h, fault, made });
  }

  function spoil(sent: Sent): ResponseObject | symbol {
    const { request, h, fault, made } = sent;
    if ('code' in made) return refused(h, made);
    const bytes = iconv.encode(made.text, desk.charset());
    switch (fault?.kind) {
      case 'lose-reply':
        return hangUp(request, h);
      case 'never-answer':
        return h.abandon;
      case 'http-500-after-work':
        return h.response('simulated failure').code(500);
      case 'corrupt-bytes':
        return told(h, corrupted(bytes), made);
      case 'slow':
        return told(h, trickle(bytes, { scheduler, ms: fault.ms ?? 100 }), made);
      case undefined:
      case 'lose-request':
      case 'http-500':
      case 'refuse':
      case 'delay':
      case 'wrong-signature':
      case 'duplicate-answer-of-another-request':
        return told(h, bytes, made);
    }
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

interface Sent {
  readonly request: Request;
  readonly h: ResponseToolkit;
  readonly fault: Fault | undefined;
  readonly made: DeviceAnswer;
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
  body: Buffer | ReturnType<typeof trickle>,
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

function hangUp(request: Request, h: ResponseToolkit): symbol {
  request.raw.req.socket.destroy();
  return h.abandon;
}
