/** `yiqiao journal rotate-key` and `expire`: what a gateway does to its journal while it serves, done while it does not. */
import { maintainJournal } from '@yiqiao/gateway';
import type { Report } from './report.ts';

interface Options {
  readonly config: string;
}

/** Seals everything with the key in force; 1 when something is damaged and was left as it is. */
export function rotateKey(report: Report, options: Options): Promise<number> {
  return keep(report, options, { expire: false });
}

/** Deletes what has had its time, and seals the rest; 1 when something is damaged and was left as it is. */
export function expireContents(report: Report, options: Options): Promise<number> {
  return keep(report, options, { expire: true });
}

async function keep(
  report: Report,
  { config }: Options,
  what: Parameters<typeof maintainJournal>[1],
): Promise<number> {
  const { file, sealed, expired, damaged, errors } = await maintainJournal(config, what);
  for (const { code, details } of errors) {
    report.line(
      `${code} #${String(details.facts?.['exchange'] ?? '-')}, entry ${String(details.facts?.['entry'])}`,
    );
  }
  report.line(
    `${file}: ${sealed} 个条目已加密 sealed，${expired} 个条目内容已删除 expired，${damaged} 处损坏、未动 damaged, left`,
  );
  return report.finish(damaged === 0, { file, sealed, expired, damaged });
}
