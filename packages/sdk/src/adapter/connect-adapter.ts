/** Connects an adapter with its far side: transport, codec and signatures are given here, not written. */
import { randomUUID } from 'node:crypto';
import { createTokens } from '@yiqiao/insurance-platform';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, Transcript } from '@yiqiao/model';
import type { LoginSource } from '@yiqiao/signer';
import { createTransport } from '@yiqiao/transport';
import type { Transport } from '@yiqiao/transport';
import { createChannel } from './channel.ts';
import type { Channel } from './channel.ts';
import type { CallNote, CallOptions, ConnectedAdapter, ConnectionSettings } from './connection-types.ts';
import type { AdapterDefinition, CallDefinition, OperationTypes } from './definition-types.ts';
import { createPoller } from './polling.ts';
import { readAnswer, withFacts } from './read-answer.ts';
import { concludeCall, resolveCall } from './resolve-call.ts';
import { createProtections, newNonce } from './signing.ts';

const DEFAULTS = { timeoutMs: 30_000, connections: 8, maxResponseBytes: 16 * 1024 * 1024 };
const CONNECT_MS = 5_000;
const IDLE_MS = 10_000;

/**
 * Makes a definition callable; nothing is connected before the first call.
 * @throws GatewayError `CONFIG_INVALID` with every setting that is missing or unfit, `KEY_INVALID`.
 */
export function connectAdapter<Ops extends OperationTypes<Ops>, Events extends object>(
  definition: AdapterDefinition<Ops, Events>,
  settings: ConnectionSettings,
): ConnectedAdapter<Ops, Events> {
  const { clock = systemClock, signing = [], hooks = {}, timeoutMs = DEFAULTS.timeoutMs } = settings;
  const protections = createProtections(signing, { side: 'client', clock });
  const { codec, signedMember = { request: 'input', response: 'output' } } = definition;
  const isUnsigned =
    settings.url.startsWith('https:') || signing.some(({ peerUnsigned }) => peerUnsigned === true);
  const transport = createTransport({
    url: settings.url,
    clock,
    connections: settings.connections ?? DEFAULTS.connections,
    maxResponseBytes: settings.maxResponseBytes ?? DEFAULTS.maxResponseBytes,
    timeouts: { connectMs: CONNECT_MS, idleMs: IDLE_MS },
    ...(settings.tls === undefined ? {} : { tls: settings.tls }),
    ...(settings.dispatcher === undefined ? {} : { dispatcher: settings.dispatcher }),
  });
  const kept: Transport[] = [transport];
  const { tls } = settings;
  const tokens = createTokens(
    { signing, ...(tls === undefined ? {} : { tls }) },
    { clock, keep: (one) => void kept.push(one) },
  );
  const parts: ConnectionParts = {
    id: definition.id,
    clock,
    hooks,
    timeoutMs,
    transport,
    channel: createChannel({ codec, protections, signedMember, isUnsigned }),
    ...(definition.refusal === undefined ? {} : { refusal: definition.refusal }),
    ...(tokens === undefined ? {} : { tokens }),
  };
  const call: ConnectedAdapter<Ops, Events>['call'] = (operation, request, options = {}) =>
    perform(parts, { operation, definition: definition.calls[operation], request, options });
  return {
    definition,
    call,
    conclude: (how, operation, staged, options = {}) =>
      concludeCall({ definition, call }, { how, operation, staged, options }),
    poller(onProblem) {
      const { polling } = definition;
      if (polling === undefined) return undefined;
      const { intervalMs, poll } = polling;
      const ask = (signal: AbortSignal): Promise<void> =>
        poll({
          call: (operation, request) => call(operation as keyof Ops & string, request, { signal }),
          signal,
        });
      return createPoller({ intervalMs, poll: ask, ...(onProblem === undefined ? {} : { onProblem }) });
    },
    resolve: (operation, sent, options = {}) =>
      resolveCall({ definition, call }, { operation, sent, options }),
    close: async () => {
      await Promise.all(kept.map((one) => one.close()));
    },
  };
}

interface ConnectionParts {
  readonly id: string;
  readonly clock: Clock;
  readonly hooks: NonNullable<ConnectionSettings['hooks']>;
  readonly timeoutMs: number;
  readonly transport: Transport;
  readonly channel: Channel;
  readonly tokens?: LoginSource;
  readonly refusal?: AdapterDefinition<Record<string, never>>['refusal'];
}

interface Call<Ops extends OperationTypes<Ops>, K extends keyof Ops & string> {
  readonly operation: K;
  readonly definition: CallDefinition<Ops, K>;
  readonly request: Ops[K]['request'];
  readonly options: CallOptions;
}

async function perform<Ops extends OperationTypes<Ops>, K extends keyof Ops & string>(
  parts: ConnectionParts,
  call: Call<Ops, K>,
): Promise<Ops[K]['response']> {
  const { clock, hooks } = parts;
  const begun = clock.now();
  const messageId = call.options.messageId ?? randomUUID().replaceAll('-', '');
  const note: CallNote = { adapter: parts.id, operation: call.operation, messageId };
  try {
    return await exchange(parts, call, { note, begun });
  } catch (error) {
    const told = withFacts(error, note);
    if (told instanceof GatewayError) hooks.onError?.({ ...note, code: told.code, ms: clock.now() - begun });
    throw told;
  }
}

async function exchange<Ops extends OperationTypes<Ops>, K extends keyof Ops & string>(
  { clock, hooks, timeoutMs, transport, channel, refusal, tokens }: ConnectionParts,
  { definition, request, options }: Call<Ops, K>,
  { note, begun }: { readonly note: CallNote; readonly begun: number },
): Promise<Ops[K]['response']> {
  const { messageId } = note;
  const accessToken = await tokens?.current(begun);
  const moment = {
    now: begun,
    nonce: newNonce(),
    messageId,
    ...(accessToken === undefined ? {} : { accessToken }),
  };
  const written = write(definition, request, moment);
  const sent = await channel.write('request', written.members, moment);
  const outgoing: Transcript = { bytes: sent.bytes, contentType: sent.contentType };
  const reply = await transport.post({
    ...(written.path === undefined ? {} : { path: written.path }),
    body: sent.bytes,
    contentType: sent.contentType,
    headers: { ...written.headers, ...sent.headers },
    deadline: Math.min(options.deadline ?? Infinity, begun + timeoutMs),
    signal: options.signal ?? new AbortController().signal,
    beforeSend: async () => {
      await options.beforeSend?.(outgoing);
      hooks.onSend?.({ ...note, bytes: sent.bytes.length });
    },
  });
  const answer: Transcript = { bytes: reply.body, contentType: reply.contentType };
  options.noteReply?.(answer);
  const { status } = reply;
  if (status === 401 && accessToken !== undefined) tokens?.forget(accessToken);
  hooks.onAnswer?.({ ...note, bytes: reply.body.length, status, ms: clock.now() - begun });
  hooks.onRaw?.({ operation: note.operation, path: written.path ?? '', request: outgoing, status, answer });
  const rule = definition.refusal ?? refusal;
  const members = readAnswer(channel, reply, {
    moment: { ...moment, now: clock.now() },
    ...(rule === undefined ? {} : { refusal: rule }),
  });
  try {
    return definition.toModel(members, request);
  } catch (cause) {
    throw unusable(cause);
  }
}

/** What the mapping makes of a request. Nothing has left yet. */
function write<Ops extends OperationTypes<Ops>, K extends keyof Ops & string>(
  { toWire, path, headers }: CallDefinition<Ops, K>,
  request: Ops[K]['request'],
  moment: { readonly now: number; readonly messageId: string },
): {
  readonly members: ReturnType<typeof toWire>;
  readonly path?: string;
  readonly headers: Readonly<Record<string, string>>;
} {
  try {
    const given = typeof path === 'function' ? path(request) : path;
    // What a URL cannot hold as it is; percent signs are the adapter's own.
    const where = given?.replace(/[^\x21-\x7e]+/g, encodeURIComponent);
    return {
      members: toWire(request, moment),
      headers: headers?.(request, moment) ?? {},
      ...(where === undefined ? {} : { path: where }),
    };
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('ADAPTER_INVALID', { facts: { where: 'toWire' } }, { cause });
  }
}

/** A reply that the mapping cannot make sense of is no answer: what it says of members stays. */
function unusable(cause: unknown): GatewayError {
  if (cause instanceof GatewayError && cause.code.startsWith('UPSTREAM_')) return cause;
  const faults = cause instanceof GatewayError ? cause.details.faults : undefined;
  return new GatewayError(
    'UPSTREAM_REPLY_UNUSABLE',
    {
      ...(faults === undefined ? {} : { faults }),
      facts: { why: cause instanceof GatewayError ? cause.code : 'toModel' },
    },
    { cause },
  );
}
