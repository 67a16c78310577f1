/** Lets the fast arithmetic answer where it may be trusted, and node:crypto everywhere else. */
import { createFastVerifier } from './fast-verifier.ts';
import type { FastVerifier } from './fast-verifier.ts';

/** One signature, and how to judge it in either way. */
export interface Question {
  /** e = SM3(ZA ‖ M), 32 bytes. */
  digest(): Uint8Array;
  /** r‖s, 64 bytes. */
  readonly signature: Uint8Array;
  /** The answer of node:crypto. */
  native(): boolean;
}

/**
 * Decides on signatures. The fast way can only accept: whatever it does not accept is decided by node:crypto, which also
 * repeats one in 256 of the accepted ones. When the two differ, or the fast way fails in itself, it is off from then on.
 */
export interface Acceleration {
  /** Gets the fast way ready and checks it; what fails switches it off and is not thrown. */
  start(): void;
  /** Who decides for one key; `point`: 04 ‖ x ‖ y on the curve. */
  forKey(point: Uint8Array): (question: Question) => boolean;
  /** Tells the reason when the fast way is switched off, at once when it is off already. Returns how to stop. */
  watch(listener: (reason: string) => void): () => void;
}

/** An acceleration of its own state; programs use the shared one. */
export function createAcceleration(verifier: FastVerifier = createFastVerifier()): Acceleration {
  const listeners = new Set<(reason: string) => void>();
  let offReason: string | undefined;
  let accepted = 0;

  const switchOff = (reason: string): void => {
    if (offReason !== undefined) return;
    offReason = reason;
    if (listeners.size === 0) warn(reason);
    for (const listener of listeners) listener(reason);
  };
  /** A failure of the fast way is no answer; `undefined` leaves the question to node:crypto. */
  const attempt = <Result>(run: () => Result): Result | undefined => {
    if (offReason !== undefined) return undefined;
    try {
      return run();
    } catch (error) {
      switchOff(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  const isTrusted = (): boolean => accepted++ % CONFIRMED_EVERY !== 0;

  return {
    start() {
      attempt(verifier.start);
    },
    forKey(point) {
      const verify = verifier.forKey(point);
      return ({ digest, signature, native }) => {
        const fast = attempt(() => verify(digest, signature));
        if (fast === true && isTrusted()) return true;
        const answer = native();
        if (fast === !answer)
          switchOff(`it says ${String(fast)} of a signature, node:crypto ${String(answer)}`);
        return answer;
      };
    },
    watch(listener) {
      listeners.add(listener);
      if (offReason !== undefined) listener(offReason);
      return () => listeners.delete(listener);
    },
  };
}

/** The one of this process; it takes no memory before it is used. */
export const sharedAcceleration = createAcceleration();

/**
 * Calls back with the reason when fast verification is switched off in this process, at once when it is already:
 * signatures are then verified by node:crypto alone, as correctly and more slowly. Without a listener, a warning of the
 * process says so. Returns how to stop.
 */
export function watchFastVerification(listener: (reason: string) => void): () => void {
  return sharedAcceleration.watch(listener);
}

/** Asks node:crypto every time. */
export const unaccelerated: Pick<Acceleration, 'forKey'> = {
  forKey: () => (question) => question.native(),
};

const CONFIRMED_EVERY = 256;

function warn(reason: string): void {
  process.emitWarning(
    `SM2 signatures are verified by node:crypto alone, because of the fast way: ${reason}`,
    {
      code: 'SM2_FAST_VERIFICATION_OFF',
    },
  );
}
