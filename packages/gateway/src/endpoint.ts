/** One message in, one answer out. */
import { acceptRequest, writeAnswer, writeError } from '@yiqiao/insurance-platform';
import type { AcceptedRequest, ConnectionParts, Door } from '@yiqiao/insurance-platform';
import { EMPTY_HEADER, GatewayError } from '@yiqiao/model';
import type { Clock, Deviation, MessageHeader, Transcript } from '@yiqiao/model';
import type { Exchanges, Told } from '@yiqiao/router';
import type { EventLog } from './event-log.ts';
import type { Runtime } from './runtime.ts';

/** What the server writes back. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** A message as it came in. */
export interface IncomingMessage {
  readonly bytes: Uint8Array;
  readonly contentType: string;
  /** Transaction number, when the transport tells it. */
  readonly transaction?: string;
}

/** Why a body was not even taken in. */
export type Unreadable = 'MESSAGE_TOO_LARGE' | 'MESSAGE_NOT_READABLE' | 'BODY_ENCODED';

/** What the endpoint works with. */
export interface EndpointParts {
  runtime(): Runtime;
  readonly exchanges: Exchanges;
  readonly clock: Clock;
  readonly events: EventLog;
}

/** The endpoint of a gateway. */
export interface Endpoint {
  /** Never rejects: whatever goes wrong becomes an answer. */
  handle(message: IncomingMessage): Promise<HttpAnswer>;
  /** Answers what could not even be taken in. */
  refuse(contentType: string, code: Unreadable): HttpAnswer;
  readonly inFlight: number;
}

/** What is known of a request so far, for the answer and the log line. */
interface Progress {
  readonly receivedAt: number;
  readonly door: Door;
  header: MessageHeader;
  connection?: ConnectionParts;
  accepted?: AcceptedRequest;
  readonly deviations: readonly Deviation[];
}

/**
 * Above the limit nothing new is begun, but a message is read, since it may be one that is done already and is asked
 * about again. At this multiple it is turned away unread, and then nothing can be said about it.
 */
const TURNED_AWAY_AT = 4;

/** Creates the endpoint. */
export function createEndpoint(parts: EndpointParts): Endpoint {
  let inFlight = 0;
  const begin = (contentType: string): Progress => ({
    receivedAt: parts.clock.now(),
    door: parts.runtime().doorFor(contentType),
    header: EMPTY_HEADER,
    get deviations() {
      return this.accepted?.deviations ?? [];
    },
  });
  const fail = (progress: Progress, error: GatewayError): HttpAnswer => {
    parts.events.ended(progress, { error, at: parts.clock.now() });
    return errorAnswer(progress, error);
  };
  return {
    get inFlight() {
      return inFlight;
    },
    refuse(contentType, code) {
      const { messageBytes } = parts.runtime().config.limits;
      const facts = code === 'MESSAGE_TOO_LARGE' ? { maxBytes: messageBytes } : {};
      return fail(begin(contentType), new GatewayError(code, { facts }));
    },
    async handle(message) {
      const progress = begin(message.contentType);
      const { concurrent } = parts.runtime().config.limits;
      if (inFlight >= concurrent * TURNED_AWAY_AT) return fail(progress, new GatewayError('OVERLOADED'));
      inFlight += 1;
      try {
        const told = await exchange(parts, progress, { ...message, taking: inFlight <= concurrent });
        parts.events.ended(progress, {
          ...(told.error === undefined ? {} : { error: told.error }),
          at: parts.clock.now(),
        });
        return httpAnswer(progress, told);
      } catch (error) {
        return fail(progress, asGatewayError(error));
      } finally {
        inFlight -= 1;
      }
    },
  };
}

async function exchange(
  parts: EndpointParts,
  progress: Progress,
  message: IncomingMessage & { readonly taking: boolean },
): Promise<Told> {
  const runtime = parts.runtime();
  const { door } = progress;
  const hint = message.transaction === undefined ? undefined : { transaction: message.transaction };
  const request = door.codec.readRequest(message.bytes, hint);
  progress.header = door.dialect.header(request);
  const connection = runtime.findCaller(door, progress.header);
  if (connection === undefined) {
    const facts = { institution: progress.header.institutionCode, careRegion: progress.header.careRegion };
    throw new GatewayError('OPERATION_NOT_ALLOWED', { facts });
  }
  progress.connection = connection;
  const accepted = acceptRequest(connection, request);
  progress.header = accepted.header;
  progress.accepted = accepted;
  const received: Transcript = { bytes: message.bytes, contentType: message.contentType };
  return parts.exchanges.perform({
    key: {
      peer: connection.peer,
      institution: accepted.header.institutionCode,
      messageId: accepted.header.messageId,
    },
    digest: accepted.digest,
    received,
    transaction: accepted.transaction,
    steps: accepted.steps,
    taking: message.taking,
    deadline: progress.receivedAt + runtime.config.outcome.callerDeadlineMs,
    keepsRecords: connection.profile.keepsRecords,
    formatReply: (reply) =>
      writeAnswer({ parts: connection, accepted, reply, receivedAt: progress.receivedAt }),
  });
}

function httpAnswer(progress: Progress, told: Told): HttpAnswer {
  const status = told.error === undefined ? 200 : statusOf(progress, told.error);
  return { status, contentType: told.reply.contentType, body: told.reply.bytes };
}

/** An unknown outcome has no envelope: a HIS would read infcode -1 as "nothing was done". */
function errorAnswer(progress: Progress, error: GatewayError): HttpAnswer {
  if (error.kind.infcode === null) {
    const { zh, en } = error.kind.cashier;
    const text = `[${error.code}] ${error.kind.cause.zh}\n${zh}\n${error.kind.cause.en}\n${en}\n`;
    return { status: 504, contentType: 'text/plain; charset=utf-8', body: Buffer.from(text) };
  }
  const { connection, door, header, receivedAt } = progress;
  const reply = writeError({ parts: connection ?? door, header, error, receivedAt });
  return { status: statusOf(progress, error), contentType: reply.contentType, body: reply.bytes };
}

function statusOf({ connection, door }: Progress, error: GatewayError): number {
  const profile = connection?.profile ?? door.profile;
  return profile.errorStatus === 'always-200' ? 200 : error.kind.http;
}

function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('INTERNAL', {}, { cause: error });
}
