/** The server of a simulated platform: whatever it speaks, it goes wrong on request and says what it has. */
import type { Readable } from 'node:stream';
import type { ResponseObject } from '@hapi/hapi';
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { MAINTENANCE, afterWork, beforeWork } from '../faulty-answer.ts';
import { createFaults } from '../faults.ts';
import type { Fault, Faults } from '../faults.ts';
import { json, openHttpDoor } from '../http-door.ts';
import type { Answerer } from '../http-door.ts';
import { createScheduler } from '../scheduler.ts';
import type { Scheduler } from '../scheduler.ts';
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
  const { url, close, open } = await openHttpDoor(options.port ?? 0, { answer, faults, ledger });
  return {
    url,
    faults,
    count: (operation) => counts.get(operation) ?? 0,
    down: close,
    up: open,
    close,
  };
}

/** The clock of a platform. */
export function clockOf({ clock }: PlatformOptions): Clock {
  return clock ?? systemClock;
}

function schedulerOf({ scheduler }: PlatformOptions): Scheduler {
  return scheduler ?? createScheduler({ holdsProcess: false });
}

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
    const refuse = (text = MAINTENANCE): ResponseObject => json(h, parts.refuse(message, text));
    const unworked = await beforeWork(fault, { request, h, scheduler, refuse });
    if (unworked !== undefined) return unworked;
    const bytes = work(message, fault);
    last = { id, bytes };
    const tell = (body: Buffer | Readable): ResponseObject => json(h, body);
    return afterWork(fault, { request, h, scheduler, bytes, other, tell }) ?? tell(bytes);
  };
}
