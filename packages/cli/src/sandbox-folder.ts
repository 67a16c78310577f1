/** The folder of a sandbox: emptied at each start, and nothing but a sandbox's folder ever is. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says that what lies beside it was made by a sandbox, and by which process; written first. */
const MARK = '.yiqiao-sandbox';

/**
 * Makes the folder empty and this process its owner.
 * @throws Error when it holds what no sandbox has put there, or a sandbox that still runs; nothing is removed then.
 */
export function emptySandboxFolder(folder: string): void {
  const held = existsSync(folder) ? readdirSync(folder) : [];
  if (held.length > 0 && !held.includes(MARK) && !held.includes('world.json')) {
    throw new Error(
      `${folder} 非空且不是沙箱的文件夹，未作任何改动；请用 --data 指明空文件夹或新文件夹 / is not empty and no sandbox's folder; nothing was removed. Give an empty or a new one with --data`,
    );
  }
  const owner = ownerOf(join(folder, MARK));
  if (owner !== undefined && owner !== process.pid && isRunning(owner)) {
    throw new Error(
      `${folder} 中的沙箱仍在运行（进程 ${owner}）；请先结束它，或用 --data 另指文件夹 / is used by a running sandbox, process ${owner}; end it first, or give another folder with --data`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), String(process.pid));
}

/** Leaves what the sandbox made, but no owner. */
export function releaseSandboxFolder(folder: string): void {
  if (existsSync(join(folder, MARK))) writeFileSync(join(folder, MARK), '');
}

function ownerOf(mark: string): number | undefined {
  const pid = existsSync(mark) ? Number(readFileSync(mark, 'utf8')) : 0;
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
