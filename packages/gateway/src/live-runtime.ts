/** The runtime in force. A reload builds a new one first and swaps it whole; what is in flight ends on the old. */
import type { Journal } from '@yiqiao/journal';
import type { Adapter, Clock } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { Policy, RouteTable } from '@yiqiao/router';
import type { Config } from './config.ts';
import { findKeptRecord } from './kept-records.ts';
import type { MessageIds } from './message-ids.ts';
import { createRuntime } from './runtime.ts';
import type { Runtime } from './runtime.ts';

/** How many resolving messages one peer gets at a time. */
const RESOLVERS_PER_PEER = 16;

/** A runtime that can be replaced while serving. */
export interface LiveRuntime {
  readonly current: Runtime;
  /** Reads through to the runtime in force. */
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly routes: RouteTable;
  readonly policy: Policy;
  /** @throws GatewayError `CONFIG_INVALID`; then the old one stays in force. */
  replace(config: Config): void;
  close(): Promise<void>;
}

/** Creates the first runtime. @throws GatewayError `CONFIG_INVALID`. */
export function createLiveRuntime(
  first: Config,
  parts: { registry: Registry; clock: Clock; journal: Journal; ids: MessageIds },
): LiveRuntime {
  const build = (config: Config): Runtime =>
    createRuntime(config, {
      registry: parts.registry,
      clock: parts.clock,
      referenceId: () => parts.ids.referenceId(),
      mintMessageId: (institution) => parts.ids.messageId(institution),
      findRecord: (institution, kind, key) => findKeptRecord(parts.journal, { institution, kind, key }),
    });
  let current = build(first);
  const adapters = new Map(current.adapters);
  const closing = new Set<Promise<void>>();
  return {
    get current() {
      return current;
    },
    adapters,
    routes: { plan: (query) => current.routes.plan(query) },
    policy: createPolicy(() => current.config),
    replace(config) {
      const old = current;
      current = build(config);
      adapters.clear();
      for (const [id, adapter] of current.adapters) adapters.set(id, adapter);
      const closed: Promise<void> = old.close().finally(() => closing.delete(closed));
      closing.add(closed);
    },
    async close() {
      await Promise.all([current.close(), ...closing]);
    },
  };
}

function createPolicy(config: () => Config): Policy {
  return {
    replyTimeoutMs: (peer) =>
      config().peers.find(({ id }) => id === peer)?.to?.replyTimeoutMs ?? config().outcome.callerDeadlineMs,
    get resolve() {
      const { firstDelayMs, maxDelayMs, giveUpAfterMs } = config().outcome;
      return { firstDelayMs, maxDelayMs, giveUpAfterMs, perPeer: RESOLVERS_PER_PEER };
    },
    get inFlightMs() {
      return config().outcome.inFlightMs;
    },
  };
}
