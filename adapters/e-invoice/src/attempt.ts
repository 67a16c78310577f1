/** One try to have the platform do something, and how it can end. */
import { GatewayError } from '@yiqiao/model';
import type { JobResult, OutboxJob } from '@yiqiao/sdk';
import type { RefusalMeaning } from './bill-settings.ts';
import { refusalCode } from './platform.ts';

/** How a try ended: `nothing-left` and `refused` changed nothing, `unknown` may have. */
export type Attempt<T> =
  | { readonly end: 'answered'; readonly answer: T }
  | { readonly end: 'refused'; readonly code: string; readonly meaning?: RefusalMeaning }
  | { readonly end: 'nothing-left' }
  | { readonly end: 'unknown' };

const UNKNOWN: ReadonlySet<string> = new Set(['UPSTREAM_TIMEOUT', 'UPSTREAM_REPLY_UNUSABLE']);

/** Runs a call; errors that say nothing about the platform go on as they are. */
export async function attempt<T>(
  call: Promise<T>,
  meanings: Readonly<Record<string, RefusalMeaning>>,
): Promise<Attempt<T>> {
  try {
    return { end: 'answered', answer: await call };
  } catch (error) {
    const code = refusalCode(error);
    if (code !== undefined) {
      const meaning = meanings[code];
      return { end: 'refused', code, ...(meaning === undefined ? {} : { meaning }) };
    }
    if (!(error instanceof GatewayError)) throw error;
    if (error.code === 'UPSTREAM_UNREACHABLE') return { end: 'nothing-left' };
    if (UNKNOWN.has(error.code)) return { end: 'unknown' };
    throw error;
  }
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 300_000;

/** Tries again later, each time after twice as long, without end: nobody has to type anything. */
export function later(job: OutboxJob, reason: string): JobResult {
  const retryAfterMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(job.attempt - 1, 20), LONGEST_WAIT_MS);
  return { retryAfterMs, reason };
}
