/** The outcome machine: each message is done once and ends as answered, rejected, reversed or with a person. */
import { GatewayError } from '@yiqiao/model';
import { canAskAgain } from './ask-again.ts';
import { isReading, read } from './ask.ts';
import type { Awaitable, Found, SharedWork } from '@yiqiao/journal';
import { isOpen } from './case.ts';
import { exchangeName } from './claims.ts';
import { endingOf } from './go-on.ts';
import { createStopSwitch } from './stop-switch.ts';
import { awaitEnd, refusalOf, refuse, tellRead, tellWrite } from './tell.ts';
import type { ExchangeDeps, Exchanges, Incoming, Told } from './types.ts';
import { createWork } from './work.ts';
import type { Work } from './work.ts';

const PAGE = 100;
/** How often it is looked for what processes have left that are gone. */
const SWEEP_MS = 1_000;

/** Creates the machine. It starts nothing by itself: call `recover` once the adapters are ready. */
export function createExchanges(deps: ExchangeDeps): Exchanges {
  const stop = createStopSwitch(deps.scheduler);
  const work = createWork(deps, stop);
  const reads = new Set<Promise<unknown>>();
  let draining = false;
  return {
    async perform(incoming) {
      if (!isReading(deps, incoming)) return performWrite(work, incoming, () => draining);
      if (draining || !incoming.taking) return refuse(incoming, 'BUSY');
      const ending = read(work.machine, incoming);
      reads.add(ending);
      return tellRead(incoming, await ending.finally(() => reads.delete(ending)));
    },
    async recover() {
      const { shared } = deps.journal;
      if (shared === undefined) return recoverAll(work);
      const sweep = async (): Promise<number> => (draining ? 0 : adopt(work, shared));
      const goOn = (): void => {
        if (draining) return;
        // What is not reached now is looked for again.
        void sweep()
          .catch(() => 0)
          .then(() => deps.scheduler.after(SWEEP_MS, goOn));
      };
      const count = await sweep();
      deps.scheduler.after(SWEEP_MS, goOn);
      return count;
    },
    get running() {
      return work.runs.size + reads.size + work.backlog.size;
    },
    idle: async () => void (await Promise.allSettled([work.backlog.idle(), work.runs.idle(), ...reads])),
    async drain(deadline) {
      draining = true;
      stop.endPauses();
      const cancel = deps.scheduler.after(Math.max(0, deadline - deps.clock.now()), () => stop.abortCalls());
      await Promise.allSettled([work.backlog.idle(), work.runs.idle(), ...reads]);
      cancel();
    },
  };
}

/** Goes on with what is this process's and what nobody in it is at; tells how much that is. */
async function adopt({ backlog, machine, runs }: Work, shared: SharedWork): Promise<number> {
  let count = 0;
  for (const { id, key } of await shared.adoptOrphans(PAGE)) {
    if (runs.find(key) !== undefined || backlog.has(id)) continue;
    // One that cannot be read now is met again.
    const exchange = await readOrNot(() => machine.deps.journal.load(id));
    if (exchange === undefined || !isOpen(exchange) || runs.find(key) !== undefined) continue;
    backlog.add(exchange.legs.at(-1)?.peer ?? '', id);
    count += 1;
  }
  return count;
}

async function readOrNot<T>(read: () => Awaitable<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

/** Takes up all that an earlier run of the only process left open. */
async function recoverAll({ backlog, machine }: Work): Promise<number> {
  const { journal } = machine.deps;
  let count = 0;
  let page = await journal.listOpen(0, PAGE);
  while (page.length > 0) {
    for (const { id, legs } of page) backlog.add(legs.at(-1)?.peer ?? '', id);
    count += page.length;
    page = await journal.listOpen(page.at(-1)?.id ?? 0, PAGE);
  }
  return count;
}

/** Done once: a resend joins the run or gets the reply on record, also from a machine that takes nothing new. */
async function performWrite(work: Work, incoming: Incoming, draining: () => boolean): Promise<Told> {
  const tell = await work.inTurn(incoming.key, () => decide(work, incoming, draining));
  return tell();
}

/** What becomes of a message; one at a time per key, so that two copies find the same. */
async function decide(work: Work, incoming: Incoming, draining: () => boolean): Promise<() => Promise<Told>> {
  const { deps } = work.machine;
  const { key, digest } = incoming;
  const running = work.runs.find(key);
  if (running !== undefined) {
    return running.digest === digest
      ? () => awaitEnd(deps, incoming, running, 'EXCHANGE_IN_PROGRESS')
      : () => refuse(incoming, 'MESSAGE_ID_REUSED');
  }
  if (work.isBurying(key)) return () => refuse(incoming, 'REVERSED');
  const found = await lookUp(work, incoming);
  if (found.status !== 'new') return () => tellKnown(work, incoming, found, draining());
  const name = exchangeName(key);
  try {
    const refused = await work.refusals.find(incoming);
    if (refused === undefined && !draining() && incoming.taking) {
      const run = work.start(incoming);
      return () => awaitEnd(deps, incoming, run, 'UPSTREAM_TIMEOUT');
    }
    const ending = refused ?? refusalOf(incoming, 'BUSY');
    if (refused === undefined) await work.refusals.note(incoming, ending);
    work.machine.claims.release([name]);
    return () => tellWrite(incoming, ending);
  } catch (error) {
    work.machine.claims.release([name]);
    throw error;
  }
}

/**
 * What is on record of a message. When nothing is, its name has been taken for this process; what another process is
 * about to put on record is waited for.
 * @throws GatewayError `EXCHANGE_IN_PROGRESS` when that takes longer than the caller waits.
 */
async function lookUp({ machine }: Work, { key, digest, deadline }: Incoming): Promise<Found> {
  const { claims, deps } = machine;
  const name = exchangeName(key);
  for (let round = 0; ; round += 1) {
    const isTaken = await claims.take([name]);
    let found: Found | undefined;
    try {
      found = await deps.journal.find(key, digest);
    } finally {
      if (isTaken && found?.status !== 'new') claims.release([name]);
    }
    if (isTaken || found.status !== 'new') return found;
    if (deps.clock.now() >= deadline)
      throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { messageId: key.messageId } });
    await claims.wait(round);
  }
}

async function tellKnown(
  work: Work,
  incoming: Incoming,
  found: Exclude<Found, { readonly status: 'new' }>,
  draining: boolean,
): Promise<Told> {
  const { deps } = work.machine;
  switch (found.status) {
    case 'conflict':
      return refuse(incoming, 'MESSAGE_ID_REUSED');
    case 'tombstone':
      return refuse(incoming, 'REVERSED');
    case 'known':
      if (canAskAgain(found.exchange) && !draining)
        return awaitEnd(deps, incoming, work.askAgain(found.exchange), 'HANDED_TO_PERSON');
      if (!isOpen(found.exchange)) return tellWrite(incoming, endingOf(found.exchange));
      if (draining)
        throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { messageId: incoming.key.messageId } });
      return awaitEnd(deps, incoming, work.resume(found.exchange), 'EXCHANGE_IN_PROGRESS');
  }
}
