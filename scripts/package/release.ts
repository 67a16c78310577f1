/** What a release holds, and how it is put together: sources, the packages they run on, Node, the installer. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where the project lies. */
export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Machines that a release is made for; all of them Linux with glibc 2.28 or newer. */
export const ARCHITECTURES = ['x64', 'arm64'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

/** What its front page and those below it lead to. */
const ROOT_FILES = [
  'LICENSE',
  'CHANGELOG.md',
  'README.md',
  'README.zh-CN.md',
  'ARCHITECTURE.md',
  'SECURITY.md',
] as const;

/** What to pack. */
export interface ReleaseOptions {
  readonly architecture: Architecture;
  readonly version: string;
  /** Where the archive goes; made when missing. */
  readonly folder: string;
}

/** A finished archive. */
export interface Packed {
  readonly file: string;
  readonly bytes: number;
  /** Also in a file beside it, as `sha256sum --check` reads it. */
  readonly sha256: string;
}

/** Packs one release; the same sources and lockfile give the same bytes. */
export async function packRelease(options: ReleaseOptions): Promise<Packed> {
  const { architecture, version, folder } = options;
  const name = `yiqiao-${version}-linux-${architecture}`;
  const place = mkdtempSync(join(tmpdir(), 'yiqiao-release-'));
  try {
    await stageRelease(join(place, name), options);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, `${name}.tar.gz`);
    await archive({ place, name, file });
    const sha256 = sha256Of(file);
    writeFileSync(`${file}.sha256`, `${sha256}  ${basename(file)}\n`);
    return { file, bytes: statSync(file).size, sha256 };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Lays a release out in a folder of its own, as it is in the archive and after it is installed. */
export async function stageRelease(
  place: string,
  { architecture, version }: Pick<ReleaseOptions, 'architecture' | 'version'>,
): Promise<void> {
  const app = join(place, 'app');
  copySources(app);
  await installPackages(app, architecture);
  moveNode({ app, place, architecture });
  mkdirSync(join(place, 'bin'));
  copyProgram(join(projectRoot, 'deploy', 'yiqiao'), join(place, 'bin', 'yiqiao'));
  copyProgram(join(projectRoot, 'deploy', 'install.sh'), join(place, 'bin', 'install.sh'));
  for (const folder of ['deploy', 'docs'])
    cpSync(join(projectRoot, folder), join(place, folder), { recursive: true });
  for (const file of ROOT_FILES) copyFileSync(join(projectRoot, file), join(place, file));
  writeFileSync(join(place, 'VERSION'), `${version}\n`);
  writeFileSync(join(place, 'ARCHITECTURE'), `${architecture}\n`);
  writeFileSync(join(place, 'SHA256SUMS'), checksums(place));
}

/** The product without its tests, and what pins the packages it runs on. */
function copySources(app: string): void {
  const patterns = [
    '{packages,adapters}/*/{package.json,README.md}',
    '{packages,adapters}/*/{src,templates}/**/*',
    'schemas/**/*',
    'conformance/*.{json,md}',
    'conformance/{src,observed,kits,editions,faulty,presets}/**/*',
  ];
  const files = globSync(patterns, {
    cwd: projectRoot,
    exclude: (path) => basename(path) === 'node_modules',
  });
  for (const file of [...files, 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml']) {
    const from = join(projectRoot, file);
    if (!lstatSync(from).isFile()) continue;
    mkdirSync(dirname(join(app, file)), { recursive: true });
    copyFileSync(from, join(app, file));
  }
}

/** Only what the product runs on, for another architecture too; nothing of it is executed. */
async function installPackages(app: string, architecture: Architecture): Promise<void> {
  const pnpm = join(projectRoot, '.tools', 'node_modules', '.bin', 'pnpm');
  const wanted = ['--cpu', architecture, '--os', 'linux', '--libc', 'glibc'];
  const how = ['--prod', '--frozen-lockfile', '--prefer-offline', '--ignore-scripts'];
  await run(pnpm, ['install', ...how, ...wanted, '--config.package-import-method=copy'], { cwd: app });
}

/** Node stands beside the program; it is no part of it. */
function moveNode({
  app,
  place,
  architecture,
}: {
  app: string;
  place: string;
  architecture: Architecture;
}): void {
  const from = realpathSync(join(app, 'node_modules', `node-linux-${architecture}`));
  mkdirSync(join(place, 'node', 'bin'), { recursive: true });
  copyProgram(join(from, 'bin', 'node'), join(place, 'node', 'bin', 'node'));
  copyFileSync(join(from, 'LICENSE'), join(place, 'node', 'LICENSE'));
  for (const one of globSync(
    ['node_modules/node-linux-*', 'node_modules/.pnpm/node-linux-*', 'node_modules/.bin'],
    { cwd: app },
  ))
    rmSync(join(app, one), { recursive: true, force: true });
}

function copyProgram(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}

/** One line a file, as `sha256sum --check` reads them; what a link leads to is checked where it lies. */
function checksums(place: string): string {
  return filesBelow(place)
    .toSorted()
    .map((file) => `${sha256Of(join(place, file))}  ${file}\n`)
    .join('');
}

function filesBelow(place: string, folder = ''): string[] {
  return readdirSync(join(place, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(place, path);
    return entry.isFile() ? [path] : [];
  });
}

function sha256Of(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

async function archive({ place, name, file }: { place: string; name: string; file: string }): Promise<void> {
  const same = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await run('tar', [...same, '-I', 'gzip -n -6', '-cf', file, '-C', place, name]);
}
