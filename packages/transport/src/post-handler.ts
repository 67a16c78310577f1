/** One POST as undici reports it: has it started, has an answer begun, how does it end. */
import { Buffer } from 'node:buffer';
import type { Dispatcher } from 'undici';
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';

/** An answer, complete. */
export interface TransportReply {
  readonly status: number;
  /** `''` when the answer names none. */
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Errors of undici about what came back, not about the connection. */
const UNUSABLE = /^(?:HPE_|HTTPParserError$|UND_ERR_HEADERS_OVERFLOW$|UND_ERR_RES)/;

function codeOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : error.name;
}

/** A parser's error holds the bytes it stumbled over; they are a person's data and stay out of logs. */
function withoutData(error: Error): Error {
  return 'data' in error ? new Error(error.message) : error;
}

function firstOf(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

/**
 * undici calls `onRequestStart` immediately before it writes to a connection that stands; until then no byte has
 * left, and a request that is thrown out of it is dropped without one.
 */
export class PostHandler implements Dispatcher.DispatchHandler {
  /** Resolves once with the complete answer, or rejects with a `GatewayError`. */
  readonly reply: Promise<TransportReply>;
  readonly #maxBytes: number;
  readonly #chunks: Buffer[] = [];
  #resolve: (reply: TransportReply) => void = () => {};
  #reject: (error: GatewayError) => void = () => {};
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status = 0;
  #headers: Record<string, string | string[] | undefined> = {};
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Stops waiting. Before the start the request will never leave; after it the outcome is unknown. */
  giveUp(reason: 'deadline' | 'aborted'): void {
    const started = this.#controller;
    this.#fail(started === undefined ? 'UPSTREAM_UNREACHABLE' : 'UPSTREAM_TIMEOUT', reason);
    started?.abort(new Error(reason));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A second start would be a second copy of the same money; the library promises none for POST, this makes sure.
    if (this.#controller !== undefined) throw new Error('a request is never sent twice');
    if (this.#settled) throw new Error('nobody waits for this request any more');
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = headers;
    if (Number(firstOf(headers['content-length'])) > this.#maxBytes) this.#refuseSize();
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) this.#refuseSize();
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#settled) return;
    this.#settled = true;
    const [only] = this.#chunks;
    const body = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks);
    const headers = this.#headers;
    this.#resolve({ status: this.#status, contentType: firstOf(headers['content-type']), body, headers });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const reason = codeOf(error);
    const cause = withoutData(error);
    if (this.#controller === undefined) this.#fail('UPSTREAM_UNREACHABLE', reason, cause);
    else if (this.#status > 0 || UNUSABLE.test(reason)) this.#fail('UPSTREAM_REPLY_UNUSABLE', reason, cause);
    else this.#fail('UPSTREAM_TIMEOUT', reason, cause);
  }

  #refuseSize(): void {
    this.#fail('UPSTREAM_REPLY_UNUSABLE', 'too-large');
    this.#controller?.abort(new Error('too-large'));
  }

  #fail(code: ErrorCode, reason: string, cause?: Error): void {
    if (this.#settled) return;
    this.#settled = true;
    const facts = this.#status > 0 ? { reason, status: this.#status } : { reason };
    this.#reject(new GatewayError(code, { facts }, cause === undefined ? {} : { cause }));
  }
}
