/** The HTTP server of a simulated core: national JSON envelope, signatures, faults on request. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Request, ResponseObject, ResponseToolkit } from '@hapi/hapi';
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Accounts } from './accounts.ts';
import { createAnswerWriter } from './core-answer.ts';
import type { CoreAnswer } from './core-answer.ts';
import { MAINTENANCE, afterWork, beforeWork } from './faulty-answer.ts';
import { createFaults } from './faults.ts';
import type { Fault, Faults } from './faults.ts';
import { json, openHttpDoor } from './http-door.ts';
import type { Ledger } from './ledger.ts';
import { child, findMessage, leaf, rawMember } from './national-message.ts';
import type { JsonObject } from './national-message.ts';
import { createScheduler } from './scheduler.ts';
import type { Scheduler } from './scheduler.ts';
import { verifyText } from './sm2-signature.ts';
import type { SandboxSigning } from './sm2-signature.ts';

/** What every simulated core is started with. */
export interface CoreOptions {
  /** 医保区划 of the core, six digits. */
  readonly region: string;
  readonly clock?: Clock;
  /** TCP port on 127.0.0.1; a free one when absent. */
  readonly port?: number;
  readonly signing?: SandboxSigning;
  /** For the faults `delay` and `slow`, and for the people who pay off-site orders in a while. */
  readonly scheduler?: Scheduler;
  /** Shared by the cores of one world, so that a person has one account; its own when absent. */
  readonly accounts?: Accounts;
  /** For systems that are stricter than a core, or wrong on purpose. */
  readonly bend?: Bend;
}

/** Where a core can be bent. Each place is passed by every message. */
export interface Bend {
  /** Changes the bytes of a request before they are read; what it throws is answered by HTTP 500. */
  readonly hears?: (bytes: Buffer) => Buffer;
  /** Stands around every handler: may refuse, change what is asked or what is answered. */
  readonly around?: (handler: TransactionHandler) => TransactionHandler;
  /** Whether a signature counts as good; `good`: what the core itself found. */
  readonly trusts?: (
    message: { readonly text: string; readonly envelope: JsonObject },
    good: boolean,
  ) => boolean;
  /** Changes the bytes of an answer before they leave; `infno` and `msgid` are empty when nobody could read them. */
  readonly spoil?: (bytes: Buffer, asked: { readonly infno: string; readonly msgid: string }) => Buffer;
  /** HTTP status under which an answer leaves; 200 when absent. */
  readonly status?: (bytes: Buffer) => number;
}

/** A request as a core sees it. */
export interface CoreRequest {
  readonly infno: string;
  readonly msgid: string;
  readonly envelope: JsonObject;
  readonly input: JsonObject;
  /** Epoch milliseconds of arrival. */
  readonly now: number;
  /** `inf_refmsgid` that the answer will have. */
  readonly answerNumber: string;
}

/** Answers one transaction. */
export type TransactionHandler = (request: CoreRequest) => CoreAnswer;

/** A running core. */
export interface RunningCore {
  /** Where requests are POSTed; any path is answered; `/faults`, `/ledger` and `/payments` are for control. */
  readonly url: string;
  readonly faults: Faults;
  readonly ledger: Ledger;
  /** How often a transaction was asked for, refused ones included, lost ones not. */
  count(infno: string): number;
  /** Closes every connection and opens the same address anew; the books, and all numbers given, stay. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** What makes a server a particular core. */
export interface CoreBehaviour {
  readonly ledger: Ledger;
  readonly handlers: Readonly<Record<string, TransactionHandler>>;
  /** Text for a transaction that is not answered here. */
  readonly elsewhere: (infno: string) => string;
  /** Has people pay the order with this number, or all they have to pay; tells how many were paid. */
  readonly pay?: (number?: string) => number;
}

/** Starts a core. */
export async function startCoreServer(
  options: CoreOptions,
  { ledger, handlers, elsewhere, pay }: CoreBehaviour,
): Promise<RunningCore> {
  const clock = options.clock ?? systemClock;
  const scheduler = options.scheduler ?? createScheduler({ holdsProcess: false });
  const faults = createFaults();
  const counts = new Map<string, number>();
  const writer = createAnswerWriter({ region: options.region, clock, signing: options.signing });

  /** Does the work of a message and returns the answer's bytes, or the file that is the answer. */
  function work(message: ReadMessage, fault: Fault | undefined): Buffer | Readable {
    const { infno, msgid } = message;
    counts.set(infno, (counts.get(infno) ?? 0) + 1);
    const { around = (handled: TransactionHandler) => handled } = options.bend ?? {};
    const handler = around(handlers[infno] ?? (() => ({ refusal: elsewhere(infno) })));
    const number = writer.nextNumber();
    const { refusal } = message;
    const answer = refusal === undefined ? handler({ ...message, answerNumber: number }) : { refusal };
    if ('file' in answer) return answer.file();
    const bytes = writer.write(answer, { msgid, number, stranger: fault?.kind === 'wrong-signature' });
    return options.bend?.spoil?.(bytes, message) ?? bytes;
  }

  async function answer(request: Request, h: ResponseToolkit): Promise<ResponseObject | symbol> {
    const payload = request.payload as Buffer;
    const message = readMessage(options.bend?.hears?.(payload) ?? payload, { ...options, clock });
    const { infno, msgid } = message;
    const otherAnswerKnown = writer.answerToAnother(msgid) !== undefined;
    const fault = faults.take({ infno, msgid, otherAnswerKnown });
    const refuse = (refusal = MAINTENANCE): ResponseObject => json(h, writer.write({ refusal }, { msgid }));
    const unworked = await beforeWork(fault, { request, h, scheduler, refuse });
    if (unworked !== undefined) return unworked;
    const made = work(message, fault);
    const status = Buffer.isBuffer(made) ? (options.bend?.status?.(made) ?? 200) : 200;
    if (fault === undefined) return sent(h, made).code(status);
    const bytes = Buffer.isBuffer(made) ? made : await buffer(made);
    const other = writer.answerToAnother(msgid);
    return (
      afterWork(fault, { request, h, scheduler, bytes, other, tell: (body) => json(h, body) }) ??
      sent(h, made instanceof Readable ? Readable.from([bytes], { objectMode: false }) : bytes)
    );
  }

  const { url, close, open } = await openHttpDoor(options.port ?? 0, {
    answer,
    faults,
    ledger,
    ...(pay !== undefined && { pay }),
  });
  return {
    url,
    faults,
    ledger,
    count: (infno) => counts.get(infno) ?? 0,
    async restart() {
      await close();
      await open();
    },
    stop: close,
  };
}

interface ReadMessage extends Omit<CoreRequest, 'answerNumber'> {
  /** Why the message is refused before it reaches a handler. */
  readonly refusal?: string;
}

function readMessage(
  bytes: Buffer,
  { clock, signing, bend }: Pick<CoreOptions, 'signing' | 'bend'> & { readonly clock: Clock },
): ReadMessage {
  const now = clock.now();
  const text = bytes.toString('utf8');
  const envelope = findMessage(text);
  if (envelope === undefined)
    return { infno: '', msgid: '', envelope: {}, input: {}, now, refusal: '报文不是合法的JSON' };
  const read = {
    infno: leaf(envelope, 'infno'),
    msgid: leaf(envelope, 'msgid'),
    envelope,
    input: child(envelope, 'input'),
    now,
  };
  if (signing?.peerPublicKey === undefined) return read;
  const good = verifyText(rawMember(text, 'input') ?? '', leaf(envelope, 'cainfo'), signing);
  const trusted = bend?.trusts?.({ text, envelope }, good) ?? good;
  return trusted ? read : { ...read, refusal: '签名验证失败' };
}

/** An envelope, or a file as it comes. */
function sent(h: ResponseToolkit, answer: Buffer | Readable): ResponseObject {
  return Buffer.isBuffer(answer) ? json(h, answer) : h.response(answer).type('application/octet-stream');
}
