/** Whether a far side is worth a new message: after too many failures in a row it is left alone, then probed. */
import type { Clock } from '@yiqiao/model';

/** `ok`: messages go. `down`: new ones are refused unsent. `probing`: one of them finds out. */
export type PeerState = 'ok' | 'down' | 'probing';

/** When a far side counts as down, and for how long before it is probed. */
export interface BreakerSettings {
  /** Failures in a row, no success between them; 0 never counts it as down. */
  readonly failures: number;
  /** A row that began longer ago begins anew. */
  readonly windowMs: number;
  readonly probeAfterMs: number;
}

/** What the breaker thinks of one far side. */
export interface Breaker {
  readonly state: PeerState;
  /** Failures in the present row. */
  readonly failures: number;
  /** Whether a new message may go; `probe` when it is the one that finds out. */
  admit(): 'yes' | 'probe' | 'no';
  /** The far side has answered, whatever it said. */
  succeeded(): void;
  /** It was not reached or did not answer. */
  failed(how: { readonly probe: boolean }): void;
  /** A probe came to nothing, for a reason that tells nothing of the far side. */
  abandoned(): void;
}

/** Creates a breaker; `onChange` hears of going down and coming back, not of probes. */
export function createBreaker(options: {
  settings(): BreakerSettings;
  readonly clock: Clock;
  onChange(state: 'ok' | 'down', failures: number): void;
}): Breaker {
  const { settings, clock, onChange } = options;
  let state: PeerState = 'ok';
  let failures = 0;
  let since = 0;
  return {
    get state() {
      return state;
    },
    get failures() {
      return failures;
    },
    admit() {
      if (state === 'ok') return 'yes';
      const waited = clock.now() - since;
      // A clock that was set back must not keep a far side down.
      if (state === 'probing' || (waited >= 0 && waited < settings().probeAfterMs)) return 'no';
      state = 'probing';
      return 'probe';
    },
    succeeded() {
      const wasDown = state !== 'ok';
      const count = failures;
      state = 'ok';
      failures = 0;
      if (wasDown) onChange('ok', count);
    },
    failed({ probe }) {
      const now = clock.now();
      if (state !== 'ok') {
        if (probe) [state, since] = ['down', now];
        return;
      }
      if (failures === 0 || now - since > settings().windowMs) [failures, since] = [0, now];
      failures += 1;
      const limit = settings().failures;
      if (limit === 0 || failures < limit) return;
      [state, since] = ['down', now];
      onChange('down', failures);
    },
    abandoned() {
      // The next message is the probe.
      if (state === 'probing') [state, since] = ['down', Number.NEGATIVE_INFINITY];
    },
  };
}
