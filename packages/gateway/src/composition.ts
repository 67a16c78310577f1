/** The composition root: the only place that knows how everything is put together. */
import 'reflect-metadata';
import { createSqliteJournal } from '@yiqiao/journal';
import type { Journal } from '@yiqiao/journal';
import { systemClock } from '@yiqiao/model';
import type { Clock } from '@yiqiao/model';
import { createRegistry } from '@yiqiao/registry';
import type { Registry } from '@yiqiao/registry';
import { createExchanges } from '@yiqiao/router';
import type { Events, Exchanges } from '@yiqiao/router';
import { pino } from 'pino';
import type { Logger } from 'pino';
import { container as root, instanceCachingFactory } from 'tsyringe';
import type { DependencyContainer, InjectionToken } from 'tsyringe';
import type { Config } from './config.ts';
import { createEndpoint } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { createEventLog } from './event-log.ts';
import type { EventLog } from './event-log.ts';
import { createJournalWatch } from './journal-watch.ts';
import type { JournalWatch } from './journal-watch.ts';
import { createKnowledge } from './knowledge.ts';
import { createLiveRuntime } from './live-runtime.ts';
import type { LiveRuntime } from './live-runtime.ts';
import { createMessageIds } from './message-ids.ts';
import type { MessageIds } from './message-ids.ts';
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
  ids: token<MessageIds>('MessageIds'),
  metrics: token<Metrics>('Metrics'),
  events: token<EventLog>('EventLog'),
  runtime: token<LiveRuntime>('LiveRuntime'),
  exchanges: token<Exchanges>('Exchanges'),
  endpoint: token<Endpoint>('Endpoint'),
} as const;

/** More than can be minted but not written yet when newer ones are. */
const RECENT_IDS = 10_000;

/** Wires a gateway for a configuration; nothing listens yet. */
export function compose(config: Config, overrides: { clock?: Clock } = {}): DependencyContainer {
  const container = root.createChildContainer();
  const provide = <T>(key: InjectionToken<T>, create: (c: DependencyContainer) => T): void => {
    container.register(key, { useFactory: instanceCachingFactory(create) });
  };
  provide(TOKENS.config, () => config);
  provide(TOKENS.clock, () => overrides.clock ?? systemClock);
  provide(TOKENS.logger, () =>
    pino({ level: config.logLevel, base: { gateway: config.name, role: config.role } }),
  );
  provide(TOKENS.registry, () => createRegistry());
  provide(TOKENS.journalWatch, (c) => createJournalWatch(c.resolve(TOKENS.logger), c.resolve(TOKENS.clock)));
  provide(TOKENS.journal, (c) =>
    createSqliteJournal({
      file: config.journalFile,
      clock: c.resolve(TOKENS.clock),
      onError: (error) => c.resolve(TOKENS.journalWatch).failed(error),
    }),
  );
  provide(TOKENS.ids, (c) =>
    createMessageIds(
      config.region,
      c.resolve(TOKENS.clock),
      c.resolve(TOKENS.journal).recentMessageIds(RECENT_IDS),
    ),
  );
  provide(TOKENS.metrics, (c) =>
    createMetrics({
      inFlight: () => c.resolve(TOKENS.endpoint).inFlight,
      open: () => c.resolve(TOKENS.exchanges).running,
    }),
  );
  provide(TOKENS.events, (c) => createEventLog(c.resolve(TOKENS.logger), c.resolve(TOKENS.metrics)));
  provide(TOKENS.runtime, (c) =>
    createLiveRuntime(config, {
      registry: c.resolve(TOKENS.registry),
      clock: c.resolve(TOKENS.clock),
      journal: c.resolve(TOKENS.journal),
      ids: c.resolve(TOKENS.ids),
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
      scheduler: systemScheduler,
      random: Math.random,
      mintMessageId: (institution) => c.resolve(TOKENS.ids).messageId(institution),
      policy: runtime.policy,
      events: exchangeEvents(c.resolve(TOKENS.logger), c.resolve(TOKENS.metrics)),
    });
  });
  provide(TOKENS.endpoint, (c) =>
    createEndpoint({
      runtime: () => c.resolve(TOKENS.runtime).current,
      exchanges: c.resolve(TOKENS.exchanges),
      clock: c.resolve(TOKENS.clock),
      events: c.resolve(TOKENS.events),
    }),
  );
  return container;
}

/** What the outcome machine tells, as log lines. */
function exchangeEvents(logger: Logger, metrics: Metrics): Events {
  return {
    onStateChange: ({ key, exchangeId, transaction, state, reason, why }) => {
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
    onTrouble: (error, key) => {
      logger.error({ peer: key.peer, messageId: key.messageId, err: error }, 'trouble');
    },
  };
}
