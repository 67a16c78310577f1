/** How an adapter is connected, and what can be done with it then. */
import type { Clock, ErrorCode, Transcript } from '@yiqiao/model';
import type { TlsOptions, TransportOptions } from '@yiqiao/transport';
import type {
  AdapterDefinition,
  OperationTypes,
  SentCall,
  StagedCall,
  StagedResult,
} from './definition-types.ts';
import type { Poller, PollProblem } from './polling.ts';
import type { AdapterSigning } from './signing.ts';

/** Where the far side is, and how it is spoken to. */
export interface ConnectionSettings {
  /** `http:` or `https:`; paths of calls go below it. */
  readonly url: string;
  /** Until the answer of a call must be here; 30 s when absent. */
  readonly timeoutMs?: number;
  /** Connections at most; 8 when absent. */
  readonly connections?: number;
  /** 16 MiB when absent. */
  readonly maxResponseBytes?: number;
  readonly tls?: TlsOptions;
  /** Absent: nothing is signed and nothing expected to be. */
  readonly signing?: readonly AdapterSigning[];
  /** The machine's when absent. */
  readonly clock?: Clock;
  readonly hooks?: AdapterHooks;
  /** Takes the place of the network, e.g. undici's `MockAgent`; whoever gives it closes it. */
  readonly dispatcher?: TransportOptions['dispatcher'];
}

/** What a call was, without contents. */
export interface CallNote {
  readonly adapter: string;
  readonly operation: string;
  readonly messageId: string;
}

/** What may be heard of calls: sizes, times and codes, never contents. */
export interface AdapterHooks {
  readonly onSend?: (note: CallNote & { readonly bytes: number }) => void;
  readonly onAnswer?: (
    note: CallNote & { readonly bytes: number; readonly status: number; readonly ms: number },
  ) => void;
  readonly onError?: (note: CallNote & { readonly code: ErrorCode; readonly ms: number }) => void;
  /** The messages themselves, persons included: for recording exchanges in tests, never for logs. */
  readonly onRaw?: (exchange: RawExchange) => void;
}

/** Both messages of a call as they crossed the wire. */
export interface RawExchange {
  readonly operation: string;
  readonly path: string;
  readonly request: Transcript;
  readonly status: number;
  readonly answer: Transcript;
}

/** What one call may be given. */
export interface CallOptions {
  /** Ours; a random one when absent. The same at each repetition. */
  readonly messageId?: string;
  /** An abort before the first byte leaves means nothing was sent; after it, the outcome is unknown. */
  readonly signal?: AbortSignal;
  /** Epoch milliseconds; sooner than the timeout of the connection. */
  readonly deadline?: number;
  /** Awaited before the first byte leaves; what it throws goes to the caller and nothing is sent. */
  readonly beforeSend?: (sent: Transcript) => Promise<void> | void;
  /** Gets the answer as received, before it is interpreted. */
  readonly noteReply?: (reply: Transcript) => void;
}

/** What is known in the end of a write whose answer was missing. */
export type Resolution<Response> =
  | { readonly state: 'done'; readonly response: Response }
  /** It is not there (it may still be on its way), it was taken back, it is not known yet, or a person has to ask. */
  | { readonly state: 'not-done' | 'undone' | 'unknown' | 'person' };

/** A far side that can be called. */
export interface ConnectedAdapter<
  Ops extends OperationTypes<Ops>,
  Events extends object = Record<never, never>,
> {
  readonly definition: AdapterDefinition<Ops, Events>;
  /**
   * Asks once, never again by itself.
   * @throws GatewayError `UPSTREAM_REJECTED` with the far side's words | `UPSTREAM_UNREACHABLE`, `SIGNER_UNAVAILABLE`
   *   (no byte left) | `UPSTREAM_TIMEOUT` | `UPSTREAM_REPLY_UNUSABLE` (both unknown) | a `caller` error or
   *   `ADAPTER_INVALID` when the request cannot be written (nothing was sent).
   */
  call<K extends keyof Ops & string>(
    operation: K,
    request: Ops[K]['request'],
    options?: CallOptions,
  ): Promise<Ops[K]['response']>;
  /**
   * Goes the call's way out once: asks, takes back, or sends the same again. `unknown`: try again later.
   * @throws GatewayError `UPSTREAM_UNREACHABLE`: the far side cannot be asked now.
   */
  resolve<K extends keyof Ops & string>(
    operation: K,
    sent: SentCall<Ops[K]['request']>,
    options?: Omit<CallOptions, 'messageId'>,
  ): Promise<Resolution<Ops[K]['response']>>;
  /**
   * Lets a computed write stand (`confirm`) or drops it (`cancel`), once; to be repeated while it is `unknown`.
   * @throws GatewayError `UPSTREAM_UNREACHABLE`: no byte left.
   */
  conclude<K extends keyof Ops & string>(
    how: 'confirm' | 'cancel',
    operation: K,
    staged: StagedCall<Ops[K]['request']>,
    options?: CallOptions,
  ): Promise<StagedResult>;
  /** Asks from time to time, as the definition's `polling` has it; `undefined` where it has none. */
  poller(onProblem?: (problem: PollProblem) => void): Poller | undefined;
  /** Waits for what is under way and closes the connections. */
  close(): Promise<void>;
}
