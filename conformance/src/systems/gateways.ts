/** Our own gateway as the system under test: a care place's, and the hub; one bent line beside it makes it faulty. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import type { Clock } from '@yiqiao/model';
import { createSandboxKeys } from '@yiqiao/sandbox';
import type { SandboxKeys } from '@yiqiao/sandbox';
import { openLine } from '../counterparts/line.ts';
import type { Pass } from '../counterparts/line.ts';
import { named, together } from '../faulty/by-name.ts';
import type { LineBehaviour } from '../faulty/gateways/answers.ts';
import { DOOR_BEHAVIOURS } from '../faulty/gateways/doors.ts';
import { FAR_SIDE_BEHAVIOURS } from '../faulty/gateways/far-sides.ts';
import { bendLine } from './bent-line.ts';
import type { LineChange } from './bent-line.ts';
import type { StartedSystem, StartSystem, SystemWorld } from './system.ts';

/** A care-place gateway (530000) between HIS, its core and the way to the insured place. */
export const startCarePlaceGateway: StartSystem = (world, change) =>
  startBent(world, { change: (change ?? {}) as GatewayChange, configOf: carePlaceConfig });

/** The hub between care-place gateways and two insured places. */
export const startHubGateway: StartSystem = (world, change) =>
  startBent(world, { change: (change ?? {}) as GatewayChange, configOf: hubConfig });

const BEHAVIOURS = together<LineBehaviour>([DOOR_BEHAVIOURS, FAR_SIDE_BEHAVIOURS]);

/** What makes a gateway faulty. */
interface GatewayChange extends LineChange {
  /** Where the line is bent: before the gateway's own door (`his`), or before a counterpart, by its name. */
  readonly at?: string;
  /** What a new start brings: an empty journal, or no gateway at all. */
  readonly restart?: 'forgets' | 'stays-down';
}

/** Where a line is bent that is no counterpart: between the caller and the gateway. */
const DOOR = 'his';

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
  { change, configOf }: { readonly change: GatewayChange; readonly configOf: (plan: Plan) => string },
): Promise<StartedSystem> {
  const folder = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'yiqiao-conformance-'));
  const own = createSandboxKeys();
  const running = runningFrom(clock);
  writeFileSync(join(folder, 'own.key'), own.privateKey);
  const { at } = change;
  const line =
    at === undefined
      ? undefined
      : await openLine({
          to: () => (at === DOOR ? url : (counterparts.of[at]?.url ?? '')),
          pass: passOf(change, { own, suite: suiteKeys }),
        });
  const plan = {
    suiteKey: suiteKeys.publicKey,
    addressOf: (name: string) => (name === at ? line?.url : counterparts.of[name]?.url) ?? '',
  };
  const open = (port: number, journal: string): Promise<Gateway> => {
    const configFile = join(folder, 'gateway.yaml');
    writeFileSync(configFile, `${configOf({ ...plan, port })}journal: ${journal}.sqlite\n`);
    return startGateway({ configFile, clock: running });
  };
  let gateway = await open(0, 'journal');
  let starts = 1;
  const { url } = gateway;
  return {
    url: (at === DOOR ? line?.url : undefined) ?? url,
    inputs: { limits: LIMITS, listening: LISTENING, signing: { ...suiteKeys, peerPublicKey: own.publicKey } },
    async restart() {
      await gateway.close();
      starts += 1;
      if (change.restart === 'stays-down') return;
      const journal = change.restart === 'forgets' ? `journal-${starts}` : 'journal';
      gateway = await open(Number(new URL(url).port), journal);
    },
    async stop() {
      await gateway.close();
      await line?.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** What somebody on the line does: at the door the suite asks and the gateway tells, elsewhere the other way round. */
function passOf(
  change: GatewayChange,
  { own, suite }: { readonly own: SandboxKeys; readonly suite: SandboxKeys },
): Pass {
  const { at, does, about = [] } = change;
  const signers = at === DOOR ? { asker: suite, teller: own } : { asker: own, teller: suite };
  const act = does === undefined ? undefined : named(BEHAVIOURS, does)({ signers, about });
  return bendLine(change, { ...signers, act });
}

/** The suite's clock stands still; deadlines have to pass. */
function runningFrom(clock: Clock): Clock {
  const [from, began] = [clock.now(), performance.now()];
  return { now: () => from + Math.floor(performance.now() - began) };
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
