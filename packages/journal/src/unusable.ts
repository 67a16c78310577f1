/** Refusals to open a file, each with what to do about it. */
import { GatewayError } from '@yiqiao/model';

/** Why a file is refused. */
export type Reason = keyof typeof REASONS;

const REASONS = {
  'in-use': {
    zh: '日志文件正被另一个进程使用。每个网关须有自己的日志文件；请先停止另一个进程，或改用别的文件。',
    en: 'The journal is in use by another process. Each gateway needs a file of its own: stop the other process, or name another file.',
  },
  'not-a-journal': {
    zh: '该文件不是医桥的日志。请核对路径；不要覆盖该文件。',
    en: 'This file is not a journal of Yiqiao. Check the path; do not overwrite the file.',
  },
  newer: {
    zh: '日志由更新的版本写成，本版本不能读写。请使用写成它的版本或更新的版本。',
    en: 'The journal was written by a newer version of the program. Use that version or a later one.',
  },
  damaged: {
    zh: '日志文件已损坏。请保留原文件（连同 -wal），从备份恢复，并按未知结果核对未完结的交易。',
    en: 'The journal is damaged. Keep the file (and its -wal), restore a backup, and treat open exchanges as unknown.',
  },
  'not-writable': {
    zh: '日志文件或其目录无法创建或写入。请检查路径、权限和磁盘空间。',
    en: 'The journal or its directory cannot be created or written. Check path, permissions and free space.',
  },
} as const;

/** `JOURNAL_UNUSABLE` with reason and remedy for one file. */
export function unusable(
  file: string,
  reason: Reason,
  options: { found?: string; cause?: unknown },
): GatewayError {
  const fault = {
    rule: `journal-${reason}`,
    at: file,
    field: 'journal.file',
    label: { zh: '日志文件', en: 'journal file' },
    ...(options.found !== undefined && { found: options.found }),
    message: REASONS[reason],
  };
  return new GatewayError(
    'JOURNAL_UNUSABLE',
    { faults: [fault], facts: { file, reason } },
    { cause: options.cause },
  );
}
