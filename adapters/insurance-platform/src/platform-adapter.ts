/** Calls a platform: maps, writes, signs and sends a request, and reads, verifies and maps its answer. */
import { GatewayError } from '@yiqiao/model';
import type {
  AdapterWithReversal,
  CallContext,
  CanonicalRequest,
  CanonicalResponse,
  Content,
  Deviation,
  ReversalResult,
} from '@yiqiao/model';
import type { Transport } from '@yiqiao/transport';
import type { WireResponse } from '@yiqiao/wire';
import type { ConnectionParts } from './connection.ts';
import { mergeDeviations } from './deviations.ts';
import type { CallingDialect } from './dialect.ts';
import { differingTotal, foreignMembers } from './echo.ts';
import { askFarSide } from './far-side.ts';
import type { FarAddress, FarSide } from './far-side.ts';
import { fetchFile, findFileSource, responseOf } from './file-answers.ts';
import { withLookups } from './lookups.ts';
import { namesPhrase } from './phrases.ts';
import { commitKeyOf, createTwoPhase } from './two-phase-calls.ts';

/** Creates the adapter of one peer that can be called. */
export function createPlatformAdapter(
  parts: ConnectionParts & { readonly calls: CallingDialect },
  transport: Transport,
  address?: FarAddress,
): AdapterWithReversal {
  const far: FarSide = { parts, transport, ...(address === undefined ? {} : { address }) };
  const execute = async (request: CanonicalRequest, context: CallContext): Promise<CanonicalResponse> => {
    const { institutionCode } = request.header;
    const { message, notes } = await withLookups(parts, institutionCode, ({ findRecord }) =>
      parts.calls.outgoing(request, findRecord),
    );
    const { transaction } = message;
    const source = findFileSource(far, request);
    const answer =
      source === undefined
        ? await askFarSide(far, { transaction, message }, context)
        : await fetchFile(source, message, context);
    if ('stream' in answer) return responseOf(request, answer);
    const response = readAnswer(parts, request, { number: transaction, response: answer });
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
    ...createTwoPhase(far),
  };
}

/** What tells more of a reversal than that its result is unknown. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'UPSTREAM_UNREACHABLE',
  'HANDED_TO_PERSON',
  'CONFIRMED_BY_PERSON',
]);

/**
 * Only a refusal in the far side's own words about the reversal tells anything; a peer that is busy or turns the
 * message away at its door leaves the question open.
 * @throws GatewayError `UPSTREAM_UNREACHABLE` | `HANDED_TO_PERSON` | `CONFIRMED_BY_PERSON`.
 */
function reversalResult(parts: ConnectionParts, error: unknown): ReversalResult {
  if (!(error instanceof GatewayError)) throw error;
  if (PASSED_ON.has(error.code)) throw error;
  if (error.code !== 'UPSTREAM_REJECTED' || error.details.facts?.['status'] !== undefined) return 'unknown';
  const text = error.details.upstream?.text ?? '';
  if (namesPhrase(parts.profile, 'notNow', text)) return 'unknown';
  return namesPhrase(parts.profile, 'originalNotFound', text) ? 'nothing-to-reverse' : 'refused';
}

function readAnswer(
  parts: ConnectionParts & { readonly calls: CallingDialect },
  request: CanonicalRequest,
  { number, response }: { number: string; response: WireResponse },
): CanonicalResponse {
  if (!response.success) {
    throw new GatewayError('UPSTREAM_REJECTED', {
      upstream: { code: response.code, text: response.text },
      facts: {
        transaction: request.header.transaction,
        peer: parts.peer,
        ...(namesPhrase(parts.profile, 'notNow', response.text) && { notNow: true }),
      },
    });
  }
  try {
    if (response.body !== null) parts.protection?.verify?.(response.envelope, response.signedBytes);
  } catch (cause) {
    throw unusable(request, 'signature', cause);
  }
  const { content, notes } = parts.calls.content(request, response);
  const foreign = foreignMembers(request, content, echoesOf(parts, content));
  if (foreign.length > 0) throw unusable(request, `belongs to another request: ${foreign.join(', ')}`);
  const commitKey = commitKeyOf(parts, request, response);
  return {
    ...(commitKey === undefined ? {} : { commitKey }),
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

function echoesOf({ registry }: ConnectionParts, content: Content): readonly string[] | undefined {
  return content.form === 'canonical' ? registry.operation(content.operation).echoes : undefined;
}

/** A mere "success" says nothing; an error text beside a success is for the caller to judge. */
function saysMore(response: WireResponse): boolean {
  return response.deviations.some(({ rule }) => rule === 'text-beside-success');
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
  const { body } = response;
  const message = { transaction: number, direction: 'response', mode: 'tolerant', body } as const;
  const { faults, deviations } = registry.check(profile.id, message);
  return [...faults, ...deviations];
}
