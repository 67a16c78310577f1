/** What a caller is told, in its own format: the answer, or an error that it can act on. */
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type {
  CanonicalResponse,
  Fault,
  MessageHeader,
  Transcript,
  WireObject,
  WireValue,
} from '@yiqiao/model';
import { whenSigned } from '@yiqiao/signer';
import { withBeside } from './beside.ts';
import type { AcceptedRequest, ConnectionParts, Reply } from './connection.ts';
import { newNonce, UNPROTECTED } from './protection.ts';

/** What an answer is written with: of a connection, or of a door when the peer is not known. */
type AnswerParts = Pick<ConnectionParts, 'dialect' | 'codec' | 'protection' | 'clock' | 'referenceId'>;

/** 错误信息 `err_msg` holds 200 characters; everything else stands beside it. Source: envelope.json. */
const ERROR_TEXT_LENGTH = 200;

/**
 * Writes the answer to an accepted request, at once where the key that signs it lies in this process.
 * @throws GatewayError `FORMAT_LIMIT` when the format cannot carry it; `SIGNER_UNAVAILABLE`
 */
export function writeAnswer(options: {
  parts: ConnectionParts;
  accepted: AcceptedRequest;
  reply: Reply;
  receivedAt: number;
}): Transcript | Promise<Transcript> {
  const { parts, accepted, reply, receivedAt } = options;
  if (!reply.ok) return writeError({ parts, header: accepted.header, error: reply.error, receivedAt });
  return write(parts, {
    transaction: accepted.transaction,
    success: true,
    code: '0',
    text: reply.responses.flatMap(({ text }) => text ?? []).join('；'),
    envelope: envelopeOf(parts, accepted.header, { receivedAt, referenceId: numberOf(reply.responses) }),
    body: accepted.answer(reply.responses),
  });
}

/** Writes an error; `header` may be what little is known of the request. */
export function writeError(options: {
  parts: AnswerParts;
  header: MessageHeader;
  error: GatewayError;
  receivedAt: number;
}): Transcript | Promise<Transcript> {
  const { parts, header, error, receivedAt } = options;
  const detail = parts.dialect.errorDetail(describeError(error));
  const answer = {
    success: false,
    code: error.kind.infcode ?? '-1',
    envelope: { ...envelopeOf(parts, header, { receivedAt }), ...detail },
    body: null,
  };
  const named = Object.keys(detail).length === 0 ? nameOfOriginal(error) : [];
  try {
    return write(parts, { ...answer, text: errorText(error, named) });
  } catch (limit) {
    // The far side's own words may hold what this format lacks: a refusal is told all the same.
    if (!(limit instanceof GatewayError) || limit.code !== 'FORMAT_LIMIT') throw limit;
    return write(parts, { ...answer, text: `[${error.code}] ${error.kind.cause.zh}` });
  }
}

/**
 * The text of an error: the far side's own words when it spoke, else the code, the cause and the faults, cut
 * to what `err_msg` holds. `named` are facts that the form has no place of its own for.
 */
function errorText(error: GatewayError, named: readonly string[]): string {
  const { upstream, cashier, faults = [] } = error.details;
  if (upstream !== undefined && upstream.text !== '') return upstream.text;
  const places = faults.map((fault) => `${fault.at} ${fault.label.zh}：${fault.message.zh}`);
  const advice = cashier === undefined ? [] : [cashier.zh];
  const text = [`[${error.code}] ${error.kind.cause.zh}`, ...named, ...advice, ...places].join('；');
  return text.length <= ERROR_TEXT_LENGTH ? text : `${text.slice(0, ERROR_TEXT_LENGTH - 1)}…`;
}

/** The earlier message that an error is about: without its number the advice could not be followed. */
function nameOfOriginal({ details }: GatewayError): readonly string[] {
  const { originalMessageId } = details.facts ?? {};
  return typeof originalMessageId === 'string' ? [`originalMessageId=${originalMessageId}`] : [];
}

/** All that is known of an error, as members of its own beside the envelope's. */
function describeError(error: GatewayError): WireObject {
  const { kind, details } = error;
  return {
    code: error.code,
    outcome: kind.outcome === 'unknown' ? 'unknown' : 'not-done',
    responsible: details.responsible ?? kind.responsible,
    kind: kind.kind,
    cause: kind.cause,
    cashier: details.cashier ?? kind.cashier,
    ...(details.facts?.['peer'] === undefined ? {} : { peer: String(details.facts['peer']) }),
    ...(details.upstream === undefined ? {} : { upstream: { ...details.upstream } }),
    ...(details.facts === undefined ? {} : { facts: factMembers(details.facts) }),
    faults: (details.faults ?? []).map(faultMembers),
  };
}

function factMembers(facts: NonNullable<GatewayError['details']['facts']>): WireObject {
  const members: Record<string, WireValue> = {};
  for (const [name, value] of Object.entries(facts)) {
    members[name] = typeof value === 'number' ? new ExactNumber(String(value)) : value;
  }
  return members;
}

function faultMembers(fault: Fault): WireObject {
  const members: Record<string, WireValue> = {
    at: fault.at,
    field: fault.field,
    label: fault.label,
    rule: fault.rule,
    message: fault.message,
  };
  if (fault.found !== undefined) members['found'] = fault.found;
  return members;
}

function envelopeOf(
  parts: AnswerParts,
  header: MessageHeader,
  told: { readonly receivedAt: number; readonly referenceId?: string },
): WireObject {
  const { receivedAt, referenceId = '' } = told;
  return parts.dialect.answerEnvelope(header, {
    referenceId: referenceId === '' ? parts.referenceId() : referenceId,
    receivedAt,
    answeredAt: parts.clock.now(),
  });
}

/**
 * The number that the far side gave its answer, where one answer is told: a later message names it (3262 `otransid`), and
 * the agency finds the answer by no other. Empty where there is none.
 */
function numberOf(responses: readonly CanonicalResponse[]): string {
  const [response, ...others] = responses;
  return response === undefined || others.length > 0 ? '' : response.referenceId;
}

function write(
  parts: AnswerParts,
  message: Parameters<ConnectionParts['codec']['writeResponse']>[0],
): Transcript | Promise<Transcript> {
  const { codec, clock, protection = UNPROTECTED } = parts;
  const at = { now: clock.now(), nonce: newNonce() };
  const contentType = withBeside(codec.contentType, codec.besideResponse?.(message) ?? {});
  const written = whenSigned(() =>
    protection.write('response', (sign) => codec.writeResponse(message, sign), at),
  );
  return written instanceof Promise
    ? written.then((bytes) => ({ bytes, contentType }))
    : { bytes: written, contentType };
}
