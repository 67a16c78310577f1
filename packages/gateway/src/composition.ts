/** The composition root: the only place that knows how everything is put together. */
import 'reflect-metadata';
import { createMessageIds } from '@yiqiao/insurance-platform';
import type { MessageIds, Sequences } from '@yiqiao/insurance-platform';
import type { Journal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import type { Clock, GatewayError } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import { createExchanges } from '@yiqiao/router';
import type { Events, Exchanges } from '@yiqiao/router';
import type { Logger } from 'pino';
import { container as root, instanceCachingFactory } from 'tsyringe';
import type { DependencyContainer, InjectionToken } from 'tsyringe';
import type { Config } from './config.ts';
import { createAudit } from './admin-audit.ts';
import { createBackups } from './backups.ts';
import type { Backups } from './backups.ts';
import { createDoubts } from './doubts.ts';
import type { Doubts } from './doubts.ts';
import { createEndpoint } from './endpoint.ts';
import { createRates } from './rates.ts';
import { createRefusalAudit } from './refusal-audit.ts';
import type { RefusalAudit } from './refusal-audit.ts';
import { createSeenMessages } from './seen-messages.ts';
import { createExplanation } from './signature-diagnosis.ts';
import type { Endpoint } from './endpoint.ts';
import { watchEvidence } from './evidence-watch.ts';
import type { EvidenceWatch } from './evidence-watch.ts';
import { createEventLog } from './event-log.ts';
import type { EventLog } from './event-log.ts';
import { createLogger } from './log.ts';
import { openRegistry } from './further-profiles.ts';
import { createJournalWatch } from './journal-watch.ts';
import type { JournalWatch } from './journal-watch.ts';
import { openConfiguredJournal } from './journal-of-config.ts';
import { createKnowledge } from './knowledge.ts';
import { sequencesOf } from './node-sequences.ts';
import { createLiveRuntime } from './live-runtime.ts';
import type { LiveRuntime } from './live-runtime.ts';
import { systemScheduler } from './scheduler.ts';
import { createMetrics } from './metrics.ts';
import type { Metrics } from './metrics.ts';

const token = <T>(name: string): InjectionToken<T> => Symbol(name) as InjectionToken<T>;

/** What can be asked of the container. */
export const TOKENS = {
  config: token<Config>('Config'),
  clock: token<Clock>('Clock'),
  logger: token<Logger>('Logger'),
  registry: token<Registry>('Registry'),
  journal: token<Journal>('Journal'),
  journalWatch: token<JournalWatch>('JournalWatch'),
  evidence: token<EvidenceWatch>('EvidenceWatch'),
  backups: token<Backups>('Backups'),
  ids: token<MessageIds>('MessageIds'),
  metrics: token<Metrics>('Metrics'),
  events: token<EventLog>('EventLog'),
  doubts: token<Doubts>('Doubts'),
  runtime: token<LiveRuntime>('LiveRuntime'),
  exchanges: token<Exchanges>('Exchanges'),
  refusals: token<RefusalAudit>('RefusalAudit'),
  endpoint: token<Endpoint>('Endpoint'),
} as const;

/** More than can be minted but not written yet when newer ones are. */
const RECENT_IDS = 10_000;

/** Wires a gateway for a configuration; nothing listens yet. */
export function compose(config: Config, overrides: { readonly clock?: Clock } = {}): DependencyContainer {
  const container = root.createChildContainer();
  const provide: Provide = (key, create) => {
    container.register(key, { useFactory: instanceCachingFactory(create) });
  };
  provide(TOKENS.config, () => config);
  provide(TOKENS.clock, () => overrides.clock ?? systemClock);
  provide(TOKENS.logger, () => createLogger(config));
  provide(TOKENS.registry, () => openRegistry(config.profiles));
  provide(TOKENS.journalWatch, (c) => createJournalWatch(c.resolve(TOKENS.logger), c.resolve(TOKENS.clock)));
  provide(TOKENS.metrics, (c) =>
    createMetrics({
      inFlight: () => c.resolve(TOKENS.endpoint).inFlight,
      open: () => c.resolve(TOKENS.exchanges).running,
      peers: () => c.resolve(TOKENS.runtime).peers(),
      evidence: () => c.resolve(TOKENS.evidence).standing(),
      certificates: () =>
        c.resolve(TOKENS.runtime).current.config.certificates.list(c.resolve(TOKENS.clock).now()),
    }),
  );
  provide(TOKENS.evidence, (c) =>
    watchEvidence({
      journal: c.resolve(TOKENS.journal),
      evidence: () => c.resolve(TOKENS.runtime).current.config.evidence,
      clock: c.resolve(TOKENS.clock),
      scheduler: systemScheduler,
      logger: c.resolve(TOKENS.logger),
    }),
  );
  provide(TOKENS.backups, (c) =>
    createBackups({
      journal: c.resolve(TOKENS.journal),
      journalFile: config.journal.file,
      settings: () => c.resolve(TOKENS.runtime).current.config.journal.backup,
      clock: c.resolve(TOKENS.clock),
      scheduler: systemScheduler,
      logger: c.resolve(TOKENS.logger),
    }),
  );
  provide(TOKENS.events, (c) => createEventLog(c.resolve(TOKENS.logger), c.resolve(TOKENS.metrics)));
  provideWork(config, provide);
  return container;
}

/**
 * Opens the journal of the configuration and gives it to the container, with what is minted by what is on record.
 * @throws GatewayError `JOURNAL_UNUSABLE` | `JOURNAL_FAILED`.
 */
export async function openJournal(
  container: DependencyContainer,
  given: Journal | undefined,
): Promise<Journal> {
  const { region, journal: settings } = container.resolve(TOKENS.config);
  const clock = container.resolve(TOKENS.clock);
  const onError = (error: GatewayError): void => container.resolve(TOKENS.journalWatch).failed(error);
  const journal = given ?? (await openConfiguredJournal(settings, { clock, onError }));
  container.register(TOKENS.journal, { useValue: journal });
  try {
    const recent = await journal.recentMessageIds(RECENT_IDS);
    const { shared } = journal;
    const sequences = shared && ((): Sequences => sequencesOf(shared.slot));
    const ids = createMessageIds({ region, clock, recent, ...(sequences && { sequences }) });
    container.register(TOKENS.ids, { useValue: ids });
    return journal;
  } catch (error) {
    await journal.close();
    throw error;
  }
}

type Provide = <T>(key: InjectionToken<T>, create: (c: DependencyContainer) => T) => void;

/** What works on messages: the far sides, the outcome machine, the endpoint. */
function provideWork(config: Config, provide: Provide): void {
  provide(TOKENS.doubts, () => createDoubts());
  provide(TOKENS.runtime, (c) =>
    createLiveRuntime(config, {
      registry: c.resolve(TOKENS.registry),
      clock: c.resolve(TOKENS.clock),
      scheduler: systemScheduler,
      journal: c.resolve(TOKENS.journal),
      ids: c.resolve(TOKENS.ids),
      doubts: c.resolve(TOKENS.doubts),
      onPeerChange: ({ peer, state, failures }) => {
        c.resolve(TOKENS.logger).warn({ peer, failures }, state === 'down' ? 'peer down' : 'peer back');
      },
    }),
  );
  provide(TOKENS.exchanges, (c) => {
    const runtime = c.resolve(TOKENS.runtime);
    return createExchanges({
      registry: createKnowledge(c.resolve(TOKENS.registry)),
      journal: c.resolve(TOKENS.journal),
      adapters: runtime.adapters,
      routes: runtime.routes,
      clock: c.resolve(TOKENS.clock),
      elapsed: { now: () => performance.now() },
      scheduler: systemScheduler,
      random: Math.random,
      mintMessageId: (institution) => c.resolve(TOKENS.ids).messageId(institution),
      policy: runtime.policy,
      events: exchangeEvents({
        logger: c.resolve(TOKENS.logger),
        metrics: c.resolve(TOKENS.metrics),
        doubts: c.resolve(TOKENS.doubts),
      }),
    });
  });
  provide(TOKENS.refusals, (c) => {
    const clock = c.resolve(TOKENS.clock);
    const journal = c.resolve(TOKENS.journal);
    return createRefusalAudit(createAudit({ journal, clock, logger: c.resolve(TOKENS.logger) }), clock);
  });
  provide(TOKENS.endpoint, (c) =>
    createEndpoint({
      runtime: () => c.resolve(TOKENS.runtime).current,
      exchanges: c.resolve(TOKENS.exchanges),
      journal: c.resolve(TOKENS.journal),
      registry: c.resolve(TOKENS.registry),
      clock: c.resolve(TOKENS.clock),
      events: c.resolve(TOKENS.events),
      audit: c.resolve(TOKENS.refusals),
      explain: createExplanation(() => c.resolve(TOKENS.runtime).current.config, {
        registry: c.resolve(TOKENS.registry),
        clock: c.resolve(TOKENS.clock),
      }),
      seen: createSeenMessages(c.resolve(TOKENS.clock)),
      rates: createRates(c.resolve(TOKENS.clock)),
    }),
  );
}

/** What the outcome machine tells, as log lines and figures. */
function exchangeEvents(parts: { logger: Logger; metrics: Metrics; doubts: Doubts }): Events {
  const { logger, metrics, doubts } = parts;
  return {
    onStateChange: ({ key, exchangeId, transaction, state, reason, why, farPeer }) => {
      if (exchangeId !== undefined && farPeer !== undefined) doubts.begin(exchangeId, farPeer);
      else if (exchangeId !== undefined && state !== 'sent') doubts.end(exchangeId);
      const level = state === 'unknown' || state === 'handed-to-person' ? 'warn' : 'debug';
      logger[level](
        { peer: key.peer, messageId: key.messageId, exchangeId, transaction, state, reason, why },
        'state',
      );
    },
    onDeviations: (peer, transaction, deviations) => {
      for (const { rule } of deviations) metrics.deviations.inc({ peer, transaction, rule });
      logger.warn(
        { peer, transaction, deviations: deviations.map(({ rule, at }) => `${rule} ${at}`) },
        'odd answer',
      );
    },
    onLateAnswer: ({ key, exchangeId, transaction, state }) => {
      logger.warn(
        { peer: key.peer, messageId: key.messageId, exchangeId, transaction, state },
        'late answer',
      );
    },
    onTrouble: (error, key) => {
      logger.error({ peer: key.peer, messageId: key.messageId, err: error }, 'trouble');
    },
  };
}
