/** From a vendor's few settings to a connection, with everything that is wrong about them at once. */
import { ALL_SEQUENCES, connectPlatform, createMessageIds } from '@yiqiao/insurance-platform';
import type { ConnectedPlatform, MessageIds, PeerSigning } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import type { ClientSettings, ClientSigning } from './client-types.ts';

/** What a client works with. */
export interface ClientConnection extends ConnectedPlatform {
  readonly registry: Registry;
  readonly profile: string;
  readonly ids: MessageIds;
}

const CONNECT_MS = 5_000;
/** Shorter than what far sides usually keep open, so that a message seldom meets a closing connection. */
const IDLE_MS = 4_000;
const ANSWER_BYTES = 32 * 1024 * 1024;
const CONNECTIONS = 10;

/**
 * Connects a client; nothing is sent.
 * @throws GatewayError `CONFIG_INVALID`, `KEY_INVALID`, `PROFILE_BROKEN`
 */
export function connectClient(settings: ClientSettings, clock: Clock): ClientConnection {
  const faults = [...settingFaults(settings)];
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
  const { profile = 'national', to: url, tls, profiles, dispatcher, sequences, check = 'strict' } = settings;
  const registry = profiles === undefined ? builtIn() : createRegistry({ regions: profiles });
  refuseTwoPhase(registry, profile);
  const { signing, own } = signingOf(settings.signing);
  const platform = connectPlatform(
    {
      id: new URL(url).host,
      profile,
      url,
      signing,
      own,
      check,
      connections: settings.connections ?? CONNECTIONS,
      timeouts: { connectMs: CONNECT_MS, idleMs: IDLE_MS },
      maxBytes: ANSWER_BYTES,
      ...(tls === undefined ? {} : { tls }),
    },
    { registry, clock, ...(dispatcher === undefined ? {} : { dispatcher }) },
  );
  const region = settings.as.careRegion;
  const ids = createMessageIds({ region, clock, ...(sequences === undefined ? {} : { sequences }) });
  return { ...platform, registry, profile, ids };
}

let known: Registry | undefined;

/** What is read and compiled of the built-in data serves all clients of the process. */
function builtIn(): Registry {
  known ??= createRegistry();
  return known;
}

/** One of our keys signs for all profiles of the connection. */
function signingOf(given: ClientSettings['signing']) {
  const all: readonly ClientSigning[] = given === undefined ? [] : [given].flat();
  const privateKey = all.find((one) => one.privateKey !== undefined)?.privateKey;
  const signing = all.map((one, index): PeerSigning => {
    const keys = one.publicKey === undefined ? [] : [one.publicKey].flat();
    return {
      at: all.length === 1 ? '/signing' : `/signing/${index}`,
      profile: one.profile ?? 'fsi-main-cainfo',
      publicKeys: keys.map((text) => ({ text })),
      peerUnsigned: keys.length === 0,
      credentials: one.credentials ?? {},
      variants: one.variants ?? {},
      accessTokenHashes: [],
      ...(one.userId === undefined ? {} : { ownUserId: one.userId }),
      ...(one.peerUserId === undefined ? {} : { userId: one.peerUserId }),
    };
  });
  return { signing, own: privateKey === undefined ? {} : { privateKey } };
}

/** Answers that stand only once they are confirmed need a journal: a gateway has one. */
function refuseTwoPhase(registry: Registry, id: string): void {
  if (registry.profile(id).data['twoPhase'] === undefined) return;
  throw new GatewayError('CONFIG_INVALID', {
    faults: [
      fault('/profile', {
        zh: `方案 ${id} 的结算须另行确认，确认须有日志保证；请经网关连接。`,
        en: `What is settled in the profile ${id} has to be confirmed, which takes a journal; connect through a gateway.`,
      }),
    ],
  });
}

function* settingFaults({ to, as, sequences }: ClientSettings): Generator<Fault> {
  const protocol = URL.parse(to)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:')
    yield fault('/to', {
      zh: '须为 http:// 或 https:// 地址。',
      en: 'Must be an http:// or https:// address.',
    });
  if (!/^\d{6}$/.test(as.careRegion))
    yield fault('/as/careRegion', { zh: '须为六位医保区划。', en: 'Must be a region code of six digits.' });
  for (const [at, value] of Object.entries({
    '/as/institution/code': as.institution.code,
    '/as/institution/name': as.institution.name,
    '/as/operator/type': as.operator.type,
    '/as/operator/id': as.operator.id,
    '/as/operator/name': as.operator.name,
  }))
    if (typeof value !== 'string' || value === '') yield fault(at, { zh: '必填。', en: 'Must be given.' });
  const { first, last } = { ...ALL_SEQUENCES, ...sequences };
  if (!(
    Number.isInteger(first) &&
    Number.isInteger(last) &&
    first >= ALL_SEQUENCES.first &&
    last <= ALL_SEQUENCES.last &&
    last - first >= 9
  ))
    yield fault('/sequences', {
      zh: '须为 1 至 9999 之间的一段，至少十个号。',
      en: 'Must be a range within 1 to 9999 of ten numbers at least.',
    });
}

function fault(at: string, message: Fault['message']): Fault {
  const field = at.slice(at.lastIndexOf('/') + 1);
  return { rule: 'setting', at, field, label: { zh: field, en: field }, message };
}
