/** The outcome machine: each message is done once and ends as answered, rejected, reversed or with a person. */
import { GatewayError } from '@yiqiao/model';
import { canAskAgain } from './ask-again.ts';
import { isReading, read } from './ask.ts';
import { endingOf } from './go-on.ts';
import { createStopSwitch } from './stop-switch.ts';
import { awaitEnd, refusalOf, refuse, tellRead, tellWrite } from './tell.ts';
import type { ExchangeDeps, Exchanges, Incoming, Told } from './types.ts';
import { createWork, isOpen } from './work.ts';
import type { Work } from './work.ts';

const PAGE = 100;

/** Creates the machine. It starts nothing by itself: call `recover` once the adapters are ready. */
export function createExchanges(deps: ExchangeDeps): Exchanges {
  const stop = createStopSwitch(deps.scheduler);
  const work = createWork(deps, stop);
  const reads = new Set<Promise<unknown>>();
  let draining = false;
  return {
    async perform(incoming) {
      if (!isReading(deps, incoming)) return performWrite(work, incoming, draining);
      if (draining || !incoming.taking) return refuse(incoming, 'BUSY');
      const ending = read(work.machine, incoming);
      reads.add(ending);
      return tellRead(incoming, await ending.finally(() => reads.delete(ending)));
    },
    recover() {
      let count = 0;
      let page = deps.journal.listOpen(0, PAGE);
      while (page.length > 0) {
        for (const { id, legs } of page) work.backlog.add(legs.at(-1)?.peer ?? '', id);
        count += page.length;
        page = deps.journal.listOpen(page.at(-1)?.id ?? 0, PAGE);
      }
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

/** Done once: a resend joins the run or gets the reply on record, also from a machine that takes nothing new. */
async function performWrite(work: Work, incoming: Incoming, draining: boolean): Promise<Told> {
  const { deps } = work.machine;
  const { key, digest } = incoming;
  const running = work.runs.find(key);
  if (running !== undefined) {
    return running.digest === digest
      ? awaitEnd(deps, incoming, running, 'EXCHANGE_IN_PROGRESS')
      : refuse(incoming, 'MESSAGE_ID_REUSED');
  }
  if (work.isBurying(key)) return refuse(incoming, 'REVERSED');
  const found = deps.journal.find(key, digest);
  switch (found.status) {
    case 'new': {
      const refused = work.refusals.find(incoming);
      if (refused !== undefined) return tellWrite(incoming, refused);
      if (draining || !incoming.taking) return refuseBusy(work, incoming);
      return awaitEnd(deps, incoming, work.start(incoming), 'UPSTREAM_TIMEOUT');
    }
    case 'conflict':
      return refuse(incoming, 'MESSAGE_ID_REUSED');
    case 'tombstone':
      return refuse(incoming, 'REVERSED');
    case 'known':
      if (canAskAgain(found.exchange) && !draining)
        return awaitEnd(deps, incoming, work.askAgain(found.exchange), 'HANDED_TO_PERSON');
      if (!isOpen(found.exchange)) return tellWrite(incoming, endingOf(found.exchange));
      if (draining) throw new GatewayError('EXCHANGE_IN_PROGRESS', { facts: { messageId: key.messageId } });
      return awaitEnd(deps, incoming, work.resume(found.exchange), 'EXCHANGE_IN_PROGRESS');
  }
}

function refuseBusy({ refusals }: Work, incoming: Incoming): Promise<Told> {
  const ending = refusalOf(incoming, 'BUSY');
  refusals.note(incoming, ending);
  return tellWrite(incoming, ending);
}
