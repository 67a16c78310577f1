/** Copies of the journal, made while the gateway serves; old ones go. */
import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CopiedJournal, Journal } from '@yiqiao/journal';
import { compactTime, GatewayError } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import type { Scheduler } from '@yiqiao/router';
import type { Logger } from 'pino';

/** Where back-ups go, how often, how many are kept. */
export interface BackupConfig {
  readonly folder: string;
  readonly everyMs: number;
  readonly keep: number;
}

/** A back-up that was made. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** Epoch milliseconds of its content. */
  readonly at: number;
}

/** The back-ups of one gateway. */
export interface Backups {
  /** Whether the configuration asks for them and the store can make them. */
  readonly areConfigured: boolean;
  /** Makes one now. @throws GatewayError `JOURNAL_FAILED` | `JOURNAL_UNUSABLE`. */
  make(): Promise<Backup>;
  /** When the newest was made, epoch milliseconds; absent when there is none. */
  lastAt(): number | undefined;
  stop(): void;
}

/** What they work on. */
export interface BackupParts {
  readonly journal: Journal;
  /** File of the journal: its name begins theirs. */
  readonly journalFile: string;
  /** As configured now; a reload may change it. */
  settings(): BackupConfig | undefined;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
}

/** After a failure, or when there is nothing to do yet. */
const LOOK_AGAIN_MS = 60_000;

const TIME = /-(\d{8})-(\d{6})\d{3}\.sqlite$/;

/** Makes one when the newest is older than the configuration allows; a failure is logged and tried again a minute later. */
export function createBackups(parts: BackupParts): Backups {
  const { journal, clock, scheduler, logger } = parts;
  let cancel = (): void => undefined;
  let stopped = false;

  const copy = async (): Promise<Backup> => {
    const settings = parts.settings();
    if (settings === undefined || !isCopied(journal))
      throw new GatewayError('JOURNAL_FAILED', { facts: { reason: 'no back-ups are configured' } });
    const at = clock.now();
    const file = join(settings.folder, nameOf(parts.journalFile, at));
    const bytes = await journal.backUp(file);
    logger.info({ file, bytes }, 'back-up made');
    removeOld(parts.journalFile, settings);
    return { file, bytes, at };
  };
  // Whoever asks while one is being made gets that one.
  let running: Promise<Backup> | undefined;
  const make = (): Promise<Backup> => {
    running ??= copy().finally(() => {
      running = undefined;
    });
    return running;
  };
  const look = async (): Promise<void> => {
    const settings = parts.settings();
    const last = settings === undefined ? undefined : newestOf(parts.journalFile, settings);
    if (settings !== undefined && (last === undefined || clock.now() - last >= settings.everyMs)) {
      await make().catch((error: unknown) => logger.error({ err: error }, 'back-up failed'));
    }
    if (!stopped) cancel = scheduler.after(LOOK_AGAIN_MS, () => void look());
  };
  if (isCopied(journal)) void look();
  return {
    get areConfigured() {
      return parts.settings() !== undefined && isCopied(journal);
    },
    make,
    lastAt() {
      const settings = parts.settings();
      return settings === undefined ? undefined : newestOf(parts.journalFile, settings);
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/** `journal-20260101-080000123.sqlite`, the time in China with milliseconds. */
function nameOf(journalFile: string, at: number): string {
  const digits = compactTime(at);
  return `${stemOf(journalFile)}-${digits.slice(0, 8)}-${digits.slice(8)}.sqlite`;
}

function stemOf(journalFile: string): string {
  return basename(journalFile).replace(/\.[^.]+$/, '');
}

/** Names in order of time. */
function namesIn(journalFile: string, { folder }: BackupConfig): readonly string[] {
  const stem = stemOf(journalFile);
  try {
    return readdirSync(folder)
      .filter((name) => name.replace(TIME, '') === stem && TIME.test(name))
      .toSorted();
  } catch {
    // Not there yet: made with the first of them.
    return [];
  }
}

function newestOf(journalFile: string, settings: BackupConfig): number | undefined {
  const [, day, time] = TIME.exec(namesIn(journalFile, settings).at(-1) ?? '') ?? [];
  if (day === undefined || time === undefined) return undefined;
  const iso = `${day}T${time}`.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00');
  return Date.parse(iso);
}

function removeOld(journalFile: string, settings: BackupConfig): void {
  for (const name of namesIn(journalFile, settings).slice(0, -settings.keep))
    rmSync(join(settings.folder, name), { force: true });
}

function isCopied(journal: Journal): journal is Journal & CopiedJournal {
  return 'backUp' in journal;
}
