/** Starts exchanges and goes on with open ones; one run per exchange. */
import type { Exchange, ExchangeKey } from '@yiqiao/journal';
import { askAgain, canAskAgain } from './ask-again.ts';
import { createBacklog } from './backlog.ts';
import type { Backlog } from './backlog.ts';
import { carryOut } from './carry-out.ts';
import { createCase, isOpen, restoreCase } from './case.ts';
import { createClaims, exchangeName } from './claims.ts';
import { continueCase, createOrderedLanes, inTurn } from './continue-case.ts';
import type { OrderedLanes } from './continue-case.ts';
import { endingOf } from './go-on.ts';
import { createLanes } from './lanes.ts';
import { recordLateAnswer } from './late-answer.ts';
import { createTiming, keyText } from './machine.ts';
import type { Machine } from './machine.ts';
import { reverseOriginal } from './reversal.ts';
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
  /** Decisions about one message, one at a time. */
  inTurn<T>(key: ExchangeKey, work: () => Promise<T>): Promise<T>;
  /** Begins a writing message, whose name has been taken; it is given back at the end. */
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
  const lanes = createOrderedLanes();
  const claims = createClaims(deps, stop);
  const refusals = createRefusals(deps);
  const burying = new Set<string>();
  const decisions = createLanes(1);
  const machine: Machine = {
    ...createTiming(deps),
    deps,
    stop,
    claims,
    peerLanes: createLanes(deps.policy.resolve.perPeer),
    matters: new Map(),
    join: (id) => goingOn.goOnWith(id),
    noteLate: (opened, hop, late) => recordLateAnswer(machine, opened, hop, late),
    follow: (owed) => {
      const peer = owed.hops[0]?.peer ?? '';
      if (owed.id !== undefined && backlog.waitsFor(peer)) return backlog.add(peer, owed.id);
      const plan = { key: owed.accepted.key, digest: owed.accepted.digest, reverses: false };
      runs.start(plan, () => goingOn.untilEnded(owed.id, () => continueCase(machine, owed, lanes)));
    },
  };
  const goingOn = createGoingOn(machine, runs, lanes);
  const { resume, untilEnded } = goingOn;
  const backlog = createBacklog(BACKLOG_WIDTH, (id) => goingOn.goOnWith(id));
  const originals: Originals = {
    inTurn: (key, work) => inTurn(machine, lanes, key, work),
    findRun: (key) => runs.find(key),
    resume,
    bury: (key) => bury(deps, burying, key),
  };
  return {
    machine,
    runs,
    refusals,
    backlog,
    resume,
    inTurn: (key, decide) => decisions.run(keyText(key), decide),
    askAgain: createAsking(machine, runs),
    isBurying: (key) => burying.has(keyText(key)),
    start(incoming) {
      const { key, digest, steps } = incoming;
      const reverses = steps.length === 1 && steps[0]?.operation === 'reverseTransaction';
      const opened = createCase(incoming, deps.clock.now());
      const since = deps.journal.shared?.generation;
      if (since !== undefined) opened.since = since;
      return runs.start({ key, digest, reverses, waitsFor: () => opened.waitsFor }, () =>
        untilEnded(
          () => opened.id,
          async () => {
            const ending = await (reverses
              ? reverseOriginal(machine, opened, incoming, originals)
              : carryOut(machine, opened, incoming));
            if (opened.id === undefined) await refusals.note(incoming, ending);
            return ending;
          },
        ).finally(() => claims.release([exchangeName(key)])),
      );
    },
  };
}

/** Asks again about exchanges that ended with a person; of several processes, one puts on record what is known by now. */
function createAsking(machine: Machine, runs: Runs): (exchange: Exchange) => Run {
  const { claims, deps } = machine;
  const ask = (exchange: Exchange): Run => {
    const { id, key, digest } = exchange;
    const look = async (): Promise<Ending> => {
      const now = deps.journal.shared === undefined ? exchange : await deps.journal.load(id);
      if (now === undefined || !canAskAgain(now)) return endingOf(now ?? exchange);
      return askAgain(machine, now, (original) => ask(original).ending.catch(() => undefined));
    };
    return (
      runs.find(key) ?? runs.start({ key, digest, reverses: false }, () => claims.run(`asking\n${id}`, look))
    );
  };
  return ask;
}

/** What goes on with exchanges on record. */
interface GoingOn {
  /** Goes on with an open exchange that nobody here is at; joins the run that is. */
  resume(exchange: Exchange): Run;
  /** Resolves when an exchange has ended or was left. */
  goOnWith(exchangeId: number): Promise<void>;
  /** A store across a network fails more often than the program: what it breaks off is taken up again. */
  untilEnded(
    id: number | undefined | (() => number | undefined),
    work: () => Promise<Ending>,
  ): Promise<Ending>;
}

function createGoingOn(machine: Machine, runs: Runs, lanes: OrderedLanes): GoingOn {
  const { claims, deps, stop } = machine;
  const goingOn: GoingOn = {
    resume(exchange) {
      const { key, digest, operation } = exchange;
      const plan = { key, digest, reverses: operation === 'reverseTransaction' };
      const goOn = async (): Promise<Ending> => {
        const isOurs = await claims.takeUp(exchange);
        const now = deps.journal.shared === undefined ? exchange : await deps.journal.load(exchange.id);
        if (!isOurs && now !== undefined) return endingOf(now);
        return continueCase(machine, restoreCase(deps, now ?? exchange), lanes);
      };
      return runs.find(key) ?? runs.start(plan, () => goingOn.untilEnded(exchange.id, goOn));
    },
    async goOnWith(id) {
      try {
        const exchange = stop.stopping ? undefined : await deps.journal.load(id);
        if (exchange !== undefined && isOpen(exchange)) await goingOn.resume(exchange).ending;
      } catch {
        // It is on record, and met again: by the next start, or where several have the journal in common by the next look.
      }
    },
    async untilEnded(which, work) {
      try {
        return await work();
      } catch (error) {
        const id = typeof which === 'function' ? which() : which;
        if (id !== undefined && deps.journal.shared !== undefined && !stop.stopping)
          deps.scheduler.after(AGAIN_MS, () => void goingOn.goOnWith(id).catch(() => undefined));
        throw error;
      }
    },
  };
  return goingOn;
}

/** Before what a store broke off is taken up again. */
const AGAIN_MS = 2_000;

/** Exchanges of one peer that an earlier run left open and that are in memory at a time. */
const BACKLOG_WIDTH = 100;

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
