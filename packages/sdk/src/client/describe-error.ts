/** An error in the three questions of whoever has to act: who spoke, may the far side have acted, what to do. */
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode, Fault } from '@yiqiao/model';
import { isTold } from './told.ts';

/** What an error comes to. */
export interface ErrorDescription {
  readonly code: ErrorCode;
  /**
   * `you`: the request was refused here, before it left. `gateway`: a gateway of this kind. `far-side`: the platform, in
   * the words of `upstream`. `nobody`: no answer. `settings`: what is configured does not work.
   */
  readonly whoSpoke: 'you' | 'gateway' | 'far-side' | 'nobody' | 'settings';
  /** `no`: nothing was done. `yes`: it is done. `unknown`: it may be done. */
  readonly mayHaveActed: 'no' | 'yes' | 'unknown';
  /** For the integrator: what is wrong and what to do. */
  readonly whatToDo: { readonly zh: string; readonly en: string };
  /** For the cashier. */
  readonly cashier: { readonly zh: string; readonly en: string };
  /** Each place that is wrong. */
  readonly faults: readonly Fault[];
  /** The far side's own code and text. */
  readonly upstream?: { readonly code: string; readonly text: string };
  /** The message that it is about, for `client.resolve`. */
  readonly messageId?: string;
}

/** It was done, by this message or by an earlier one. */
const DONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ALREADY_DONE',
  'CONFIRMED_BY_PERSON',
  'ANSWER_EXPIRED',
]);

/** Describes whatever a call of the client rejects with; something else than a `GatewayError` is an error of ours. */
export function describeError(error: unknown): ErrorDescription {
  const known = error instanceof GatewayError ? error : new GatewayError('INTERNAL', {}, { cause: error });
  const { code, kind, details } = known;
  const mayHaveActed = DONE.has(code) ? 'yes' : kind.outcome === 'unknown' ? 'unknown' : 'no';
  const messageId = details.facts?.['originalMessageId'] ?? details.facts?.['messageId'];
  return {
    code,
    whoSpoke: speakerOf(known),
    mayHaveActed,
    whatToDo: mayHaveActed === 'unknown' ? withAdvice(kind.cause) : kind.cause,
    cashier: details.cashier ?? kind.cashier,
    faults: details.faults ?? [],
    ...(details.upstream === undefined ? {} : { upstream: details.upstream }),
    ...(typeof messageId === 'string' ? { messageId } : {}),
  };
}

function speakerOf(error: GatewayError): ErrorDescription['whoSpoke'] {
  if (isTold(error))
    return error.details.upstream !== undefined && error.code === 'UPSTREAM_REJECTED'
      ? 'far-side'
      : 'gateway';
  switch (error.kind.origin) {
    case 'caller':
      return 'you';
    case 'operator':
      return 'settings';
    case 'upstream':
      return error.code === 'UPSTREAM_REJECTED' ? 'far-side' : 'nobody';
    case 'gateway':
      return 'nobody';
  }
}

function withAdvice({ zh, en }: { readonly zh: string; readonly en: string }) {
  return {
    zh: `${zh}不要作为新报文重发；请用 client.resolve(error) 查明结果。`,
    en: `${en} Do not send it as a new message; find out with client.resolve(error).`,
  };
}
