/** Whether the journal can be written: a gateway that cannot is not ready, so that a balancer sends elsewhere. */
import type { Clock, GatewayError } from '@yiqiao/model';
import type { Logger } from 'pino';

/** How long after its last failure a journal counts as failing. */
const RECOVERED_AFTER_MS = 10_000;

/** What is known of the journal's health. */
export interface JournalWatch {
  /** Told by the journal for each batch that could not be written. */
  failed(error: GatewayError): void;
  readonly failing: boolean;
}

/** Creates the watch; each failure is one line of the log. */
export function createJournalWatch(logger: Logger, clock: Clock): JournalWatch {
  let failedAt = Number.NEGATIVE_INFINITY;
  return {
    failed(error) {
      failedAt = clock.now();
      const reason = error.cause instanceof Error ? error.cause.message : undefined;
      logger.error({ code: error.code, ...error.details.facts, reason }, 'journal');
    },
    get failing() {
      return Math.abs(clock.now() - failedAt) < RECOVERED_AFTER_MS;
    },
  };
}
