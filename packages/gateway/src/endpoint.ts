/** One message in, one answer out. */
import { besideHeaders, oddHeader, takeBeside, writeAnswer, writeError } from '@yiqiao/insurance-platform';
import type { AcceptedRequest, LocalReply } from '@yiqiao/insurance-platform';
import type { Journal } from '@yiqiao/journal';
import { EMPTY_HEADER, GatewayError } from '@yiqiao/model';
import type { Transcript } from '@yiqiao/model';
import type { Exchanges, Reply, Told, WrittenReply } from '@yiqiao/router';
import { whenSigned } from '@yiqiao/signer';
import { accept, receive } from './admission.ts';
import type { AdmissionParts, IncomingMessage, Progress } from './admission.ts';
import type { EventLog } from './event-log.ts';
import { keepTold } from './originals.ts';
import { passFile } from './passing-file.ts';
import type { PassingFile } from './passing-file.ts';
import type { Rates } from './rates.ts';
import type { RefusalAudit } from './refusal-audit.ts';
import type { Arrival } from './runtime.ts';
import { withResponsible } from './who-refused.ts';

/** What the server writes back. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
  /** What a relay is told beside the bytes. */
  readonly headers: Readonly<Record<string, string>>;
  /** Goes in place of the body. */
  readonly file?: PassingFile;
}

/** Why a body was not even taken in. */
export type Unreadable = 'MESSAGE_TOO_LARGE' | 'MESSAGE_NOT_READABLE' | 'BODY_ENCODED';

/** What the endpoint works with. */
export interface EndpointParts extends AdmissionParts {
  readonly journal: Pick<Journal, 'find' | 'keep'>;
  readonly exchanges: Exchanges;
  readonly events: EventLog;
  readonly audit: RefusalAudit;
  readonly rates: Rates;
}

/** The endpoint of a gateway. */
export interface Endpoint {
  /** Never rejects: whatever goes wrong becomes an answer. */
  handle(message: IncomingMessage): Promise<HttpAnswer>;
  /** Answers what could not even be taken in. */
  refuse(arrival: Arrival, code: Unreadable): Promise<HttpAnswer>;
  readonly inFlight: number;
}

/**
 * Above the limit nothing new is begun, but a message is read, since it may be one that is done already and is asked
 * about again. At this multiple it is turned away unread, and then nothing can be said about it.
 */
const TURNED_AWAY_AT = 4;

/** Creates the endpoint. */
export function createEndpoint(parts: EndpointParts): Endpoint {
  let inFlight = 0;
  const begin = (arrival: Arrival): Progress => {
    const runtime = parts.runtime();
    const connection = arrival.peer === undefined ? undefined : runtime.caller(arrival.peer)?.connection;
    return {
      receivedAt: parts.clock.now(),
      door: runtime.doorFor(arrival),
      header: EMPTY_HEADER,
      ...(connection === undefined ? {} : { connection }),
      get deviations() {
        return this.accepted?.deviations ?? [];
      },
    };
  };
  const fail = async (progress: Progress, error: GatewayError, address?: string): Promise<HttpAnswer> => {
    const { connection } = progress;
    parts.events.ended(progress, { error, at: parts.clock.now() });
    parts.audit.refused(error, { peer: connection?.peer ?? 'unknown', address });
    try {
      return await signed(parts, progress, await errorAnswer(progress, error));
    } catch {
      // What cannot be proven to come from us carries no envelope.
      return textAnswer(error);
    }
  };
  return {
    get inFlight() {
      return inFlight;
    },
    refuse(arrival, code) {
      const { messageBytes } = parts.runtime().config.limits;
      const facts = code === 'MESSAGE_TOO_LARGE' ? { maxBytes: messageBytes } : {};
      return fail(begin(arrival), new GatewayError(code, { facts }));
    },
    async handle(message) {
      const progress = begin(message);
      const { concurrent } = parts.runtime().config.limits;
      if (inFlight >= concurrent * TURNED_AWAY_AT) return fail(progress, new GatewayError('OVERLOADED'));
      inFlight += 1;
      let passing: PassingFile | undefined;
      try {
        const told = await exchange(parts, progress, { ...message, taking: inFlight <= concurrent });
        passing = startFile(parts, progress, () => (inFlight -= 1));
        const answer =
          passing === undefined
            ? await signedOrUnknown(parts, progress, httpAnswer(progress, told))
            : { ...httpAnswer(progress, told), file: passing };
        parts.events.ended(progress, {
          ...(told.error === undefined ? {} : { error: told.error }),
          at: parts.clock.now(),
        });
        return answer;
      } catch (error) {
        return await fail(progress, asGatewayError(error), message.address);
      } finally {
        // A file is in flight until it has passed.
        if (passing === undefined) inFlight -= 1;
      }
    },
  };
}

/** Lets a file begin to pass, if one answers; how much of it has passed is on record under its number. */
function startFile(
  { journal, clock, events }: EndpointParts,
  progress: Progress,
  onEnd: () => void,
): PassingFile | undefined {
  if (progress.file === undefined) return undefined;
  return passFile(progress.file, (passed) => {
    const { institutionCode: institution, messageId, transaction } = progress.header;
    const peer = progress.connection?.peer ?? 'unknown';
    const { number: key, ...what } = passed;
    const body = JSON.stringify({ peer, transaction, messageId, ...what, at: clock.now() });
    void journal.keep([{ institution, kind: 'file', key, body }]);
    events.filePassed({ peer, messageId }, passed);
    onEnd();
  });
}

async function exchange(
  parts: EndpointParts,
  progress: Progress,
  message: IncomingMessage & { readonly taking: boolean },
): Promise<Told> {
  const runtime = parts.runtime();
  const { caller, request } = receive(parts, progress, message);
  const { connection, from } = caller;
  const accepted = await accept(parts, progress, { caller, message, request });
  progress.header = accepted.header;
  progress.accepted = accepted;
  const key = {
    peer: connection.peer,
    institution: accepted.header.institutionCode,
    messageId: accepted.header.messageId,
  };
  const formatReply = (came: Reply): WrittenReply | Promise<WrittenReply> => {
    const reply = came.ok ? came : { ok: false as const, error: withResponsible(came.error, runtime.config) };
    const written =
      takeFile(progress, reply) ??
      withOddities(accepted, () =>
        writeAnswer({ parts: connection, accepted, reply, receivedAt: progress.receivedAt }),
      );
    if (!reply.ok || accepted.told.length === 0) return written;
    const kept = keepTold(parts.journal, key, accepted.told);
    return kept instanceof Promise ? kept.then(() => written) : written;
  };
  if (accepted.local !== undefined) return tellLocally(accepted.local, formatReply);
  const received: Transcript = { bytes: message.bytes, contentType: message.contentType };
  return parts.exchanges.perform({
    key,
    digest: accepted.digest,
    received,
    transaction: accepted.transaction,
    steps: accepted.steps,
    taking: message.taking && parts.rates.take(connection.peer, from.rate),
    deadline: progress.receivedAt + runtime.config.outcome.callerDeadlineMs,
    keepsRecords: connection.profile.keepsRecords || runtime.keepsRecords,
    formatReply,
  });
}

/** What the record answers by itself. @throws GatewayError when the outcome is not known: it has no envelope. */
async function tellLocally(
  { error }: LocalReply,
  formatReply: (reply: Reply) => Transcript | Promise<Transcript>,
): Promise<Told> {
  if (error === undefined) return { reply: await formatReply({ ok: true, responses: [] }) };
  if (error.kind.infcode === null) throw error;
  return { reply: await formatReply({ ok: false, error }), error };
}

/** A reply with what became odd when it was written. */
function withOddities(
  accepted: AcceptedRequest,
  write: () => Transcript | Promise<Transcript>,
): WrittenReply | Promise<WrittenReply> {
  const before = accepted.deviations.length;
  const written = write();
  const odd = accepted.deviations.slice(before);
  if (odd.length === 0) return written;
  return written instanceof Promise ? written.then((reply) => ({ ...reply, odd })) : { ...written, odd };
}

/** A file goes to the caller as it is, without an envelope. */
function takeFile(progress: Progress, reply: Reply): Transcript | undefined {
  const file = reply.ok ? reply.responses.at(-1)?.file : undefined;
  if (file === undefined) return undefined;
  progress.file = file;
  return { bytes: new Uint8Array(), contentType: file.contentType || 'application/octet-stream' };
}

function httpAnswer(progress: Progress, told: Told): HttpAnswer {
  const status = told.error === undefined ? 200 : statusOf(progress, told.error);
  const answer = httpAnswerOf(status, told.reply, told.error);
  return told.odd === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, ...oddHeader(told.odd) } };
}

/** A form without place for a text still tells the relay which error it was. */
function httpAnswerOf(status: number, reply: Transcript, error?: GatewayError): HttpAnswer {
  const { contentType, beside } = takeBeside(reply.contentType);
  const code = error === undefined ? {} : { 'x-yiqiao-code': error.code };
  return { status, contentType, body: reply.bytes, headers: { ...besideHeaders(beside), ...code } };
}

/** An unknown outcome has no envelope: a HIS would read infcode -1 as "nothing was done". */
async function errorAnswer(progress: Progress, error: GatewayError): Promise<HttpAnswer> {
  if (error.kind.infcode === null) return textAnswer(error);
  const { connection, door, header, receivedAt } = progress;
  const reply = await writeError({ parts: connection ?? door, header, error, receivedAt });
  return httpAnswerOf(statusOf(progress, error), reply, error);
}

function textAnswer(error: GatewayError): HttpAnswer {
  const { zh, en } = error.kind.cashier;
  const text = `[${error.code}] ${error.kind.cause.zh}\n${zh}\n${error.kind.cause.en}\n${en}\n${whereToAsk(error)}`;
  return httpAnswerOf(504, { contentType: 'text/plain; charset=utf-8', bytes: Buffer.from(text) }, error);
}

/** What was told is on record: that it cannot be signed now must not be told as a refusal. */
async function signedOrUnknown(
  parts: EndpointParts,
  progress: Progress,
  answer: HttpAnswer,
): Promise<HttpAnswer> {
  try {
    return await signed(parts, progress, answer);
  } catch (cause) {
    throw new GatewayError('INTERNAL', {}, { cause });
  }
}

/** The answer with the headers that prove it; a request that told no random text can have none. */
async function signed(
  { clock }: EndpointParts,
  { connection, nonce }: Progress,
  answer: HttpAnswer,
): Promise<HttpAnswer> {
  const protection = connection?.protection;
  if (protection === undefined || nonce === undefined) return answer;
  const message = { direction: 'response', body: answer.body, now: clock.now(), nonce } as const;
  const headers = await whenSigned(() => protection.headers(message));
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** Lines that tell with which message the outcome is asked for, and why a person has it. */
function whereToAsk({ details }: GatewayError): string {
  const { originalMessageId, reason } = details.facts ?? {};
  const named = Object.entries({ originalMessageId, reason }).filter(
    ([, value]) => typeof value === 'string',
  );
  return named.map(([name, value]) => `${name}=${String(value)}\n`).join('');
}

function statusOf({ connection, door }: Progress, error: GatewayError): number {
  const profile = connection?.profile ?? door.profile;
  return profile.errorStatus === 'always-200' ? 200 : error.kind.http;
}

function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('INTERNAL', {}, { cause: error });
}
