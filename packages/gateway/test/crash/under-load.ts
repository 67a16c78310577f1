/** Many visits at once, far sides that lose, delay and hold messages, and a gateway that is killed again and again. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Afterwards, VisitEnd } from './cashier.ts';
import type { Message } from './books.ts';
import type { Fate } from './far-side.ts';
import { visitNumber } from './messages.ts';
import { findDisagreements, historyOf } from './reconcile.ts';
import type { Chance } from './seeded.ts';
import { createCrashWorld } from './world.ts';
import type { CrashWorld, Side } from './world.ts';

/** Size of a run. */
export interface Load {
  readonly chance: Chance;
  readonly visits: number;
  /** Visits at the same time. */
  readonly cashiers: number;
  /** How often the gateway ends; each third time, about, in good order. */
  readonly kills: number;
}

/** What came of a run; `disagreements` is empty when all is well. */
export interface LoadResult {
  readonly disagreements: readonly string[];
  readonly history: string;
  /** What is left to people. */
  readonly persons: number;
  readonly killed: number;
  /** Exchanges that ended otherwise than answered. */
  readonly notAnswered: number;
}

/** Runs the visits to their ends, whatever it takes, and compares all books. */
export async function runUnderLoad(load: Load): Promise<LoadResult> {
  const { chance } = load;
  const world = await createCrashWorld();
  try {
    world.direction.fate = (side, message) => fateOf(chance, side, message);
    await world.gateway.start();
    let visiting = true;
    const visits = runVisits(world, load).finally(() => (visiting = false));
    const killed = killAgainAndAgain(world, load, () => visiting);
    const [ends, count] = await Promise.all([visits, killed]);
    await world.gateway.quiet();
    await world.gateway.stop();
    const record = await world.gateway.readJournal();
    return {
      disagreements: findDisagreements(world, record, ends),
      history: historyOf(ends),
      persons: record.exchanges.filter(({ state }) => state === 'handed-to-person').length,
      killed: count,
      notAnswered: record.exchanges.filter(({ state }) => state !== 'answered').length,
    };
  } finally {
    await world.close();
  }
}

async function killAgainAndAgain(
  { gateway }: CrashWorld,
  { chance, kills }: Load,
  visiting: () => boolean,
): Promise<number> {
  for (let count = 0; count < kills; count += 1) {
    await pause(chance.between(100, 700));
    if (!visiting()) return count;
    await (chance.between(1, 3) === 1 ? gateway.stop() : gateway.kill());
    await gateway.start();
  }
  return kills;
}

async function runVisits({ cashier }: CrashWorld, load: Load): Promise<readonly VisitEnd[]> {
  const ends: VisitEnd[] = [];
  let begun = 0;
  const work = async (): Promise<void> => {
    while (begun < load.visits) {
      begun += 1;
      const visit = visitNumber(begun);
      ends.push(await cashier.run(visit, load.chance.pick<Afterwards>(['nothing', 'cancel', 'reverse'])));
    }
  };
  await Promise.all(Array.from({ length: load.cashiers }, work));
  assert.equal(ends.length, load.visits);
  return ends;
}

/**
 * Most messages fare well; a trial is never spoilt, since nothing hangs on it. Only the hub does work late whose
 * connection has ended: a 2205 knows its 2204 by the charge batch alone, so that no order between them is kept.
 */
function fateOf(chance: Chance, side: Side, { infno }: Message): Fate {
  if (infno === '2206') return {};
  const fates: readonly [Fate, ...Fate[]] = [
    { workMs: chance.between(20, 250) },
    { replyMs: chance.between(20, 350) },
    { replyMs: 600 },
    { lost: 'request' },
    { lost: 'reply' },
    { lost: 'silent' },
    { workMs: chance.between(20, 250), lost: 'reply' },
    { workMs: chance.between(20, 250), lost: side === 'hub' ? 'late' : 'request' },
  ];
  return chance.between(1, 100) <= 40 ? chance.pick(fates) : {};
}
