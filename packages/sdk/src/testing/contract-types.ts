/** Samples of a far side, and the checks that are made of them. */
import type { WireObject } from '@yiqiao/model';
import type { AdapterDefinition, MessageParts, OperationTypes } from '../adapter/definition-types.ts';

/** A notification as it is right. */
export interface NotificationSample<Event> {
  readonly message: WireObject;
  readonly id: string;
  readonly event: Event;
  /** The same number with another content. */
  readonly altered: WireObject;
}

/** One check: a sentence, and what throws when it does not hold. For mocha: `it(title, run)`; for node:test alike. */
export interface ContractCheck {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** An exchange as it is right: from the far side's documents, or recorded. */
export interface CallSample<Request, Response> {
  readonly request: Request;
  /** What the request is written as, where that is known. */
  readonly wire?: WireObject;
  /** The far side's answer, in its own names. */
  readonly answer: WireObject;
  /** What it means. */
  readonly response: Response;
  /** An answer by which the far side refuses; needed where the definition reads refusals. */
  readonly refused?: WireObject;
  /** What the far side answers when it is asked about this very call: it was done, it was not. For `wayOut: 'query'`. */
  readonly asked?: { readonly done: WireObject; readonly notDone: WireObject };
}

/** A sample for each call and notification. */
export interface ContractSamples<Ops extends OperationTypes<Ops>, Events extends object> {
  readonly calls: { readonly [K in keyof Ops]: CallSample<Ops[K]['request'], Ops[K]['response']> };
  readonly notifications?: { readonly [N in keyof Events]: NotificationSample<Events[N]> };
}

/** A definition whose operations are known by name alone. */
export type AnyDefinition = AdapterDefinition<
  Record<string, { request: unknown; response: unknown }>,
  Record<string, unknown>
>;

/** A call with its sample. */
export interface SampledCall {
  readonly definition: AnyDefinition;
  readonly operation: string;
  readonly sample: CallSample<unknown, unknown>;
}

/** What maps are told when samples are written. */
export const SAMPLE_PARTS: MessageParts = { messageId: 'contract-check', now: 1_767_225_600_000 };
