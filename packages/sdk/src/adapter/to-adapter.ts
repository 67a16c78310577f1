/** An adapter whose operations are canonical ones, as the router takes it. */
import { GatewayError } from '@yiqiao/model';
import type {
  AdapterWithQuery,
  AdapterWithTwoPhase,
  CallContext,
  CanonicalObject,
  CanonicalRequest,
  CanonicalResponse,
  CommitKey,
  CommitResult,
  QueryResult,
  SentRecord,
  StagedMessage,
} from '@yiqiao/model';
import type { CallOptions, ConnectedAdapter } from './connection-types.ts';
import type { OperationTypes } from './definition-types.ts';

/**
 * Makes a connected adapter one that the router can route to, able to query and, where calls are two-phase, to confirm
 * and cancel. Calls that are named as canonical operations are those operations, their types in `OperationBodies`; others
 * serve these. Members it does not know are not carried.
 */
export function toAdapter<Ops extends OperationTypes<Ops>, Events extends object>(
  connected: ConnectedAdapter<Ops, Events>,
): AdapterWithQuery | (AdapterWithQuery & AdapterWithTwoPhase) {
  const { id, calls } = connected.definition;
  const known = calls as unknown as KnownCalls;
  const parts: Parts = { id, known, far: connected as unknown as Untyped };
  const basic = createBasic(parts);
  const isTwoPhase = Object.values(known).some((call) => call?.twoPhase !== undefined);
  return isTwoPhase ? { ...basic, ...createPhases(parts) } : basic;
}

/** The same adapter, its operations known only by name. */
interface Untyped {
  call(operation: string, request: CanonicalObject, options: CallOptions): Promise<CanonicalObject>;
  resolve(
    operation: string,
    sent: Sent,
    options: CallOptions,
  ): Promise<{ readonly state: string; readonly response?: CanonicalObject }>;
  conclude(
    how: 'confirm' | 'cancel',
    operation: string,
    staged: Sent & { readonly commitKey?: CommitKey },
    options: CallOptions,
  ): Promise<CommitResult>;
}

interface Sent {
  readonly request: CanonicalObject;
  readonly messageId: string;
  readonly sentAt: number;
}

interface KnownCall {
  readonly wayOut?: string;
  readonly twoPhase?: { readonly commitKey: (response: CanonicalObject) => CommitKey | undefined };
}

type KnownCalls = Readonly<Record<string, KnownCall | undefined>>;

interface Parts {
  readonly id: string;
  readonly known: KnownCalls;
  readonly far: Untyped;
}

function createBasic(parts: Parts): AdapterWithQuery {
  const { id, known, far } = parts;
  return {
    id,
    async execute(request, context) {
      const { operation, body } = contentOf(parts, request);
      const answer = await far.call(operation, body, optionsOf(request.header.messageId, context));
      return response(parts, request, answer);
    },
    canAskAbout: ({ content }) =>
      content.form === 'canonical' && known[content.operation]?.wayOut === 'query',
    async query(sent: SentRecord, context: CallContext): Promise<QueryResult> {
      const { messageId: _, ...options } = optionsOf('', context);
      const { operation } = contentOf(parts, sent.request);
      const found = await far.resolve(operation, sentOf(parts, sent), options);
      if (found.state !== 'done') return { state: found.state === 'not-done' ? 'not-done' : 'unknown' };
      const told = response(parts, sent.request, found.response ?? {});
      return told.commitKey === undefined
        ? { state: 'done', response: told }
        : { state: 'staged', commitKey: told.commitKey };
    },
  };
}

function createPhases(parts: Parts): Omit<AdapterWithTwoPhase, 'id' | 'execute'> {
  const conclude =
    (how: 'confirm' | 'cancel') =>
    (message: StagedMessage, context: CallContext): Promise<CommitResult> => {
      const { sent, commitKey, messageId } = message;
      const { operation } = contentOf(parts, sent.request);
      const staged = { ...sentOf(parts, sent), ...(commitKey === undefined ? {} : { commitKey }) };
      return parts.far.conclude(how, operation, staged, optionsOf(messageId, context));
    };
  return {
    isStaged: ({ content }) =>
      content.form === 'canonical' && parts.known[content.operation]?.twoPhase !== undefined,
    confirm: conclude('confirm'),
    cancel: conclude('cancel'),
  };
}

function contentOf(
  { known, id }: Parts,
  { header, content }: CanonicalRequest,
): { readonly operation: string; readonly body: CanonicalObject } {
  if (content.form === 'canonical' && Object.hasOwn(known, content.operation)) return content;
  throw new GatewayError('TRANSACTION_UNKNOWN', {
    facts: { transaction: header.transaction, adapter: id },
  });
}

function sentOf(parts: Parts, { request, sentAt }: SentRecord): Sent {
  return { request: contentOf(parts, request).body, messageId: request.header.messageId, sentAt };
}

function optionsOf(messageId: string, context: CallContext): CallOptions {
  return {
    messageId,
    signal: context.signal,
    deadline: context.deadline,
    beforeSend: (sent) => context.recordSent(sent),
    noteReply: (reply) => context.noteReply(reply),
  };
}

function response({ known }: Parts, { content }: CanonicalRequest, body: CanonicalObject): CanonicalResponse {
  const rule = content.form === 'canonical' ? known[content.operation]?.twoPhase : undefined;
  const commitKey = rule?.commitKey(body);
  return {
    referenceId: '',
    content: { ...content, body, carried: {} } as CanonicalResponse['content'],
    deviations: [],
    ...(commitKey === undefined ? {} : { commitKey }),
  };
}
