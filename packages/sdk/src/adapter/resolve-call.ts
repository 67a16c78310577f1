/** Finds out what became of a write whose answer is missing. */
import assert from 'node:assert/strict';
import { GatewayError } from '@yiqiao/model';
import type { CallOptions, ConnectedAdapter, Resolution } from './connection-types.ts';
import type {
  AdapterDefinition,
  CallDefinition,
  OperationTypes,
  Refusal,
  SentCall,
  StagedCall,
  StagedResult,
} from './definition-types.ts';

interface Question<Ops extends OperationTypes<Ops>, K extends keyof Ops & string> {
  readonly operation: K;
  readonly sent: SentCall<Ops[K]['request']>;
  readonly options: Omit<CallOptions, 'messageId'>;
}

interface Parts<Ops extends OperationTypes<Ops>, Events extends object> {
  readonly definition: AdapterDefinition<Ops, Events>;
  readonly call: ConnectedAdapter<Ops, Events>['call'];
}

/** Goes the way out that the call names. A read is simply asked again. */
export async function resolveCall<
  Ops extends OperationTypes<Ops>,
  Events extends object,
  K extends keyof Ops & string,
>(parts: Parts<Ops, Events>, question: Question<Ops, K>): Promise<Resolution<Ops[K]['response']>> {
  const definition = parts.definition.calls[question.operation];
  const { effect, wayOut } = definition;
  if (effect === 'read' || wayOut === 'repeat') return repeat(parts, question);
  if (wayOut === 'query') return ask(parts, definition, question);
  return wayOut === 'undo' ? undo(parts, definition, question) : { state: 'person' };
}

async function ask<Ops extends OperationTypes<Ops>, Events extends object, K extends keyof Ops & string>(
  { call }: Parts<Ops, Events>,
  { query }: CallDefinition<Ops, K>,
  { sent, options }: Question<Ops, K>,
): Promise<Resolution<Ops[K]['response']>> {
  if (query === undefined) return { state: 'person' };
  try {
    const answer = await call(query.with as keyof Ops & string, query.toRequest(sent), options);
    return query.outcome(answer, sent);
  } catch (error) {
    const refusal = refusalOf(error);
    return { state: refusal === undefined ? 'unknown' : (query.onRefusal?.(refusal) ?? 'unknown') };
  }
}

async function undo<Ops extends OperationTypes<Ops>, Events extends object, K extends keyof Ops & string>(
  { call }: Parts<Ops, Events>,
  { undo: rule }: CallDefinition<Ops, K>,
  { sent, options }: Question<Ops, K>,
): Promise<Resolution<Ops[K]['response']>> {
  if (rule === undefined) return { state: 'person' };
  try {
    await call(rule.with as keyof Ops & string, rule.toRequest(sent), options);
    return { state: 'undone' };
  } catch (error) {
    const refusal = refusalOf(error);
    const isNothing = refusal !== undefined && rule.onRefusal?.(refusal) === 'nothing-there';
    return { state: isNothing ? 'not-done' : 'unknown' };
  }
}

async function repeat<Ops extends OperationTypes<Ops>, Events extends object, K extends keyof Ops & string>(
  { call }: Parts<Ops, Events>,
  { operation, sent, options }: Question<Ops, K>,
): Promise<Resolution<Ops[K]['response']>> {
  try {
    return {
      state: 'done',
      response: await call(operation, sent.request, { ...options, messageId: sent.messageId }),
    };
  } catch (error) {
    return { state: refusalOf(error) === undefined ? 'unknown' : 'not-done' };
  }
}

/** The far side's words, when it has refused. @throws what says that it could not be asked at all. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof GatewayError)) throw error;
  if (error.code === 'UPSTREAM_REJECTED') return error.details.upstream ?? { code: '', text: '' };
  if (error.kind.outcome === 'rejected') throw error;
  return undefined;
}

/** Lets a computed write stand, or drops it. */
export async function concludeCall<
  Ops extends OperationTypes<Ops>,
  Events extends object,
  K extends keyof Ops & string,
>(
  { definition, call }: Parts<Ops, Events>,
  {
    how,
    operation,
    staged,
    options,
  }: {
    readonly how: 'confirm' | 'cancel';
    readonly operation: K;
    readonly staged: StagedCall<Ops[K]['request']>;
    readonly options: CallOptions;
  },
): Promise<StagedResult> {
  const rule = definition.calls[operation].twoPhase?.[how];
  assert(rule !== undefined, `${operation} stands at once`);
  try {
    await call(rule.with as keyof Ops & string, rule.toRequest(staged), options);
    return 'done';
  } catch (error) {
    const refusal = refusalOf(error);
    return refusal === undefined ? 'unknown' : (rule.onRefusal?.(refusal) ?? 'refused');
  }
}
