/** A running gateway: started from one configuration file, reloaded without dropping a request, stopped cleanly. */
import type { Server } from '@hapi/hapi';
import type { Journal, LedgerLine } from '@yiqiao/journal';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import { assertKnownAnswers, watchFastVerification } from '@yiqiao/signer';
import type { Logger } from 'pino';
import type { DependencyContainer } from 'tsyringe';
import { createAdminServer } from './admin-server.ts';
import { compose, TOKENS } from './composition.ts';
import { loadConfig } from './config.ts';
import type { Config } from './config.ts';
import { createMessageIds } from './message-ids.ts';
import type { LiveRuntime } from './live-runtime.ts';
import { createRuntime } from './runtime.ts';
import { createServer } from './server.ts';

/** How long a stopping gateway waits for what is in flight. */
const DRAIN_MS = 30_000;

/** A gateway at work. */
export interface Gateway {
  /** Where callers post messages. */
  readonly url: string;
  /** Where health, readiness and metrics are. */
  readonly base: string;
  /** Where the admin API is; absent when the configuration opens none. */
  readonly admin?: string;
  /** Reads the file again; faults leave the old configuration in force. @throws GatewayError `CONFIG_INVALID`. */
  reload(): void;
  /** Resolves when nothing runs any more, the records owed to the care place's core included. */
  idle(): Promise<void>;
  /** Settlements and cancellations on record, in order of writing. */
  ledger(): Iterable<LedgerLine>;
  /** Takes no more messages, finishes what is in flight, closes the journal. */
  close(): Promise<void>;
}

/**
 * Starts a gateway: known-answer test of the signatures, journal, recovery of open exchanges, then the server.
 * @throws GatewayError `CONFIG_INVALID` | `JOURNAL_FAILED` | `KEY_INVALID`.
 */
export async function startGateway(options: { configFile: string; clock?: Clock }): Promise<Gateway> {
  assertKnownAnswers();
  const config = loadConfig(options.configFile);
  const container = compose(config, options.clock === undefined ? {} : { clock: options.clock });
  const journal = container.resolve(TOKENS.journal);
  try {
    return await openGateway(container, config, options.configFile);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

async function openGateway(
  container: DependencyContainer,
  config: Config,
  configFile: string,
): Promise<Gateway> {
  const clock = container.resolve(TOKENS.clock);
  const logger = container.resolve(TOKENS.logger);
  const runtime = container.resolve(TOKENS.runtime);
  const exchanges = container.resolve(TOKENS.exchanges);
  const journal = container.resolve(TOKENS.journal);
  const watch = container.resolve(TOKENS.journalWatch);
  const endpoint = container.resolve(TOKENS.endpoint);
  const stopWatching = watchFastVerification((reason) => {
    logger.warn({ reason }, 'fast SM2 verification is off');
  });
  let stopping = false;
  const server = createServer({
    config,
    metrics: container.resolve(TOKENS.metrics),
    handle: (message) => endpoint.handle(message),
    refuse: (contentType, code) => endpoint.refuse(contentType, code),
    readiness: () => {
      const { failing } = watch;
      const checks = { accepting: stopping ? 'stopping' : 'ok', journal: failing ? 'failing' : 'ok' };
      return { ready: !stopping && !failing, checks };
    },
  });
  const admin = createAdmin(config, { journal, clock, logger, runtime });
  if (admin !== undefined) await listen(admin, config.admin ?? config.listen, '/admin');
  await listen(server, config.listen, '/listen').catch(async (error: unknown) => {
    await admin?.stop();
    throw error;
  });
  const recovered = exchanges.recover();
  logger.info({ url: server.info.uri, admin: admin?.info.uri, recovered }, 'gateway started');
  return {
    url: `${server.info.uri}/${config.role}`,
    base: server.info.uri,
    ...(admin !== undefined && { admin: admin.info.uri }),
    reload() {
      const next = loadConfig(configFile);
      refuseRestart(config, next);
      runtime.replace(next);
      logger.level = next.logLevel;
      logger.info({ peers: next.peers.length }, 'configuration reloaded');
    },
    idle: () => exchanges.idle(),
    ledger: () => journal.ledger(),
    async close() {
      stopping = true;
      await exchanges.drain(clock.now() + DRAIN_MS);
      await admin?.stop({ timeout: DRAIN_MS });
      await server.stop({ timeout: DRAIN_MS });
      await runtime.close();
      await journal.close();
      stopWatching();
      logger.info('gateway stopped');
    },
  };
}

function createAdmin(
  { admin }: Config,
  parts: { journal: Journal; clock: Clock; logger: Logger; runtime: LiveRuntime },
): Server | undefined {
  if (admin === undefined) return undefined;
  const token = (): string => parts.runtime.current.config.admin?.token ?? '';
  return createAdminServer({ ...parts, host: admin.host, port: admin.port, token });
}

async function listen(server: Server, { host, port }: Config['listen'], at: string): Promise<void> {
  try {
    await server.start();
  } catch (cause) {
    const message = {
      zh: `无法监听 ${host}:${port}，端口可能已被占用`,
      en: `cannot listen on ${host}:${port}; the port may be in use`,
    };
    const fault = {
      rule: 'listen',
      at,
      field: at.slice(1),
      label: { zh: '监听', en: 'listen' },
      message,
    };
    throw new GatewayError('CONFIG_INVALID', { faults: [fault] }, { cause });
  }
}

/** What a reload cannot change, by its place in the file: sockets, files and names that are in use. */
const FIXED: Readonly<Record<string, (config: Config) => unknown>> = {
  '/role': ({ role }) => role,
  '/region': ({ region }) => region,
  '/name': ({ name }) => name,
  '/listen': ({ listen: { host, port } }) => `${host}:${port}`,
  '/admin': ({ admin }) => admin && `${admin.host}:${admin.port}`,
  '/journal': ({ journalFile }) => journalFile,
  '/limits/messageBytes': ({ limits }) => limits.messageBytes,
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

/** Everything that can be known to be wrong with a configuration before it is used. Opens no port and no journal. */
export function checkGatewayConfig(file: string): { faults: readonly Fault[]; summary: readonly string[] } {
  try {
    const config = loadConfig(file);
    const registry = createRegistry();
    const ids = createMessageIds(config.region, systemClock);
    const runtime = createRuntime(config, {
      registry,
      clock: systemClock,
      referenceId: () => ids.referenceId(),
      mintMessageId: (institution) => ids.messageId(institution),
      findRecord: () => undefined,
    });
    void runtime.close();
    return { faults: runtime.check(), summary: summarize(config) };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.details.faults === undefined) throw error;
    return { faults: error.details.faults, summary: [] };
  }
}

function summarize(config: Config): string[] {
  const peers = config.peers.map(({ id, profile, mode, from, to, signing }) => {
    const ways = [from === undefined ? '' : 'calls us', to === undefined ? '' : `called at ${to.url}`];
    return `  ${id}  ${profile} (${mode}), ${signing.profile}, ${ways.filter(Boolean).join(', ')}`;
  });
  return [
    `${config.role} ${config.region} ${config.name}, ${config.listen.host}:${config.listen.port}`,
    ...peers,
  ];
}
