/** Kills, cuts and full disks, one after the other, at counts of messages. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import { killOf, LINKS } from './faults.ts';
import type { Faults, LinkName, PartyName } from './faults.ts';
import { GATEWAYS } from './world.ts';
import type { World } from './world.ts';

/** What the outages follow. */
export interface OutageParts {
  readonly world: World;
  readonly faults: Faults;
  readonly chance: Chance;
  readonly exchanges: number;
}

const KILLED: readonly PartyName[] = ['his', ...LINKS];
/** Kinds of an outage: a kill of each party, a cut, a fault of the store, a cut between a node and the store. */
const KINDS = KILLED.length + 3;
/** Messages between two outages, at most; a short run has each kind once. */
const OUTAGE_EVERY = 300;
/** Between two outages, so that something can be answered. */
const CALM_MS = 300;
const CUT_MS = 900;
/** No file grows beyond it while a disk is full: some exchanges in a new write-ahead log, none in an old one. */
const FILE_KILOBYTES = 160;
/** How long a gateway is waited for until its disk is full. */
const FULL_WITHIN_MS = 4_000;
/** How long it then lives on. */
const FULL_MS = 400;

/** Causes them until the HIS has sent all it is going to send. */
export async function causeOutages(parts: OutageParts): Promise<void> {
  const { chance, exchanges, world } = parts;
  const every = Math.max(1, Math.min(OUTAGE_EVERY, Math.floor(exchanges / (KINDS + 0.5))));
  for (let count = 0; (count + 1) * every < exchanges; count += 1) {
    await world.his.reached((count + 1) * every);
    const kind = (count + chance.seed) % KINDS;
    const party = KILLED[kind];
    if (party !== undefined) await killOnce(parts, party);
    else if (kind === KILLED.length) await cutOnce(parts, chance.pick(`cut ${count}`, LINKS));
    else if (kind === KILLED.length + 1) await spoilStoreOnce(parts, count);
    else await cutStoreOnce(parts, count);
    await pause(CALM_MS * world.pace);
  }
}

async function killOnce({ world, faults }: OutageParts, name: PartyName): Promise<void> {
  await world.parties[name].kill();
  faults.counts[killOf(name)] += 1;
  await startAgain(world, name);
}

async function startAgain({ parties }: World, name: PartyName): Promise<void> {
  if (!(await parties[name].start())) throw new Error(`${name} does not start again`);
}

async function cutOnce({ world, faults }: OutageParts, name: LinkName): Promise<void> {
  world.links[name].cut();
  faults.counts.partition += 1;
  await pause(CUT_MS * world.pace);
  world.links[name].mend();
}

async function spoilStoreOnce(parts: OutageParts, count: number): Promise<void> {
  const { chance, faults, world } = parts;
  const { database } = world.store;
  if (database === undefined) return fillDiskOnce(parts, chance.pick(`disk ${count}`, GATEWAYS));
  await database.kill();
  faults.counts.storeKilled += 1;
  await pause(CUT_MS * world.pace);
  await database.restart();
}

/** A node hears nothing of its store any more, and later finds its connections dead or going on. */
async function cutStoreOnce({ chance, faults, world }: OutageParts, count: number): Promise<void> {
  const { database } = world.store;
  if (database === undefined) return;
  const [first, ...others] = database.lines;
  if (first === undefined) return;
  const line = chance.pick(`store ${count}`, [first, ...others]);
  line.cut();
  faults.counts.storeCut += 1;
  await pause(2 * CUT_MS * world.pace);
  line.mend({ broken: chance.share(`store ${count} how`) < 0.5 });
}

/** The journal of a gateway cannot grow any more; counted when the gateway has said so, or cannot start. */
async function fillDiskOnce({ world, faults }: OutageParts, name: (typeof GATEWAYS)[number]): Promise<void> {
  const party = world.parties[name];
  await party.kill();
  const started = await party.start({ fileKilobytes: FILE_KILOBYTES });
  if (!started || (await hasFailed(() => party.url(), FULL_WITHIN_MS * world.pace))) {
    faults.counts.diskFull += 1;
    await pause(FULL_MS * world.pace);
  }
  await party.kill();
  await startAgain(world, name);
}

/** Whether a gateway says in time that its journal cannot be written. A dead one says nothing: it died of it. */
async function hasFailed(url: () => string | undefined, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; Date.now() < until; await pause(50)) {
    try {
      const ready = await fetch(new URL('/health/ready', url()));
      if ((await ready.text()).includes('failing')) return true;
    } catch {
      return true;
    }
  }
  return false;
}
