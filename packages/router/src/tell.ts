/** What the caller is told of an end, and what when there is none yet. */
import { GatewayError } from '@yiqiao/model';
import type { ErrorCode } from '@yiqiao/model';
import { toGatewayError } from './machine.ts';
import { inProgress } from './matters.ts';
import { placesToTell } from './odd-answers.ts';
import type { Run } from './runs.ts';
import type { Ending, ExchangeDeps, Incoming, Told } from './types.ts';

/** The end of a run if it comes before the caller's deadline; `late` says that it did not. */
export async function awaitEnd(
  deps: ExchangeDeps,
  incoming: Incoming,
  run: Run,
  late: ErrorCode,
): Promise<Told> {
  const { promise, reject } = Promise.withResolvers<never>();
  const { transaction, key, deadline } = incoming;
  const cancel = deps.scheduler.after(Math.max(0, deadline - deps.clock.now()), () => {
    const other = run.waitsFor?.();
    const facts = { transaction, messageId: key.messageId };
    reject(other === undefined ? new GatewayError(late, { facts }) : inProgress(other));
  });
  let ending: Ending;
  try {
    ending = await Promise.race([run.ending, promise]);
  } catch (error) {
    throw asUnknown(error);
  } finally {
    cancel();
  }
  return tellWrite(incoming, ending);
}

/** Tells the end of a message that changed something. An answer that cannot be written is not told as a refusal. */
export async function tellWrite(incoming: Incoming, ending: Ending): Promise<Told> {
  try {
    return await tell(incoming, ending);
  } catch (error) {
    throw asUnknown(error);
  }
}

/** Tells the end of a reading message: an answer that cannot be written refuses it, nothing was changed. */
export async function tellRead(incoming: Incoming, ending: Ending): Promise<Told> {
  try {
    return await tell(incoming, ending);
  } catch (error) {
    const known = toGatewayError(error);
    if (ending.error !== undefined || known.kind.infcode === null) throw asUnanswered(known);
    return tell(incoming, { state: 'rejected', error: known });
  }
}

/** Nothing can have been changed, whatever became of the question. */
function asUnanswered(error: GatewayError): GatewayError {
  if (error.kind.origin !== 'upstream' || error.kind.outcome !== 'unknown') return error;
  const facts = { ...error.details.facts, because: error.code };
  return new GatewayError('READ_UNANSWERED', { ...error.details, facts }, { cause: error });
}

/** Tells that a message was not taken. */
export async function refuse(incoming: Incoming, code: ErrorCode): Promise<Told> {
  return tell(incoming, refusalOf(incoming, code));
}

/** The end of a message that was not taken. */
export function refusalOf({ transaction, key }: Incoming, code: ErrorCode): Ending {
  const error = new GatewayError(code, { facts: { transaction, messageId: key.messageId } });
  return { state: 'rejected', error };
}

/** @throws GatewayError the error itself when its catalogue entry has no infcode. */
async function tell(incoming: Incoming, ending: Ending): Promise<Told> {
  const { error, reply, responses = [] } = ending;
  if (error === undefined) {
    const written = reply ?? (await incoming.formatReply({ ok: true, responses }));
    const odd = ending.odd ?? placesToTell(responses, written.odd);
    return { reply: written, ...(odd.length > 0 && { odd }) };
  }
  if (error.kind.infcode === null) throw error;
  return { reply: reply ?? (await incoming.formatReply({ ok: false, error })), error };
}

/** Whatever broke: the exchange has not ended, so nothing but "not known yet" may be told. */
function asUnknown(error: unknown): GatewayError {
  const known = toGatewayError(error);
  return known.kind.infcode === null ? known : new GatewayError('INTERNAL', {}, { cause: error });
}
