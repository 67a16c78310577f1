/** The folder of a sandbox: emptied at each start, and nothing but a sandbox's folder ever is. */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says that what lies beside it was made by a sandbox; written first, so that it is there after a failed start too. */
const MARK = '.yiqiao-sandbox';

/** Makes the folder empty. @throws Error when it holds what no sandbox has put there; nothing is removed then. */
export function emptySandboxFolder(folder: string): void {
  const held = existsSync(folder) ? readdirSync(folder) : [];
  if (held.length > 0 && !held.includes(MARK) && !held.includes('world.json')) {
    throw new Error(
      `${folder} 非空且不是沙箱的文件夹，未作任何改动；请用 --data 指明空文件夹或新文件夹 / is not empty and no sandbox's folder; nothing was removed. Give an empty or a new one with --data`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MARK), '');
}
