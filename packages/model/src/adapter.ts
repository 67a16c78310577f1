/** The contract between the router and whatever speaks to a far side. */
import type { CanonicalRequest, CanonicalResponse, CommitKey } from './message.ts';

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
  /**
   * Makes it durable that these bytes are about to leave. Await it before the first byte leaves. `commitKey`: the numbers
   * by which a two-phase far side knows the message whether or not its answer arrives.
   */
  recordSent(sent: Transcript, commitKey?: CommitKey): Promise<void>;
  /** Such numbers of a message that is on record already: it leaves again under the same ones. */
  readonly commitKey?: CommitKey;
  /** Hands over the reply as received, before it is interpreted; not durable by itself. */
  noteReply(reply: Transcript): void;
  /** Aborts waiting; an abort after the first byte left is an unknown outcome. */
  readonly signal: AbortSignal;
  /**
   * True when the message finds out or ends what an earlier one began (a repetition, an undo, a reversal, a record
   * that is owed): it waits for the far side however long, where a new one is refused at once.
   */
  readonly resolving: boolean;
  /**
   * Hands over an answer that came after the call had failed for want of it. It changes no outcome by itself: it is
   * put on record, reported, and taken back where it stands.
   */
  noteLate?(late: LateAnswer): void;
}

/** An answer that nobody waited for any more; `response` when it can be read. */
export interface LateAnswer {
  readonly reply: Transcript;
  readonly response?: CanonicalResponse;
}

/** A message that was sent and whose answer is missing. */
export interface SentRecord {
  /** The request as it was sent, with the message id of that hop. */
  readonly request: CanonicalRequest;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** As `CallContext.recordSent` was told; absent when the message left without such numbers. */
  readonly commitKey?: CommitKey;
}

/** One far side. */
export interface Adapter {
  readonly id: string;
  /**
   * Sends one request and awaits its answer; awaits `context.recordSent` before the first byte leaves.
   * @throws GatewayError `UPSTREAM_REJECTED` | `UPSTREAM_UNREACHABLE`, `SIGNER_UNAVAILABLE` (no byte left) |
   *   `UPSTREAM_TIMEOUT` | `UPSTREAM_REPLY_UNUSABLE` (both unknown) | `HANDED_TO_PERSON` |
   *   `CONFIRMED_BY_PERSON` (told by a gateway further on of this very message) | a `caller` error when the
   *   target format cannot carry the request (nothing was sent); nothing else.
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

/**
 * What a far side tells of a message whose answer is missing. `done`: it stands, and this is its answer.
 * `staged` (two-phase far sides): it was computed and waits for confirmation or cancellation, its answer is not
 * told. `not-done`: it is not there; it may still be on its way. `unknown`: nothing can be concluded.
 */
export type QueryResult =
  | { readonly state: 'done'; readonly response: CanonicalResponse }
  | { readonly state: 'staged'; readonly commitKey: CommitKey }
  | { readonly state: 'not-done' }
  | { readonly state: 'unknown' };

/** Optional ability: ask what became of a sent message, with nothing that only its lost answer would tell. */
export interface AdapterWithQuery extends Adapter {
  /** Whether this message can be asked about; the profile's data say so. */
  canAskAbout(request: CanonicalRequest): boolean;
  /**
   * Asks; it changes nothing, so that it is repeated freely and `context.recordSent` writes nothing.
   * @throws GatewayError as `execute`.
   */
  query(sent: SentRecord, context: CallContext): Promise<QueryResult>;
}

/** Whether an adapter can ask about this message. */
export function canQuery(adapter: Adapter, request: CanonicalRequest): adapter is AdapterWithQuery {
  return 'query' in adapter && (adapter as AdapterWithQuery).canAskAbout(request);
}

/** A message of a two-phase far side that is to be confirmed or cancelled. */
export interface StagedMessage {
  readonly sent: SentRecord;
  /**
   * As the answer (`CanonicalResponse.commitKey`) or a query told it, else as it was on record before the message left;
   * absent when neither did.
   */
  readonly commitKey?: CommitKey;
  /** Message id minted for this call; the same at each repetition. */
  readonly messageId: string;
}

/** What a confirmation or cancellation came to. `nothing-there`: the far side does not know the number. */
export type CommitResult = 'done' | 'nothing-there' | 'refused' | 'unknown';

/**
 * Optional ability: a far side at which a write stands only once it is confirmed. An answer whose `commitKey` is
 * set waits for that; both calls await `context.recordSent` and are repeated until they are answered, the far
 * side's own number making a repetition harmless.
 */
export interface AdapterWithTwoPhase extends Adapter {
  /** Whether this message is computed first and confirmed afterwards; the profile's data say so. */
  isStaged(request: CanonicalRequest): boolean;
  /** Lets it stand. @throws GatewayError `UPSTREAM_UNREACHABLE`: no byte left. */
  confirm(message: StagedMessage, context: CallContext): Promise<CommitResult>;
  /** Drops it; without `commitKey` only where the far side finds it otherwise, else `refused`. @throws GatewayError `UPSTREAM_UNREACHABLE`. */
  cancel(message: StagedMessage, context: CallContext): Promise<CommitResult>;
}

/** Whether this message is one of a two-phase far side. */
export function isTwoPhase(adapter: Adapter, request: CanonicalRequest): adapter is AdapterWithTwoPhase {
  return 'confirm' in adapter && (adapter as AdapterWithTwoPhase).isStaged(request);
}
