/** `yiqiao journal archive`, `unarchive`, `archive-check`: days of a journal in PostgreSQL as files. */
import { archiveConfiguredJournal, restoreConfiguredArchive } from '@yiqiao/gateway';
import { readArchive } from '@yiqiao/journal';
import type { ArchiveSummary } from '@yiqiao/journal';
import { findTime } from '@yiqiao/model';
import type { Report } from './report.ts';

interface ArchiveOptions {
  readonly config: string;
  readonly before: string;
  readonly to: string;
}

/** Moves whole days to files, one each; gateways may be at work. */
export async function archiveJournal(
  report: Report,
  { config, before, to: folder }: ArchiveOptions,
): Promise<number> {
  const until = findTime(`${before} 00:00:00`);
  if (until === undefined)
    throw new Error('--before 应为日期，如 2026-01-31 / --before is a day, like 2026-01-31');
  const days = await archiveConfiguredJournal(config, { before: until, folder });
  for (const { file, entries, kept } of days) {
    report.line(`${file}  ${entries} 个条目 entries，${kept} 个未完结、仍在库中 stay in the journal`);
  }
  if (days.length === 0) report.line('没有可归档的日期 / there is no day to archive');
  return report.finish(true, { days: [...days] });
}

/** Puts an archived day back into the journal that it was made from, once. */
export async function unarchiveJournal(
  report: Report,
  file: string,
  { config }: { readonly config: string },
): Promise<number> {
  return tell(report, '已恢复 restored', await restoreConfiguredArchive(config, file));
}

/** Proves that an archive is as it was written; needs no journal and no key. */
export async function checkArchive(report: Report, file: string): Promise<number> {
  return tell(report, '完好 intact', await readArchive(file));
}

function tell(report: Report, what: string, summary: ArchiveSummary): number {
  const day = new Date(summary.day * 86_400_000).toISOString().slice(0, 10);
  report.line(`${what}: ${day}，${summary.entries} 个条目 entries，SHA-256 ${summary.sha256}`);
  return report.finish(true, { ...summary, day });
}
