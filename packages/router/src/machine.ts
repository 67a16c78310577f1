/** What the parts of the outcome machine hand to each other. */
import { GatewayError } from '@yiqiao/model';
import type { ExchangeKey } from '@yiqiao/journal';
import type { Case } from './case.ts';
import type { Lanes } from './lanes.ts';
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
}

/** A key as one text, for maps. */
export function keyText(key: ExchangeKey): string {
  return `${key.peer}\n${key.institution}\n${key.messageId}`;
}

/** The error itself, or `INTERNAL` with it as cause. */
export function toGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('INTERNAL', {}, { cause: error });
}

/** Pause before attempt `attempt` (from 1): doubling, capped, half of it jitter. */
function backOffMs(deps: ExchangeDeps, attempt: number): number {
  const { firstDelayMs, maxDelayMs } = deps.policy.resolve;
  const full = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt - 1, 40));
  return Math.round(full * (0.5 + deps.random() / 2));
}

/** Repeats a write until the journal takes it: what is being written has happened. */
export async function persist<T>(machine: Machine, key: ExchangeKey, write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'JOURNAL_FAILED')) throw error;
      machine.deps.events.onTrouble?.(error, key);
      await machine.stop.pause(backOffMs(machine.deps, attempt));
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
    const now = machine.deps.clock.now();
    if (result === 'silent') unanswered = 0;
    else if (unanswered++ === 0) unansweredSince = now;
    if (unanswered >= attempts || (unanswered > 0 && now - unansweredSince >= giveUpAfterMs))
      return 'gave-up';
    await machine.stop.pause(backOffMs(machine.deps, count));
  }
}
