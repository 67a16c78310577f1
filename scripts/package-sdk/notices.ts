/** The licences of what is part of the package and not ours. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/** Name, version and licence text of each foreign package among the modules; throws for one that bears none. */
export function noticesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => foreignFolder(id) ?? []));
  const notices = [...folders].map(noticeOf).toSorted();
  return `# Third-party notices\n\nThis package contains the following.\n\n${notices.join('\n')}`;
}

/** The folder of the package that a module belongs to, where it is not ours. */
function foreignFolder(id: string): string | undefined {
  if (!id.includes('/node_modules/')) return undefined;
  for (let folder = dirname(id); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && manifestOf(folder).name !== undefined) return folder;
  }
  return undefined;
}

function noticeOf(folder: string): string {
  const { name, version, license } = manifestOf(folder);
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  if (license === undefined) throw new Error(`${name} names no licence`);
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `## ${name} ${version} (${license})\n${text}`;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}
