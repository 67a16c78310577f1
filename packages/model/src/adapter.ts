/** The contract between the router and whatever speaks to a far side. */
import type { CanonicalRequest, CanonicalResponse } from './message.ts';

/** Bytes as they crossed the wire, for the record. */
export interface Transcript {
  readonly bytes: Uint8Array;
  /** Media type with charset. */
  readonly contentType: string;
}

/** What an adapter is given for one call. */
export interface CallContext {
  /** Epoch milliseconds by which the answer must be here. */
  readonly deadline: number;
  /** Makes it durable that these bytes are about to leave. Await it before the first byte leaves. */
  recordSent(sent: Transcript): Promise<void>;
  /** Hands over the reply as received, before it is interpreted; not durable by itself. */
  noteReply(reply: Transcript): void;
  /** Aborts waiting; an abort after the first byte left is an unknown outcome. */
  readonly signal: AbortSignal;
}

/** A message that was sent and whose answer is missing. */
export interface SentRecord {
  /** The request as it was sent, with the message id of that hop. */
  readonly request: CanonicalRequest;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** One far side. */
export interface Adapter {
  readonly id: string;
  /**
   * Sends one request and awaits its answer; awaits `context.recordSent` before the first byte leaves.
   * @throws GatewayError `UPSTREAM_REJECTED` | `UPSTREAM_UNREACHABLE` (no byte left) |
   *   `UPSTREAM_TIMEOUT` | `UPSTREAM_REPLY_UNUSABLE` (both unknown) | a `caller` error when the target
   *   format cannot carry the request (nothing was sent); nothing else.
   */
  execute(request: CanonicalRequest, context: CallContext): Promise<CanonicalResponse>;
}

/** What a reversal came to. */
export type ReversalResult = 'reversed' | 'nothing-to-reverse' | 'refused' | 'unknown';

/** Optional ability: undo a sent message whose outcome is unknown (national: 2601). */
export interface AdapterWithReversal extends Adapter {
  /**
   * `reversal` is the complete request to send, with its own message id.
   * @throws GatewayError `UPSTREAM_UNREACHABLE`: no byte left, so it may be sent again without end.
   */
  reverse(reversal: CanonicalRequest, context: CallContext): Promise<ReversalResult>;
}

/** Whether an adapter can reverse. */
export function canReverse(adapter: Adapter): adapter is AdapterWithReversal {
  return 'reverse' in adapter;
}
