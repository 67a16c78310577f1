/** A platform that is called and does not call us: everything between a canonical request and its address. */
import { NATIONAL_DIALECT } from '@yiqiao/mapping';
import { GatewayError } from '@yiqiao/model';
import type { AdapterWithReversal, Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createTransport } from '@yiqiao/transport';
import type { TlsOptions, Transport, TransportOptions } from '@yiqiao/transport';
import { refuseFaults } from './connection.ts';
import type { ConnectionParts } from './connection.ts';
import type { CallingDialect } from './dialect.ts';
import { createDoors } from './door.ts';
import { farAddress } from './far-side.ts';
import { createPeerProtection } from './peer-protection.ts';
import type { OwnSigner, PeerSigning } from './peer-protection.ts';
import { createPlatformAdapter } from './platform-adapter.ts';

/** Where a platform is and how it is spoken to. */
export interface PlatformSettings {
  /** Name of it in errors. */
  readonly id: string;
  /** Profile id: `national`, or a folder of schemas/provincial. */
  readonly profile: string;
  readonly url: string;
  readonly tls?: TlsOptions;
  /** Empty: nothing is signed. */
  readonly signing: readonly PeerSigning[];
  readonly own: OwnSigner;
  readonly connections: number;
  readonly timeouts: TransportOptions['timeouts'];
  /** Of an answer. */
  readonly maxBytes: number;
  /** `strict`, `tolerant`: what is wrong with a request is told before it leaves. `off`: the far side tells it. */
  readonly check: 'strict' | 'tolerant' | 'off';
}

/** What a connection is made with. */
export interface PlatformParts {
  readonly registry: Registry;
  readonly clock: Clock;
  /** Takes the place of the network in tests. */
  readonly dispatcher?: TransportOptions['dispatcher'];
}

/** A platform that can be called. */
export interface ConnectedPlatform {
  readonly adapter: AdapterWithReversal;
  /** Waits for what is under way and closes the connections. */
  close(): Promise<void>;
}

/** Nesting and number of values that an answer may have. */
const LIMITS = { maxDepth: 64, maxNodes: 1_000_000 } as const;

/**
 * Connects a platform; nothing is sent before the first call.
 * @throws GatewayError `CONFIG_INVALID` for an unknown profile, one that cannot be called, or signing settings;
 *   `KEY_INVALID`; `PROFILE_BROKEN`.
 */
export function connectPlatform(settings: PlatformSettings, parts: PlatformParts): ConnectedPlatform {
  const transports: Transport[] = [];
  const keep = <T extends Transport>(transport: T): T => {
    transports.push(transport);
    return transport;
  };
  const connection = createParts(settings, parts, keep);
  const { url, tls, connections, timeouts, maxBytes } = settings;
  const transport = keep(
    createTransport({
      url,
      connections,
      timeouts,
      maxResponseBytes: maxBytes,
      clock: parts.clock,
      ...(tls === undefined ? {} : { tls }),
      ...(parts.dispatcher === undefined ? {} : { dispatcher: parts.dispatcher }),
    }),
  );
  return {
    adapter: createPlatformAdapter(connection, transport, farAddress(url)),
    async close() {
      await Promise.all(transports.map((one) => one.close()));
    },
  };
}

function createParts(
  settings: PlatformSettings,
  { registry, clock }: PlatformParts,
  keep: (transport: Transport) => Transport,
): ConnectionParts & { readonly calls: CallingDialect } {
  const { id, signing, own, tls, check } = settings;
  const profile = registry.profile(settings.profile);
  const limits = { maxBytes: settings.maxBytes, ...LIMITS };
  const door = createDoors({ registry, clock, limits, referenceId: () => '' }).of(profile);
  const { calls } = door.dialect;
  if (calls === undefined) throw new GatewayError('CONFIG_INVALID', { faults: [notCalled(profile.id)] });
  const side = { side: 'client', codec: profile.codec, own, ...(tls === undefined ? {} : { tls }) } as const;
  const protection =
    signing.length === 0 ? undefined : createPeerProtection({ signing, ...side }, { registry, clock, keep });
  const connection: ConnectionParts = {
    ...door,
    peer: id,
    mode: check === 'strict' ? 'strict' : 'tolerant',
    registry,
    clockToleranceMs: profile.clockToleranceMinutes * 60_000,
    mintMessageId: () => '',
    findRecord: () => undefined,
    findOriginal: () => undefined,
    ...(protection === undefined ? {} : { protection }),
  };
  return { ...connection, calls: check === 'off' ? calls : checkOutgoing(connection, calls) };
}

/** Refuses what the definitions do not allow, all faults at once, before anything leaves. */
function checkOutgoing({ registry, profile, mode }: ConnectionParts, calls: CallingDialect): CallingDialect {
  return {
    ...calls,
    outgoing(request, findRecord) {
      const written = calls.outgoing(request, findRecord);
      const { transaction, envelope, body } = written.message;
      if (registry.definition(profile.id, transaction) === undefined) return written;
      const message = { transaction, direction: 'request', mode, body } as const;
      // The root of other families is completed by their codec.
      const rooted = profile.dialect === NATIONAL_DIALECT ? { ...message, envelope } : message;
      const { faults, body: right } = registry.check(profile.id, rooted);
      refuseFaults(faults);
      return right === body ? written : { ...written, message: { ...written.message, body: right ?? {} } };
    },
  };
}

function notCalled(profile: string) {
  return {
    rule: 'profile',
    at: '/profile',
    field: 'profile',
    label: { zh: '方案', en: 'profile' },
    found: profile,
    message: {
      zh: '该方案的平台只呼入、不可呼出；请改用可呼出的方案，例如 national。',
      en: 'A platform of this profile calls and is not called; choose one that is, for example national.',
    },
  };
}
