/** Exchanges on record that are gone on with: which of them wait for each other. */
import { GatewayError } from '@yiqiao/model';
import type { ExchangeKey } from '@yiqiao/journal';
import type { Case, Hop } from './case.ts';
import { findReversed, recordLane } from './follow-up.ts';
import { goOn, goOnRecording } from './go-on.ts';
import { createLanes } from './lanes.ts';
import { keyText, persist } from './machine.ts';
import type { Machine } from './machine.ts';
import { operationOf } from './requests.ts';
import { concludeReversal } from './reversal.ts';
import { takeBackSteps } from './reverse-steps.ts';
import type { Ending } from './types.ts';

/** `records` keeps the order of what a core is told, `reversals` takes one original back once. */
export interface OrderedLanes {
  readonly records: ReturnType<typeof createLanes>;
  readonly reversals: ReturnType<typeof createLanes>;
  /** Lanes of records in which one was left for the next start; what follows it is left as well. */
  readonly left: Set<string>;
}

/** Empty lanes. */
export function createOrderedLanes(): OrderedLanes {
  return { records: createLanes(1), reversals: createLanes(1), left: new Set() };
}

/** A core that is told of a reversal before the settlement refuses the one and keeps the other. */
function inOrder(
  { deps }: Machine,
  lanes: OrderedLanes,
  lane: string,
  work: () => Promise<Ending>,
): Promise<Ending> {
  return lanes.records.run(lane, async () => {
    if (lanes.left.has(lane))
      throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { waitsFor: 'order' } });
    try {
      return await work();
    } catch (error) {
      // Where several processes keep the order, it is the record that tells what comes first.
      if (deps.journal.shared === undefined) lanes.left.add(lane);
      throw error;
    }
  });
}

/** Goes on with an exchange on record, in its turn. */
export async function continueCase(machine: Machine, opened: Case, lanes: OrderedLanes): Promise<Ending> {
  const [hop] = opened.hops as [Hop];
  const { key } = opened.accepted;
  if (hop.purpose === 'record') {
    const lane = await persist(machine, key, () => recordLane(machine, hop));
    // Whoever is earlier needs the lane as well, here or in another process.
    await awaitEarlier(machine, opened);
    return inOrder(machine, lanes, lane, () =>
      machine.claims.run(`records\n${lane}`, () => goOnRecording(machine, opened)),
    );
  }
  const { reverses } = opened;
  if (reverses !== undefined) {
    const original = await persist(machine, key, () => machine.deps.journal.load(reverses));
    if (original === undefined) return goOn(machine, opened);
    return inTurn(machine, lanes, original.key, () => takeBackSteps(machine, opened, original));
  }
  if (operationOf(hop.request) !== 'reverseTransaction') return goOn(machine, opened);
  const original = await persist(machine, key, () => findReversed(machine, hop.request, hop.peer));
  return inTurn(machine, lanes, original?.key ?? key, () =>
    concludeReversal(machine, opened, { doubtful: true }),
  );
}

/** Reversals of one original, one at a time, whoever does them. */
export function inTurn<T>(
  machine: Machine,
  lanes: OrderedLanes,
  original: ExchangeKey,
  work: () => Promise<T>,
): Promise<T> {
  const name = keyText(original);
  return lanes.reversals.run(name, () => machine.claims.run(`reversal\n${name}`, work));
}

/** What another process owes the same core about the same visit, and owed before. */
async function awaitEarlier(machine: Machine, { accepted, id }: Case): Promise<void> {
  const { journal } = machine.deps;
  if (journal.shared === undefined || id === undefined) return;
  for (const key of accepted.naturalKeys ?? []) {
    const matches = await persist(machine, accepted.key, () =>
      journal.findByNaturalKey(accepted.key.institution, key),
    );
    for (const match of matches.toReversed()) {
      if (match.id < id && match.state === 'open') await machine.join(match.id);
    }
  }
}
