/** Calls a platform: maps, writes, signs and sends a request, and reads, verifies and maps its answer. */
import { GatewayError } from '@yiqiao/model';
import type {
  AdapterWithReversal,
  CallContext,
  CanonicalRequest,
  CanonicalResponse,
  CommitKey,
  Content,
  Deviation,
  ReversalResult,
} from '@yiqiao/model';
import type { Transport } from '@yiqiao/transport';
import type { OutgoingRequest, WireResponse } from '@yiqiao/wire';
import type { ConnectionParts } from './connection.ts';
import { mergeDeviations } from './deviations.ts';
import type { CallingDialect, FindRecord } from './dialect.ts';
import { differingTotal, foreignMembers } from './echo.ts';
import { askFarSide } from './far-side.ts';
import type { FarAddress, FarSide } from './far-side.ts';
import { fetchFile, findFileSource, responseOf } from './file-answers.ts';
import { withLookups } from './lookups.ts';
import { namesPhrase } from './phrases.ts';
import { commitKeyOf, createTwoPhase, numberMessage } from './two-phase-calls.ts';

/** Creates the adapter of one peer that can be called. */
export function createPlatformAdapter(
  parts: ConnectionParts & { readonly calls: CallingDialect },
  transport: Transport,
  address?: FarAddress,
): AdapterWithReversal {
  const far: FarSide = { parts, transport, ...(address === undefined ? {} : { address }) };
  const outgoing = (request: CanonicalRequest) =>
    withLookups(parts, request.header.institutionCode, ({ findRecord }) =>
      parts.calls.outgoing(request, findRecord),
    );
  const read = (request: CanonicalRequest, answer: Omit<ReadParts, 'findRecord'>) =>
    withLookups(parts, request.header.institutionCode, ({ findRecord }) =>
      readAnswer(parts, request, { ...answer, findRecord }),
    );
  const execute = async (request: CanonicalRequest, given: CallContext): Promise<CanonicalResponse> => {
    const written = await outgoing(request);
    const { notes } = written;
    const { message, commitKey: before } = await numberMessage(far, request, {
      message: written.message,
      context: given,
    });
    const context = withNumbers(given, before);
    const { transaction: number, body: asked } = message;
    const source = findFileSource(far, request);
    const answer =
      source === undefined
        ? await askFarSide(far, { transaction: number, message }, context)
        : await fetchFile(source, message, context);
    if ('stream' in answer) return responseOf(request, answer);
    const response = await read(request, { number, asked, response: answer, before });
    const { oddFurtherOn } = answer;
    const told = oddFurtherOn === undefined ? response : { ...response, oddFurtherOn };
    return notes.length === 0 ? told : { ...told, deviations: [...notes, ...told.deviations] };
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
    ...createTwoPhase(far, async (request, response, before) => {
      // The answer is read with what the message was, which is written anew to that end and does not leave.
      const { transaction: number, body: asked } = (await outgoing(request)).message;
      return read(request, { number, asked, response, before });
    }),
  };
}

/** The same, with the numbers that go on record before the message leaves. */
function withNumbers(context: CallContext, commitKey: CommitKey | undefined): CallContext {
  if (commitKey === undefined) return context;
  return { ...context, recordSent: (sent) => context.recordSent(sent, commitKey) };
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
  // What the form cannot say has not left: another way out is taken.
  if (PASSED_ON.has(error.code) || error.kind.origin === 'caller') throw error;
  if (error.code !== 'UPSTREAM_REJECTED' || error.details.facts?.['status'] !== undefined) return 'unknown';
  const text = error.details.upstream?.text ?? '';
  if (namesPhrase(parts.profile, 'notNow', text)) return 'unknown';
  return namesPhrase(parts.profile, 'originalNotFound', text) ? 'nothing-to-reverse' : 'refused';
}

/** An answer, and what it answers. */
interface ReadParts {
  readonly number: string;
  readonly asked: OutgoingRequest['body'];
  readonly response: WireResponse;
  readonly findRecord: FindRecord;
  /** Numbers of a two-phase far side that were known before the message left. */
  readonly before: CommitKey | undefined;
}

function readAnswer(
  parts: ConnectionParts & { readonly calls: CallingDialect },
  request: CanonicalRequest,
  { number, asked, response: came, findRecord, before }: ReadParts,
): CanonicalResponse {
  if (!came.success) {
    throw new GatewayError('UPSTREAM_REJECTED', {
      upstream: { code: came.code, text: came.text },
      facts: {
        transaction: request.header.transaction,
        peer: parts.peer,
        ...(namesPhrase(parts.profile, 'notNow', came.text) && { notNow: true }),
      },
    });
  }
  try {
    if (came.body !== null) parts.protection?.verify?.(came.envelope, came.signedBytes);
  } catch (cause) {
    throw unusable(request, 'signature', cause);
  }
  const found = findDeviations(parts, { number, asked, response: came });
  const response = { ...came, body: found.body };
  const { content, notes } = parts.calls.content(request, response, findRecord);
  const foreign = foreignMembers(request, content, echoesOf(parts, content));
  if (foreign.length > 0) throw unusable(request, `belongs to another request: ${foreign.join(', ')}`);
  const commitKey = commitKeyOf(parts, request, { number, response, before });
  return {
    ...(commitKey === undefined ? {} : { commitKey }),
    referenceId:
      typeof response.envelope['inf_refmsgid'] === 'string' ? response.envelope['inf_refmsgid'] : '',
    content,
    ...(saysMore(response) ? { text: response.text } : {}),
    deviations: mergeDeviations(
      [...response.faults, ...response.deviations, ...found.deviations, ...differingTotal(request, content)],
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

/** What is wrong with an answer is delivered and flagged, never made a failure; what can mean one thing only is put right. */
function findDeviations(
  { registry, profile }: ConnectionParts,
  { number, asked, response: { body } }: Pick<ReadParts, 'number' | 'asked' | 'response'>,
): { readonly deviations: readonly Deviation[]; readonly body: WireResponse['body'] } {
  if (registry.definition(profile.id, number) === undefined) return { deviations: [], body };
  const message = { transaction: number, direction: 'response', mode: 'tolerant', body, asked } as const;
  const { faults, deviations, body: right } = registry.check(profile.id, message);
  return { deviations: [...faults, ...deviations], body: right };
}
