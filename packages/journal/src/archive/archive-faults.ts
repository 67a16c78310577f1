/** Why an archive is refused, each with what to do about it. */
import { GatewayError } from '@yiqiao/model';

const REASONS = {
  damaged: {
    zh: '归档文件不是写成时的样子（found 为最先不符之处），没有改动日志。请使用完好的副本。',
    en: 'The archive is not as it was written (found is the first place that does not fit). The journal was not changed; use an intact copy.',
  },
  'not-an-archive': {
    zh: '该文件不是医桥的日志归档。请核对路径。',
    en: 'This file is not an archive of a journal of Yiqiao. Check the path.',
  },
  missing: {
    zh: '没有这个文件，或无法读取。请核对路径和权限。',
    en: 'There is no such file, or it cannot be read. Check path and permissions.',
  },
  foreign: {
    zh: '该归档属于另一个日志。请核对文件和配置，没有改动日志。',
    en: 'This archive was made from another journal. Check file and configuration; nothing was changed.',
  },
  unknown: {
    zh: '日志中没有该归档的记录：归档当时未完成，或日志是从更早的备份恢复的，其内容仍在库中。没有改动日志。',
    en: 'The journal has no record of this archive: archiving was not finished, or the journal was restored from an earlier back-up and still holds what is in it. Nothing was changed.',
  },
  restored: {
    zh: '该归档已经恢复过，没有再次写入。若其后又归档过同一日，请使用后一次的文件。',
    en: 'This archive has been restored already; nothing was written a second time. If the day was archived again since, use the later file.',
  },
  'key-missing': {
    zh: '归档中有条目用别的密钥加密（found 为其密钥编号）。请把该密钥列入 journal.encryption.previous 后再恢复，没有改动日志。',
    en: 'Something in the archive is sealed with another key (found is its id). List that key under journal.encryption.previous and restore again; nothing was changed.',
  },
} as const;

/** `ARCHIVE_UNUSABLE` with reason and remedy for one file. */
export function unusableArchive(
  file: string,
  reason: keyof typeof REASONS,
  { found, cause }: { readonly found?: string; readonly cause?: unknown } = {},
): GatewayError {
  const fault = {
    rule: `archive-${reason}`,
    at: file,
    field: 'archive',
    label: { zh: '归档文件', en: 'archive' },
    ...(found !== undefined && { found }),
    message: REASONS[reason],
  };
  return new GatewayError('ARCHIVE_UNUSABLE', { faults: [fault], facts: { file, reason } }, { cause });
}
