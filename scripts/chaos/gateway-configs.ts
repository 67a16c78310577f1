/** The configuration of the three gateways: as in production, with every wait shortened. */
import type { LinkName, PartyName } from './faults.ts';
import type { Waits } from './timing.ts';
import type { GatewayName } from './world.ts';

/** What they are to know of each other. */
export interface Directory {
  /** Public key of a party. */
  keyOf(name: PartyName): string;
  /** Where a party is reached: its line. */
  urlOf(name: LinkName): string;
  readonly waits: Waits;
  /** `journal` of a gateway as YAML. */
  journalOf(name: GatewayName): string;
}

/**
 * YAML of each gateway. A hop waits longer than the next one is given, and a message counts as still on its way for
 * longer than any line holds it back.
 */
export function gatewayConfigs({
  keyOf,
  urlOf,
  waits,
  journalOf,
}: Directory): Readonly<Record<GatewayName, string>> {
  const { inFlightMs } = waits;
  const peer = (id: PartyName, way: string): string =>
    `  - { id: ${id}, mode: tolerant, ${way}, signing: { publicKeys: [{ text: "${keyOf(id)}" }] } }\n`;
  const from = (id: PartyName): string => peer(id, 'from: { any: true }');
  const to = (id: LinkName, timeoutMs: number): string =>
    peer(id, `to: { url: "${urlOf(id)}", replyTimeoutMs: ${timeoutMs}, connections: 64 }`);
  return {
    'care-place': configOf({
      role: 'care-place',
      journal: journalOf('care-place'),
      inFlightMs,
      region: '530000',
      callerDeadlineMs: waits.carePlaceMs,
      peers: from('his') + to('hub', waits.forHubMs) + to('care-place-core', waits.forCarePlaceCoreMs),
      rest: 'carePlaceCore: care-place-core\nroutes: [{ insured: "*", peer: hub }]\n',
    }),
    hub: configOf({
      role: 'hub',
      journal: journalOf('hub'),
      inFlightMs,
      region: '000000',
      callerDeadlineMs: waits.hubMs,
      peers: from('care-place') + to('insured-place', waits.forInsuredPlaceMs),
      rest: 'routes: [{ insured: "*", peer: insured-place }]\n',
    }),
    'insured-place': configOf({
      role: 'insured-place',
      journal: journalOf('insured-place'),
      inFlightMs,
      region: '330000',
      callerDeadlineMs: waits.insuredPlaceMs,
      peers: from('hub') + to('core', waits.forCoreMs),
      rest: 'insuredPlaceCore: core\n',
    }),
  };
}

interface Config {
  readonly role: GatewayName;
  readonly region: string;
  readonly callerDeadlineMs: number;
  readonly inFlightMs: number;
  readonly journal: string;
  readonly peers: string;
  readonly rest: string;
}

function configOf({ role, region, callerDeadlineMs, inFlightMs, peers, rest, journal }: Config): string {
  return `role: ${role}
region: "${region}"
listen: { port: 0 }
journal: ${journal}
logLevel: silent
signing: { privateKey: { file: key.pem } }
outcome:
  callerDeadlineMs: ${callerDeadlineMs}
  firstDelayMs: 30
  maxDelayMs: 300
  inFlightMs: ${inFlightMs}
peers:
${peers}${rest}`;
}
