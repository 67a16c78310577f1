/** The server of a simulated platform: whatever it speaks, it goes wrong on request and says what it has. */
import { server as createServer } from '@hapi/hapi';
import type { Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { addControlRoutes } from '../control-routes.ts';
import { createFaults } from '../faults.ts';
import type { Fault, Faults } from '../faults.ts';
import { createScheduler } from '../scheduler.ts';
import type { Scheduler } from '../scheduler.ts';
import { corrupted, trickle } from '../spoilt-answer.ts';
import type { PlatformBend } from './platform-bend.ts';

/** What all platforms may be given. */
export interface PlatformOptions {
  /** 0, when absent: any free one. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly scheduler?: Scheduler;
  /** For platforms that are stricter, or wrong on purpose. */
  readonly bend?: PlatformBend;
}

/** A message that was read. Faults name the operation as `infno`; `id` tells one message from another. */
export interface PlatformMessage {
  readonly operation: string;
  readonly id: string;
}

/** What makes the server a particular platform. */
export interface PlatformBehaviour<M extends PlatformMessage> {
  /** Reads a message; what is wrong with it is kept in it and told by `work`. Never throws. */
  read(bytes: Buffer, path: string): M;
  /** Does the work and writes the answer; `stranger`: as somebody would who lacks the right key. */
  work(message: M, how: { readonly stranger: boolean }): Buffer;
  /** Writes a refusal that changes nothing. */
  refuse(message: M, text: string): Buffer;
  /** What is on the platform's books. */
  rows(): readonly unknown[];
}

/** A running platform. */
export interface RunningPlatform {
  /** Base address, ends in `/`. */
  readonly url: string;
  readonly faults: Faults;
  /** How many messages of an operation were worked on; refusals on request count not. */
  count(operation: string): number;
  /** Nobody listens any more; what was armed and written stays. */
  down(): Promise<void>;
  /** Listens again, at the same address. */
  up(): Promise<void>;
  close(): Promise<void>;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Starts a platform: `POST` anywhere is a message; `/faults` and `/ledger` are for whoever tests. */
export async function startFaultyServer<M extends PlatformMessage>(
  options: PlatformOptions,
  behaviour: PlatformBehaviour<M>,
): Promise<RunningPlatform> {
  const faults = createFaults();
  const counts = new Map<string, number>();
  const { bend = {} } = options;
  const answer = createAnswerer({ ...behaviour, scheduler: schedulerOf(options), faults, counts, bend });
  const ledger = { rows: behaviour.rows };
  let server = await listen(options.port ?? 0, { answer, faults, ledger });
  const port = Number(server.info.port);
  return {
    url: `http://127.0.0.1:${port}/`,
    faults,
    count: (operation) => counts.get(operation) ?? 0,
    down: () => stop(server),
    async up() {
      server = await listen(port, { answer, faults, ledger });
    },
    close: () => stop(server),
  };
}

/** The clock of a platform. */
export function clockOf({ clock }: PlatformOptions): Clock {
  return clock ?? systemClock;
}

function schedulerOf({ scheduler }: PlatformOptions): Scheduler {
  return scheduler ?? createScheduler({ holdsProcess: false });
}

type Answerer = (request: Request, h: ResponseToolkit) => Promise<ResponseObject | symbol>;

interface AnswererParts<M extends PlatformMessage> extends PlatformBehaviour<M> {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly counts: Map<string, number>;
  readonly bend: PlatformBend;
}

function createAnswerer<M extends PlatformMessage>(parts: AnswererParts<M>): Answerer {
  const { faults, counts, scheduler, bend } = parts;
  let last: { readonly id: string; readonly bytes: Buffer } | undefined;
  const otherThan = (id: string): Buffer | undefined => (last?.id === id ? undefined : last?.bytes);

  function work(message: M, fault: Fault | undefined): Buffer {
    counts.set(message.operation, (counts.get(message.operation) ?? 0) + 1);
    const bytes = parts.work(message, { stranger: fault?.kind === 'wrong-signature' });
    return bend.spoil?.(bytes, message.operation) ?? bytes;
  }

  return async (request, h) => {
    const payload = request.payload as Buffer;
    const message = parts.read(bend.hears?.(payload) ?? payload, request.path);
    const { operation, id } = message;
    const other = otherThan(id);
    const fault = faults.take({ infno: operation, msgid: id, otherAnswerKnown: other !== undefined });
    if (fault?.kind === 'lose-request') return hangUp(request, h);
    if (fault?.kind === 'http-500') return h.response('simulated failure').code(500);
    if (fault?.kind === 'refuse') return json(h, parts.refuse(message, fault.text ?? '模拟拒绝：系统维护中'));
    if (fault?.kind === 'delay') await scheduler.wait(fault.ms ?? 100);
    const bytes = work(message, fault);
    last = { id, bytes };
    switch (fault?.kind) {
      case 'lose-reply':
        return hangUp(request, h);
      case 'never-answer':
        return h.abandon;
      case 'corrupt-bytes':
        return json(h, corrupted(bytes));
      case 'http-500-after-work':
        return h.response('simulated failure').code(500);
      case 'duplicate-answer-of-another-request':
        return json(h, other ?? bytes);
      case 'slow':
        return h
          .response(trickle(bytes, { scheduler, ms: fault.ms ?? 100 }))
          .type('application/json; charset=utf-8');
      case undefined:
      case 'delay':
      case 'wrong-signature':
        return json(h, bytes);
    }
  };
}

interface ServerParts {
  readonly answer: Answerer;
  readonly faults: Faults;
  readonly ledger: { rows(): readonly unknown[] };
}

async function listen(port: number, { answer, faults, ledger }: ServerParts): Promise<Server> {
  const server = createServer({ host: '127.0.0.1', port, compression: false });
  addControlRoutes(server, { faults, ledger });
  server.route({
    method: 'POST',
    path: '/{path*}',
    options: { payload: { parse: false, output: 'data', maxBytes: MAX_BYTES } },
    handler: answer,
  });
  await server.start();
  return server;
}

function json(h: ResponseToolkit, bytes: Buffer): ResponseObject {
  return h.response(bytes).type('application/json; charset=utf-8');
}

function hangUp(request: Request, h: ResponseToolkit): symbol {
  request.raw.req.socket.destroy();
  return h.abandon;
}

async function stop(server: Server): Promise<void> {
  server.listener.closeAllConnections();
  await server.stop({ timeout: 0 });
}
