/** What came back: an answer, a refusal, or nothing that tells anything. */
import { GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { TransportReply } from '@yiqiao/transport';
import type { ArrivedMembers, Channel, Moment } from './channel.ts';
import type { CallNote } from './connection-types.ts';
import type { Refusal } from './definition-types.ts';

/** Statuses by which a server, or a proxy before it, turns a request away unread. Others leave it open. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 411, 413, 414, 415, 421, 429, 431]);

/**
 * The members of an answer that is no refusal.
 * @throws GatewayError `UPSTREAM_REJECTED` | `UPSTREAM_TIMEOUT` | `UPSTREAM_REPLY_UNUSABLE`.
 */
export function readAnswer(
  channel: Channel,
  reply: TransportReply,
  {
    moment,
    refusal,
  }: { readonly moment: Moment; readonly refusal?: (answer: WireObject) => Refusal | undefined },
): WireObject {
  const { status } = reply;
  const arrived = open(channel, reply, moment);
  const found = arrived === undefined ? undefined : refusal?.(arrived.members);
  if (isUnproven(arrived, found) && !TURNED_AWAY.has(status)) {
    throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { status, why: 'SIGNATURE_MISSING' } });
  }
  if (found !== undefined)
    throw new GatewayError('UPSTREAM_REJECTED', { upstream: found, facts: { status } });
  if (TURNED_AWAY.has(status)) {
    const upstream = { code: String(status), text: `HTTP ${status}` };
    throw new GatewayError('UPSTREAM_REJECTED', { upstream, facts: { status } });
  }
  if (arrived !== undefined && status >= 200 && status < 300) return arrived.members;
  const code = status === 504 ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_REPLY_UNUSABLE';
  throw new GatewayError(code, { facts: { status } });
}

/** A refusal by somebody on the way would be told as "nothing was done"; one that has no body cannot be signed. */
function isUnproven(arrived: ArrivedMembers | undefined, refusal: Refusal | undefined): boolean {
  return arrived?.proof === 'unsigned' || (arrived?.proof === 'bodiless' && refusal === undefined);
}

/** Statuses other than 2xx often come without a message of the far side: then the status is all there is. */
function open(channel: Channel, reply: TransportReply, moment: Moment): ArrivedMembers | undefined {
  const { status, body, headers } = reply;
  try {
    return channel.read('response', { bytes: body, headers }, moment);
  } catch (cause) {
    if (status < 200 || status >= 300) return undefined;
    const known = cause instanceof GatewayError ? cause : undefined;
    const faults = known?.details.faults;
    throw new GatewayError(
      'UPSTREAM_REPLY_UNUSABLE',
      { facts: { status, why: known?.code ?? 'not readable' }, ...(faults === undefined ? {} : { faults }) },
      { cause },
    );
  }
}

/** Every error tells which adapter and which call it is about. */
export function withFacts(error: unknown, { adapter, operation, messageId }: CallNote): unknown {
  if (!(error instanceof GatewayError)) return error;
  const facts = { ...error.details.facts, adapter, operation, messageId };
  return new GatewayError(error.code, { ...error.details, facts }, { cause: error.cause ?? error });
}
