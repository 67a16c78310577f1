/** `yiqiao journal backup` and `restore`: a copy of a journal, and a copy in the place of a journal. */
import { copyFileSync, existsSync, fsyncSync, closeSync, openSync, renameSync } from 'node:fs';
import { checkConfiguredJournal, journalFileOf } from '@yiqiao/gateway';
import { checkJournalFile } from '@yiqiao/journal';
import { askAdmin, tellRefusal } from './admin-client.ts';
import type { AdminOptions } from './admin-client.ts';
import type { Report } from './report.ts';

/** Has a running gateway make a back-up where its configuration says; 1 when it makes none. */
export async function backUpJournal(
  report: Report,
  options: AdminOptions & { readonly reason: string },
): Promise<number> {
  const body = { reason: options.reason };
  const answer = await askAdmin(options, { role: 'administrator', path: '/admin/backup', body });
  if (!answer.ok) return tellRefusal(report, answer);
  const { file, bytes, at } = answer.body as { file: string; bytes: number; at: string };
  report.line(`已备份 backed up ${file}  ${(bytes / 2 ** 20).toFixed(1)} MiB  ${at}`);
  return report.finish(true, { file, bytes, at });
}

/**
 * Puts a back-up in the place of the journal of a configuration whose gateway is stopped. Nothing is overwritten, and a
 * back-up that is damaged is not taken; 1 then.
 */
export async function restoreJournal(
  report: Report,
  backup: string,
  { config }: { readonly config: string },
): Promise<number> {
  const file = journalFileOf(config);
  const inTheWay = [file, `${file}-wal`].find((one) => existsSync(one));
  if (inTheWay !== undefined) {
    throw new Error(
      `${inTheWay} 已存在。先停网关，把它（连同 -wal）移到别处保留，再恢复。\n${inTheWay} is there. Stop the gateway and move it (with its -wal) aside first; keep it.`,
    );
  }
  const found = checkJournalFile(backup);
  if (found.damaged > 0) {
    report.line(
      `备份已损坏，未恢复：${found.damaged} 处 / the back-up is damaged, not restored: yiqiao journal check ${backup}`,
    );
    return report.finish(false, { file, damaged: found.damaged });
  }
  const partial = `${file}.partial`;
  copyFileSync(backup, partial);
  const handle = openSync(partial, 'r');
  fsyncSync(handle);
  closeSync(handle);
  renameSync(partial, file);
  const { exchanges, open } = await checkConfiguredJournal(config);
  const until = found.lastAt === undefined ? '-' : new Date(found.lastAt).toISOString();
  report.line(`已恢复 restored ${file}: ${exchanges} 笔交易 exchanges，${open} 笔未完结 open`);
  report.line(`最后一条记录 last entry ${until}`);
  report.line('此后的交易网关不再知道：窗口重发之前，先按该时点起的对账结果处理。');
  report.line(
    'What came after is not known any more: match the accounts from then on before anything is sent again.',
  );
  return report.finish(true, { file, exchanges, open, lastAt: until });
}
