/** `yiqiao journal check`: whether a journal file holds what was written into it. Nothing is repaired. */
import { checkConfiguredJournal } from '@yiqiao/gateway';
import { checkJournalFile } from '@yiqiao/journal';
import type { FileDamage, JournalReport } from '@yiqiao/journal';
import type { Report } from './report.ts';

interface Options {
  readonly config?: string;
}

/** Checks a journal file that no gateway has open; 1 when anything is damaged, 2 when it cannot be checked. */
export async function checkJournal(
  report: Report,
  file: string | undefined,
  options: Options,
): Promise<number> {
  const found = await check(file, options);
  const { exchanges, entries, open, closed, archived, damage, damaged } = found;
  for (const one of damage) {
    report.line(`${placeOf(one)}  ${one.kind}${one.found === undefined ? '' : ` (${one.found})`}`);
    report.line(`  ${one.message.zh}`);
    report.line(`  ${one.message.en}`);
  }
  if (damaged > damage.length) report.line(`… ${damaged - damage.length} 处未列出 more, not listed`);
  report.line(
    `${exchanges} 笔交易 exchanges，${entries} 个条目 entries，${open} 笔未完结 open，${damaged} 处损坏 damaged`,
  );
  if (archived > 0)
    report.line(
      `${archived} 个条目已归档，用 journal archive check 核对其文件 / entries lie in archives: check their files`,
    );
  if (closed > 0)
    report.line(
      `${closed} 个条目的内容已加密、只核对了校验和，用 --config 给出密钥 / contents of ${closed} entries held against a checksum only: give the keys by --config`,
    );
  return report.finish(damaged === 0, { ...found });
}

async function check(file: string | undefined, { config }: Options): Promise<JournalReport> {
  if (config !== undefined) return checkConfiguredJournal(config);
  if (file !== undefined) return checkJournalFile(file);
  throw new Error('请给出日志文件或 --config / name the journal file or --config');
}

/** Where it is: the exchange with the message that identifies it to the far side, and the entry. */
function placeOf({ exchange, entry }: FileDamage): string {
  const { id, key, transaction = '' } = exchange ?? {};
  const message = key === undefined ? '' : ` ${transaction} ${key.institution} ${key.messageId}`;
  const parts = [id === undefined ? '' : `#${id}${message}`, entry === undefined ? '' : `entry ${entry}`];
  return parts.filter((part) => part !== '').join(', ') || '文件 file';
}
