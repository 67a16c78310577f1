/** Another configuration while serving: read, held against what cannot change without a restart, put in force. */
import { GatewayError } from '@yiqiao/model';
import type { Fault } from '@yiqiao/model';
import type { Logger } from 'pino';
import { loadConfig } from './config.ts';
import type { Config } from './config.ts';
import { journalSettings } from './config-journal.ts';
import type { LiveRuntime } from './live-runtime.ts';

/** Creates the reload of a gateway that was started with `config`. It throws `CONFIG_INVALID`; the old one then stays. */
export function createReload(parts: {
  readonly config: Config;
  readonly configFile: string;
  readonly runtime: LiveRuntime;
  readonly logger: Logger;
}): () => void {
  const { config, configFile, runtime, logger } = parts;
  return () => {
    const next = loadConfig(configFile);
    refuseRestart(config, next);
    runtime.replace(next);
    logger.level = next.logLevel;
    logger.info({ peers: next.peers.length }, 'configuration reloaded');
    warnOfSharedToken(next, logger);
  };
}

/** One token for all proves of nobody that it was him. */
export function warnOfSharedToken({ admin }: Config, logger: Logger): void {
  if (admin?.tokens.some(({ shared }) => shared) !== true) return;
  logger.warn('admin.tokenFile and tokenEnv are the old form: give everybody a token under admin.tokens');
}

/** What a reload cannot change, by its place in the file: sockets, files and names that are in use. */
const FIXED: Readonly<Record<string, (config: Config) => unknown>> = {
  '/role': ({ role }) => role,
  '/region': ({ region }) => region,
  '/name': ({ name }) => name,
  '/listen': ({ listen: { host, port, tls } }) => `${host}:${port} ${tls !== undefined}`,
  '/listen/tls/clientAnchors': ({ listen: { tls } }) => tls?.clientAnchors !== undefined,
  '/listen/tls/requireClientCertificate': ({ listen: { tls } }) => tls?.requireClientCertificate,
  '/admin': ({ admin }) => admin && `${admin.host}:${admin.port} ${admin.tls !== undefined}`,
  '/admin/tls/clientAnchors': ({ admin }) => admin?.tls?.clientAnchors !== undefined,
  '/admin/tls/requireClientCertificate': ({ admin }) => admin?.tls?.requireClientCertificate,
  '/journal': ({ journal }) => journalSettings(journal),
  '/profiles': ({ profiles }) => profiles,
  '/limits/messageBytes': ({ limits }) => limits.messageBytes,
  '/limits/bodyTimeoutMs': ({ limits }) => limits.bodyTimeoutMs,
  '/limits/connections': ({ limits }) => limits.connections,
  '/limits/connectionsPerAddress': ({ limits }) => limits.connectionsPerAddress,
};

function refuseRestart(old: Config, next: Config): void {
  const changed = Object.keys(FIXED).filter((at) => FIXED[at]?.(old) !== FIXED[at]?.(next));
  if (changed.length === 0) return;
  const faults: Fault[] = changed.map((at) => {
    const field = at.slice(at.lastIndexOf('/') + 1);
    return {
      rule: 'restart',
      at,
      field,
      label: { zh: field, en: field },
      message: { zh: '修改该设置需要重启网关', en: 'changing this setting needs a restart' },
    };
  });
  throw new GatewayError('CONFIG_INVALID', { faults });
}
