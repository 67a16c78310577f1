/** `yiqiao adapter new`: a package whose tests run at once and tell what is missing. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from './report.ts';

const TEMPLATE = fileURLToPath(new URL('../templates/adapter/', import.meta.url));

/** Writes the files; nothing that is there is overwritten. */
export function newAdapter(report: Report, name: string, options: { dir?: string }): number {
  if (!/^[a-z][a-z0-9-]*$/.test(name)) {
    throw new Error(
      '名称以小写字母开头，只用小写字母、数字和连字符 / a name begins with a lower-case letter and has lower-case letters, digits and hyphens only',
    );
  }
  const folder = resolve(options.dir ?? name);
  if (existsSync(folder) && globSync('*', { cwd: folder }).length > 0) {
    throw new Error(`${folder} 非空，未作任何改动 / is not empty; nothing was changed`);
  }
  const files = globSync('**/*.*', { cwd: TEMPLATE }).toSorted();
  for (const path of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, readFileSync(join(TEMPLATE, path), 'utf8').replaceAll('adapter-name', name));
    report.line(file);
  }
  report.line(
    `下一步 next: cd '${folder}'; npm install …/yiqiao-sdk-VERSION.tgz; npm test\n` +
      '安装包由 npm run package:sdk 打出 npm run package:sdk makes the archive\n' +
      '每个失败的测试都说明还缺什么 every test that fails says what is missing',
  );
  return report.finish(true, { adapter: name, folder, files });
}
