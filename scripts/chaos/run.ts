/** One run: visits, faults and outages from the seed, and then the books. */
import { existsSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createSqliteJournal } from '@yiqiao/journal';
import type { LedgerLine } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import { createCashiers } from './cashier.ts';
import type { Afterwards, Cashiers, VisitEnd } from './cashier.ts';
import type { Chance } from './chance.ts';
import type { CoreEntry } from './core-books.ts';
import { createFaults } from './faults.ts';
import type { FaultCounts, Faults, LinkName } from './faults.ts';
import { createVisit } from './messages.ts';
import type { AllBooks, GatewayLine } from './verdict.ts';
import { startWorld } from './world.ts';
import type { World } from './world.ts';

/** Size and kind of a run. */
export interface RunOptions {
  readonly chance: Chance;
  /** Messages of cashiers, at least. */
  readonly exchanges: number;
  readonly blind: boolean;
  /** Whether a 2601 may arrive spoilt, so that a person is needed. */
  readonly spoilsReversals: boolean;
  readonly folder: string;
}

/** What came of it. */
export interface RunResult {
  readonly exchanges: number;
  readonly faults: FaultCounts;
  readonly books: AllBooks;
  /** Exchanges of the gateways that had not ended. */
  readonly openInGateways: number;
  /** What the gateways left to people, and why, in words. */
  readonly handovers: readonly string[];
}

/** Cashiers at work at once: few in a short run, which would else be all burst. */
const cashiersFor = (exchanges: number): number => Math.max(6, Math.min(24, exchanges / 20));
const GATEWAYS = ['care-place', 'hub', 'insured-place'] as const;
const PARTIES = [...GATEWAYS, 'core'] as const;
/** Messages between two outages, at most; a short run has each kind once. */
const OUTAGE_EVERY = 60;
const WISHES = ['nothing', 'nothing', 'cancel', 'reverse'] as const;
/** Blind cashiers take nothing back, so that each charge too many stays. */
const PLAIN_WISHES = ['nothing'] as const;
/** Between two outages, so that something can be answered. */
const CALM_MS = 400;
/** What a journal may still grow while its disk is full. */
const SPARE_KILOBYTES = 60;
const QUIET_MS = 40_000;

/** Runs a world to its end. */
export async function run(options: RunOptions): Promise<RunResult> {
  const faults = createFaults(options.chance, options);
  const world = await startWorld(options.folder, faults);
  try {
    const url = world.links['care-place'].url;
    const cashiers = createCashiers({ url, signed: world.signed, blind: options.blind });
    let working = true;
    const work = runVisits(cashiers, options).finally(() => (working = false));
    const outages = causeOutages({ world, faults, cashiers, options, working: () => working });
    const [ends] = await Promise.all([work, outages]);
    faults.end();
    const openInGateways = await waitUntilQuiet(world);
    const { parties } = world;
    const [care, hub, insured, core] = await Promise.all([
      parties['care-place'].ledger<LedgerLine>(),
      parties.hub.ledger<LedgerLine>(),
      parties['insured-place'].ledger<LedgerLine>(),
      parties.core.ledger<CoreEntry>(),
    ]);
    await Promise.all(Object.values(parties).map((party) => party.stop()));
    const records = {
      'care-place': await readJournal('care-place', world.files['care-place']),
      hub: await readJournal('hub', world.files.hub),
      'insured-place': await readJournal('insured-place', world.files['insured-place']),
    };
    const gateways = {
      'care-place': named(care, records['care-place']),
      hub: named(hub, records.hub),
      'insured-place': named(insured, records['insured-place']),
    };
    return {
      exchanges: cashiers.messages(),
      faults: faults.counts,
      books: { ends, gateways, core },
      openInGateways,
      handovers: Object.values(records).flatMap((record) => record.handovers),
    };
  } finally {
    await world.close();
  }
}

async function runVisits(
  cashiers: Cashiers,
  { chance, exchanges, blind }: RunOptions,
): Promise<readonly VisitEnd[]> {
  const ends: VisitEnd[] = [];
  let begun = 0;
  const work = async (): Promise<void> => {
    while (cashiers.messages() < exchanges) {
      begun += 1;
      const charge = chance.pick(`visit ${begun} charge`, ['2207', '2102'] as const);
      const wishes = blind ? PLAIN_WISHES : WISHES;
      const afterwards = chance.pick<Afterwards>(`visit ${begun} afterwards`, wishes);
      ends.push(await cashiers.run(createVisit(begun, charge), afterwards));
    }
  };
  await Promise.all(Array.from({ length: Math.round(cashiersFor(exchanges)) }, work));
  return ends;
}

interface Outages {
  readonly world: World;
  readonly faults: Faults;
  readonly cashiers: Cashiers;
  readonly options: RunOptions;
  readonly working: () => boolean;
}

/** Outages one after the other, at certain counts of messages: a kill of each party, a cut, a full disk, again. */
async function causeOutages({ world, faults, cashiers, options, working }: Outages): Promise<void> {
  const { chance, exchanges } = options;
  // Blind cashiers double by the faults of the lines alone.
  if (options.blind) return;
  const every = Math.max(1, Math.min(OUTAGE_EVERY, Math.floor(exchanges / 7)));
  for (let count = 0; working();) {
    if (cashiers.messages() < Math.min((count + 1) * every, exchanges)) {
      await pause(20);
      continue;
    }
    if ((count + 1) * every > exchanges) return;
    const kind = (count + chance.seed) % 6;
    const party = PARTIES[kind];
    if (party !== undefined) await killOnce(world, party, faults);
    else if (kind === 4) await cutOnce(world, chance.pick(`cut ${count}`, PARTIES), faults);
    else await fillDiskOnce(world, chance.pick(`disk ${count}`, GATEWAYS), faults);
    count += 1;
    await pause(CALM_MS);
  }
}

async function killOnce({ parties }: World, name: LinkName, { counts }: Faults): Promise<void> {
  await parties[name].kill();
  counts.killed += 1;
  await startAgain({ parties }, name);
}

async function startAgain({ parties }: Pick<World, 'parties'>, name: LinkName): Promise<void> {
  if (!(await parties[name].start())) throw new Error(`${name} does not start again`);
}

async function cutOnce({ links }: World, name: LinkName, { counts }: Faults): Promise<void> {
  links[name].cut();
  counts.partition += 1;
  await pause(900);
  links[name].mend();
}

async function fillDiskOnce(world: World, name: LinkName, { counts }: Faults): Promise<void> {
  const party = world.parties[name];
  await party.kill();
  const journal = world.files[name];
  const sizes = [journal, `${journal}-wal`].map((file) => (existsSync(file) ? statSync(file).size : 0));
  const fileKilobytes = Math.ceil(Math.max(...sizes) / 1_024) + SPARE_KILOBYTES;
  if (await party.start({ fileKilobytes })) await pause(700);
  counts.diskFull += 1;
  await party.kill();
  await startAgain(world, name);
}

/** Exchanges that are still open in the gateways after everybody was given time. */
async function waitUntilQuiet({ parties }: World): Promise<number> {
  let open = 0;
  for (const until = Date.now() + QUIET_MS; Date.now() < until; await pause(50)) {
    const counts = await Promise.all(GATEWAYS.map((name) => countOpen(parties[name].url())));
    open = counts.reduce((sum, count) => sum + count, 0);
    if (open === 0) return 0;
  }
  return open;
}

async function countOpen(url: string | undefined): Promise<number> {
  if (url === undefined) return 1;
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^yiqiao_open_exchanges (\d+)$/m.exec(text)?.[1] ?? 1);
}

interface OnRecord {
  readonly messageIds: ReadonlyMap<number, string>;
  readonly handovers: readonly string[];
}

function named(lines: readonly LedgerLine[], { messageIds }: OnRecord): readonly GatewayLine[] {
  return lines.map((line) => ({ ...line, messageId: messageIds.get(line.exchangeId) ?? '' }));
}

/** The journal of a gateway that has been stopped. */
async function readJournal(name: string, file: string): Promise<OnRecord> {
  const journal = createSqliteJournal({ file, clock: systemClock });
  const exchanges = journal.list(Infinity, 1_000_000);
  await journal.close();
  const left = exchanges.filter(({ state }) => state === 'handed-to-person');
  const handovers = left.map(({ transaction, key, reason, legs }) => {
    const steps = legs.map((leg) =>
      `${leg.purpose} ${leg.transaction} ${leg.state} ${leg.reason ?? ''}`.trim(),
    );
    return `${name} ${transaction} ${key.messageId} is left to a person: ${reason}; ${steps.join(', ')}`;
  });
  return { messageIds: new Map(exchanges.map(({ id, key }) => [id, key.messageId])), handovers };
}
