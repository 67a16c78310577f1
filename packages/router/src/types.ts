/** What goes into the outcome machine and what comes out of it. */
import type {
  Adapter,
  CanonicalRequest,
  CanonicalResponse,
  Clock,
  Deviation,
  GatewayError,
  Operation,
  Transcript,
} from '@yiqiao/model';
import type { ExchangeKey, ExchangeState, Journal, LegState, NewRecord, OddPlace } from '@yiqiao/journal';
import type { OperationEntry } from '@yiqiao/registry';
import type { RouteTable } from './route-table.ts';

/** One message to a far side on behalf of an incoming one; the predecessor's 0212 is two of them. */
export interface Step {
  /** Absent when the transaction has no canonical operation and passes in its national form. */
  readonly operation?: Operation;
  /** National transaction number. */
  readonly transaction: string;
  /** Effect of a transaction without operation; a write unless told otherwise. */
  readonly effect?: 'read' | 'write';
  /** Builds the request; `previous` holds the answers of the earlier steps. @throws GatewayError with outcome `rejected`. */
  build(previous: readonly CanonicalResponse[]): CanonicalRequest | Promise<CanonicalRequest>;
}

/** What the caller is to be told: the answers of all steps, or why there are none. */
export type Reply =
  | { readonly ok: true; readonly responses: readonly CanonicalResponse[] }
  | { readonly ok: false; readonly error: GatewayError };

/** A message that was read, verified and validated. */
export interface Incoming {
  readonly key: ExchangeKey;
  /** Digest of the content, to tell a resend from a reuse of the message id. */
  readonly digest: string;
  readonly received: Transcript;
  /** Transaction number in the caller's numbering. */
  readonly transaction: string;
  readonly steps: readonly Step[];
  /** Whether something new may be begun now; what is known is told all the same. */
  readonly taking: boolean;
  /** Epoch milliseconds until which the caller waits. */
  readonly deadline: number;
  /** Whether the answers are kept on record for later maps. */
  readonly keepsRecords: boolean;
  /**
   * Writes the caller's bytes, later where a signature has to be asked for elsewhere. A `GatewayError` for a good answer
   * means that the format cannot carry it; `SIGNER_UNAVAILABLE`, that it cannot be told yet.
   */
  formatReply(reply: Reply): WrittenReply | Promise<WrittenReply>;
}

/** The caller's bytes. */
export interface WrittenReply extends Transcript {
  /** What became odd when the answer was written in the caller's format. */
  readonly odd?: readonly Deviation[];
}

/** What the caller is told. */
export interface Told {
  readonly reply: Transcript;
  /** Why it was refused; absent when it was done. */
  readonly error?: GatewayError;
  /** Where the answer is odd; absent when it is not. */
  readonly odd?: readonly OddPlace[];
}

/** A canonical member of a request: a leaf at its top, or a list. */
export interface RequestField {
  readonly name: string;
  readonly required: boolean;
  /** A list: the leaves that each of its items must have. */
  readonly items?: readonly string[];
}

/** What the machine asks of the registry. */
export interface Knowledge {
  operation(operation: Operation): OperationEntry;
  findOperation(transaction: string): OperationEntry | undefined;
  /** Leaves at the top of an operation's request, and its lists. */
  requestFields(operation: Operation): readonly RequestField[];
  /** National name and label of a leaf at the top of an operation's answer; `undefined` for every other name. */
  answerField(operation: Operation, name: string): Pick<Deviation, 'field' | 'label'> | undefined;
}

/** `setTimeout` as a port, so that tests hold time still. */
export interface Scheduler {
  /** Runs `work` once after the delay; the result cancels it. */
  after(delayMs: number, work: () => void): () => void;
}

/** How long to wait and how often to ask. */
export interface Policy {
  /** How long the answer of a peer is waited for. */
  replyTimeoutMs(peer: string, operation: Operation | undefined): number;
  readonly resolve: {
    /** First pause between two attempts; it doubles, with jitter, up to `maxDelayMs`. */
    readonly firstDelayMs: number;
    readonly maxDelayMs: number;
    /** Attempts without usable answer before a person is called; no limit when absent. */
    readonly attempts?: number;
    /** A peer that takes messages but does not answer them for so long is left to a person. */
    readonly giveUpAfterMs: number;
    /** Resolving messages to one peer at a time. */
    readonly perPeer: number;
  };
  /** How long a message can still be on its way to the far side after it was sent. */
  readonly inFlightMs: number;
}

/** A state that an exchange has reached. */
export interface StateChange {
  readonly key: ExchangeKey;
  /** Absent when nothing was sent and so nothing is on record. */
  readonly exchangeId?: number;
  readonly transaction: string;
  readonly state: ExchangeState;
  /** Error code of a refusal, reason of a handover. */
  readonly reason?: string;
  /** What made an answer unusable, e.g. `CHARSET_WRONG`. */
  readonly why?: string;
  /** The peer whose answer is missing. */
  readonly farPeer?: string;
}

/** An answer that came after its message had been given up. */
export interface LateArrival {
  readonly key: ExchangeKey;
  readonly exchangeId: number;
  readonly transaction: string;
  /** How its message stood: still in doubt, or as it ended. */
  readonly state: LegState;
}

/** Hooks for logs and metrics; they must not throw. */
export interface Events {
  onStateChange?(change: StateChange): void;
  /** What was odd about a delivered answer. */
  onDeviations?(peer: string, transaction: string, deviations: readonly Deviation[]): void;
  /** An answer came that nobody waited for any more; `state` is how its message stood by then. */
  onLateAnswer?(late: LateArrival): void;
  /** A fault that is being retried or left to the next start: a full disk, a bug. */
  onTrouble?(error: unknown, key: ExchangeKey): void;
}

/** What the machine works with. */
export interface ExchangeDeps {
  readonly registry: Knowledge;
  readonly journal: Journal;
  /** By peer id; read at each use, so that a reload may replace entries. */
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly routes: RouteTable;
  readonly clock: Clock;
  /** Milliseconds since whenever; unlike `clock`, nobody sets it, so that waits are measured by it. */
  readonly elapsed: Clock;
  readonly scheduler: Scheduler;
  /** Jitter, 0 ≤ x < 1. */
  readonly random: () => number;
  /** A new message id of this hop for an institution. */
  readonly mintMessageId: (institution: string) => string;
  readonly policy: Policy;
  readonly events: Events;
}

/** How an exchange ended, for everyone who waits for it. */
export interface Ending {
  readonly state: 'answered' | 'rejected' | 'reversed' | 'handed-to-person';
  /** Bytes on record; formatted anew when absent. */
  readonly reply?: WrittenReply;
  readonly responses?: readonly CanonicalResponse[];
  /** Where the answer is odd, of an exchange on record; else that is seen from `responses` and `reply`. */
  readonly odd?: readonly OddPlace[];
  /** Absent when answered. */
  readonly error?: GatewayError;
  /** Error code of a refusal, reason of a handover. */
  readonly reason?: string;
  readonly records?: readonly NewRecord[];
}

/** The outcome machine. */
export interface Exchanges {
  /**
   * Does what a message asks, once: a resend joins the running exchange or gets the stored reply.
   * @throws GatewayError whose `kind.infcode` is `null` when the outcome is not known by the deadline.
   */
  perform(incoming: Incoming): Promise<Told>;
  /**
   * Starts the resolver of every open exchange on record that nobody is at; resolves with how many there were. Where
   * several processes have the journal in common, what one of them leaves is looked for from then on.
   */
  recover(): Promise<number>;
  /** Exchanges that run now, waiting callers or not. */
  readonly running: number;
  /** Resolves when nothing runs any more, owed records included; further work may have begun by then. */
  idle(): Promise<void>;
  /** Takes no more work, waits for what runs until `deadline` (epoch ms); open exchanges stay on record. */
  drain(deadline: number): Promise<void>;
}
