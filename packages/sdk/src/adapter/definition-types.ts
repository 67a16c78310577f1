/** What an adapter says of its far side: what can be asked of it, and what it tells us unasked. */
import type { CommitKey, WireObject } from '@yiqiao/model';
import type { AdapterCodec } from './codecs.ts';

/** Operations of an adapter by name: what goes in, what comes out. */
export type OperationTypes<Ops> = {
  readonly [K in keyof Ops]: { readonly request: unknown; readonly response: unknown };
};

/** What a mapping is told of the message beside its content. */
export interface MessageParts {
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The far side's own words for a refusal. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
}

/**
 * How it is found out what became of a write whose answer is missing: by asking (`query`), by taking it back (`undo`),
 * by sending the same again, where the far side does it once (`repeat`), or by a person.
 */
export type WayOut = 'query' | 'undo' | 'repeat' | 'person';

/** A message that was sent and whose answer is missing. */
export interface SentCall<Request> {
  readonly request: Request;
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** What is known of it. `not-done`: it is not there; it may still be on its way. */
export type CallOutcome<Response> =
  { readonly state: 'done'; readonly response: Response } | { readonly state: 'not-done' | 'unknown' };

/** How a call is asked about. */
export type QueryRule<Ops extends OperationTypes<Ops>, K extends keyof Ops> = {
  readonly [Q in keyof Ops]: {
    /** The reading call that tells it. */
    readonly with: Q;
    /** Made of what was sent: nothing that only the lost answer would tell. */
    readonly toRequest: (sent: SentCall<Ops[K]['request']>) => Ops[Q]['request'];
    readonly outcome: (
      answer: Ops[Q]['response'],
      sent: SentCall<Ops[K]['request']>,
    ) => CallOutcome<Ops[K]['response']>;
    /** What a refusal of the question says; `unknown` when absent. */
    readonly onRefusal?: (refusal: Refusal) => 'not-done' | 'unknown';
  };
}[keyof Ops];

/** How a call is taken back. */
export type UndoRule<Ops extends OperationTypes<Ops>, K extends keyof Ops> = {
  readonly [U in keyof Ops]: {
    /** The writing call that takes it back; it must be harmless where there is nothing to take back. */
    readonly with: U;
    readonly toRequest: (sent: SentCall<Ops[K]['request']>) => Ops[U]['request'];
    /** What a refusal says; `unknown` when absent. */
    readonly onRefusal?: (refusal: Refusal) => 'nothing-there' | 'unknown';
  };
}[keyof Ops];

/** A write that was computed and waits for confirmation. */
export interface StagedCall<Request> extends SentCall<Request> {
  /** As the answer told it; absent when no answer came. */
  readonly commitKey?: CommitKey;
}

/** What a confirmation or cancellation came to. `nothing-there`: the far side does not know the number. */
export type StagedResult = 'done' | 'nothing-there' | 'refused' | 'unknown';

/** How a computed call is let stand, or dropped. */
export type StagedRule<Ops extends OperationTypes<Ops>, K extends keyof Ops> = {
  readonly [S in keyof Ops]: {
    /** The writing call that does it; repeated until it is answered. */
    readonly with: S;
    readonly toRequest: (staged: StagedCall<Ops[K]['request']>) => Ops[S]['request'];
    /** What a refusal says; `refused` when absent. */
    readonly onRefusal?: (refusal: Refusal) => 'nothing-there' | 'refused' | 'unknown';
  };
}[keyof Ops];

/** A far side at which a write stands only once it is confirmed. */
export interface TwoPhaseRule<Ops extends OperationTypes<Ops>, K extends keyof Ops> {
  /** The numbers by which the far side knows what it computed; `undefined`: it stands at once. */
  readonly commitKey: (response: Ops[K]['response']) => CommitKey | undefined;
  readonly confirm: StagedRule<Ops, K>;
  readonly cancel: StagedRule<Ops, K>;
}

/** One call. */
export interface CallDefinition<Ops extends OperationTypes<Ops>, K extends keyof Ops> {
  /** `read` changes nothing at the far side and may be repeated. */
  readonly effect: 'read' | 'write';
  /** Goes below the path of the address, without leading slash. */
  readonly path?: string | ((request: Ops[K]['request']) => string);
  /** Further headers. */
  readonly headers?: (request: Ops[K]['request'], parts: MessageParts) => Readonly<Record<string, string>>;
  /** Members of the message as the far side names them. */
  readonly toWire: (request: Ops[K]['request'], parts: MessageParts) => WireObject;
  /** What an answer means; what it throws makes the answer unusable. `readMembers` collects all that is wrong. */
  readonly toModel: (answer: WireObject, request: Ops[K]['request']) => Ops[K]['response'];
  /** A refusal, `undefined` when the answer is none; in place of that of the definition. */
  readonly refusal?: (answer: WireObject) => Refusal | undefined;
  /** Every write names one. */
  readonly wayOut?: WayOut;
  readonly query?: QueryRule<Ops, K>;
  readonly undo?: UndoRule<Ops, K>;
  readonly twoPhase?: TwoPhaseRule<Ops, K>;
}

/** What a notification says, once it is read. */
export interface NotificationContent<Event> {
  /** Number of the notification with its sender: the same number is acted on once. */
  readonly id: string;
  readonly event: Event;
}

/** What becomes of a notification, as its sender hears it. */
export type NotificationResult =
  | { readonly state: 'accepted' | 'duplicate' | 'parked' }
  | { readonly state: 'refused'; readonly refusal: Refusal };

/** One message that the far side sends us unasked. */
export interface NotificationDefinition<Event> {
  /** Where it is posted, below the address of the listener. */
  readonly path: string;
  /** What it says; what it throws refuses it. `readMembers` collects all that is wrong. */
  readonly read: (message: WireObject) => NotificationContent<Event>;
  /** Our answer to it in the far side's names. */
  readonly answer: (result: NotificationResult, parts: MessageParts) => WireObject;
  /** HTTP status of an answer; 200 for all when absent. */
  readonly status?: (result: NotificationResult) => number;
}

/** Asks the far side from time to time for what it does not tell unasked. */
export interface PollingDefinition<Ops extends OperationTypes<Ops>> {
  readonly intervalMs: number;
  readonly poll: (parts: {
    readonly call: <K extends keyof Ops>(
      operation: K,
      request: Ops[K]['request'],
    ) => Promise<Ops[K]['response']>;
    readonly signal: AbortSignal;
  }) => Promise<void>;
}

/** All that is said of a far side. `Events`: notifications by name → what they tell. */
export interface AdapterSpec<Ops extends OperationTypes<Ops>, Events extends object = Record<never, never>> {
  /** Names the adapter in errors and logs. */
  readonly id: string;
  readonly codec: AdapterCodec;
  readonly calls: { readonly [K in keyof Ops]: CallDefinition<Ops, K> };
  /** A refusal in an answer, for all calls that have no rule of their own. */
  readonly refusal?: (answer: WireObject) => Refusal | undefined;
  /** Members whose bytes a signature in the body covers; `input` and `output` when absent. */
  readonly signedMember?: { readonly request: string; readonly response: string };
  readonly notifications?: { readonly [N in keyof Events]: NotificationDefinition<Events[N]> };
  readonly polling?: PollingDefinition<Ops>;
}

/** A definition that has been checked. */
export interface AdapterDefinition<
  Ops extends OperationTypes<Ops>,
  Events extends object = Record<never, never>,
> extends AdapterSpec<Ops, Events> {
  readonly checked: true;
}
