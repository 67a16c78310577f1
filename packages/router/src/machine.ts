/** What the parts of the outcome machine hand to each other. */
import { GatewayError } from '@yiqiao/model';
import type { LateAnswer } from '@yiqiao/model';
import type { Awaitable, ExchangeKey } from '@yiqiao/journal';
import type { Case, Hop, Sent } from './case.ts';
import type { Claims } from './claims.ts';
import type { Lanes } from './lanes.ts';
import type { Matter } from './matters.ts';
import type { StopSwitch } from './stop-switch.ts';
import type { ExchangeDeps } from './types.ts';

/** The machine at work. */
export interface Machine {
  readonly deps: ExchangeDeps;
  readonly stop: StopSwitch;
  /** Bounds the resolving messages per peer, so that a dead one does not hold up the others. */
  readonly peerLanes: Lanes;
  /** Goes on with an exchange that was opened in the commit that ended another. */
  readonly follow: (opened: Case) => void;
  /** What excludes what other processes on the same journal do. */
  readonly claims: Claims;
  /** Matters that running exchanges have taken up, by institution and natural key. */
  readonly matters: Map<string, Matter>;
  /** Resolves when an exchange on record has ended or was left; goes on with it when nobody does. */
  readonly join: (exchangeId: number) => Promise<unknown>;
  /** Puts an answer on record that nobody waited for any more, and takes back what it shows to stand. Never rejects. */
  readonly noteLate: (opened: Case, hop: Hop, late: LateAnswer) => Promise<void>;
  readonly now: () => Moment;
  /** How much longer after a moment a message can still be on its way to the far side; never more than the policy says. */
  readonly untilLanded: (sent: Readonly<Sent>, at: Moment) => number;
  /** Pause before attempt `attempt` (from 1): doubling, capped, half of it jitter. */
  readonly backOffMs: (attempt: number) => number;
}

/** A point in time by two clocks: the one that people set, and the one that only goes forward. */
export interface Moment {
  readonly wall: number;
  readonly elapsed: number;
}

/** The parts that need nothing but what the machine works with. */
export function createTiming(deps: ExchangeDeps): Pick<Machine, 'now' | 'untilLanded' | 'backOffMs'> {
  const { clock, elapsed, policy } = deps;
  return {
    now: () => ({ wall: clock.now(), elapsed: elapsed.now() }),
    untilLanded({ sentAt, sentElapsed }, at) {
      // What was sent before the start is judged by the wall clock, which may have been set since.
      const gone = sentElapsed === undefined ? at.wall - sentAt : at.elapsed - sentElapsed;
      return Math.min(policy.inFlightMs, policy.inFlightMs - gone);
    },
    backOffMs(attempt) {
      const { firstDelayMs, maxDelayMs } = policy.resolve;
      const full = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 40));
      return Math.round(full * (0.5 + deps.random() / 2));
    },
  };
}

/** Waits until a message can no longer be on its way to the far side. */
export async function awaitLanded(machine: Machine, sent: Readonly<Sent>): Promise<void> {
  const onItsWayMs = machine.untilLanded(sent, machine.now());
  if (onItsWayMs > 0) await machine.stop.pause(onItsWayMs);
}

/** A key as one text, for maps. */
export function keyText(key: ExchangeKey): string {
  return `${key.peer}\n${key.institution}\n${key.messageId}`;
}

/** The error itself, or `INTERNAL` with it as cause. */
export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('INTERNAL', {}, { cause: error });
}

/** Repeats what the journal is to do until it does it: what is being written has happened. */
export async function persist<T>(machine: Machine, key: ExchangeKey, write: () => Awaitable<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'JOURNAL_FAILED')) throw error;
      machine.deps.events.onTrouble?.(error, key);
      await machine.stop.pause(machine.backOffMs(attempt));
    }
  }
}

/** An attempt without usable result: the peer was not reached (`silent`), or did not answer (`unknown`). */
export type NoResult = 'silent' | 'unknown';

/**
 * Attempts, with pauses, until there is a result. A peer that is not reached is waited for without end;
 * one that takes messages and does not answer them is given up as the policy says.
 */
export async function persevere<T>(
  machine: Machine,
  peer: string,
  attempt: () => Promise<T | NoResult>,
): Promise<T | 'gave-up'> {
  const { attempts = Infinity, giveUpAfterMs } = machine.deps.policy.resolve;
  let unanswered = 0;
  let unansweredSince = 0;
  for (let count = 1; ; count += 1) {
    machine.stop.assertCallsAllowed();
    const result = await machine.peerLanes.run(peer, attempt);
    if (result !== 'silent' && result !== 'unknown') return result;
    const now = machine.deps.elapsed.now();
    if (result === 'silent') unanswered = 0;
    else if (unanswered++ === 0) unansweredSince = now;
    if (unanswered >= attempts || (unanswered > 0 && now - unansweredSince >= giveUpAfterMs))
      return 'gave-up';
    await machine.stop.pause(machine.backOffMs(count));
  }
}
