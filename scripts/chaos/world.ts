/** Everybody in a run: six processes, and the lines between them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createKeyPair } from '@yiqiao/signer';
import { LINKS } from './faults.ts';
import type { Faults, LinkName, PartyName } from './faults.ts';
import { gatewayConfigs } from './gateway-configs.ts';
import { openLink } from './link.ts';
import type { Link } from './link.ts';
import { createPartyGroup } from './party-group.ts';
import { createPartyProcess } from './party-process.ts';
import type { PartyProcess, Report } from './party-process.ts';
import { openStore } from './store.ts';
import type { Store, StoreName } from './store.ts';
import { paceOf, waitsAt } from './timing.ts';
import type { Waits } from './timing.ts';

/** The gateways, from the HIS on. */
export const GATEWAYS = ['care-place', 'hub', 'insured-place'] as const;

/** A gateway by its role. */
export type GatewayName = (typeof GATEWAYS)[number];

/** What a core is started with: its books, its private key and the public key of its far side. */
export interface CoreSettings {
  readonly books: string;
  readonly own: string;
  readonly far: string;
}

/** Size and kind of the work of the HIS. */
export interface Workload {
  readonly seed: number;
  /** Messages, at least. */
  readonly exchanges: number;
  /** At work side by side. */
  readonly cashiers: number;
  readonly blind: boolean;
}

/** What the HIS is started with. */
export interface HisSettings extends CoreSettings, Workload {
  /** See `waitsAt`. */
  readonly pace: number;
  /** Where it sends its messages. */
  readonly url: string;
}

/** How far the HIS is. */
export interface HisProgress {
  /** Resolves when it has sent so many messages, or all. */
  reached(messages: number): Promise<void>;
  /** Resolves when all visits have ended. */
  done(): Promise<void>;
}

/** A world at work. */
export interface World {
  readonly store: Store;
  readonly parties: Readonly<Record<PartyName, PartyProcess>>;
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly his: HisProgress;
  /** See `waitsAt`. */
  readonly pace: number;
  close(): Promise<void>;
}

type Keys = Readonly<Record<PartyName, ReturnType<typeof createKeyPair>>>;

/** Starts a world whose files are below a folder, with so many nodes of each gateway on a store. */
export async function startWorld(
  { folder, nodes, store: kind }: { folder: string; nodes: number; store: StoreName },
  faults: Faults,
  workload: Workload,
): Promise<World> {
  const keys: Keys = {
    his: createKeyPair(),
    'care-place': createKeyPair(),
    'care-place-core': createKeyPair(),
    hub: createKeyPair(),
    'insured-place': createKeyPair(),
    core: createKeyPair(),
  };
  const progress = createProgress();
  const store = await openStore(kind, folder);
  const parties = createParties(folder, nodes, progress.hear);
  writeSettings(folder, 'core', { keys, far: 'insured-place' });
  const pace = await measurePace(parties.core);
  const waits = waitsAt(pace);
  const links = await openLinks(parties, faults, waits);
  const url = links['care-place'].url;
  await writeGateways(folder, nodes, { keys, links, waits, store });
  writeSettings(folder, 'his', { keys, far: 'care-place', more: { ...workload, url, pace } });
  writeSettings(folder, 'care-place-core', { keys, far: 'care-place' });
  await Promise.all(LINKS.filter((name) => name !== 'core').map((name) => parties[name].start()));
  await parties.his.start();
  return {
    store,
    parties,
    links,
    his: progress,
    pace,
    async close() {
      await Promise.all(Object.values(parties).map((party) => party.end()));
      await Promise.all(Object.values(links).map((link) => link.close()));
      await store.close();
    },
  };
}

function createParties(
  folder: string,
  nodes: number,
  hear: (report: Report) => void,
): Readonly<Record<PartyName, PartyProcess>> {
  const gateway = (name: GatewayName): PartyProcess =>
    createPartyGroup(
      name,
      numbersTo(nodes).map((node) =>
        createPartyProcess(`${name} ${node}`, ['gateway', join(folder, name, fileOf(node))]),
      ),
    );
  const other = (name: PartyName): PartyProcess =>
    createPartyProcess(name, [name, join(folder, `${name}.json`)], name === 'his' ? hear : undefined);
  return {
    his: other('his'),
    'care-place': gateway('care-place'),
    'care-place-core': other('care-place-core'),
    hub: gateway('hub'),
    'insured-place': gateway('insured-place'),
    core: other('core'),
  };
}

async function openLinks(
  parties: Readonly<Record<PartyName, PartyProcess>>,
  faults: Faults,
  waits: Waits,
): Promise<Readonly<Record<LinkName, Link>>> {
  const open = async (name: LinkName): Promise<readonly [LinkName, Link]> => [
    name,
    await openLink({ target: () => parties[name].url(), fate: (text) => faults.fate(name, text, waits) }),
  ];
  return Object.fromEntries(await Promise.all(LINKS.map(open))) as Record<LinkName, Link>;
}

async function measurePace(party: PartyProcess): Promise<number> {
  const began = performance.now();
  await party.start();
  return paceOf(performance.now() - began);
}

function createProgress(): HisProgress & { hear(report: Report): void } {
  let messages = 0;
  let isDone = false;
  const waiting = new Set<() => void>();
  const until = async (met: () => boolean): Promise<void> => {
    while (!met()) await new Promise<void>((resolve) => waiting.add(resolve));
  };
  return {
    reached: (count) => until(() => isDone || messages >= count),
    done: () => until(() => isDone),
    hear(report) {
      if (!('messages' in report)) return;
      messages = report.messages;
      isDone = report.done === true;
      for (const resolve of waiting) resolve();
      waiting.clear();
    },
  };
}

function writeSettings(
  folder: string,
  name: PartyName,
  { keys, far, more }: { readonly keys: Keys; readonly far: PartyName; readonly more?: object },
): void {
  const settings: CoreSettings = {
    ...more,
    books: join(folder, `${name}.jsonl`),
    own: keys[name].privateKey,
    far: keys[far].publicHex,
  };
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(settings), { mode: 0o600 });
}

/** What the configuration of the gateways is written from. */
interface Places {
  readonly keys: Keys;
  readonly links: Readonly<Record<LinkName, Link>>;
  readonly waits: Waits;
  readonly store: Store;
}

async function writeGateways(folder: string, nodes: number, places: Places): Promise<void> {
  for (const name of GATEWAYS) {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'key.pem'), places.keys[name].privateKey, { mode: 0o600 });
  }
  for (const node of numbersTo(nodes)) await writeNode(folder, node, places);
}

async function writeNode(folder: string, node: number, { keys, links, waits, store }: Places): Promise<void> {
  const journals = new Map<GatewayName, string>();
  for (const name of GATEWAYS) journals.set(name, await store.prepare(name, node, join(folder, name)));
  const configs = gatewayConfigs({
    keyOf: (name) => keys[name].publicHex,
    urlOf: (name) => links[name].url,
    journalOf: (name) => journals.get(name) ?? '',
    waits,
  });
  for (const name of GATEWAYS) writeFileSync(join(folder, name, fileOf(node)), configs[name]);
}

function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function fileOf(node: number): string {
  return `gateway-${node}.yaml`;
}
