/** Starts exchanges and goes on with open ones; one run per exchange. */
import { GatewayError } from '@yiqiao/model';
import type { Exchange, ExchangeKey } from '@yiqiao/journal';
import { askAgain } from './ask-again.ts';
import { createBacklog } from './backlog.ts';
import type { Backlog } from './backlog.ts';
import { carryOut } from './carry-out.ts';
import { createCase, restoreCase } from './case.ts';
import type { Case, Hop } from './case.ts';
import { findReversed, recordLane } from './follow-up.ts';
import { goOn, goOnRecording } from './go-on.ts';
import { createLanes } from './lanes.ts';
import { recordLateAnswer } from './late-answer.ts';
import { createTiming, keyText } from './machine.ts';
import type { Machine } from './machine.ts';
import { operationOf } from './requests.ts';
import { concludeReversal, reverseOriginal } from './reversal.ts';
import { takeBackSteps } from './reverse-steps.ts';
import type { Originals } from './reversal.ts';
import { createRefusals } from './refusals.ts';
import type { Refusals } from './refusals.ts';
import { createRuns } from './runs.ts';
import type { Run, Runs } from './runs.ts';
import type { StopSwitch } from './stop-switch.ts';
import type { Ending, ExchangeDeps, Incoming } from './types.ts';

/** The exchanges at work. */
export interface Work {
  readonly machine: Machine;
  readonly runs: Runs;
  readonly refusals: Refusals;
  /** Begins a writing message. */
  start(incoming: Incoming): Run;
  /** Goes on with an exchange on record; joins the run that already does. */
  resume(exchange: Exchange): Run;
  /** Open exchanges of an earlier run whose turn has not come. */
  readonly backlog: Backlog;
  /** Asks for one that waits for what a person finds out, further on or about its original. */
  askAgain(exchange: Exchange): Run;
  /** Whether the burial of this message is being written. */
  isBurying(key: ExchangeKey): boolean;
}

/** Creates the work; nothing runs yet. */
export function createWork(deps: ExchangeDeps, stop: StopSwitch): Work {
  const runs = createRuns((error, key) => {
    if (!stop.stopping) deps.events.onTrouble?.(error, key);
  });
  const lanes = { records: createLanes(1), reversals: createLanes(1), left: new Set<string>() };
  const refusals = createRefusals(deps);
  const burying = new Set<string>();
  const machine: Machine = {
    ...createTiming(deps),
    deps,
    stop,
    peerLanes: createLanes(deps.policy.resolve.perPeer),
    matters: new Map(),
    join: (id) => goOnWith(id),
    noteLate: (opened, hop, late) => recordLateAnswer(machine, opened, hop, late),
    follow: (owed) => {
      const peer = owed.hops[0]?.peer ?? '';
      if (owed.id !== undefined && backlog.waitsFor(peer)) return backlog.add(peer, owed.id);
      const plan = { key: owed.accepted.key, digest: owed.accepted.digest, reverses: false };
      runs.start(plan, () => continueCase(machine, owed, lanes));
    },
  };
  const resume = (exchange: Exchange): Run => {
    const { key, digest, operation } = exchange;
    const plan = { key, digest, reverses: operation === 'reverseTransaction' };
    return (
      runs.find(key) ??
      runs.start(plan, async () => continueCase(machine, restoreCase(deps, exchange), lanes))
    );
  };
  const goOnWith = async (id: number): Promise<void> => {
    const exchange = stop.stopping ? undefined : deps.journal.load(id);
    if (exchange !== undefined && isOpen(exchange)) await resume(exchange).ending.catch(() => undefined);
  };
  const backlog = createBacklog(BACKLOG_WIDTH, goOnWith);
  const originals: Originals = {
    inTurn: (key, work) => lanes.reversals.run(keyText(key), work),
    findRun: (key) => runs.find(key),
    resume,
    bury: (key) => bury(deps, burying, key),
  };
  const ask = (exchange: Exchange): Run =>
    runs.find(exchange.key) ??
    runs.start({ key: exchange.key, digest: exchange.digest, reverses: false }, () =>
      askAgain(machine, exchange, (original) => ask(original).ending.catch(() => undefined)),
    );
  return {
    machine,
    runs,
    refusals,
    backlog,
    resume,
    askAgain: ask,
    isBurying: (key) => burying.has(keyText(key)),
    start(incoming) {
      const { key, digest, steps } = incoming;
      const reverses = steps.length === 1 && steps[0]?.operation === 'reverseTransaction';
      const opened = createCase(incoming, deps.clock.now());
      return runs.start({ key, digest, reverses, waitsFor: () => opened.waitsFor }, async () => {
        const ending = await (reverses
          ? reverseOriginal(machine, opened, incoming, originals)
          : carryOut(machine, opened, incoming));
        if (opened.id === undefined) refusals.note(incoming, ending);
        return ending;
      });
    },
  };
}

/** Exchanges of one peer that an earlier run left open and that are in memory at a time. */
const BACKLOG_WIDTH = 100;

/** Whether an exchange has not ended. */
export function isOpen({ state }: Exchange): boolean {
  return state === 'sent' || state === 'unknown';
}

/** `records` keeps the order of what a core is told, `reversals` takes one original back once. */
interface OrderedLanes {
  readonly records: ReturnType<typeof createLanes>;
  readonly reversals: ReturnType<typeof createLanes>;
  /** Lanes of records in which one was left for the next start; what follows it is left as well. */
  readonly left: Set<string>;
}

/** A core that is told of a reversal before the settlement refuses the one and keeps the other. */
function inOrder(lanes: OrderedLanes, lane: string, work: () => Promise<Ending>): Promise<Ending> {
  return lanes.records.run(lane, async () => {
    if (lanes.left.has(lane))
      throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { waitsFor: 'order' } });
    try {
      return await work();
    } catch (error) {
      lanes.left.add(lane);
      throw error;
    }
  });
}

async function continueCase(machine: Machine, opened: Case, lanes: OrderedLanes): Promise<Ending> {
  const [hop] = opened.hops as [Hop];
  if (hop.purpose === 'record') {
    return inOrder(lanes, recordLane(machine, hop), () => goOnRecording(machine, opened));
  }
  if (opened.reverses !== undefined) {
    const original = machine.deps.journal.load(opened.reverses);
    if (original === undefined) return goOn(machine, opened);
    return lanes.reversals.run(keyText(original.key), () => takeBackSteps(machine, opened, original));
  }
  if (operationOf(hop.request) !== 'reverseTransaction') return goOn(machine, opened);
  const original = findReversed(machine, hop.request, hop.peer);
  const lane = keyText(original?.key ?? opened.accepted.key);
  return lanes.reversals.run(lane, () => concludeReversal(machine, opened, { doubtful: true }));
}

/** An original that arrives while its burial is being written must meet it, too. */
async function bury(deps: ExchangeDeps, burying: Set<string>, key: ExchangeKey): Promise<void> {
  const id = keyText(key);
  burying.add(id);
  try {
    await deps.journal.bury(key, deps.clock.now());
  } finally {
    burying.delete(id);
  }
}
