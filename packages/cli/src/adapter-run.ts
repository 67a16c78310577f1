/** `yiqiao adapter run` and `check`: an adapter as a process of its own. */
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { GatewayError, maskIdentifiers, systemClock } from '@yiqiao/model';
import { answerJson, openStore, startListener } from '@yiqiao/sdk';
import type { AdapterService, Listener, ServiceLog, ServiceParts } from '@yiqiao/sdk';
import { findService, readAdapterFile } from './adapter-file.ts';
import type { AdapterFile } from './adapter-file.ts';
import type { Report } from './report.ts';
import { untilStopped } from './until-stopped.ts';

const IN_THE_CLEAR =
  '警告：store 未加密，个人信息以明文存放，请配置 store.encryption。' +
  'warning: the store is not encrypted, persons are kept in the clear: give it store.encryption';

/** Starts an adapter and serves until SIGINT or SIGTERM. */
export async function runAdapter(report: Report, file: string): Promise<number> {
  const stop = untilStopped();
  const read = await readAdapterFile(file);
  if (isClear(read)) report.progress(IN_THE_CLEAR);
  const service = await create(read, report);
  let health: Listener | undefined;
  try {
    const { url } = await service.start();
    health = await startHealth(service, read);
    if (url !== undefined) report.line(`监听 listening  ${url}`);
    if (health !== undefined) report.line(`健康 health  GET ${health.url}health`);
    report.progress(`serving ${read.adapter}${url === undefined ? '' : ` ${url}`}`);
    await stop;
    report.progress('正在停止 stopping');
    return report.finish(true, { adapter: read.adapter, ...(url === undefined ? {} : { url }) });
  } finally {
    await health?.close();
    await service.stop();
  }
}

/** Checks the file of an adapter: all that `run` would refuse, and nothing is begun. */
export async function checkAdapter(report: Report, file: string): Promise<number> {
  const read = await readAdapterFile(file);
  if (isClear(read)) report.progress(IN_THE_CLEAR);
  const service = await create(besideItsStore(read), report);
  await service.stop();
  report.line(`${file}: 正确 fine (${read.adapter})`);
  return report.finish(true, {
    adapter: read.adapter,
    ...(isClear(read) ? { warnings: ['store-in-the-clear'] } : {}),
  });
}

async function create(read: AdapterFile, report: Report): Promise<AdapterService> {
  const definition = await findService(read);
  const { encryption, folder, adapter, settings } = read;
  const parts = partsOf(folder, createLog(adapter, report));
  return definition.create(settings, {
    ...parts,
    ...(encryption === undefined ? {} : { storeEncryption: encryption }),
  });
}

/** A store that is there is looked at and left as it is: another key is taken up when the adapter runs, not before. */
function besideItsStore(read: AdapterFile): AdapterFile {
  const { settings, folder, encryption } = read;
  const file = typeof settings['store'] === 'string' ? resolve(folder, settings['store']) : '';
  if (!existsSync(file)) return read;
  const store = openStore(file, { readOnly: true, encryption });
  try {
    // What cannot be done without the key says so.
    if (store.sealing === 'closed') store.digest('');
  } finally {
    store.close();
  }
  return { ...read, settings: { ...settings, store: ':memory:' } };
}

/** Whether contents of its store lie clear in a file. */
function isClear({ settings, encryption }: AdapterFile): boolean {
  const { store } = settings;
  return encryption === undefined && typeof store === 'string' && store !== ':memory:';
}

function partsOf(folder: string, log: ServiceLog): ServiceParts {
  const pathOf = (path: string): string => (path === ':memory:' ? path : resolve(folder, path));
  return {
    clock: systemClock,
    log,
    pathOf,
    readFile(path) {
      const below = relative(folder, join(folder, path));
      if (isAbsolute(path) || below.startsWith('..'))
        throw unreadable(path, 'outside the folder of the file');
      try {
        return readFileSync(join(folder, path), 'utf8');
      } catch (cause) {
        throw unreadable(path, cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable');
      }
    },
  };
}

function unreadable(path: string, reason: string): GatewayError {
  const fault = {
    rule: 'file',
    at: path,
    field: 'file',
    label: { zh: '文件', en: 'file' },
    message: {
      zh: `无法读取（${reason}），请核对路径和权限。`,
      en: `It cannot be read (${reason}); check path and rights.`,
    },
  };
  return new GatewayError('CONFIG_INVALID', { faults: [fault] });
}

/** One JSON object a line, on standard error; numbers of persons are masked whoever puts them there. */
function createLog(adapter: string, report: Report): ServiceLog {
  const write = (level: string, event: string, facts: object = {}): void =>
    report.progress(
      maskIdentifiers(
        JSON.stringify({ time: new Date(systemClock.now()).toISOString(), level, adapter, event, ...facts }),
      ),
    );
  return {
    info: (event, facts) => write('info', event, facts),
    warn: (event, facts) => write('warn', event, facts),
    error(event, error) {
      const told =
        error instanceof GatewayError
          ? { code: error.code, ...error.details.facts }
          : { type: error instanceof Error ? error.name : typeof error };
      write('error', event, told);
    },
  };
}

async function startHealth(
  service: AdapterService,
  { healthPort }: AdapterFile,
): Promise<Listener | undefined> {
  if (healthPort === undefined) return undefined;
  const handle = async (): Promise<ReturnType<typeof answerJson>> => {
    const health = await service.health();
    return answerJson(health, health.ok ? 200 : 503);
  };
  return startListener({ port: healthPort, routes: [{ method: 'GET', path: '/health', handle }] });
}
