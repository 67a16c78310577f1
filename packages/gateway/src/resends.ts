/**
 * Messages that are refused before anyone looks them up: a signature that does not fit, a key that has expired, a field
 * that a profile has come to forbid. When such a one was taken before, "nothing was done" would be a lie about money, and its answer is
 * not for somebody who has not proved who he is: it is told that the outcome is not to be had this way.
 */
import { GatewayError } from '@yiqiao/model';
import type { Journal } from '@yiqiao/journal';

/** A message that was refused, by what it would be found. */
export type RefusedMessage = Parameters<Journal['find']>[0];

/**
 * The error to tell instead of `error`: `RESEND_REFUSED` where a message of this key has been done or may have been, else
 * the same error.
 * @throws GatewayError `RECORD_DAMAGED`.
 */
export async function refusalOf(
  journal: Pick<Journal, 'find'>,
  message: RefusedMessage,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof GatewayError) || message.messageId === '') return error;
  const found = await journal.find(message, '');
  if (!('exchange' in found) || UNDONE.has(found.exchange.state)) return error;
  const facts = { ...error.details.facts, messageId: message.messageId, because: error.code };
  return new GatewayError('RESEND_REFUSED', { ...error.details, facts }, { cause: error });
}

/** Ends after which nothing stands. */
const UNDONE: ReadonlySet<string> = new Set(['rejected', 'reversed']);
