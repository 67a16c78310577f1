/** One POST whose answer may be a file: it passes on as it comes, with what is not taken yet held back at the far side. */
import type { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { GatewayError } from '@yiqiao/model';
import { PostHandler } from './post-handler.ts';
import type { TransportReply } from './post-handler.ts';

/** An answer whose body is still on its way. */
export interface TransportFile extends Omit<TransportReply, 'body'> {
  /**
   * Its bytes, once. Ends only when all have come; is destroyed with `UPSTREAM_REPLY_UNUSABLE` when the far side
   * breaks off, or when for `stallMs` no byte comes in or none is taken. Destroying it hangs up on the far side.
   */
  readonly stream: Readable;
}

/** Tells a file from a message, by how it begins. */
export type IsFile = (start: {
  readonly status: number;
  /** `''` when the answer names none. */
  readonly contentType: string;
  /** At least one byte. */
  readonly first: Uint8Array;
}) => boolean;

type Controller = Dispatcher.DispatchController;

interface Head {
  readonly controller: Controller;
  readonly status: number;
  readonly contentType: string;
  readonly headers: Record<string, string | string[] | undefined>;
}

/** A handler of undici’s events. What is no file is left to a handler of messages, with its limit of size and its errors. */
export class FileHandler implements Dispatcher.DispatchHandler {
  /** Resolves once, with the whole message or with a file that has begun; rejects with a `GatewayError`. */
  readonly reply: Promise<TransportReply | TransportFile>;
  readonly #message: PostHandler;
  readonly #isFile: IsFile;
  readonly #stallMs: number;
  #resolve: (file: TransportFile) => void = () => {};
  #head: Head | undefined;
  #stream: Readable | undefined;
  #stall: NodeJS.Timeout | undefined;

  constructor(options: { readonly maxBytes: number; readonly isFile: IsFile; readonly stallMs: number }) {
    this.#message = new PostHandler(options.maxBytes);
    this.#isFile = options.isFile;
    this.#stallMs = options.stallMs;
    const file = new Promise<TransportFile>((resolve) => {
      this.#resolve = resolve;
    });
    this.reply = Promise.race([file, this.#message.reply]);
  }

  /** Stops waiting for a beginning; a file that has begun goes on. */
  giveUp(reason: 'deadline' | 'aborted'): void {
    if (this.#stream === undefined) this.#message.giveUp(reason);
  }

  onRequestStart(controller: Controller): void {
    this.#message.onRequestStart(controller);
  }

  onResponseStart(controller: Controller, status: number, headers: Head['headers']): void {
    const type = headers['content-type'];
    const contentType = (Array.isArray(type) ? type[0] : type) ?? '';
    if (status >= 200) this.#head = { controller, status, contentType, headers };
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const head = this.#head;
    if (head !== undefined) {
      const { status, contentType } = head;
      if (this.#isFile({ status, contentType, first: chunk })) this.#open(head);
      else this.#toMessage();
    }
    if (this.#stream === undefined) return this.#message.onResponseData(controller, chunk);
    this.#stall?.refresh();
    if (!this.#stream.push(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#toMessage();
    if (this.#stream === undefined) return this.#message.onResponseEnd();
    clearTimeout(this.#stall);
    this.#stream.push(null);
  }

  onResponseError(controller: Controller | undefined, error: Error): void {
    this.#toMessage();
    if (this.#stream === undefined) return this.#message.onResponseError(controller, error);
    this.#stream.destroy(cutOff('cut-off', error));
  }

  /** Whatever has not turned out to be a file is a message. */
  #toMessage(): void {
    const head = this.#head;
    this.#head = undefined;
    if (head !== undefined) this.#message.onResponseStart(head.controller, head.status, head.headers);
  }

  #open({ controller, status, contentType, headers }: Head): void {
    this.#head = undefined;
    const stream = new Readable({
      read: () => {
        this.#stall?.refresh();
        controller.resume();
      },
      destroy: (error, done) => {
        clearTimeout(this.#stall);
        controller.abort(new Error('not wanted'));
        done(error);
      },
    });
    this.#stream = stream;
    this.#stall = setTimeout(() => stream.destroy(cutOff('stalled')), this.#stallMs);
    this.#resolve({ status, headers, contentType, stream });
  }
}

function cutOff(reason: string, cause?: Error): GatewayError {
  const facts = { reason };
  return new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts }, cause === undefined ? {} : { cause });
}
