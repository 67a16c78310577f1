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
  missing: {
    zh: '没有这个文件。请核对路径。',
    en: 'There is no such file. Check the path.',
  },
  exists: {
    zh: '该文件已存在，不予覆盖。请换一个文件名，或先把它移走。',
    en: 'There is a file of this name already; it is not overwritten. Choose another name, or move it away first.',
  },
  older: {
    zh: '日志由较早的版本写成。请先用本版本启动一次网关（自动升级），或用写成它的版本检查。',
    en: 'The journal was written by an earlier version. Start the gateway once with this version, which brings it up to date, or check it with the version that wrote it.',
  },
  damaged: {
    zh: '日志文件已损坏。请保留原文件（连同 -wal），从备份恢复，并按未知结果核对未完结的交易。',
    en: 'The journal is damaged. Keep the file (and its -wal), restore a backup, and treat open exchanges as unknown.',
  },
  'key-missing': {
    zh: '日志已加密，而未配置密钥。请在 journal.encryption.key 中给出加密它的密钥；密钥遗失则内容无法恢复。',
    en: 'The journal is encrypted and no key is configured. Give the key that it was encrypted with under journal.encryption.key; without it the contents are lost.',
  },
  'key-wrong': {
    zh: '日志是用别的密钥加密的（found 为其密钥编号）。请在 journal.encryption.key 中给出该密钥；更换密钥时，把原密钥列入 previous，待重新加密完成后再删去。',
    en: 'The journal is encrypted with another key (found is its id). Give that key under journal.encryption.key; when changing keys, list the old one under previous until everything is encrypted anew.',
  },
  'not-reached': {
    zh: '无法连接日志所在的数据库。请检查地址、端口、防火墙、用户名和口令，以及数据库是否在运行。',
    en: 'The database of the journal cannot be reached. Check address, port, firewall, user and password, and whether it runs.',
  },
  'too-many': {
    zh: '已有 16 个网关进程共用该日志，不能再增加。请先停止一个，或另设一套日志。',
    en: 'Sixteen gateway processes share this journal already, and there can be no more. Stop one, or set up another journal.',
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
