/**
 * Stands before the adapter of one far side, so that one that is slow, dead or closed costs the others nothing: a queue
 * of its own with an end, no new messages while it is down, none while it is closed. Whatever the guard refuses has not
 * been sent. What is owed to an exchange that has begun passes a far side that is down, and waits for one that is closed.
 */
import { GatewayError } from '@yiqiao/model';
import type {
  Adapter,
  AdapterWithQuery,
  AdapterWithReversal,
  AdapterWithTwoPhase,
  CallContext,
  CanonicalRequest,
  Clock,
} from '@yiqiao/model';
import { createBreaker } from './peer-guard-breaker.ts';
import type { BreakerSettings, PeerState } from './peer-guard-breaker.ts';
import { createPeerQueue } from './peer-guard-queue.ts';
import type { Scheduler } from './types.ts';

/** How one far side is guarded. */
export interface GuardSettings extends BreakerSettings {
  /** Calls at a time. */
  readonly connections: number;
  /** New messages that may wait beyond them. */
  readonly queue: number;
}

/** What a guard is made from. */
export interface PeerGuardOptions {
  readonly peer: string;
  /** Read at each use, so that a reload applies. */
  settings(): GuardSettings;
  /** Why the far side is closed to this request now, in words for the caller; `undefined` when it is not. */
  closure(request: CanonicalRequest): GatewayError | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Hears when the far side goes down and when it is back. */
  onChange(change: PeerChange): void;
}

/** A far side went down or is back. */
export interface PeerChange {
  readonly peer: string;
  readonly state: 'ok' | 'down';
  /** Failures in a row that led to it. */
  readonly failures: number;
}

/** What is known of a far side. */
export interface PeerStatus {
  readonly state: PeerState;
  readonly active: number;
  readonly waiting: number;
  readonly failures: number;
}

/** The guard of one far side; it outlives the adapters that a reload replaces. */
export interface PeerGuard {
  /**
   * The same adapter, guarded. Its calls also throw, before anything is sent, `PEER_BUSY`, `PEER_DOWN` and what `closure`
   * returns.
   */
  wrap(adapter: Adapter): Adapter;
  readonly status: PeerStatus;
}

/** Creates a guard; the far side counts as reachable. */
export function createPeerGuard(options: PeerGuardOptions): PeerGuard {
  const { peer, settings, clock, scheduler, onChange } = options;
  const down = (): GatewayError => new GatewayError('PEER_DOWN', { facts: { peer } });
  const queue = createPeerQueue({ peer, limits: settings, clock, scheduler });
  const breaker = createBreaker({
    settings,
    clock,
    onChange(state, failures) {
      if (state === 'down') queue.sendAway(down);
      onChange({ peer, state, failures });
    },
  });

  const admit = (request: CanonicalRequest, { resolving }: CallContext): boolean => {
    const closed = options.closure(request);
    if (closed !== undefined) throw resolving ? unreached(closed) : closed;
    const admitted = resolving ? 'yes' : breaker.admit();
    if (admitted === 'no') throw down();
    return admitted === 'probe';
  };
  const guarded = async <T>(
    request: CanonicalRequest,
    context: CallContext,
    send: () => Promise<T>,
  ): Promise<T> => {
    const probe = admit(request, context);
    let verdict: Verdict = 'nothing';
    let entered = false;
    try {
      const turn = queue.enter(context);
      if (turn !== undefined) await turn;
      entered = true;
      const result = await send();
      verdict = tellsNothing(result) ? 'nothing' : 'alive';
      return result;
    } catch (error) {
      if (entered) verdict = judge(error);
      throw error;
    } finally {
      // Before the next one goes: it must not be sent to a far side that has just gone down.
      if (verdict === 'alive') breaker.succeeded();
      else if (verdict === 'dead') breaker.failed({ probe });
      else if (probe) breaker.abandoned();
      if (entered) queue.leave();
    }
  };
  return {
    wrap: (adapter) => ({ ...adapter, ...guardedCalls(adapter, guarded) }),
    get status() {
      const { active, waiting } = queue;
      return { state: breaker.state, failures: breaker.failures, active, waiting };
    },
  };
}

/** Runs a call about a request under guard. */
type Guarded = <T>(request: CanonicalRequest, context: CallContext, send: () => Promise<T>) => Promise<T>;

/** The calls of an adapter, whatever it is able to; what it only says of itself stays as it is. */
function guardedCalls(
  adapter: AdapterWithEverything,
  guarded: Guarded,
): Partial<AdapterWithEverything> & Adapter {
  const { execute, reverse, query, confirm, cancel } = adapter;
  return {
    id: adapter.id,
    execute: (request, context) => guarded(request, context, () => execute(request, context)),
    ...(reverse && {
      reverse: (reversal, context) => guarded(reversal, context, () => reverse(reversal, context)),
    }),
    ...(query && {
      query: (sent, context) => guarded(sent.request, context, () => query(sent, context)),
    }),
    ...(confirm && {
      confirm: (message, context) => guarded(message.sent.request, context, () => confirm(message, context)),
    }),
    ...(cancel && {
      cancel: (message, context) => guarded(message.sent.request, context, () => cancel(message, context)),
    }),
  };
}

/** An adapter with any of the abilities. */
type AdapterWithEverything = Adapter &
  Partial<
    Pick<AdapterWithReversal, 'reverse'> &
      Pick<AdapterWithQuery, 'query'> &
      Pick<AdapterWithTwoPhase, 'confirm' | 'cancel'>
  >;

/** What a call tells of the far side. */
type Verdict = 'alive' | 'dead' | 'nothing';

/** A reversal or a query that found nothing out may not even have arrived. */
function tellsNothing(result: unknown): boolean {
  const state = typeof result === 'object' && result !== null && 'state' in result ? result.state : result;
  return state === 'unknown';
}

/**
 * A refusal is a sign of life; an error of ours tells nothing. Nor does a timeout that the far side told itself: a
 * gateway that answers "not known yet" is there, and what lies behind it is its business.
 */
function judge(error: unknown): Verdict {
  if (!(error instanceof GatewayError)) return 'nothing';
  const { reason, status } = error.details.facts ?? {};
  const { code } = error;
  if (code === 'UPSTREAM_REJECTED') return 'alive';
  if (code === 'UPSTREAM_UNREACHABLE' || code === 'UPSTREAM_TIMEOUT') {
    return reason === 'aborted' || status !== undefined ? 'nothing' : 'dead';
  }
  const errorPage = code === 'UPSTREAM_REPLY_UNUSABLE' && typeof status === 'number' && status >= 500;
  return errorPage ? 'dead' : 'nothing';
}

/** What is owed comes again: to it a closed far side is one that is not reached. */
function unreached(closed: GatewayError): GatewayError {
  return new GatewayError(
    'UPSTREAM_UNREACHABLE',
    { facts: { ...closed.details.facts, reason: 'closed' } },
    { cause: closed },
  );
}
