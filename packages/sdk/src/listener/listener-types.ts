/** Requests and answers of a listener. */
import type { IncomingHttpHeaders } from 'node:http';

/** A request as a route gets it. */
export interface ListenerRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  /** What stands at `:NAME` of the route's path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Aborts when the caller hangs up. */
  readonly signal: AbortSignal;
}

/** An answer. */
export interface ListenerAnswer {
  /** 200 when absent. */
  readonly status?: number;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** What is answered at one place. */
export interface ListenerRoute {
  /** `POST`, `GET`, … */
  readonly method: string;
  /** `/purchases/:id/cancel`; what stands at `:NAME` comes as `params.NAME`. */
  readonly path: string;
  /** What it throws is answered as JSON with the HTTP status of the catalogue. */
  readonly handle: (request: ListenerRequest) => Promise<ListenerAnswer> | ListenerAnswer;
}
