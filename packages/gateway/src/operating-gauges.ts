/** Figures of the gateway as a whole that alerts are made of: docs/operations.md has a section for each alert. */
import { statfsSync } from 'node:fs';
import type { Awaitable, Journal } from '@yiqiao/journal';
import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** Asked for at each scrape; what is `undefined` has no line. */
export interface OperatingFigures {
  readonly ready: boolean;
  /** Records met since the start that are not as they were written. */
  readonly damaged: number;
  /** Folder of the journal; absent where it is on a database server. */
  readonly journalFolder?: string;
  /** Epoch milliseconds. */
  readonly lastBackupAt?: number;
  store(): ReturnType<Journal['figures']>;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Adds them. */
export function addOperatingGauges(registry: Registry, figures: () => OperatingFigures): void {
  const addGauge = gaugesOf(registry, figures);
  addGauge('yiqiao_ready', '1 while messages are taken', ({ ready }) => (ready ? 1 : 0));
  addGauge(
    'yiqiao_records_damaged',
    'Records met that are not as they were written',
    ({ damaged }) => damaged,
  );
  addGauge('yiqiao_disk_free_bytes', 'Room left where the journal is', freeBytes);
  addGauge('yiqiao_journal_bytes', 'Size of the journal', async (of) => (await of.store()).bytes);
  addGauge('yiqiao_backup_timestamp_seconds', 'When the newest back-up was made, seconds since 1970', (of) =>
    of.lastBackupAt === undefined ? undefined : of.lastBackupAt / 1_000,
  );
  addGauge(
    'yiqiao_waiting_for_person',
    'Exchanges in the manual queue',
    async (of) => (await of.store()).withPerson,
  );
  addGauge(
    'yiqiao_odd_answers_waiting',
    'Exchanges with odd answers that nobody has looked at',
    async (of) => (await of.store()).odd,
  );
  addGauge('yiqiao_oldest_open_seconds', 'How long the oldest exchange has been open', async (of) => {
    const { oldestOpenAt } = await of.store();
    return oldestOpenAt === undefined ? 0 : Math.max(0, (of.now - oldestOpenAt) / 1_000);
  });
}

/**
 * Adds gauges that are asked for at each scrape. One whose figure is `undefined`, or cannot be had, has no line: a store
 * that cannot be asked has other alerts.
 */
export function gaugesOf<T>(
  registry: Registry,
  figures: () => T,
): (name: string, help: string, figureOf: (of: T) => Awaitable<number | undefined>) => void {
  return (name, help, figureOf) => {
    void new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const figure = await attempt(async () => figureOf(figures()));
        if (figure === undefined) this.remove();
        else this.set(figure);
      },
    });
  };
}

async function attempt<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch {
    return undefined;
  }
}

function freeBytes({ journalFolder }: OperatingFigures): number | undefined {
  if (journalFolder === undefined) return undefined;
  const { bavail, bsize } = statfsSync(journalFolder);
  return bavail * bsize;
}
