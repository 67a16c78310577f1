/**
 * Takes what a far side tells us unasked: checked, acted on once, durable before it is acknowledged. What comes before
 * its cause, or is about something unknown, is parked and tried again; it is not lost.
 */
import { createHash } from 'node:crypto';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { answerError } from '../listener/json-body.ts';
import type { ListenerAnswer, ListenerRequest, ListenerRoute } from '../listener/listener-types.ts';
import type { JobHandler, JobResult } from '../outbox/outbox.ts';
import { formatBody } from '../store/body-text.ts';
import type { AdapterStore, StoreTransaction } from '../store/types.ts';
import { createChannel } from './channel.ts';
import type { Channel } from './channel.ts';
import type {
  AdapterDefinition,
  NotificationDefinition,
  NotificationResult,
  OperationTypes,
  Refusal,
} from './definition-types.ts';
import { createProtections, newNonce } from './signing.ts';
import type { AdapterSigning } from './signing.ts';

/** What acting on a notification came to. */
export type NotificationVerdict =
  | 'done'
  /** Its cause is not there yet, or its subject not known: it is tried again. A short reason, no contents. */
  | { readonly park: string }
  /** It is wrong and stays wrong: its sender hears it. */
  | { readonly refuse: Refusal };

/**
 * Acts on an event in the transaction that also remembers it: what has to be done besides is enqueued. Synchronous. What
 * it has written stands, whatever its verdict: one that parks writes nothing before.
 */
export type NotificationHandler<Event> = (event: Event, tx: StoreTransaction) => NotificationVerdict;

/** What a desk is made with. */
export interface DeskOptions<Ops extends OperationTypes<Ops>, Events extends object> {
  readonly definition: AdapterDefinition<Ops, Events>;
  readonly store: AdapterStore;
  readonly handlers: { readonly [N in keyof Events]: NotificationHandler<Events[N]> };
  /** How the far side signs, seen from the side that is called. */
  readonly signing?: readonly AdapterSigning[];
  readonly clock?: Clock;
  /** How often a parked one is tried again before a person has to see to it, and how far apart; 20 times, 30 s. */
  readonly parked?: { readonly attempts: number; readonly everyMs: number };
}

/** Takes notifications. */
export interface NotificationDesk {
  /** For `startListener`. */
  readonly routes: readonly ListenerRoute[];
  /** For `createOutbox`: tries parked ones again. */
  readonly jobs: Readonly<Record<string, JobHandler>>;
  /** Tries parked ones at once, all or those of one number: their cause has come. */
  retryParked(id?: string): void;
}

/** A notification on record. */
interface Kept {
  readonly digest: string;
  readonly state: 'accepted' | 'parked' | 'refused';
  readonly refusal?: Refusal;
  /** What it tells, as long as it is parked. */
  readonly event?: unknown;
}

const KIND = 'notification';
const PARKED = { attempts: 20, everyMs: 30_000 };

/** Makes a desk for the notifications of a definition. @throws GatewayError `CONFIG_INVALID` as `connectAdapter`. */
export function createNotificationDesk<Ops extends OperationTypes<Ops>, Events extends object>(
  options: DeskOptions<Ops, Events>,
): NotificationDesk {
  const { definition, store, signing = [], clock = systemClock, parked = PARKED } = options;
  const channel = createChannel({
    codec: definition.codec,
    protections: createProtections(signing, { side: 'server', clock }),
    signedMember: definition.signedMember ?? { request: 'input', response: 'output' },
    isUnsigned: signing.some(({ peerUnsigned }) => peerUnsigned === true),
  });
  const named = Object.entries(definition.notifications ?? {}) as [string, NotificationDefinition<unknown>][];
  const handlers = options.handlers as Readonly<Record<string, NotificationHandler<unknown>>>;
  const jobKind = `${definition.id}.notification`;
  const desks = new Map(
    named.map(([name, one]) => [name, { name, one, handler: handlers[name], store, jobKind, parked, clock }]),
  );
  return {
    routes: [...desks.values()].map((desk) => ({
      method: 'POST',
      path: desk.one.path,
      handle: (request) => receive(desk as Desk, channel, request),
    })),
    jobs: { [jobKind]: async (job) => again(desks as ReadonlyMap<string, Desk>, job.body, job.attempt) },
    retryParked(id) {
      for (const job of store.jobs.list({ kinds: [jobKind] })) {
        if (id === undefined || (job.body as ParkedJob).id === id) store.jobs.retry(job.id);
      }
    },
  };
}

interface Desk {
  readonly name: string;
  readonly one: NotificationDefinition<unknown>;
  readonly handler: NotificationHandler<unknown>;
  readonly store: AdapterStore;
  readonly jobKind: string;
  readonly parked: { readonly attempts: number; readonly everyMs: number };
  readonly clock: Clock;
}

interface ParkedJob {
  readonly name: string;
  readonly id: string;
}

async function receive(desk: Desk, channel: Channel, request: ListenerRequest): Promise<ListenerAnswer> {
  const { one, clock } = desk;
  const now = clock.now();
  let nonce = newNonce();
  let messageId = '';
  try {
    const { body: bytes, headers } = request;
    const arrived = channel.read('request', { bytes, headers }, { now, messageId: '' });
    if (arrived.proof !== 'signed') throw new GatewayError('SIGNATURE_MISSING');
    nonce = arrived.nonce ?? nonce;
    const { id, event } = one.read(arrived.members);
    messageId = id;
    const result = take(desk, { id, event });
    return await answer(desk, channel, { result, nonce, messageId });
  } catch (error) {
    const refusal = refusalOf(error);
    // Nothing was taken: whoever sent it tries again or asks, as its own rules say.
    if (refusal === undefined) return answerError(error);
    return answer(desk, channel, { result: { state: 'refused', refusal }, nonce, messageId });
  }
}

/** What is wrong with a message is told in the far side's form; what went wrong here is not its fault. */
function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof GatewayError) || error.kind.origin !== 'caller') return undefined;
  const places = error.details.faults?.map(({ at, message }) => `${at} ${message.zh}`).join('；');
  return { code: error.code, text: places ?? error.kind.cause.zh };
}

async function answer(
  { one, clock }: Desk,
  channel: Channel,
  told: { readonly result: NotificationResult; readonly nonce: string; readonly messageId: string },
): Promise<ListenerAnswer> {
  const { result, nonce, messageId } = told;
  const now = clock.now();
  const members = one.answer(result, { messageId, now });
  const { bytes, contentType, headers } = await channel.write('response', members, { now, nonce, messageId });
  return { status: one.status?.(result) ?? 200, contentType, headers, body: bytes };
}

/** Remembers and acts in one transaction. */
function take(
  { name, handler, store, jobKind, parked, clock }: Desk,
  { id, event }: { readonly id: string; readonly event: unknown },
): NotificationResult {
  const key = keyOf({ jobKind, name }, id);
  // Of what it tells, not of its bytes: sent again it has another time and another signature.
  const digest = createHash('sha256').update(formatBody(event)).digest('hex');
  return store.transact((tx): NotificationResult => {
    const known = tx.get<Kept>(KIND, key);
    if (known !== undefined) return repeated(known, digest);
    const verdict = handler(event, tx);
    if (verdict === 'done') {
      tx.put(KIND, key, { digest, state: 'accepted' } satisfies Kept);
      return { state: 'accepted' };
    }
    if ('refuse' in verdict) {
      tx.put(KIND, key, { digest, state: 'refused', refusal: verdict.refuse } satisfies Kept);
      return { state: 'refused', refusal: verdict.refuse };
    }
    tx.put(KIND, key, { digest, state: 'parked', event } satisfies Kept);
    const body: ParkedJob = { name, id };
    tx.enqueue({ id: key, kind: jobKind, body, dueAt: clock.now() + parked.everyMs });
    return { state: 'parked' };
  });
}

/** The same again hears the same; another content under the same number is not acted on. */
function repeated(known: Kept, digest: string): NotificationResult {
  if (known.digest !== digest) throw new GatewayError('NOTIFICATION_ALTERED');
  if (known.state === 'refused' && known.refusal !== undefined)
    return { state: 'refused', refusal: known.refusal };
  return { state: known.state === 'parked' ? 'parked' : 'duplicate' };
}

/** Several adapters may share a store. */
function keyOf({ jobKind, name }: Pick<Desk, 'jobKind' | 'name'>, id: string): string {
  return `${jobKind}/${name}/${id}`;
}

/** Tries a parked one again: its cause may have come meanwhile. */
async function again(desks: ReadonlyMap<string, Desk>, body: unknown, attempt: number): Promise<JobResult> {
  const { name, id } = body as ParkedJob;
  const desk = desks.get(name);
  if (desk === undefined) return { person: `there is no notification ${name} any more` };
  const key = keyOf(desk, id);
  const kept = desk.store.get<Kept>(KIND, key);
  if (kept?.state !== 'parked') return 'done';
  const { digest, event } = kept;
  let reason = '';
  const isSettled = desk.store.transact((tx) => {
    const verdict = desk.handler(event, tx);
    if (verdict !== 'done' && 'park' in verdict) {
      reason = verdict.park;
      return false;
    }
    const state = verdict === 'done' ? 'accepted' : 'refused';
    const refusal = verdict === 'done' ? {} : { refusal: verdict.refuse };
    tx.put(KIND, key, { digest, state, ...refusal } satisfies Kept);
    return true;
  });
  if (isSettled) return 'done';
  const { attempts, everyMs } = desk.parked;
  return attempt >= attempts ? { person: reason } : { retryAfterMs: everyMs, reason };
}
