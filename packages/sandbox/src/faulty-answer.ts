/** What faults make of an answer, whatever the simulated system speaks. */
import type { Readable } from 'node:stream';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import type { Fault } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import { corrupted, trickle } from './spoilt-answer.ts';

/** What is said when nothing else is: by the fault `refuse`. */
export const MAINTENANCE = '模拟拒绝：系统维护中';

const WAIT_MS = 100;

interface Sent {
  readonly request: Request;
  readonly h: ResponseToolkit;
  readonly scheduler: Scheduler;
}

/** Before the work, which `delay` makes late; `undefined` when it is to be done. `refuse`: the system's own words. */
export async function beforeWork(
  fault: Fault | undefined,
  { request, h, scheduler, refuse }: Sent & { readonly refuse: (text: string | undefined) => ResponseObject },
): Promise<ResponseObject | symbol | undefined> {
  switch (fault?.kind) {
    case 'lose-request':
      return hangUp(request, h);
    case 'http-500':
      return broken(h);
    case 'refuse':
      return refuse(fault.text);
    case 'delay':
      await scheduler.wait(fault.ms ?? WAIT_MS);
      return undefined;
    case undefined:
    case 'lose-reply':
    case 'never-answer':
    case 'wrong-signature':
    case 'corrupt-bytes':
    case 'http-500-after-work':
    case 'duplicate-answer-of-another-request':
    case 'slow':
      return undefined;
  }
}

interface Answered extends Sent {
  readonly bytes: Buffer;
  /** The answer to another message, if there was one. */
  readonly other?: Buffer | undefined;
  readonly tell: (body: Buffer | Readable) => ResponseObject;
}

/** After the work; `undefined` when the answer leaves as it is. `tell`: spoilt bytes as an answer. */
export function afterWork(
  fault: Fault | undefined,
  { request, h, scheduler, bytes, other = bytes, tell }: Answered,
): ResponseObject | symbol | undefined {
  switch (fault?.kind) {
    case 'lose-reply':
      return hangUp(request, h);
    case 'never-answer':
      return h.abandon;
    case 'corrupt-bytes':
      return tell(corrupted(bytes));
    case 'http-500-after-work':
      return broken(h);
    case 'duplicate-answer-of-another-request':
      return tell(other);
    case 'slow':
      return tell(trickle(bytes, { scheduler, ms: fault.ms ?? WAIT_MS }));
    case undefined:
    case 'lose-request':
    case 'http-500':
    case 'refuse':
    case 'delay':
    case 'wrong-signature':
      return undefined;
  }
}

function broken(h: ResponseToolkit): ResponseObject {
  return h.response('simulated failure').code(500);
}

function hangUp(request: Request, h: ResponseToolkit): symbol {
  request.raw.req.socket.destroy();
  return h.abandon;
}
