/** Calls: body in, message out, answer back, for one connection. */
import { formatTime, GatewayError } from '@yiqiao/model';
import type {
  CanonicalRequest,
  CanonicalResponse,
  Clock,
  ErrorCode,
  MessageHeader,
  Operation,
} from '@yiqiao/model';
import type { OperationEntry } from '@yiqiao/registry';
import type { AnswerOf } from './bodies.ts';
import type { ClientConnection } from './client-connection.ts';
import type { Answer, Client, ClientCallOptions, ClientSettings, Operator } from './client-types.ts';
import { createDoubts } from './doubts.ts';
import type { Doubts } from './doubts.ts';
import { guardHooks } from './hooks.ts';
import { createKnowledge } from './knowledge.ts';
import type { Known } from './knowledge.ts';
import { readBody } from './read-body.ts';
import { clientRequest } from './saved-requests.ts';
import type { ClientRequest } from './saved-requests.ts';
import { sendMessage } from './sending.ts';
import type { Limits, SendingParts } from './sending.ts';
import { createSignIns } from './sign-in.ts';
import { atGivenPlaces } from './wire-places.ts';

const TIMEOUT_MS = 30_000;
/** A message id that another process of the institution has used is minted anew this often. */
const NEW_IDS = 3;
/** Refusals of a message id that is taken, and of what is to be done anew as a new message. */
const WANTS_NEW_ID: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['MESSAGE_ID_REUSED', 'DO_ANEW']);

/** What calls are made with. */
export interface CallerParts {
  readonly settings: ClientSettings;
  readonly clock: Clock;
  readonly connection: ClientConnection;
}

/** What a client does, before it has families. */
export interface Caller extends Pick<Client, 'call' | 'resolve'> {
  signIn(operator: Operator): Promise<string>;
}

/** Everything that one call draws on. */
interface Desk extends CallerParts {
  readonly knowledge: (operation: Operation) => Known;
  readonly sending: SendingParts;
  readonly doubts: Doubts;
  readonly dialect: string;
}

/** Makes the caller of one connection. */
export function createCaller(parts: CallerParts): Caller {
  const desk = createDesk(parts);
  const { settings, clock } = parts;
  const signIns = createSignIns(settings.signIn, clock, async (operator) => {
    const { macAddress = '', ipAddress = '' } = settings.signIn ?? {};
    const body = { operatorNumber: operator.id, macAddress, ipAddress };
    const answer = await callOnce(desk, { operation: 'signIn', body, options: { operator } });
    return answer.body.signInNumber;
  });
  const needsSignIn = (operation: Operation): boolean =>
    settings.signIn !== undefined && operation !== 'signIn' && operation !== 'signOut';
  return {
    async call(operation, body, options = {}) {
      const call = { operation, body, options };
      if (!needsSignIn(operation)) return callOnce(desk, call);
      const operator = options.operator ?? settings.as.operator;
      const signInNumber = await signIns.current(operator);
      try {
        return await callOnce(desk, { ...call, signInNumber });
      } catch (error) {
        if (!signIns.isRefused(error, operator, signInNumber)) throw error;
        return callOnce(desk, { ...call, signInNumber: await signIns.current(operator) });
      }
    },
    signIn: (operator) => signIns.current(operator),
    async resolve(message) {
      const found = await desk.doubts.resolve(message);
      if (found.state !== 'answered') return found;
      return { state: 'answered', ...answerOf(found.request, found.response) };
    },
  };
}

function createDesk(parts: CallerParts): Desk {
  const { settings, clock, connection } = parts;
  const { adapter, registry, ids, profile } = connection;
  const knowledge = createKnowledge(connection);
  const sending = { adapter, clock, hooks: guardHooks(settings.hooks ?? {}) };
  const { dialect } = registry.profile(profile);
  const doubts = createDoubts({
    adapter,
    clock,
    settings,
    dialect,
    knowledge,
    limits: () => limitsOf(parts, {}),
    mint: () => ids.messageId(settings.as.institution.code),
    send: (request, { operation }, limits) =>
      sendMessage(sending, { ...limits, request, operation, mayRepeat: true, doubtful: true }),
  });
  return { ...parts, knowledge, sending, doubts, dialect };
}

function limitsOf({ clock, settings }: CallerParts, options: ClientCallOptions): Limits {
  return {
    deadline: clock.now() + (options.timeoutMs ?? settings.timeoutMs ?? TIMEOUT_MS),
    signal: options.signal ?? new AbortController().signal,
  };
}

/** A call as it was asked for. */
interface Call<O extends Operation> {
  readonly operation: O;
  readonly body: unknown;
  readonly options: ClientCallOptions;
  readonly signInNumber?: string;
}

async function callOnce<O extends Operation>(desk: Desk, call: Call<O>): Promise<Answer<O>> {
  const { settings, clock, connection, dialect } = desk;
  const { operation, options } = call;
  const { entry, shape } = desk.knowledge(operation);
  const body = readBody(shape, call.body);
  for (let again = 0; ; again += 1) {
    const messageId = options.messageId ?? connection.ids.messageId(settings.as.institution.code);
    const header = headerOf(settings, call, { messageId, entry, now: clock.now() });
    const request = clientRequest(header, { operation, body, carried: options.carried ?? {}, dialect });
    try {
      return answerOf(request, await send(desk, request, { entry, options }));
    } catch (error) {
      const asksForNewId = error instanceof GatewayError && WANTS_NEW_ID.has(error.code);
      if (!asksForNewId || options.messageId !== undefined || again >= NEW_IDS) throw error;
    }
  }
}

/** Sends a request; a write is kept until it has ended. */
async function send(
  desk: Desk,
  request: ClientRequest,
  { entry, options }: { readonly entry: OperationEntry; readonly options: ClientCallOptions },
): Promise<CanonicalResponse> {
  const { doubts, settings } = desk;
  const { operation } = entry;
  // What is done anew when its answer is lost is not looked for: it need not be kept.
  const isKept = entry.effect === 'write' && !entry.wayOut.includes('anew');
  const mayRepeat = settings.farSide === 'idempotent' || !isKept;
  try {
    const response = await sendMessage(desk.sending, {
      ...limitsOf(desk, options),
      request,
      operation,
      mayRepeat,
      doubtful: false,
      ...(isKept ? { beforeFirst: () => doubts.begin(request) } : {}),
    });
    if (isKept) await doubts.end(request.header.messageId);
    return response;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (isKept && error.kind.outcome === 'rejected') await doubts.end(request.header.messageId);
    throw atGivenPlaces(error, desk.knowledge(operation).map);
  }
}

function headerOf(
  { as }: ClientSettings,
  { options, signInNumber = '' }: Call<Operation>,
  of: { readonly messageId: string; readonly entry: OperationEntry; readonly now: number },
): MessageHeader {
  const { operator = as.operator, insuredRegion } = options;
  return {
    transaction: of.entry.transaction,
    messageId: of.messageId,
    careRegion: as.careRegion,
    ...(insuredRegion === undefined ? {} : { insuredRegion }),
    institutionCode: as.institution.code,
    institutionName: as.institution.name,
    operatorType: operator.type,
    operator: operator.id,
    operatorName: operator.name,
    time: formatTime(of.now),
    ...(signInNumber === '' ? {} : { signInNumber }),
    others: as.envelope ?? {},
  };
}

/** An answer in the vendor's terms. */
function answerOf<O extends Operation>({ header }: CanonicalRequest, response: CanonicalResponse): Answer<O> {
  const { content, referenceId, deviations, oddFurtherOn = [], text, file } = response;
  const { body, carried } = content.form === 'canonical' ? content : { body: {}, carried: {} };
  return {
    body: body as AnswerOf<O>,
    messageId: header.messageId,
    referenceId,
    warnings: deviations,
    oddFurtherOn,
    carried,
    ...(text === undefined ? {} : { text }),
    ...(file === undefined ? {} : { file }),
  };
}
