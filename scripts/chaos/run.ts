/** One run: visits, faults and outages from the seed, and then the books. */
import { setTimeout as pause } from 'node:timers/promises';
import type { CareEntry, FeeEntry } from './care-place-books.ts';
import type { VisitEnd } from './cashier.ts';
import { createChance } from './chance.ts';
import type { CoreEntry } from './core-entries.ts';
import { createFaults } from './faults.ts';
import type { FaultCounts } from './faults.ts';
import { readJournal } from './journals.ts';
import type { LedgerRow, Ledgers } from './ledgers.ts';
import { causeOutages } from './outages.ts';
import type { StoreName } from './store.ts';
import { GATEWAYS, startWorld } from './world.ts';
import type { GatewayName, Workload, World } from './world.ts';

/** Size and kind of a run. */
export interface RunOptions extends Omit<Workload, 'cashiers'> {
  /** Whether a core may get a 2601 or a record spoilt, so that a person is needed. */
  readonly spoilsReversals: boolean;
  readonly store: StoreName;
  /** Processes of each gateway. */
  readonly nodes: number;
  /** An empty folder for the files of all parties. */
  readonly folder: string;
}

/** What came of it. */
export interface RunResult {
  readonly seed: number;
  readonly faults: FaultCounts;
  /** Visits for which a person was planned to be needed. */
  readonly permanent: ReadonlySet<number>;
  readonly ends: readonly VisitEnd[];
  readonly ledgers: Ledgers;
  /** Exchanges of the gateways that had not ended. */
  readonly openInGateways: number;
  /** What the gateways left to people, and why, in words. */
  readonly handovers: readonly string[];
  readonly seconds: number;
  /** How slow the machine was; see `waitsAt`. */
  readonly pace: number;
}

/** Cashiers at work at once: few in a short run, which would else be all burst. */
const cashiersFor = (exchanges: number): number => Math.round(Math.max(6, Math.min(48, exchanges / 25)));
const QUIET_MS = 30_000;

/** Runs a world to its end. */
export async function run(options: RunOptions): Promise<RunResult> {
  const began = performance.now();
  const { seed, exchanges, blind } = options;
  const chance = createChance(seed);
  const faults = createFaults(chance, options);
  const cashiers = cashiersFor(exchanges);
  const world = await startWorld(options, faults, { seed, exchanges, blind, cashiers });
  try {
    // Blind cashiers double by the faults of the lines alone.
    if (!blind) await causeOutages({ world, faults, chance, exchanges });
    await world.his.done();
    faults.end();
    const openInGateways = await waitUntilQuiet(world);
    return {
      seed,
      faults: faults.counts,
      permanent: faults.permanent,
      openInGateways,
      pace: world.pace,
      ...(await collectBooks(world)),
      seconds: Math.round((performance.now() - began) / 100) / 10,
    };
  } finally {
    await world.close();
  }
}

/** Exchanges that are still open in the gateways after everybody was given time. */
async function waitUntilQuiet({ parties, pace, store }: World): Promise<number> {
  // What a node left that was killed is at no node until another one has looked for it.
  const quietRounds = store.database === undefined ? 1 : 30;
  let open = 0;
  let quiet = 0;
  for (const until = Date.now() + QUIET_MS * pace; Date.now() < until; await pause(100)) {
    const urls = GATEWAYS.flatMap((name): readonly (string | undefined)[] => {
      const all = parties[name].urls();
      return all.length === 0 ? [undefined] : all;
    });
    const counts = await Promise.all(urls.map((url) => countOpen(url)));
    open = counts.reduce((sum, count) => sum + count, 0);
    quiet = open === 0 ? quiet + 1 : 0;
    if (quiet >= quietRounds) return 0;
  }
  return open;
}

async function countOpen(url: string | undefined): Promise<number> {
  if (url === undefined) return 1;
  const text = await fetch(new URL('/metrics', url)).then(
    (metrics) => metrics.text(),
    () => '',
  );
  return Number(/^yiqiao_open_exchanges (\d+)$/m.exec(text)?.[1] ?? 1);
}

async function collectBooks({
  parties,
  store,
}: World): Promise<Pick<RunResult, 'ends' | 'ledgers' | 'handovers'>> {
  const ends = await parties.his.ledger<VisitEnd>();
  const core = await parties.core.ledger<CoreEntry>();
  const care = await parties['care-place-core'].ledger<CareEntry>();
  await Promise.all(Object.values(parties).map((party) => party.stop()));
  const read = async (name: GatewayName): ReturnType<typeof readJournal> =>
    readJournal(name, await store.open(name));
  const records = {
    'care-place': await read('care-place'),
    hub: await read('hub'),
    'insured-place': await read('insured-place'),
  };
  return {
    ends,
    ledgers: {
      his: ends.flatMap(rowsOf),
      'care-place': records['care-place'].rows,
      hub: records.hub.rows,
      'insured-place': records['insured-place'].rows,
      core: core.map(rowOf),
      'care-place-core': care.map((entry) => ('state' in entry ? rowOf(entry) : feeRow(entry))),
    },
    handovers: Object.values(records).flatMap((record) => record.handovers),
  };
}

function rowsOf({ rows, fees }: VisitEnd): readonly LedgerRow[] {
  return [...rows, ...fees.map(feeRow)];
}

function rowOf({ messageId, settlementId, total, state }: CoreEntry): LedgerRow {
  return { messageId, settlementId, total, state };
}

function feeRow({ messageId, batch, total }: FeeEntry): LedgerRow {
  return { messageId, settlementId: batch, total, state: 'fees' };
}
