/** Sends one message, again under the same id where that is harmless, until it is answered or time is up. */
import { setTimeout as pause } from 'node:timers/promises';
import { GatewayError } from '@yiqiao/model';
import type {
  Adapter,
  CallContext,
  CanonicalRequest,
  CanonicalResponse,
  Clock,
  Operation,
  Transcript,
} from '@yiqiao/model';
import type { ClientHooks, MessageEvent } from './client-types.ts';
import { isTold, toldError } from './told.ts';

/** What messages are sent with. */
export interface SendingParts {
  readonly adapter: Adapter;
  readonly clock: Clock;
  readonly hooks: ClientHooks;
}

/** How long an answer is waited for. */
export interface Limits {
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** One message to send. */
export interface Sending extends Limits {
  readonly request: CanonicalRequest;
  readonly operation: Operation;
  /** The far side does it once, however often it comes. */
  readonly mayRepeat: boolean;
  /** It may have arrived before: a refusal for reasons of the moment tells nothing then. */
  readonly doubtful: boolean;
  /** Awaited before the first byte of the first sending leaves. */
  readonly beforeFirst?: () => Promise<void>;
}

/**
 * Sends a message and awaits its answer.
 * @throws GatewayError as an adapter does, or with the code that a gateway has told. Once a sending may have arrived,
 *   only an answer or a refusal about the matter itself ends the doubt.
 */
export async function sendMessage(parts: SendingParts, sending: Sending): Promise<CanonicalResponse> {
  let doubt: GatewayError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await sendOnce(parts, sending, attempt);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      const weight = weigh(error);
      if (weight === 'unknown') doubt = withMessage(error, sending);
      else if (weight === 'refused' || (doubt === undefined && !sending.doubtful))
        throw withMessage(error, sending);
      const waitMs = attempt === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 2), LONGEST_PAUSE_MS);
      const isLate = sending.signal.aborted || parts.clock.now() + waitMs >= sending.deadline;
      if (!sending.mayRepeat || weight === 'local' || isWithPerson(error) || isLate)
        throw doubt ?? undecided(error, sending);
      await pause(waitMs, undefined, { signal: sending.signal }).catch(() => undefined);
    }
  }
}

/**
 * What an error says about a message that may have arrived before. `refused`: the far side has decided. `moment`: it was
 * turned away for the moment, or did not leave this time. `local`: it is not even sent, and never will be.
 */
type Weight = 'unknown' | 'refused' | 'moment' | 'local';

function weigh(error: GatewayError): Weight {
  const { code, kind, details } = error;
  if (kind.outcome === 'unknown') return 'unknown';
  if (code === 'UPSTREAM_UNREACHABLE' || code === 'SIGNER_UNAVAILABLE') return 'moment';
  if (code !== 'UPSTREAM_REJECTED' && !isTold(error)) return 'local';
  const isOfMoment = details.facts?.['notNow'] !== undefined || details.facts?.['status'] !== undefined;
  return isOfMoment ? 'moment' : 'refused';
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 4_000;

async function sendOnce(
  { adapter, clock, hooks }: SendingParts,
  sending: Sending,
  attempt: number,
): Promise<CanonicalResponse> {
  const { request, operation, deadline, signal } = sending;
  const { messageId, transaction } = request.header;
  const startedAt = clock.now();
  let reply: Transcript | undefined;
  const event = (): MessageEvent => ({ messageId, operation, transaction, attempt, at: clock.now() });
  const raw = (direction: 'request' | 'response', { bytes, contentType }: Transcript): void =>
    hooks.onRaw?.({ ...event(), direction, bytes, contentType });
  const context: CallContext = {
    deadline,
    signal,
    resolving: sending.doubtful,
    async recordSent(sent) {
      if (attempt === 1) await sending.beforeFirst?.();
      hooks.onSend?.({ ...event(), bytes: sent.bytes.length });
      raw('request', sent);
    },
    noteReply(got) {
      reply = got;
      raw('response', got);
    },
  };
  try {
    const response = await adapter.execute(request, context);
    const warnings = response.deviations.map(({ rule, at }) => `${rule} ${at}`);
    hooks.onAnswer?.({ ...event(), durationMs: clock.now() - startedAt, warnings });
    return response;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const told = toldError(error, reply);
    hooks.onError?.({ ...event(), durationMs: clock.now() - startedAt, code: told.code });
    throw told;
  }
}

/** Asking again is useless: a person has it. */
function isWithPerson({ code }: GatewayError): boolean {
  return code === 'HANDED_TO_PERSON' || code === 'CONFIRMED_BY_PERSON' || code === 'ANSWER_EXPIRED';
}

function withMessage(error: GatewayError, { request }: Sending): GatewayError {
  const { messageId, transaction } = request.header;
  const facts = { ...error.details.facts, messageId, transaction };
  return new GatewayError(error.code, { ...error.details, facts }, { cause: error.cause ?? error });
}

/** The far side could not be asked: what it did with the earlier sending is as unknown as before. */
function undecided(error: GatewayError, sending: Sending): GatewayError {
  const facts = { because: error.code };
  return withMessage(new GatewayError('UPSTREAM_TIMEOUT', { facts }, { cause: error }), sending);
}
