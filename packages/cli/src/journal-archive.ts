/** `yiqiao journal archive`, `archive restore`, `archive check`: days of a journal as files. */
import type { ArchiveSummary } from '@yiqiao/journal';
import type { Command } from 'commander';
import type { Add, Run } from './command-types.ts';
import type { Report } from './report.ts';

interface ArchiveOptions {
  readonly config?: string;
  readonly before?: string;
  readonly out?: string;
}

/** Adds `archive` with its subcommands. */
export function addArchive(journal: Command, add: Add, run: Run): void {
  const config = ['--config <file>', 'configuration of the gateway'] as const;
  const archive = add(
    journal,
    'archive',
    'move whole days to files: with PostgreSQL while gateways are at work, a file while its gateway is not running',
  )
    .option(...config)
    .option('--before <day>', 'days before this one, by UTC')
    .option('--out <folder>', 'where the files go')
    .action(run(archiveJournal));
  add(archive, 'restore', 'put an archived day back, once')
    .argument('<archive>')
    .option(...config)
    .action(run(restoreDay));
  add(archive, 'check', 'prove that an archive is as it was written; needs no journal and no key')
    .argument('<archive>')
    .action(run(checkArchive));
}

async function archiveJournal(
  report: Report,
  { config, before, out: folder }: ArchiveOptions,
): Promise<number> {
  if (config === undefined || before === undefined || folder === undefined)
    throw new Error('请给出 --config、--before 和 --out / name --config, --before and --out');
  const { archiveConfiguredJournal } = await import('@yiqiao/gateway');
  const days = await archiveConfiguredJournal(config, { before: startOf(before), folder });
  for (const { file, entries, exchanges, kept, damaged } of days) {
    report.line(`${file}  ${exchanges} 笔交易 exchanges，${entries} 个条目 entries`);
    if (kept > 0)
      report.line(
        `  ${kept} 笔未完结、待人工或未签名，仍在库中 not ended, with a person or not signed: stay in the journal`,
      );
    if (damaged > 0)
      report.line(
        `  ${damaged} 处损坏，仍在库中，请运行 journal check / damaged, stay in the journal: run journal check`,
      );
  }
  if (days.length === 0) report.line('没有可归档的日期 / there is no day to archive');
  return report.finish(
    days.every(({ damaged }) => damaged === 0),
    { days: [...days] },
  );
}

async function restoreDay(report: Report, file: string, _options: object, command: Command): Promise<number> {
  // `archive` has the same option, and takes it wherever it stands.
  const { config } = command.optsWithGlobals<{ config?: string }>();
  if (config === undefined) throw new Error('请给出 --config / name --config');
  const { restoreConfiguredArchive } = await import('@yiqiao/gateway');
  return tell(report, '已恢复 restored', await restoreConfiguredArchive(config, file));
}

async function checkArchive(report: Report, file: string): Promise<number> {
  const { readArchive } = await import('@yiqiao/journal');
  return tell(report, '完好 intact', await readArchive(file));
}

function tell(report: Report, what: string, summary: ArchiveSummary): number {
  const { day, journal, exchanges, entries, sha256 } = summary;
  report.line(`${what}: ${day}，${exchanges} 笔交易 exchanges，${entries} 个条目 entries`);
  report.line(`日志 journal ${journal}，SHA-256 ${sha256}`);
  return report.finish(true, { ...summary });
}

/** Epoch milliseconds at which a day begins, by UTC. */
function startOf(day: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== day)
    throw new Error(`--before ${day}: 应为日期，如 2026-01-31 / must be a day, like 2026-01-31`);
  return time;
}
