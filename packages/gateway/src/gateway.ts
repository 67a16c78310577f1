/** A running gateway: started from one configuration file, reloaded without dropping a request, stopped cleanly. */
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from '@hapi/hapi';
import { createMessageIds } from '@yiqiao/insurance-platform';
import type { Journal, LedgerLine } from '@yiqiao/journal';
import { GatewayError, systemClock } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import { assertKnownAnswers } from '@yiqiao/signer';
import type { DependencyContainer } from 'tsyringe';
import { createAudit } from './admin-audit.ts';
import type { AdminParts } from './admin-handlers.ts';
import { createAdminServer } from './admin-server.ts';
import type { AdminServer } from './admin-server.ts';
import { certificateTroubles } from './certificate-watch.ts';
import { compose, openJournal, TOKENS } from './composition.ts';
import { loadConfig } from './config.ts';
import type { Config } from './config.ts';
import { findBrokenProfiles, openRegistry, remarkOnProfiles } from './further-profiles.ts';
import { findDoubts } from './doubts.ts';
import { keepUpJournal } from './journal-upkeep.ts';
import type { JournalWatch } from './journal-watch.ts';
import type { LiveRuntime } from './live-runtime.ts';
import { addOperatingGauges } from './operating-gauges.ts';
import { createReload, warnOfSharedToken } from './reload.ts';
import { createRuntime } from './runtime.ts';
import { createListener } from './listener.ts';
import type { Listener } from './listener.ts';
import { systemScheduler } from './scheduler.ts';
import { createServer } from './server.ts';
import type { ServerParts } from './server.ts';
import { startWatches } from './watches.ts';

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
  ledger(): Promise<readonly LedgerLine[]>;
  /** Takes no more messages, finishes what is in flight, closes the journal. */
  close(): Promise<void>;
}

/** What a gateway is started with. */
export interface GatewayOptions {
  readonly configFile: string;
  readonly clock?: Clock;
  /** Takes the place of the file that the configuration names; the gateway closes it. For measurements. */
  readonly journal?: Journal;
}

/**
 * Starts a gateway: known-answer test of the signatures, journal, recovery of open exchanges, then the server.
 * @throws GatewayError `CONFIG_INVALID` | `JOURNAL_FAILED` | `KEY_INVALID`.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  assertKnownAnswers();
  const config = loadConfig(options.configFile);
  const container = compose(config, options);
  const journal = await openJournal(container, options.journal);
  try {
    return await openGateway(container, config, options.configFile);
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** A reload that came not through the admin API. */
const BY_SIGNAL = { action: 'configuration.reload', outcome: 'done', target: 'by a signal' } as const;

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
  let stopping = false;
  const readiness = (): ReturnType<ServerParts['readiness']> => readinessOf({ stopping, watch, runtime });
  const metrics = container.resolve(TOKENS.metrics);
  const listener = openListener(container, config);
  const server = createServer({
    config,
    listener,
    metrics,
    handle: (message) => endpoint.handle(message),
    refuse: (arrival, code) => endpoint.refuse(arrival, code),
    readiness,
  });
  const watches = startWatches({ runtime, clock, logger });
  const apply = createReload({ config, configFile, runtime, logger });
  const reload = (): void => {
    apply();
    listener.renew(runtime.current.config.listen.tls);
    admin?.renew(runtime.current.config.admin?.tls);
    watches.look();
  };
  addGauges(container, readiness);
  const admin = createAdmin(container, { readiness, reload });
  await listenOnAll({ config, server, admin: admin?.server }).catch((error: unknown) => {
    watches.stop();
    throw error;
  });
  warnOfBrokenProfiles(container, config);
  warnOfSharedToken(config, logger);
  const recovered = await recover(container);
  const upkeep = lookAfterJournal(container);
  logger.info({ url: server.info.uri, admin: admin?.server.info.uri, recovered }, 'gateway started');
  return {
    url: `${server.info.uri}/${config.role}`,
    base: server.info.uri,
    ...(admin !== undefined && { admin: admin.server.info.uri }),
    reload() {
      reload();
      void createAudit({ journal, clock, logger }).tell(BY_SIGNAL);
    },
    idle: () => exchanges.idle(),
    ledger: () => linesOf(journal),
    async close() {
      stopping = true;
      const { leaveMs } = config.listen;
      if (leaveMs > 0) await pause(leaveMs);
      await exchanges.drain(clock.now() + DRAIN_MS);
      await admin?.server.stop({ timeout: DRAIN_MS });
      await server.stop({ timeout: DRAIN_MS });
      await runtime.close();
      await upkeep.stop();
      await journal.close();
      watches.stop();
      logger.info('gateway stopped');
    },
  };
}

async function linesOf(journal: Journal): Promise<readonly LedgerLine[]> {
  const lines: LedgerLine[] = [];
  for await (const line of journal.ledger()) lines.push(line);
  return lines;
}

/** What is done to the journal beside the messages: sealing, deletion in time, evidence. */
function lookAfterJournal(container: DependencyContainer): { stop(): Promise<void> } {
  const runtime = container.resolve(TOKENS.runtime);
  const evidence = container.resolve(TOKENS.evidence);
  const backups = container.resolve(TOKENS.backups);
  const upkeep = keepUpJournal({
    journal: container.resolve(TOKENS.journal),
    retention: () => runtime.current.config.journal.retention,
    scheduler: systemScheduler,
    logger: container.resolve(TOKENS.logger),
  });
  return {
    async stop() {
      upkeep.stop();
      backups.stop();
      await evidence.stop();
    },
  };
}

/** Figures of the gateway as a whole, for alerts. */
function addGauges(container: DependencyContainer, readiness: ServerParts['readiness']): void {
  const { journal: settings } = container.resolve(TOKENS.config);
  const journal = container.resolve(TOKENS.journal);
  const backups = container.resolve(TOKENS.backups);
  addOperatingGauges(container.resolve(TOKENS.metrics).registry, () => {
    const lastBackupAt = backups.lastAt();
    return {
      ready: readiness().ready,
      damaged: container.resolve(TOKENS.journalWatch).damaged,
      ...(settings.postgres === undefined && { journalFolder: dirname(settings.file) }),
      ...(lastBackupAt !== undefined && { lastBackupAt }),
      store: () => journal.figures(),
      now: container.resolve(TOKENS.clock).now(),
    };
  });
}

/** Whoever gets no connection is counted and audited. */
function openListener(container: DependencyContainer, config: Config): Listener {
  return createListener(config, (reason, address) => {
    container.resolve(TOKENS.metrics).turnedAway.inc({ reason });
    container.resolve(TOKENS.refusals).turnedAway(reason, address);
    container.resolve(TOKENS.logger).warn({ reason, address }, 'connection turned away');
  });
}

/** A gateway is ready although single far sides or records are not well: the others are. */
function readinessOf(of: {
  stopping: boolean;
  watch: JournalWatch;
  runtime: LiveRuntime;
}): ReturnType<ServerParts['readiness']> {
  const { failing, damaged } = of.watch;
  const checks = {
    accepting: of.stopping ? 'stopping' : 'ok',
    journal: failing ? 'failing' : 'ok',
    records: damaged > 0 ? 'damaged' : 'ok',
  };
  const unwell = of.runtime.peers().filter(({ state }) => state !== 'ok');
  return { ready: !of.stopping && !failing, checks, peers: unwell.map(({ id, state }) => ({ id, state })) };
}

/** The admin API of a configuration that opens one. */
function createAdmin(
  container: DependencyContainer,
  hooks: Pick<AdminParts, 'readiness' | 'reload'>,
): AdminServer | undefined {
  const runtime = container.resolve(TOKENS.runtime);
  const clock = container.resolve(TOKENS.clock);
  const { admin } = runtime.current.config;
  if (admin === undefined) return undefined;
  return createAdminServer(admin, {
    ...hooks,
    config: () => runtime.current.config,
    journal: container.resolve(TOKENS.journal),
    peers: () => runtime.peers(),
    metrics: container.resolve(TOKENS.metrics).registry,
    backups: container.resolve(TOKENS.backups),
    startedAt: clock.now(),
    clock,
    logger: container.resolve(TOKENS.logger),
  });
}

/** Takes up what an earlier process left open; tells how much that is. */
async function recover(container: DependencyContainer): Promise<number> {
  const journal = container.resolve(TOKENS.journal);
  const doubts = container.resolve(TOKENS.doubts);
  // What other processes are at is theirs to count.
  if (journal.shared !== undefined) return container.resolve(TOKENS.exchanges).recover();
  for await (const { exchangeId, peer } of findDoubts(journal)) {
    doubts.begin(exchangeId, peer);
  }
  return container.resolve(TOKENS.exchanges).recover();
}

/** Both servers or none. */
async function listenOnAll(of: { config: Config; server: Server; admin: Server | undefined }): Promise<void> {
  const { config, server, admin } = of;
  if (admin !== undefined) await listen(admin, config.admin ?? config.listen, '/admin');
  await listen(server, config.listen, '/listen').catch(async (error: unknown) => {
    await admin?.stop();
    throw error;
  });
}

async function listen(
  server: Server,
  { host, port }: Pick<Config['listen'], 'host' | 'port'>,
  at: string,
): Promise<void> {
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

function warnOfBrokenProfiles(container: DependencyContainer, config: Config): void {
  const logger = container.resolve(TOKENS.logger);
  for (const { at, message } of findBrokenProfiles(container.resolve(TOKENS.registry), config.profiles)) {
    logger.warn({ at, reason: message.en }, 'broken profile, not used');
  }
}

/** What a configuration comes to. */
export interface ConfigFindings {
  /** With any, no gateway starts. */
  readonly faults: readonly Fault[];
  /** What a person should look at, and nothing is stopped by: broken profiles that no peer has, odd codes. */
  readonly remarks: readonly Fault[];
  readonly summary: readonly string[];
}

/** Everything that can be known to be wrong with a configuration before it is used. Opens no port and no journal. */
export function checkGatewayConfig(file: string): ConfigFindings {
  let remarks: readonly Fault[] = [];
  try {
    const config = loadConfig(file);
    const registry = openRegistry(config.profiles);
    const ids = createMessageIds({ region: config.region, clock: systemClock });
    const used = config.peers.map(({ profile }) => profile);
    remarks = remarkOnProfiles(
      registry,
      config.profiles,
      used.filter((id) => registry.profiles().includes(id)),
    );
    const runtime = createRuntime(config, {
      registry,
      clock: systemClock,
      referenceId: () => ids.referenceId(),
      mintMessageId: (institution) => ids.messageId(institution),
      findRecord: () => undefined,
      findOriginal: () => undefined,
    });
    void runtime.close();
    return { faults: runtime.check(), remarks, summary: summarize(config) };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.details.faults === undefined) throw error;
    return { faults: error.details.faults, remarks, summary: [] };
  }
}

function summarize(config: Config): string[] {
  const now = systemClock.now();
  config.certificates.look(now);
  const peers = config.peers.map(({ id, profile, mode, from, to, signing }) => {
    const ways = [from === undefined ? '' : 'calls us', to === undefined ? '' : `called at ${to.url}`];
    return `  ${id}  ${profile} (${mode}), ${signing.map((one) => one.profile).join(' + ')}, ${ways.filter(Boolean).join(', ')}`;
  });
  return [
    `${config.role} ${config.region} ${config.name}, ${config.listen.host}:${config.listen.port}`,
    ...peers,
    ...certificateTroubles(config.certificates.list(now)),
  ];
}
