/** Calls to a far side at which a write stands only once it is confirmed. Source: the profile's `twoPhase`. */
import { GatewayError } from '@yiqiao/model';
import type {
  AdapterWithQuery,
  AdapterWithTwoPhase,
  CallContext,
  CanonicalRequest,
  CommitKey,
  CommitResult,
  QueryResult,
  SentRecord,
  StagedMessage,
  WireObject,
} from '@yiqiao/model';
import type { OutgoingRequest, WireResponse } from '@yiqiao/wire';
import type { ConnectionParts } from './connection.ts';
import { askFarSide } from './far-side.ts';
import type { FarCall, FarSide } from './far-side.ts';
import { nameOf, namesOf, textAtPath, twoPhaseOf } from './phase-calls.ts';
import type { PhaseCall, TwoPhaseForm, Words } from './phase-calls.ts';
import { namesPhrase } from './phrases.ts';

/** Reads an answer to a question as the answer to the message that is asked about. */
export type ReadAnswer = (
  request: CanonicalRequest,
  response: WireResponse,
  before: CommitKey,
) => ReturnType<AdapterWithTwoPhase['execute']>;

/** The abilities of a far side whose profile has calls that confirm or ask; nothing for any other. */
export function createTwoPhase(
  far: FarSide,
  readAnswer: ReadAnswer,
): Partial<
  Pick<AdapterWithTwoPhase & AdapterWithQuery, 'isStaged' | 'confirm' | 'cancel' | 'canAskAbout' | 'query'>
> {
  const { parts } = far;
  const confirming = callThat(parts, 'confirm');
  const cancelling = callThat(parts, 'cancel');
  const asking = callThat(parts, 'query');
  return {
    ...(confirming !== undefined && {
      isStaged: (request) => isStaged(parts, request),
      confirm: (message, context) => commit(far, confirming, { message, context }),
      // What no answer has told a number of can not be named, and a form without cancellation lets it lapse by itself.
      cancel: async (message, context) =>
        cancelling === undefined || message.commitKey === undefined
          ? 'refused'
          : commit(far, cancelling, { message, context }),
    }),
    ...(asking?.tells !== undefined && {
      canAskAbout: (request) => isNumberedBefore(parts) && isStaged(parts, request),
      query: (sent, context) => ask(far, asking, { sent, context, readAnswer }),
    }),
  };
}

/** A message with the numbers by which the far side knows it before its answer; none when the form has no such ones. */
export interface NumberedMessage {
  readonly message: OutgoingRequest;
  readonly commitKey?: CommitKey;
}

/**
 * Gives a message its number, asking the far side for one where the form has it begin so.
 * @throws GatewayError as the transport; `UPSTREAM_UNREACHABLE` when there is no number: nothing was sent under one
 */
export async function numberMessage(
  far: FarSide,
  request: CanonicalRequest,
  of: { readonly message: OutgoingRequest; readonly context: CallContext },
): Promise<NumberedMessage> {
  const { parts } = far;
  const { message, context } = of;
  if (!isNumberedBefore(parts)) return { message };
  const { own, key } = twoPhaseOf(parts.profile);
  const begun = await begin(far, message.transaction, context);
  const body = { ...message.body, ...begun };
  if (!isStaged(parts, request)) return { message: { ...message, body } };
  const commitKey = { ...valuesAt(body, [...own, ...key]), ...begun, [TRANSACTION]: message.transaction };
  return { message: { ...message, body }, commitKey };
}

/** Name under which the number of the transaction itself is kept. */
const TRANSACTION = 'transaction';

/** A number for a message that has a place for one. */
async function begin(far: FarSide, bearer: string, context: CallContext): Promise<CommitKey> {
  const call = callThat(far.parts, 'begin');
  if (call === undefined || !hasElements(far.parts, bearer, namesOf(call))) return {};
  if (context.commitKey !== undefined) return only(context.commitKey, namesOf(call));
  const { transaction } = call;
  const silently: CallContext = { ...context, recordSent: async () => undefined, noteReply: () => undefined };
  try {
    const message = { transaction, envelope: {}, body: {} };
    const response = await askFarSide(far, { transaction, message }, silently);
    const number = response.success ? valuesAt(response.body, namesOf(call)) : {};
    if (Object.keys(number).length > 0) return number;
    throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts: { transaction } });
  } catch (cause) {
    // Nothing is done by giving out a number, so that whatever went wrong, the message has not left.
    const facts = { peer: far.parts.peer, reason: `no number from ${transaction}` };
    throw new GatewayError('UPSTREAM_UNREACHABLE', { facts }, { cause });
  }
}

/**
 * The numbers under which an answer waits for its confirmation; `undefined` when it does not wait. `before` are those
 * that were known before.
 * @throws GatewayError `UPSTREAM_REPLY_UNUSABLE` when it tells no number: it can be neither confirmed nor cancelled
 */
export function commitKeyOf(
  parts: ConnectionParts,
  request: CanonicalRequest,
  of: { readonly number: string; readonly response: WireResponse; readonly before: CommitKey | undefined },
): CommitKey | undefined {
  const confirming = callThat(parts, 'confirm');
  if (confirming === undefined || !isStaged(parts, request)) return undefined;
  const { number, response, before = {} } = of;
  const form = twoPhaseOf(parts.profile);
  const names = namesOf(confirming);
  const told = form.told.flatMap((path) => textAtPath(response.body, path) || []).slice(0, 1);
  const key: CommitKey = {
    ...before,
    ...valuesAt(response.body, [...names, ...form.key]),
    ...valuesAt(response.envelope, [...names, ...form.key]),
    ...Object.fromEntries(told.map((value) => [names[0] ?? '', value])),
  };
  const missing = names.filter((name) => key[name] === undefined);
  if (missing.length === 0) return usesTransaction(form) ? { ...key, [TRANSACTION]: number } : key;
  const facts = {
    transaction: request.header.transaction,
    why: `no ${missing.join(', ')} to confirm it by`,
  };
  throw new GatewayError('UPSTREAM_REPLY_UNUSABLE', { facts });
}

function hasElements(
  { registry, profile }: ConnectionParts,
  transaction: string,
  names: readonly string[],
): boolean {
  const nodes = registry.definition(profile.id, transaction)?.request ?? [];
  const own = new Set(
    nodes.flatMap(({ node, fields }) => (node === '' ? fields.map(({ name }) => name) : [])),
  );
  return names.every((name) => own.has(name));
}

/** Texts at the paths, each under its last name; those that are not there are left out. */
function valuesAt(body: WireObject | null, paths: readonly string[]): CommitKey {
  const found = paths.map((path) => [path.split('.').at(-1) ?? path, textAtPath(body, path)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== ''));
}

function callThat({ profile }: ConnectionParts, does: PhaseCall['does']): PhaseCall | undefined {
  return twoPhaseOf(profile).calls.find((call) => call.does === does);
}

/** Whether the far side knows a message by what it bears itself. */
function isNumberedBefore(parts: ConnectionParts): boolean {
  return twoPhaseOf(parts.profile).own.length > 0 || callThat(parts, 'begin') !== undefined;
}

function usesTransaction({ calls }: TwoPhaseForm): boolean {
  return calls.some(({ fill = {} }) =>
    Object.values(fill).some((from) => typeof from !== 'string' || from === TRANSACTION),
  );
}

function isStaged({ registry, profile }: ConnectionParts, { content }: CanonicalRequest): boolean {
  const { calls, operations } = twoPhaseOf(profile);
  if (content.form !== 'canonical' || !calls.some(({ does }) => does === 'confirm')) return false;
  const { effect, operation } = registry.operation(content.operation);
  if (operations !== undefined) return operations.includes(operation);
  return effect === 'write' && operation !== 'reverseTransaction';
}

async function commit(
  far: FarSide,
  call: PhaseCall,
  { message, context }: { readonly message: StagedMessage; readonly context: CallContext },
): Promise<CommitResult> {
  const { profile } = far.parts;
  try {
    const response = await askFarSide(far, callOf(far, call, message.commitKey ?? {}), context);
    const said = meaningOf(RESULTS, call.results, response);
    if (said !== undefined) return said;
    if (response.success) return call.results?.at === undefined ? 'done' : 'unknown';
    if (namesPhrase(profile, 'notNow', response.text)) return 'unknown';
    return namesPhrase(profile, 'originalNotFound', response.text) ? 'nothing-there' : 'refused';
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code === 'UPSTREAM_UNREACHABLE') throw error;
    return 'unknown';
  }
}

const RESULTS = ['done', 'nothing-there', 'refused', 'unknown'] as const;
const STATES = ['done', 'staged', 'not-done'] as const;

/** What the word of an answer means; `undefined` where the profile has no meaning for it. */
function meaningOf<Meaning extends string>(
  meanings: readonly Meaning[],
  words: Words<Meaning> | undefined,
  response: WireResponse,
): Meaning | undefined {
  if (words === undefined) return undefined;
  const word = words.at === undefined ? response.code : textAtPath(response.body, words.at);
  const lists: Readonly<Partial<Record<Meaning, readonly string[]>>> = words;
  return meanings.find((meaning) => lists[meaning]?.includes(word) === true);
}

/** What became of a message, in the words that the profile has for it; anything else is not known. */
async function ask(
  far: FarSide,
  call: PhaseCall,
  of: { readonly sent: SentRecord; readonly context: CallContext; readonly readAnswer: ReadAnswer },
): Promise<QueryResult> {
  const { sent, context, readAnswer } = of;
  const key = sent.commitKey;
  if (key === undefined) return { state: 'unknown' };
  const response = await askFarSide(far, callOf(far, call, key), context);
  const state = meaningOf(STATES, call.tells, response);
  if (state === 'staged') return { state, commitKey: key };
  if (state !== 'done') return { state: state ?? 'unknown' };
  return { state: 'done', response: await readAnswer(sent.request, { ...response, success: true }, key) };
}

function callOf(far: FarSide, call: PhaseCall, key: CommitKey): FarCall {
  const { transaction, bare = false, when = {}, fill = {} } = call;
  const { key: named } = twoPhaseOf(far.parts.profile);
  if (bare) return { transaction, beside: only(key, [...namesOf(call), ...named.map(nameOf)]) };
  const conditions = Object.entries(when).map(([element, [value = '']]) => [element, value] as const);
  const filled = Object.entries(fill).map(([element, from]) => [element, valueOf(from, key)] as const);
  const body = { ...Object.fromEntries([...conditions, ...filled]), ...only(key, namesOf(call)) };
  return { transaction, message: { transaction, envelope: {}, body } };
}

/** `transaction`, `key:NAME`, or what a table has for the transaction. */
function valueOf(from: string | Readonly<Record<string, string>>, key: CommitKey): string {
  const transaction = key[TRANSACTION] ?? '';
  if (typeof from !== 'string') return from[transaction] ?? '';
  return from === TRANSACTION ? transaction : (key[from.slice(from.indexOf(':') + 1)] ?? '');
}

function only(key: CommitKey, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]]])));
}
