/** Reads a file named on the command line; one that cannot be read is told like any other bad input. */
import { readFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';

/** @throws GatewayError `FILE_UNREADABLE` with the file, why, and what to do. */
export function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const message = REASONS[codeOf(cause)] ?? unknownReason(codeOf(cause));
    const label = { zh: '文件', en: 'file' };
    const fault: Fault = { rule: 'file', at: file, field: 'file', label, message };
    throw new GatewayError('FILE_UNREADABLE', { faults: [fault] }, { cause });
  }
}

const REASONS: Readonly<Record<string, Fault['message']>> = {
  ENOENT: {
    zh: '没有这个文件，请核对路径与当前目录。',
    en: 'There is no such file; check the path and the folder you are in.',
  },
  EISDIR: {
    zh: '这是目录，不是文件；请指明其中的一个报文文件。',
    en: 'This is a folder; name one message file in it.',
  },
  EACCES: {
    zh: '没有读取权限，请更改权限或换用可读的用户。',
    en: 'Reading is not permitted; change its permissions, or run as a user who may read it.',
  },
};

function unknownReason(code: string): Fault['message'] {
  return {
    zh: `读取失败（${code}），请检查文件与磁盘后重试。`,
    en: `Reading failed (${code}); check the file and the disk, then try again.`,
  };
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}
