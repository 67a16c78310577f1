/** Calls a platform: maps, writes, signs and sends a request, and reads, verifies and maps its answer. */
import { GatewayError } from '@yiqiao/model';
import type {
  AdapterWithReversal,
  CallContext,
  CanonicalRequest,
  CanonicalResponse,
  Deviation,
  ReversalResult,
} from '@yiqiao/model';
import type { Profile } from '@yiqiao/registry';
import type { Transport, TransportReply } from '@yiqiao/sdk';
import type { WireResponse } from '@yiqiao/wire';
import type { ConnectionParts } from './connection.ts';
import { mergeDeviations } from './deviations.ts';
import type { CallingDialect } from './dialect.ts';
import { differingTotal, foreignMembers } from './echo.ts';

/** Creates the adapter of one peer that can be called. */
export function createPlatformAdapter(
  parts: ConnectionParts & { readonly calls: CallingDialect },
  transport: Transport,
): AdapterWithReversal {
  const execute = async (request: CanonicalRequest, context: CallContext): Promise<CanonicalResponse> => {
    const { message, notes } = parts.calls.outgoing(request);
    const bytes = parts.codec.writeRequest(message, parts.sign);
    const { contentType } = parts.codec;
    const answer = await transport.post({
      body: bytes,
      contentType,
      deadline: context.deadline,
      signal: context.signal,
      beforeSend: () => context.recordSent({ bytes, contentType }),
    });
    context.noteReply({ bytes: answer.body, contentType: answer.contentType });
    const response = readAnswer(parts, request, { number: message.transaction, answer });
    return notes.length === 0 ? response : { ...response, deviations: [...notes, ...response.deviations] };
  };
  return {
    id: parts.peer,
    execute,
    async reverse(reversal, context): Promise<ReversalResult> {
      try {
        await execute(reversal, context);
        return 'reversed';
      } catch (error) {
        return reversalResult(parts, error);
      }
    },
  };
}

/**
 * Only a refusal in the far side's own words about the reversal tells anything; a peer that is busy or turns the
 * message away at its door leaves the question open.
 * @throws GatewayError `UPSTREAM_UNREACHABLE`.
 */
function reversalResult(parts: ConnectionParts, error: unknown): ReversalResult {
  if (!(error instanceof GatewayError)) throw error;
  if (error.code === 'UPSTREAM_UNREACHABLE') throw error;
  if (error.code !== 'UPSTREAM_REJECTED' || error.details.facts?.['status'] !== undefined) return 'unknown';
  const text = error.details.upstream?.text ?? '';
  if (names(parts.profile, 'notNow', text)) return 'unknown';
  return names(parts.profile, 'originalNotFound', text) ? 'nothing-to-reverse' : 'refused';
}

/** Whether a text holds one of the phrases that a profile lists under this name. */
function names(profile: Profile, list: 'notNow' | 'originalNotFound', text: string): boolean {
  const phrases = profile.data[list];
  return (
    Array.isArray(phrases) && phrases.some((phrase) => typeof phrase === 'string' && text.includes(phrase))
  );
}

function readAnswer(
  parts: ConnectionParts & { readonly calls: CallingDialect },
  request: CanonicalRequest,
  { number, answer }: { number: string; answer: TransportReply },
): CanonicalResponse {
  const response = readEnvelope(parts, answer);
  if (!response.success) {
    throw new GatewayError('UPSTREAM_REJECTED', {
      upstream: { code: response.code, text: response.text },
      facts: { transaction: request.header.transaction, peer: parts.peer },
    });
  }
  try {
    if (response.body !== null) parts.verify?.(response.envelope, response.signedBytes);
  } catch (cause) {
    throw unusable(request, 'signature', cause);
  }
  const { content, notes } = parts.calls.content(request, response);
  const foreign = foreignMembers(request, content);
  if (foreign.length > 0) throw unusable(request, `belongs to another request: ${foreign.join(', ')}`);
  return {
    referenceId:
      typeof response.envelope['inf_refmsgid'] === 'string' ? response.envelope['inf_refmsgid'] : '',
    content,
    ...(saysMore(response) ? { text: response.text } : {}),
    deviations: mergeDeviations(
      [
        ...response.deviations,
        ...findDeviations(parts, number, response),
        ...differingTotal(request, content),
      ],
      notes,
    ),
  };
}

/** A mere "success" says nothing; an error text beside a success is for the caller to judge. */
function saysMore(response: WireResponse): boolean {
  return response.deviations.some(({ rule }) => rule === 'text-beside-success');
}

/** Statuses by which a server, or a proxy before it, turns a request away unread. Others leave it open. */
const TURNED_AWAY = new Set([400, 401, 403, 404, 405, 411, 413, 414, 415, 421, 429, 431]);

/** An HTTP status other than 200 with an envelope counts as its envelope; without one it tells who spoke. */
function readEnvelope(parts: ConnectionParts, answer: TransportReply): WireResponse {
  try {
    return parts.codec.readResponse(answer.body);
  } catch (cause) {
    const facts = { peer: parts.peer, status: answer.status };
    if (answer.status === 504) throw new GatewayError('UPSTREAM_TIMEOUT', { facts }, { cause });
    if (TURNED_AWAY.has(answer.status)) {
      const text = `HTTP ${answer.status}`;
      throw new GatewayError(
        'UPSTREAM_REJECTED',
        { facts, upstream: { code: String(answer.status), text } },
        { cause },
      );
    }
    throw new GatewayError(
      'UPSTREAM_REPLY_UNUSABLE',
      { facts: { ...facts, why: cause instanceof GatewayError ? cause.code : 'not readable' } },
      { cause },
    );
  }
}

function unusable(request: CanonicalRequest, why: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'UPSTREAM_REPLY_UNUSABLE',
    { facts: { transaction: request.header.transaction, why } },
    { cause },
  );
}

/** What is wrong with an answer is delivered and flagged, never made a failure. */
function findDeviations(parts: ConnectionParts, number: string, response: WireResponse): Deviation[] {
  const { registry, profile } = parts;
  if (registry.definition(profile.id, number) === undefined) return [];
  const findings = [
    registry.validator(profile.id, number, 'response', 'tolerant')(response.body, '/output'),
    registry.checkIdentities(profile.id, number, 'response', response.body, '/output'),
  ];
  return findings.flatMap((one) => [...one.faults, ...one.deviations]);
}
