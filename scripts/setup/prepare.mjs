/** Brings node_modules in step with the lockfile: pnpm of the wanted version, then a frozen install. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { capture } from './process.mjs';

/** Why nothing could be run, for a person. */
export class SetupError extends Error {}

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const tools = join(root, '.tools');
const stampFile = join(root, 'node_modules', '.yiqiao-setup.json');
const bundledNode = join(root, 'node_modules', '.bin', 'node');
const NEEDED_NODE = 24;
const SIGN_OF_LIFE_MS = 10_000;

/**
 * Sets up what is missing; one at a time in one checkout. Resolves with the checkout and the Node to run on.
 * Writes to standard error only. Throws SetupError.
 */
export async function prepare({ env }) {
  const inputs = digestInputs();
  const ready =
    readStamp(inputs) ?? (await withLock(tools, say, async () => readStamp(inputs) ?? setUp(inputs, env)));
  return { root, node: ready.node === 'bundled' ? bundledNode : process.execPath };
}

async function setUp(inputs, env) {
  say('首次准备运行环境，约需半分钟… / setting up, about half a minute …');
  rmSync(stampFile, { force: true });
  const pnpm = await installPnpm(env);
  await run('pnpm', pnpm, ['install', '--frozen-lockfile', '--config.confirm-modules-purge=false'], {
    cwd: root,
    env,
  });
  const ready = { inputs, node: await chooseNode(env) };
  writeFileSync(stampFile, JSON.stringify(ready));
  return ready;
}

/** Fetches pnpm with the machine's npm unless it is there; resolves with its program. */
async function installPnpm(env) {
  const version = readJson(join(root, 'package.json')).pnpmVersion;
  const home = join(tools, 'node_modules', 'pnpm');
  const program = join(tools, 'node_modules', '.bin', process.platform === 'win32' ? 'pnpm.cmd' : 'pnpm');
  if (existsSync(program) && readJson(join(home, 'package.json')).version === version) return program;
  // Not with --prefix, which makes npm overlook the machine's own configuration: registry, proxy, certificates.
  writeFileSync(join(tools, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--no-audit', '--no-fund', '--loglevel=error', `pnpm@${version}`];
  const npm = process.env.npm_execpath;
  const isNpm = npm?.endsWith('npm-cli.js') === true;
  const [caller, first] = isNpm
    ? [process.execPath, [npm]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  await run('npm', caller, [...first, ...install], { cwd: tools, env });
  return program;
}

/** The Node that came from the registry, else the system's if it is new enough. */
async function chooseNode(env) {
  if (existsSync(bundledNode)) {
    const { code } = await capture(bundledNode, ['--version'], { cwd: root, env });
    if (code === 0) return 'bundled';
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= NEEDED_NODE) return 'system';
  throw new SetupError(
    `本系统没有可用的内置 Node，请安装 Node ${NEEDED_NODE} 或更新版本（现为 ${process.versions.node}）。\n` +
      `No bundled Node runs on this system (${process.platform} ${process.arch}): install Node ${NEEDED_NODE} or newer (now ${process.versions.node}), then run the same command again.`,
  );
}

async function run(name, program, args, options) {
  const sign = setInterval(() => say(`… ${name}`), SIGN_OF_LIFE_MS);
  const { code, output } = await capture(program, args, options).catch((error) => ({
    code: 1,
    output: error.message,
  }));
  clearInterval(sign);
  if (code === 0) return;
  throw new SetupError(
    `${output.trim()}\n${name} 未能完成（退出码 ${code}）。请检查网络、代理与 npm 源设置（npm config get registry）后重试。\n` +
      `${name} failed with exit code ${code}. See its words above; if they speak of the network, check proxy and registry (npm config get registry) and run the same command again.`,
  );
}

/** Digest of all that decides what is installed. */
function digestInputs() {
  const digest = createHash('sha256').update(`${process.platform} ${process.arch}`);
  const manifests = ['packages', 'adapters'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')),
  );
  const files = [
    'package.json',
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'schemas/package.json',
    'conformance/package.json',
  ];
  for (const file of [...files, ...manifests.toSorted()]) {
    if (existsSync(join(root, file))) digest.update(file).update(readFileSync(join(root, file)));
  }
  return digest.digest('hex');
}

function readStamp(inputs) {
  try {
    const stamp = readJson(stampFile);
    return stamp.inputs === inputs && (stamp.node !== 'bundled' || existsSync(bundledNode))
      ? stamp
      : undefined;
  } catch {
    return undefined;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function say(text) {
  process.stderr.write(`${text}\n`);
}
