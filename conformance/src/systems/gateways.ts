/** Our own gateway as the system under test: a care place's, and the hub; one bent line beside it makes it faulty. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import type { Clock } from '@yiqiao/model';
import { createSandboxKeys } from '@yiqiao/sandbox';
import { openLine } from '../counterparts/line.ts';
import type { Line } from '../counterparts/line.ts';
import { bendLine } from './bent-line.ts';
import type { GatewayChange, LineKeys } from './bent-line.ts';
import type { StartedSystem, StartSystem, SystemWorld } from './system.ts';

/** A care-place gateway (530000) between HIS, its core and the way to the insured place. */
export const startCarePlaceGateway: StartSystem = (world, change) =>
  startBent(world, { change: change as GatewayChange | undefined, configOf: carePlaceConfig });

/** The hub between care-place gateways and two insured places. */
export const startHubGateway: StartSystem = (world, change) =>
  startBent(world, { change: change as GatewayChange | undefined, configOf: hubConfig });

/** A journal there is as safe as the machine is on, which is as long as a run. */
const IN_MEMORY = '/dev/shm';

/** What a configuration is written with. */
interface Plan {
  readonly port: number;
  /** Public key of the suite: it calls, and plays who is called. */
  readonly suiteKey: string;
  /** Address of a counterpart, through the bent line where there is one. */
  readonly addressOf: (counterpart: string) => string;
}

async function startBent(
  { counterparts, clock, suiteKeys }: SystemWorld,
  {
    change,
    configOf,
  }: { readonly change: GatewayChange | undefined; readonly configOf: (plan: Plan) => string },
): Promise<StartedSystem> {
  const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'yiqiao-conformance-'));
  const own = createSandboxKeys();
  const running = runningFrom(clock);
  writeFileSync(join(folder, 'own.key'), own.privateKey);
  const lines = await openLines({ change, counterparts: counterparts.of, keys: { own, suite: suiteKeys } });
  const plan = {
    suiteKey: suiteKeys.publicKey,
    addressOf: (name: string) => lines.get(name)?.url ?? counterparts.of[name]?.url ?? '',
  };
  const open = (port: number, journal: string): Promise<Gateway> => {
    const configFile = join(folder, 'gateway.yaml');
    writeFileSync(configFile, `${configOf({ ...plan, port })}journal: ${journal}.sqlite\n`);
    return startGateway({ configFile, clock: running });
  };
  let gateway = await open(0, 'journal');
  let starts = 1;
  const { url } = gateway;
  const door =
    change?.at === 'his' ? await openDoor(url, { change, keys: { own, suite: suiteKeys } }) : undefined;
  return {
    url: door?.url ?? url,
    inputs: { limits: LIMITS, listening: LISTENING, signing: { ...suiteKeys, peerPublicKey: own.publicKey } },
    async restart() {
      await gateway.close();
      starts += 1;
      if (change?.restart === 'stays-down') return;
      const journal = change?.restart === 'forgets' ? `journal-${starts}` : 'journal';
      gateway = await open(Number(new URL(url).port), journal);
    },
    async stop() {
      await door?.stop();
      await gateway.close();
      for (const line of lines.values()) await line.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The suite's clock stands still; deadlines have to pass. */
function runningFrom(clock: Clock): Clock {
  const [from, began] = [clock.now(), performance.now()];
  return { now: () => from + Math.floor(performance.now() - began) };
}

async function openLines({
  change,
  counterparts,
  keys,
}: {
  readonly change: GatewayChange | undefined;
  readonly counterparts: Readonly<Record<string, { readonly url: string }>>;
  readonly keys: LineKeys;
}): Promise<ReadonlyMap<string, Line>> {
  const lines = new Map<string, Line>();
  if (change === undefined) return lines;
  for (const [name, { url }] of Object.entries(counterparts)) {
    if (change.at !== name) continue;
    const pass = bendLine(change, { asker: keys.own, teller: keys.suite });
    lines.set(name, await openLine({ to: () => url, pass }));
  }
  return lines;
}

function openDoor(
  url: string,
  { change, keys }: { readonly change: GatewayChange; readonly keys: LineKeys },
): Promise<Line> {
  return openLine({ to: () => url, pass: bendLine(change, { asker: keys.suite, teller: keys.own }) });
}

/** The suite waits longer than the gateway takes to say that something is not known yet. */
const LIMITS = { timeoutMs: 15_000, maxBytes: 4_194_304 };

/** How long what a counterpart should hear is waited for. */
const LISTENING = { waitMs: 3_000 };

/** Times so short that a run does not wait, so long that a busy machine keeps them. */
const TIMES = `outcome: { callerDeadlineMs: 3000, firstDelayMs: 5, maxDelayMs: 40, inFlightMs: 60 }
logLevel: silent
`;

/** Short where scenarios let an answer fail to come. */
const TIMEOUTS = '{ "2207": 1200, "5206": 500 }';

const CALLED = '{ failures: 0 }';

function head(role: string, region: string, { port }: Plan): string {
  return `role: ${role}
region: "${region}"
name: 被测网关
listen: { port: ${port} }
signing: { privateKey: { file: own.key } }
${TIMES}`;
}

function called(id: string, profile: string, { addressOf, suiteKey }: Plan): string {
  return `  - id: ${id}
    profile: ${profile}
    mode: tolerant
    to: { url: "${addressOf(id)}", replyTimeoutMs: 3000, timeouts: ${TIMEOUTS}, breaker: ${CALLED} }
    signing: { publicKeys: [{ text: "${suiteKey}" }] }
`;
}

function carePlaceConfig(plan: Plan): string {
  return `${head('care-place', '530000', plan)}peers:
  - id: his
    from: { institutions: [H53010000001] }
    signing: { publicKeys: [{ text: "${plan.suiteKey}" }] }
  - id: other-his
    from: { institutions: [H53010000002] }
    signing: { publicKeys: [{ text: "${plan.suiteKey}" }] }
${called('core', 'national', plan)}${called('insured', 'cross-province', plan)}carePlaceCore: core
routes:
  - { insured: "330000", peer: insured }
`;
}

function hubConfig(plan: Plan): string {
  return `${head('hub', '000000', plan)}peers:
  - id: care-place
    profile: cross-province
    mode: tolerant
    from: { careRegions: ["530000"] }
    signing: { publicKeys: [{ text: "${plan.suiteKey}" }] }
${called('insured', 'cross-province', plan)}${called('second', 'cross-province', plan)}routes:
  - { insured: "330000", peer: insured }
  - { insured: "110000", peer: second }
`;
}
