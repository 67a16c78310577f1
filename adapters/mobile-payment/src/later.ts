/** Trying again later, each time after twice as long, without end: nobody has to type anything. */
import { GatewayError } from '@yiqiao/model';
import type { JobResult, OutboxJob } from '@yiqiao/sdk';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 120_000;

/** `reason`: words, or the error that came. An error that is none of the catalogue goes on as it is. */
export function later(job: OutboxJob, reason: unknown): JobResult {
  if (typeof reason !== 'string' && !(reason instanceof GatewayError)) throw reason;
  const retryAfterMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(job.attempt - 1, 20), LONGEST_WAIT_MS);
  return { retryAfterMs, reason: typeof reason === 'string' ? reason : reason.code };
}
