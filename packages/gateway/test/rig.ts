/** Gateways for a test: each in a folder of its own on a free port, all gone when the test is over. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import { createSqliteJournal } from '@yiqiao/journal';
import type { Exchange, SqliteJournal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { createKeyPair } from '@yiqiao/signer';
import { startFarSide } from './far-side.ts';
import type { FarSide } from './far-side.ts';
import { SIGNING, UNSIGNED } from './messages.ts';

/** Key pairs of the gateways and of the HIS that signs. */
export const KEYS = { gateway: createKeyPair(), his: createKeyPair() };

/** A care-place gateway, the core behind it and the hub. */
export interface Rig {
  readonly gateway: Gateway;
  readonly configFile: string;
  readonly far: FarSide;
  readonly hub: FarSide;
  /** Writes another configuration; nobody reads it yet. */
  rewrite(change: (yaml: string) => string): void;
  /** Stops the gateway and starts it again on the same journal; its port may be another. */
  restart(): Promise<Gateway>;
  /** Stops the gateway and tells what its journal holds, oldest first. */
  journal(): Promise<readonly Exchange[]>;
  /** Stops the gateway and tells a record that its journal keeps. */
  record(institution: string, kind: string, key: string): Promise<string | undefined>;
}

/** What a test changes of the usual configuration. */
export interface RigOptions {
  readonly clock?: Clock;
  readonly change?: (yaml: string) => string;
}

const closers: (() => Promise<void> | void)[] = [];

/** Ends everything that was started. For `afterEach` or `after`. */
export async function endAll(): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}

/** Ends something else with the rest. */
export function onEnd(close: () => Promise<void>): void {
  closers.push(close);
}

/** A folder that goes with the rest. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-gateway-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A far side that goes with the rest. */
export async function openFarSide(): Promise<FarSide> {
  const far = await startFarSide();
  closers.push(() => far.close());
  return far;
}

/** Starts a rig. */
export async function startRig({ clock, change = (yaml) => yaml }: RigOptions = {}): Promise<Rig> {
  const folder = makeFolder();
  const far = await openFarSide();
  const hub = await openFarSide();
  const configFile = join(folder, 'gateway.yaml');
  const yaml = change(usualConfig({ core: far.url, hub: hub.url }));
  writeFileSync(configFile, yaml);
  const start = (): Promise<Gateway> =>
    startGateway({ configFile, ...(clock === undefined ? {} : { clock }) });
  let running: Gateway | undefined = await start();
  const stop = async (): Promise<void> => {
    const stopping = running;
    running = undefined;
    await stopping?.close();
  };
  closers.push(stop);
  const read = async <T>(of: (journal: SqliteJournal) => T): Promise<T> => {
    await stop();
    const journal = createSqliteJournal({
      file: join(folder, 'journal.sqlite'),
      clock: clock ?? systemClock,
    });
    const found = of(journal);
    await journal.close();
    return found;
  };
  const rig: Rig = {
    get gateway() {
      assert(running !== undefined, 'the gateway has been stopped');
      return running;
    },
    configFile,
    far,
    hub,
    rewrite: (other) => writeFileSync(configFile, other(yaml)),
    async restart() {
      await stop();
      running = await start();
      return running;
    },
    journal: () => read((journal) => journal.list(Infinity, 1_000).toReversed()),
    record: (...name) => read((journal) => journal.findRecord(...name)),
  };
  return rig;
}

/** The configuration that most tests use. */
export function usualConfig(peers: { core: string; hub: string }): string {
  return `role: care-place
region: "530000"
name: 测试网关
listen: { port: 0 }
journal: journal.sqlite
logLevel: ${process.env['YIQIAO_TEST_LOG'] ?? 'silent'}
signing: { privateKey: { text: ${KEYS.gateway.privateKey.replaceAll('\n', '').replace(/-----[^-]+-----/g, '')} } }
limits: {}
outcome: { callerDeadlineMs: 3000, firstDelayMs: 10, maxDelayMs: 100, inFlightMs: 50 }
peers:
  - id: his
    from: { institutions: [${SIGNING}] }
    signing: { publicKeys: [{ text: ${KEYS.his.publicHex} }] }
  - id: plain
    from: { institutions: [${UNSIGNED}] }
    signing: { profile: none }
  - id: care-place-core
    mode: tolerant
    to: { url: "${peers.core}", replyTimeoutMs: 1000 }
    signing: { profile: none }
  - id: hub
    profile: cross-province
    mode: tolerant
    to: { url: "${peers.hub}", replyTimeoutMs: 1000 }
    signing: { profile: none }
carePlaceCore: care-place-core
routes:
  - { insured: "*", peer: hub }
`;
}
