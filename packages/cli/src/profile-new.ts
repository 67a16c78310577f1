/** `yiqiao profile new` and `profile check`: a region's files begun, and what its author has to fill in next. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRegistry } from '@yiqiao/registry';
import { nextSteps } from './profile-checks.ts';
import type { NextStep } from './profile-checks.ts';
import { registryWith } from './profile-places.ts';
import { LIKENESSES, startFiles } from './profile-starts.ts';
import type { Likeness } from './profile-starts.ts';
import type { Report } from './report.ts';

/** Where the folders of profiles stand. */
export interface ProfileOptions {
  readonly dir: string;
}

/** Options of `profile new`. */
export interface NewProfileOptions extends ProfileOptions {
  readonly like: string;
}

/** Writes the files and tells what is to be done; exit code 0, since that much is to be expected. */
export function newProfile(report: Report, id: string, { like, dir }: NewProfileOptions): number {
  const likeness = likenessOf(like);
  if (!/^[a-z0-9][a-z0-9-]*$/.test(id))
    throw new Error(
      '方案名只用小写字母、数字和连字符 / a name has lower-case letters, digits and hyphens only',
    );
  const folder = join(dir, id);
  if (existsSync(folder) || createRegistry().profiles().includes(id))
    throw new Error(`已有名为 ${id} 的方案，请另取名 / there is a profile ${id} already; take another name`);
  const files = Object.entries(startFiles(id, likeness));
  for (const [path, content] of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
    report.line(file);
  }
  const steps = nextSteps({ registry: registryWith(dir), id, folder });
  tell(report, steps);
  return report.finish(true, { profile: id, folder, files: files.map(([path]) => path), next: steps });
}

/** Exit code 1 while something is left to do. */
export function checkProfile(report: Report, id: string, { dir }: ProfileOptions): number {
  const folder = join(dir, id);
  if (!existsSync(folder)) throw new Error(`没有目录 ${folder} / there is no folder ${folder}`);
  const steps = nextSteps({ registry: registryWith(dir), id, folder });
  tell(report, steps);
  return report.finish(steps.length === 0, { profile: id, folder, next: steps });
}

function likenessOf(text: string): Likeness {
  const found = LIKENESSES.find((one) => one === text);
  if (found === undefined) throw new Error(`--like 可用 / --like is one of: ${LIKENESSES.join(', ')}`);
  return found;
}

function tell(report: Report, steps: readonly NextStep[]): void {
  report.line(
    steps.length === 0
      ? '检查全部通过；用 map check 与 config check 再核对 / every check passes; map check and config check come next'
      : `还有 ${steps.length} 项 / ${steps.length} left to do`,
  );
  for (const { check, at, next } of steps)
    report.line(`  - [${check}] ${at}\n    ${next.zh}\n    ${next.en}`);
}
