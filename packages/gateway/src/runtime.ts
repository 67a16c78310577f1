/** What one configuration comes to: doors for callers, connections to peers, routes. Replaced whole on reload. */
import {
  createDoors,
  createPeerProtection,
  createPlatformAdapter,
  farAddress,
  soundProfile,
} from '@yiqiao/insurance-platform';
import type { ConnectionParts, Door, Doors, Original } from '@yiqiao/insurance-platform';
import type { Awaitable, ExchangeKey } from '@yiqiao/journal';
import { GatewayError } from '@yiqiao/model';
import type { Adapter, Clock, Fault, MessageHeader } from '@yiqiao/model';
import type { KeptRecord, RecordKind, Registry } from '@yiqiao/registry';
import { createRouteTable } from '@yiqiao/router';
import type { RouteTable } from '@yiqiao/router';
import { createTransport } from '@yiqiao/transport';
import type { Transport } from '@yiqiao/transport';
import type { PeerConfig, PeerSource, PeerTarget } from './config-peers.ts';
import type { Config } from './config.ts';
import { dataFaults } from './further-profiles.ts';

/** A connection that does not stand by then is given up; nothing was sent. */
const CONNECT_MS = 5_000;
/** Shorter than what far sides usually keep open, so that a request seldom meets a closing connection. */
const IDLE_MS = 4_000;

/** How a message came in. */
export interface Arrival {
  readonly contentType: string;
  /** The peer that the address names. */
  readonly peer?: string;
}

/** A configuration at work. */
export interface Runtime {
  readonly config: Config;
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly routes: RouteTable;
  /** Whether what is sent to some far side draws on records: then what every caller did is kept. */
  readonly keepsRecords: boolean;
  /**
   * The way in of a message: that of the peer its address names; else by its media type that of the only form in which
   * callers send such a type, and where there are several, the predecessor's for XML and national JSON for the rest.
   */
  doorFor(arrival: Arrival): Door;
  /** The peer whose messages come in at its address; `undefined` for a name that no calling peer has. */
  caller(peer: string): Caller | undefined;
  /** The peer whose messages these are; one that the address names must speak for the institution all the same. */
  findCaller(door: Door, header: MessageHeader, named?: string): Caller | undefined;
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
  findRecord(institution: string, kind: RecordKind, key: string): Awaitable<KeptRecord | undefined>;
  findOriginal(key: ExchangeKey): Awaitable<Original | undefined>;
}

/**
 * Builds everything a configuration names.
 * @throws GatewayError `CONFIG_INVALID` listing every peer that cannot be set up.
 */
export function createRuntime(config: Config, parts: RuntimeParts): Runtime {
  const faults: Fault[] = [];
  const doors = createDoors({ ...parts, limits: wireLimits(config) });
  const transports: Transport[] = [];
  const keep = (transport: Transport): void => void transports.push(transport);
  const callers: Caller[] = [];
  const called: ConnectionParts[] = [];
  const adapters = new Map<string, Adapter>();
  const dialects = new Set<Door['dialect']>();
  config.peers.forEach((peer, index) => {
    const { id, from, to } = peer;
    const connect = (side: 'client' | 'server'): ConnectionParts =>
      createConnection({ peer, config, parts, doors, side, keep });
    try {
      dialects.add(doors.of(soundProfile(parts.registry, peer.profile)).dialect);
      if (from !== undefined) callers.push({ id, from, connection: connect('server') });
      if (to === undefined) return;
      const connection = connect('client');
      const { calls } = connection.dialect;
      if (calls === undefined) return;
      called.push(connection);
      const transport = createPeerTransport(to, config, parts.clock);
      keep(transport);
      adapters.set(id, createPlatformAdapter({ ...connection, calls }, transport, farAddress(to.url)));
    } catch (error) {
      faults.push(...peerFaults(index, error, config));
    }
  });
  if (faults.length > 0) {
    for (const transport of transports) void transport.close();
    throw new GatewayError('CONFIG_INVALID', { faults: distinct(faults) });
  }
  const waysIn = {
    xml: wayIn(doors, callers, 'xml'),
    json: wayIn(doors, callers, 'json'),
    text: wayIn(doors, callers, 'text'),
  };
  return {
    config,
    adapters,
    routes: createRouteTable({
      ...config,
      registry: parts.registry,
      coreTakesDecisions: takesDecisions(config, called),
    }),
    keepsRecords: called.some(({ dialect }) => dialect.calls?.drawsOnRecords === true),
    doorFor({ contentType, peer }) {
      const named = peer === undefined ? undefined : callers.find(({ id }) => id === peer);
      return named === undefined ? waysIn[kindOf(contentType)] : doors.of(named.connection.profile);
    },
    caller: (peer) => callers.find(({ id }) => id === peer),
    findCaller(door, header, named) {
      const possible = callers.filter(({ id, connection }) =>
        named === undefined ? hasForm(connection, door) : id === named,
      );
      return header.institutionCode === ''
        ? onlyOne(possible)
        : possible.find(({ from }) => speaksFor(from, header, parts.registry));
    },
    check: () => [...dialects].flatMap((dialect) => dialect.check()),
    async close() {
      await Promise.all(transports.map((transport) => transport.close()));
    },
  };
}

/** Whether the care place's core can be told what another place decided; some forms have no room for it. */
function takesDecisions({ carePlaceCore }: Config, called: readonly ConnectionParts[]): boolean {
  const core = called.find(({ peer }) => peer === carePlaceCore);
  return core?.dialect.calls?.takesDecisions ?? true;
}

/** A peer that calls us. */
export interface Caller {
  readonly id: string;
  readonly from: PeerSource;
  readonly connection: ConnectionParts;
}

type MediaKind = 'xml' | 'json' | 'text';

/** Callers leave the media type out or name a wrong one: what is neither XML nor plain text counts as JSON. */
function kindOf(contentType: string): MediaKind {
  if (/xml/i.test(contentType)) return 'xml';
  return /^text\/plain/i.test(contentType) ? 'text' : 'json';
}

/** The door of messages of one kind that came to the common address. */
function wayIn(doors: Doors, callers: readonly Caller[], kind: MediaKind): Door {
  const usual = kind === 'xml' ? doors.predecessor : doors.national;
  const suited = callers.filter(({ connection }) => kindOf(connection.codec.contentType) === kind);
  const [first, ...others] = new Set(suited.map(({ connection }) => connection.codec));
  if (first === undefined || others.length > 0 || first === usual.codec) return usual;
  const only = suited.find(({ connection }) => connection.codec === first);
  return only === undefined ? usual : doors.of(only.connection.profile);
}

function wireLimits({ limits }: Config): { maxBytes: number; maxDepth: number; maxNodes: number } {
  return { maxBytes: limits.messageBytes, maxDepth: limits.depth, maxNodes: limits.nodes };
}

/** Institution and place of care of a peer that speaks for just one: they stand in where a message names none. */
function whereCareIsGiven({ from }: PeerConfig): Pick<ConnectionParts, 'institution' | 'careRegion'> {
  const institution = soleOf(from?.institutions);
  const careRegion = soleOf(from?.careRegions);
  return {
    ...(institution === undefined ? {} : { institution }),
    ...(careRegion === undefined ? {} : { careRegion }),
  };
}

function soleOf(names: readonly string[] = []): string | undefined {
  return names.length === 1 ? names[0] : undefined;
}

/** Whether a caller's messages come in such bytes; profiles of the national form differ in their fields only. */
function hasForm({ codec, profile }: ConnectionParts, door: Door): boolean {
  return (
    codec === door.codec || (profile.codec === 'national-json' && door.profile.codec === 'national-json')
  );
}

/** A message that names no institution (the predecessor's 1301) is told apart only where one peer calls. */
function onlyOne(callers: readonly Caller[]): Caller | undefined {
  return callers.length === 1 ? callers[0] : undefined;
}

/** Whether a peer may send for this institution or for the province where the care is given. */
function speaksFor(from: PeerSource, header: MessageHeader, registry: Registry): boolean {
  if (from.any || from.institutions.includes(header.institutionCode)) return true;
  const province = registry.poolingArea(header.careRegion)?.province;
  return from.careRegions.some((region) => region === header.careRegion || region === province);
}

/** A peer as it calls us, as far as it does. Who it calls as is a matter of `side` alone. */
function createConnection(options: {
  peer: PeerConfig;
  config: Config;
  parts: RuntimeParts;
  doors: Doors;
  side: 'client' | 'server';
  keep(transport: Transport): void;
}): ConnectionParts {
  const { peer, config, parts, doors, side, keep } = options;
  const profile = parts.registry.profile(peer.profile);
  const { registry, clock } = parts;
  return {
    ...doors.of(profile),
    profile,
    peer: peer.id,
    mode: peer.mode,
    registry,
    clockToleranceMs: profile.clockToleranceMinutes * 60_000,
    mintMessageId: parts.mintMessageId,
    ...whereCareIsGiven(peer),
    findRecord: parts.findRecord,
    findOriginal: (institution, messageId) => parts.findOriginal({ peer: peer.id, institution, messageId }),
    protection: createPeerProtection(
      {
        signing: peer.signing,
        own: config.signing,
        side,
        codec: profile.codec,
        ...(peer.to?.tls === undefined ? {} : { tls: peer.to.tls }),
      },
      { registry, clock, keep },
    ),
  };
}

function createPeerTransport(to: PeerTarget, { limits }: Config, clock: Clock): Transport {
  return createTransport({
    url: to.url,
    connections: to.connections,
    timeouts: { connectMs: CONNECT_MS, idleMs: IDLE_MS },
    maxResponseBytes: limits.messageBytes,
    clock,
    ...(to.tls === undefined ? {} : { tls: to.tls }),
  });
}

/** A setting that is wrong for both directions is told once. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

/** Each fault of the peer's profile or signing with its place, or what else keeps the peer from being set up. */
function peerFaults(index: number, error: unknown, config: Config): readonly Fault[] {
  const place = { at: `/peers/${index}`, field: String(index), label: { zh: '对端', en: 'peer' } };
  if (!(error instanceof GatewayError)) {
    return [{ ...place, rule: 'INTERNAL', message: { zh: String(error), en: String(error) } }];
  }
  const rule = error.code;
  const faults = dataFaults(error, config.profiles).map((fault): Fault =>
    fault.at.startsWith('/peers/')
      ? atLine(fault, config.lineOf(fault.at))
      : { ...place, rule, found: placeOf(fault), message: fault.message },
  );
  if (faults.length > 0) return faults;
  const found = JSON.stringify(error.details.facts ?? {});
  return [{ ...place, rule, found, message: error.kind.cause }];
}

/** File and place, with the code or the name that it is about where neither place nor message tells it. */
function placeOf({ at, field, found, message }: Fault): string {
  if (found !== undefined) return `${at} ${found}`;
  return `${at} ${message.zh}`.includes(field) ? at : `${at} ${field}`;
}

function atLine(fault: Fault, line: number | undefined): Fault {
  if (line === undefined) return fault;
  const { zh, en } = fault.message;
  return { ...fault, message: { zh: `第 ${line} 行：${zh}`, en: `line ${line}: ${en}` } };
}
