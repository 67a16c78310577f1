/** Looks after the journal while the gateway serves: seals what is not sealed yet, deletes what has had its time. */
import type { Journal, MaintainedJournal, Retention } from '@yiqiao/journal';
import type { Scheduler } from '@yiqiao/router';
import type { Logger } from 'pino';

/** How often it is looked whether something's time is over. */
const EVERY_MS = 3_600_000;

/** What the upkeep works on. */
export interface UpkeepParts {
  readonly journal: Journal;
  /** As configured now; a reload may change it. */
  retention(): Retention;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}

/** Begins at once and goes on until `stop`. A failure is logged and tried again an hour later. */
export function keepUpJournal({ journal, retention, scheduler, logger }: UpkeepParts): { stop(): void } {
  if (!isMaintained(journal)) return { stop: () => undefined };
  let cancel: (() => void) | undefined;
  let stopped = false;
  const run = async (): Promise<void> => {
    try {
      const done = await journal.maintain(retention());
      if (done.sealed + done.expired + done.damaged > 0) logger.info(done, 'journal upkeep');
    } catch (error) {
      if (!stopped) logger.error({ err: error }, 'journal upkeep');
    }
    if (!stopped) cancel = scheduler.after(EVERY_MS, () => void run());
  };
  void run();
  return {
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}

function isMaintained(journal: Journal): journal is MaintainedJournal {
  return 'maintain' in journal;
}
