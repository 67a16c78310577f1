/** What became of a write whose answer is missing: the way out that its operation has. */
import { canQuery, canReverse, GatewayError } from '@yiqiao/model';
import type {
  AdapterWithReversal,
  CallContext,
  CanonicalObject,
  CanonicalRequest,
  CanonicalResponse,
  CanonicalValue,
  Clock,
} from '@yiqiao/model';
import type { OperationEntry, WayOut } from '@yiqiao/registry';

/** What was found out; an answer still is as the adapter gave it. */
export type Found =
  | { readonly state: 'answered'; readonly response: CanonicalResponse }
  | {
      readonly state: 'not-done';
      readonly how: 'rejected' | 'reversed' | 'never-arrived';
      readonly error?: GatewayError;
    }
  | {
      readonly state: 'unknown';
      readonly next: 'wait' | 'person';
      readonly reason: string;
      readonly retryAfterMs?: number;
    };

/** A message in doubt. */
export interface Doubtful {
  readonly request: CanonicalRequest;
  readonly entry: OperationEntry;
  /** Epoch milliseconds. */
  readonly sentAt: number;
}

/** What finding out is done with. */
export interface ResolvingParts {
  readonly adapter: AdapterWithReversal;
  readonly clock: Clock;
  /** How long a message may be on its way. */
  readonly inFlightMs: number;
  readonly idempotent: boolean;
  context(): CallContext;
  /** Sends the same message again; only for what is harmless. */
  repeat(doubtful: Doubtful): Promise<CanonicalResponse>;
  /** The 2601 for it, kept before it is sent: always the same one. */
  reversal(doubtful: Doubtful, body: CanonicalObject): Promise<CanonicalRequest>;
}

/** Finds out, by one pass over the ways out. */
export async function findOut(parts: ResolvingParts, doubtful: Doubtful): Promise<Found> {
  if (parts.idempotent) return askAgain(parts, doubtful);
  const asked = canQuery(parts.adapter, doubtful.request) ? (['query'] as const) : [];
  const ways = doubtful.entry.effect === 'read' ? (['repeat'] as const) : doubtful.entry.wayOut;
  for (const way of new Set<WayOut>([...asked, ...ways])) {
    const found = await WAYS[way](parts, doubtful);
    if (found !== undefined) return found;
  }
  return { state: 'unknown', next: 'person', reason: 'no-way-out' };
}

type Take = (parts: ResolvingParts, doubtful: Doubtful) => Promise<Found | undefined>;

const WAYS: Readonly<Record<WayOut, Take>> = {
  query: askWhetherDone,
  reverse: takeBack,
  repeat: async (parts, doubtful) => {
    const found = await askAgain(parts, doubtful);
    // What refuses the repetition may be the state that the first one made.
    return found.state === 'not-done' ? undefined : found;
  },
  // It is never kept; a message of it that was, is not looked for.
  anew: async () => ({ state: 'not-done', how: 'rejected' }),
  // It names a matter and no message, and would take back what others did about it: left to whoever knows them.
  undo: async () => undefined,
  person: async () => ({ state: 'unknown', next: 'person', reason: 'person' }),
};

async function askAgain(parts: ResolvingParts, doubtful: Doubtful): Promise<Found> {
  try {
    return { state: 'answered', response: await parts.repeat(doubtful) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.kind.outcome === 'rejected') return { state: 'not-done', how: howOf(error), error };
    const next = PERSON.has(error.code) ? 'person' : 'wait';
    return { state: 'unknown', next, reason: error.code };
  }
}

const PERSON: ReadonlySet<string> = new Set(['HANDED_TO_PERSON', 'CONFIRMED_BY_PERSON', 'ANSWER_EXPIRED']);

function howOf({ code }: GatewayError): 'rejected' | 'reversed' | 'never-arrived' {
  if (code === 'REVERSED') return 'reversed';
  return code === 'NEVER_ARRIVED' ? 'never-arrived' : 'rejected';
}

async function askWhetherDone(parts: ResolvingParts, doubtful: Doubtful): Promise<Found | undefined> {
  const { adapter } = parts;
  const { request, sentAt } = doubtful;
  if (!canQuery(adapter, request)) return undefined;
  const result = await unlessSilent(() => adapter.query({ request, sentAt }, parts.context()));
  if (result === undefined) return { state: 'unknown', next: 'wait', reason: 'not-reached' };
  if (result.state === 'done') return { state: 'answered', response: result.response };
  return result.state === 'not-done' ? neverArrived(parts, doubtful) : undefined;
}

/** 2601, always under the same message id. */
async function takeBack(parts: ResolvingParts, doubtful: Doubtful): Promise<Found | undefined> {
  const body = reversalBody(doubtful.request);
  if (body === undefined || !canReverse(parts.adapter)) return undefined;
  const request = await parts.reversal(doubtful, body);
  const result = await unlessSilent(() => parts.adapter.reverse(request, parts.context()));
  switch (result) {
    case 'reversed':
      return { state: 'not-done', how: 'reversed' };
    case 'nothing-to-reverse':
      return neverArrived(parts, doubtful);
    case 'refused':
      return { state: 'unknown', next: 'person', reason: 'reversal-refused' };
    case 'unknown':
    case undefined:
      return { state: 'unknown', next: 'wait', reason: 'reversal-unanswered' };
  }
}

/** What is not there may still be on its way. */
function neverArrived({ clock, inFlightMs }: ResolvingParts, { sentAt }: Doubtful): Found {
  const retryAfterMs = sentAt + inFlightMs - clock.now();
  return retryAfterMs <= 0
    ? { state: 'not-done', how: 'never-arrived' }
    : { state: 'unknown', next: 'wait', reason: 'may-be-on-its-way', retryAfterMs };
}

async function unlessSilent<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/** 2601 demands the person; `undefined` where the message names none. Source: transactions/2601. */
function reversalBody({ header, content }: CanonicalRequest): CanonicalObject | undefined {
  const body = content.form === 'canonical' ? content.body : {};
  const personNumber = findPerson(body);
  if (personNumber === undefined) return undefined;
  return { personNumber, originalMessageId: header.messageId, originalTransaction: header.transaction };
}

function findPerson(body: CanonicalObject): string | undefined {
  const places = [body, ...Object.values(body).map(firstObject)];
  return places
    .map((one) => one['personNumber'])
    .find((value) => typeof value === 'string' && value !== '') as string | undefined;
}

function firstObject(value: CanonicalValue | undefined): CanonicalObject {
  const first: CanonicalValue | undefined = Array.isArray(value) ? (value[0] as CanonicalValue) : value;
  return typeof first === 'object' && !Array.isArray(first) ? (first as CanonicalObject) : {};
}
