/** The file of an adapter: which one, and its settings. */
import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SealedPlace } from '@yiqiao/gateway';
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { ServiceDefinition, StoreEncryption } from '@yiqiao/sdk';
import { parse, YAMLParseError } from 'yaml';

/** What a file says. */
export interface AdapterFile {
  readonly adapter: string;
  /** Port of `GET /health`, where one is wanted. */
  readonly healthPort?: number;
  /** With what its store is sealed; absent: not at all. */
  readonly encryption?: StoreEncryption;
  /** Everything else. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Paths in the settings are below it. */
  readonly folder: string;
}

/** The adapters of this project; each is loaded only when it is asked for. */
const KNOWN: Readonly<Record<string, () => Promise<object>>> = {
  his: () => import('@yiqiao/his'),
  pharmacy: () => import('@yiqiao/pharmacy'),
  prescription: () => import('@yiqiao/prescription'),
  'e-invoice': () => import('@yiqiao/e-invoice'),
  'mobile-payment': () => import('@yiqiao/mobile-payment'),
};

/**
 * Reads the file. `store: { file, encryption }` goes on to the adapter as `store: FILE`.
 * @throws GatewayError `CONFIG_INVALID` for YAML that is none, without `adapter`, or with keys that cannot be read.
 */
export async function readAdapterFile(file: string): Promise<AdapterFile> {
  const content = parseFile(file);
  const faults: Fault[] = [];
  const given = isObject(content) ? content : {};
  const { adapter, health, ...settings } = given;
  if (typeof adapter !== 'string' || adapter === '') {
    const names = Object.keys(KNOWN).join(', ');
    faults.push(
      fault(
        '/adapter',
        `应为 ${names} 之一，或自有适配器的文件夹 ./…`,
        `Must be ${names}, or the folder of your own, ./…`,
      ),
    );
  }
  const port = isObject(health) ? health['port'] : undefined;
  if (
    health !== undefined &&
    !(typeof port === 'number' && Number.isInteger(port) && port >= 0 && port < 65_536)
  ) {
    faults.push(fault('/health', '应为 { port: 端口 }。', 'Must be { port: NUMBER }.'));
  }
  const store = isObject(settings['store']) ? await readStore(file, faults) : undefined;
  if (faults.length > 0) throw new GatewayError('CONFIG_INVALID', { faults });
  return {
    adapter: String(adapter),
    settings: store === undefined ? settings : { ...settings, store: store.file },
    folder: dirname(resolve(file)),
    ...(typeof port === 'number' ? { healthPort: port } : {}),
    ...(store?.encryption === undefined ? {} : { encryption: store.encryption }),
  };
}

/** The gateway reads keys, also for adapters; it is loaded only when there are some. */
async function readStore(file: string, faults: Fault[]): Promise<SealedPlace | undefined> {
  const { loadStore } = await import('@yiqiao/gateway');
  try {
    return loadStore(file);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    faults.push(...(error.details.faults ?? []));
    return undefined;
  }
}

/**
 * Finds the service that a file names: among the exports of the package, what `defineService` made.
 * @throws GatewayError `CONFIG_INVALID` when there is none.
 */
export async function findService({ adapter, folder }: AdapterFile): Promise<ServiceDefinition> {
  const exports = await load(adapter, folder);
  const found = Object.values(exports).find(isService);
  if (found !== undefined) return found;
  throw new GatewayError('CONFIG_INVALID', {
    faults: [
      fault(
        '/adapter',
        `${adapter} 未导出 defineService(…) 的结果。`,
        `${adapter} exports nothing that defineService(…) made.`,
      ),
    ],
  });
}

async function load(adapter: string, folder: string): Promise<object> {
  const known = Object.hasOwn(KNOWN, adapter) ? KNOWN[adapter] : undefined;
  if (known !== undefined) return known();
  if (adapter.startsWith('.') || adapter.startsWith('/')) {
    try {
      return (await import(entryOf(join(folder, adapter)))) as object;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      const faults = [fault('/adapter', `无法加载：${reason}`, `It cannot be loaded: ${reason}`)];
      throw new GatewayError('CONFIG_INVALID', { faults }, { cause });
    }
  }
  const names = Object.keys(KNOWN).join(', ');
  const faults = [
    fault(
      '/adapter',
      `没有名为 ${adapter} 的适配器；现有：${names}。`,
      `There is no adapter ${adapter}; known: ${names}.`,
    ),
  ];
  throw new GatewayError('CONFIG_INVALID', { faults });
}

/** A file is imported as it is, a folder by what its package.json says. */
function entryOf(path: string): string {
  if (!statSync(path).isDirectory()) return pathToFileURL(path).href;
  const { name } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { readonly name: string };
  // A package may import itself by its name.
  return pathToFileURL(createRequire(join(path, 'package.json')).resolve(name)).href;
}

function isService(value: unknown): value is ServiceDefinition {
  return isObject(value) && typeof value['name'] === 'string' && typeof value['create'] === 'function';
}

function parseFile(file: string): unknown {
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof YAMLParseError)) throw cause;
    const line = cause.linePos?.[0].line ?? 0;
    const faults = [
      fault('', `第 ${line} 行 YAML 语法错误：${cause.message}`, `line ${line}: ${cause.message}`),
    ];
    throw new GatewayError('CONFIG_INVALID', { faults }, { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fault(at: string, zh: string, en: string): Fault {
  const field = at.slice(1);
  return { rule: 'setting', at, field, label: { zh: field, en: field }, message: { zh, en } };
}
