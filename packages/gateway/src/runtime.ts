/** What one configuration comes to: doors for callers, connections to peers, routes. Replaced whole on reload. */
import { createDialect, createDoors, createPlatformAdapter } from '@yiqiao/insurance-platform';
import type { ConnectionParts, Door, Doors } from '@yiqiao/insurance-platform';
import { GatewayError } from '@yiqiao/model';
import type { Adapter, Clock, Fault, MessageHeader } from '@yiqiao/model';
import type { KeptRecord, RecordKind, Registry } from '@yiqiao/registry';
import { createRouteTable } from '@yiqiao/router';
import type { RouteTable } from '@yiqiao/router';
import { createTransport } from '@yiqiao/sdk';
import type { Transport } from '@yiqiao/sdk';
import { createMessageSigner, createMessageVerifier } from '@yiqiao/signer';
import type { Config, PeerConfig } from './config.ts';

/** A connection that does not stand by then is given up; nothing was sent. */
const CONNECT_MS = 5_000;
/** Shorter than what far sides usually keep open, so that a request seldom meets a closing connection. */
const IDLE_MS = 4_000;

/** A configuration at work. */
export interface Runtime {
  readonly config: Config;
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly routes: RouteTable;
  /** The door for a media type: XML goes to the predecessor, everything else is national JSON. */
  doorFor(contentType: string): Door;
  /** The peer whose messages these are. */
  findCaller(door: Door, header: MessageHeader): ConnectionParts | undefined;
  /** What the maps of the connections' profiles get wrong. */
  check(): readonly Fault[];
  /** Closes connections once what is in flight is done. */
  close(): Promise<void>;
}

/** What a runtime takes from the gateway. */
export interface RuntimeParts {
  readonly registry: Registry;
  readonly clock: Clock;
  referenceId(): string;
  mintMessageId(institution: string): string;
  findRecord(institution: string, kind: RecordKind, key: string): KeptRecord | undefined;
}

/**
 * Builds everything a configuration names.
 * @throws GatewayError `CONFIG_INVALID` listing every peer that cannot be set up.
 */
export function createRuntime(config: Config, parts: RuntimeParts): Runtime {
  const faults: Fault[] = [];
  const doors = createDoors({ ...parts, limits: wireLimits(config) });
  const connections = new Map<string, ConnectionParts>();
  config.peers.forEach((peer, index) => {
    try {
      connections.set(peer.id, createConnection({ peer, config, parts, doors }));
    } catch (error) {
      faults.push(peerFault(index, error));
    }
  });
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });

  const transports: Transport[] = [];
  const adapters = new Map<string, Adapter>();
  for (const { id, to } of config.peers) {
    const connection = connections.get(id);
    if (to === undefined || connection?.dialect.calls === undefined) continue;
    const transport = createTransport({
      url: to.url,
      connections: to.connections,
      timeouts: { connectMs: CONNECT_MS, idleMs: IDLE_MS },
      maxResponseBytes: config.limits.messageBytes,
      clock: parts.clock,
    });
    transports.push(transport);
    adapters.set(id, createPlatformAdapter({ ...connection, calls: connection.dialect.calls }, transport));
  }
  return {
    config,
    adapters,
    routes: createRouteTable({ ...config, registry: parts.registry }),
    doorFor: (contentType) => (/xml/i.test(contentType) ? doors.predecessor : doors.national),
    findCaller: (door, header) => {
      const callers = config.peers.filter(
        ({ id, from }) => from !== undefined && connections.get(id)?.codec === door.codec,
      );
      const peer =
        header.institutionCode === ''
          ? onlyOne(callers)
          : callers.find(({ from }) => from !== undefined && speaksFor(from, header, parts.registry));
      return peer === undefined ? undefined : connections.get(peer.id);
    },
    check: () => [...connections.values()].flatMap(({ dialect }) => dialect.check()),
    async close() {
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
}

function wireLimits({ limits }: Config): { maxBytes: number; maxDepth: number; maxNodes: number } {
  return { maxBytes: limits.messageBytes, maxDepth: limits.depth, maxNodes: limits.nodes };
}

/** The institution of a peer that speaks for just one. */
function soleInstitution({ from }: PeerConfig): { readonly institution?: string } {
  const [institution, ...others] = from?.institutions ?? [];
  return institution === undefined || others.length > 0 ? {} : { institution };
}

/** A message that names no institution (the predecessor's 1301) is told apart only where one peer calls. */
function onlyOne(callers: readonly PeerConfig[]): PeerConfig | undefined {
  return callers.length === 1 ? callers[0] : undefined;
}

/** Whether a peer may send for this institution or for the province where the care is given. */
function speaksFor(
  from: NonNullable<PeerConfig['from']>,
  header: MessageHeader,
  registry: Registry,
): boolean {
  if (from.any || from.institutions.includes(header.institutionCode)) return true;
  const province = registry.poolingArea(header.careRegion)?.province;
  return from.careRegions.some((region) => region === header.careRegion || region === province);
}

function createConnection(options: {
  peer: PeerConfig;
  config: Config;
  parts: RuntimeParts;
  doors: Doors;
}): ConnectionParts {
  const { peer, config, parts, doors } = options;
  const profile = parts.registry.profile(peer.profile);
  const signing = parts.registry.signingProfile(peer.signing.profile);
  const { privateKey, userId } = config.signing;
  const verifies = signing.id !== 'none';
  return {
    ...doors.of(profile),
    dialect: createDialect(parts.registry, profile, parts.clock),
    profile,
    peer: peer.id,
    mode: peer.mode,
    registry: parts.registry,
    clockToleranceMs: profile.clockToleranceMinutes * 60_000,
    mintMessageId: parts.mintMessageId,
    ...soleInstitution(peer),
    findRecord: parts.findRecord,
    ...(verifies
      ? {
          verify: createMessageVerifier(signing, {
            publicKeys: peer.signing.publicKeys,
            userId: peer.signing.userId,
            clock: parts.clock,
          }),
        }
      : {}),
    ...(verifies && privateKey !== undefined
      ? { sign: createMessageSigner(signing, { privateKey, userId }) }
      : {}),
  };
}

function peerFault(index: number, error: unknown): Fault {
  const code = error instanceof GatewayError ? error.code : 'INTERNAL';
  const cause = error instanceof GatewayError ? error.kind.cause : { zh: String(error), en: String(error) };
  const facts =
    error instanceof GatewayError ? JSON.stringify(error.details.facts ?? error.details.faults ?? {}) : '';
  return {
    rule: code,
    at: `/peers/${index}`,
    field: String(index),
    label: { zh: '对端', en: 'peer' },
    found: facts,
    message: cause,
  };
}
