/** The machine under a gateway: its program, room and speed of the disk, how many files it may open. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Config } from '../config.ts';
import { ok } from './finding.ts';
import type { Finding } from './finding.ts';

const GIB = 2 ** 30;

/** Below the first, a gateway may stop within days; below the second, within hours. */
const ROOM = { warning: 20 * GIB, fault: GIB };

/** A settlement waits for two writes; slower ones are felt at the counter. */
const SYNC_MS = { warning: 20, fault: 200 };
const PROBES = 9;

/** Files that a gateway needs beside its connections. */
const OTHER_FILES = 128;

/** The program and the limits that the system sets it. */
export function examineMachine(config: Config): readonly Finding[] {
  const { node, openssl } = process.versions;
  const version = `Node ${node}, OpenSSL ${openssl}, ${process.platform} ${process.arch}`;
  return [ok('machine', '', { zh: version, en: version }), ...examineOpenFiles(config)];
}

function examineOpenFiles(config: Config): readonly Finding[] {
  const limit = openFileLimit();
  if (limit === undefined) return [];
  const calls = config.peers.reduce((sum, { to }) => sum + (to?.connections ?? 0), 0);
  const needed = config.limits.connections + calls + OTHER_FILES;
  const found = {
    zh: `可打开文件数 ${limit}，需要 ${needed}`,
    en: `${limit} open files allowed, ${needed} needed`,
  };
  if (limit >= needed) return [ok('machine', 'open files', found)];
  const remedy = {
    zh: `将启动网关的服务的 LimitNOFILE 设为 ${needed} 以上，或减小 limits.connections`,
    en: `raise LimitNOFILE of the service above ${needed}, or lower limits.connections`,
  };
  return [{ check: 'machine', target: 'open files', level: 'warning', found, remedy }];
}

/** Linux only. */
function openFileLimit(): number | undefined {
  if (!existsSync('/proc/self/limits')) return undefined;
  const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return limit === undefined ? undefined : Number(limit);
}

/** Room, rights and speed where the journal lies. */
export function examineDisk(file: string): readonly Finding[] {
  const folder = nearest(dirname(file));
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    const found = { zh: '没有写入权限', en: 'must not be written to' };
    const remedy = {
      zh: '将文件夹交给运行网关的用户（chown）',
      en: 'give the folder to the user that runs the gateway (chown)',
    };
    return [{ check: 'disk', target: folder, level: 'fault', found, remedy }];
  }
  return [examineRoom(folder), examineSpeed(folder), ...examineRights(file)];
}

/** The folder, or what of its path is there already. */
function nearest(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearest(dirname(folder));
}

function examineRoom(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const found = { zh: `剩余 ${(free / GIB).toFixed(1)} GiB`, en: `${(free / GIB).toFixed(1)} GiB free` };
  const level = levelOf(ROOM, (limit) => free < limit);
  const remedy = {
    zh: '扩容，或缩短 journal.retention、把旧备份移走；日志写不下时网关停止受理',
    en: 'enlarge it, shorten journal.retention, move old back-ups away; a gateway that cannot write takes no messages',
  };
  return { check: 'disk', target: folder, level, found, ...(level === 'ok' ? {} : { remedy }) };
}

function levelOf(
  limits: { readonly warning: number; readonly fault: number },
  isWorseThan: (limit: number) => boolean,
): Finding['level'] {
  if (isWorseThan(limits.fault)) return 'fault';
  return isWorseThan(limits.warning) ? 'warning' : 'ok';
}

function examineSpeed(folder: string): Finding {
  const median = medianSyncMs(folder);
  const found = {
    zh: `落盘一次 ${median.toFixed(1)} 毫秒（${PROBES} 次的中位数）`,
    en: `${median.toFixed(1)} ms to bring a page to disk (median of ${PROBES})`,
  };
  const level = levelOf(SYNC_MS, (limit) => median > limit);
  const remedy = {
    zh: '换用带掉电保护的固态盘，或查明占用磁盘的其他程序',
    en: 'use a solid-state disk with power-loss protection, or find what else keeps the disk busy',
  };
  return { check: 'disk', target: folder, level, found, ...(level === 'ok' ? {} : { remedy }) };
}

function medianSyncMs(folder: string): number {
  const place = mkdtempSync(join(folder, '.yiqiao-doctor-'));
  const file = openSync(join(place, 'probe'), 'w', 0o600);
  try {
    const page = new Uint8Array(4_096);
    const times = Array.from({ length: PROBES }, () => {
      const before = performance.now();
      writeSync(file, page);
      fsyncSync(file);
      return performance.now() - before;
    });
    return times.toSorted((one, other) => one - other)[(PROBES - 1) / 2] ?? 0;
  } finally {
    closeSync(file);
    rmSync(place, { recursive: true, force: true });
  }
}

function examineRights(file: string): readonly Finding[] {
  if (!existsSync(file)) return [];
  const { mode, size } = statSync(file);
  const megabytes = `${(size / 2 ** 20).toFixed(1)} MiB`;
  if ((mode & 0o077) === 0) return [ok('store', file, { zh: megabytes, en: megabytes })];
  const found = { zh: `${megabytes}，其他用户可读`, en: `${megabytes}, readable by other users` };
  const remedy = { zh: `chmod 600 ${file}`, en: `chmod 600 ${file}` };
  return [{ check: 'store', target: file, level: 'fault', found, remedy }];
}
