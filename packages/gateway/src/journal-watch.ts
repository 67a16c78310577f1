/** Whether the journal can be written: a gateway that cannot is not ready, so that a balancer sends elsewhere. */
import type { Clock, GatewayError } from '@yiqiao/model';
import type { Logger } from 'pino';
import { messageOf } from './log.ts';

/** How long after its last failure a journal counts as failing. */
const RECOVERED_AFTER_MS = 10_000;

/** What is known of the journal's health. */
export interface JournalWatch {
  /** Told by the journal for each batch that could not be written, and once for each damaged record. */
  failed(error: GatewayError): void;
  readonly failing: boolean;
  /** Exchanges met whose record is damaged. */
  readonly damaged: number;
}

/** Creates the watch; each failure is one line of the log. */
export function createJournalWatch(logger: Logger, clock: Clock): JournalWatch {
  let failedAt = Number.NEGATIVE_INFINITY;
  let damaged = 0;
  return {
    failed(error) {
      // One damaged record stops nobody else.
      if (error.code === 'RECORD_DAMAGED') damaged += 1;
      else failedAt = clock.now();
      const reason = messageOf(error.cause);
      logger.error({ code: error.code, ...error.details.facts, reason }, 'journal');
    },
    get damaged() {
      return damaged;
    },
    get failing() {
      return Math.abs(clock.now() - failedAt) < RECOVERED_AFTER_MS;
    },
  };
}
