/** Calls of libraries that only run on Windows, through a relay beside the card reader. Source: docs/relay.md, ADR 8. */
import { besideHeaders, readBeside } from '@yiqiao/insurance-platform';
import type { Beside } from '@yiqiao/insurance-platform';
import { ERRORS, GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, ErrorCode } from '@yiqiao/model';
import { createTransport } from '@yiqiao/transport';
import type { TransportOptions, TransportReply } from '@yiqiao/transport';

/** Where the relay is. */
export interface RelaySettings {
  /** `http://127.0.0.1:8610/` */
  readonly url: string;
  /** What it asks for in the header `authorization`, so that no web page of the desk calls it. */
  readonly token?: string;
  /** Until an answer must be here, people and cards included; 30 s when absent. */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly dispatcher?: TransportOptions['dispatcher'];
}

/** What one call is given beside the bytes. */
export interface RelayCallOptions {
  /** Arguments that are no part of the bytes, by name. */
  readonly beside?: Beside;
  /** Of the bytes; GBK when absent, as Windows libraries have it. */
  readonly charset?: string;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** What a call gave. */
export interface RelayAnswer {
  /** The output buffer, byte for byte. */
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Other output arguments by name; `return` is what the function returned. */
  readonly beside: Beside;
}

/** A relay. */
export interface Relay {
  /**
   * Calls a function of a library once. Its return code is `beside.return`; what it means, its own documents say.
   * @throws GatewayError `UPSTREAM_UNREACHABLE` (no relay there) | `UPSTREAM_TIMEOUT` | `UPSTREAM_REPLY_UNUSABLE` (both
   *   unknown) | `UPSTREAM_REJECTED` (no such library or function, wrong token) | `DEVICE_UNAVAILABLE` |
   *   `CARD_UNREADABLE` | `CREDENTIAL_ENDED`, as the relay tells
   */
  call(library: string, name: string, bytes: Uint8Array, options?: RelayCallOptions): Promise<RelayAnswer>;
  close(): Promise<void>;
}

const TIMEOUT_MS = 30_000;
const CODE_HEADER = 'x-yiqiao-code';
/** What a relay may tell by its code; anything else is its own refusal. */
const TOLD: ReadonlySet<string> = new Set<ErrorCode>([
  'DEVICE_UNAVAILABLE',
  'CARD_UNREADABLE',
  'CREDENTIAL_ENDED',
  'MESSAGE_INVALID',
]);

/** Makes the way to a relay; nothing is connected before the first call. */
export function createRelay(settings: RelaySettings): Relay {
  const { url, token, timeoutMs = TIMEOUT_MS, clock = systemClock } = settings;
  const transport = createTransport({
    url,
    clock,
    connections: 2,
    maxResponseBytes: 4 * 1024 * 1024,
    timeouts: { connectMs: 2_000, idleMs: 5_000 },
    ...(settings.dispatcher === undefined ? {} : { dispatcher: settings.dispatcher }),
  });
  return {
    async call(library, name, bytes, options = {}) {
      const { beside = {}, charset = 'GBK', signal = new AbortController().signal } = options;
      const reply = await transport.post({
        path: `${encodeURIComponent(library)}/${encodeURIComponent(name)}`,
        body: bytes,
        contentType: `text/plain; charset=${charset}`,
        headers: {
          ...besideHeaders(beside),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        deadline: clock.now() + (options.timeoutMs ?? timeoutMs),
        signal,
      });
      return readReply(reply, { library, name });
    },
    close: () => transport.close(),
  };
}

function readReply(
  reply: TransportReply,
  call: { readonly library: string; readonly name: string },
): RelayAnswer {
  const { status, body, contentType, headers } = reply;
  const facts = { ...call, status };
  const told = headers[CODE_HEADER];
  if (typeof told === 'string') throw toldError(told, { ...call, status }, body);
  if (status === 504) throw new GatewayError('UPSTREAM_TIMEOUT', { facts });
  if (status >= 400 && status < 500) {
    const upstream = { code: String(status), text: `HTTP ${status}` };
    throw new GatewayError('UPSTREAM_REJECTED', { upstream, facts });
  }
  // 204: an output buffer that stayed empty.
  if (status !== 200 && status !== 204) throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts });
  try {
    return { bytes: body, contentType, beside: readBeside(headers) };
  } catch (cause) {
    throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { ...facts, why: 'beside' } }, { cause });
  }
}

/** The relay's own words: plain text in UTF-8. */
function toldError(
  code: string,
  facts: { readonly library: string; readonly name: string; readonly status: number },
  body: Uint8Array,
): GatewayError {
  const text = Buffer.from(body).toString('utf8').slice(0, 500);
  const upstream = { code, text };
  if (TOLD.has(code) && code in ERRORS) return new GatewayError(code as ErrorCode, { facts, upstream });
  return new GatewayError('UPSTREAM_REJECTED', { facts, upstream });
}
