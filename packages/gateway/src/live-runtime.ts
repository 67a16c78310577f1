/** The runtime in force. A reload builds a new one first and swaps it whole; what is in flight ends on the old. */
import type { MessageIds } from '@yiqiao/insurance-platform';
import type { Journal } from '@yiqiao/journal';
import type { Adapter, Clock, Operation } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import type { PeerChange, Policy, RouteTable, Scheduler } from '@yiqiao/router';
import type { Config } from './config.ts';
import type { Doubts } from './doubts.ts';
import { findKeptRecord } from './kept-records.ts';
import { findOriginal } from './originals.ts';
import { createPeerBook } from './peer-book.ts';
import type { PeerView } from './peer-book.ts';
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
  /** How the far sides are doing. */
  peers(): readonly PeerView[];
  /** @throws GatewayError `CONFIG_INVALID`; then the old one stays in force. */
  replace(config: Config): void;
  close(): Promise<void>;
}

/** What every runtime takes from the gateway. */
export interface LiveRuntimeParts {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly journal: Journal;
  readonly ids: MessageIds;
  readonly doubts: Doubts;
  /** Hears when a far side goes down and when it is back. */
  onPeerChange(change: PeerChange): void;
}

/** Creates the first runtime. @throws GatewayError `CONFIG_INVALID`. */
export function createLiveRuntime(first: Config, parts: LiveRuntimeParts): LiveRuntime {
  const build = (config: Config): Runtime =>
    createRuntime(config, {
      registry: parts.registry,
      clock: parts.clock,
      referenceId: () => parts.ids.referenceId(),
      mintMessageId: (institution) => parts.ids.messageId(institution),
      findRecord: (institution, kind, key) => findKeptRecord(parts.journal, { institution, kind, key }),
      findOriginal: (key) => findOriginal(parts.journal, key),
    });
  let current = build(first);
  const book = createPeerBook({
    config: () => current.config,
    findArea: (region) => parts.registry.poolingArea(region),
    doubts: parts.doubts,
    clock: parts.clock,
    scheduler: parts.scheduler,
    onChange: (change) => parts.onPeerChange(change),
  });
  const adapters = new Map<string, Adapter>();
  const guard = (): void => {
    adapters.clear();
    for (const [id, adapter] of current.adapters) adapters.set(id, book.wrap(id, adapter));
  };
  guard();
  const closing = new Set<Promise<void>>();
  return {
    get current() {
      return current;
    },
    adapters,
    routes: { plan: (query) => current.routes.plan(query) },
    policy: createPolicy(
      () => current.config,
      (operation) => parts.registry.operation(operation).transaction,
    ),
    peers: () => book.list(),
    replace(config) {
      const old = current;
      current = build(config);
      guard();
      const closed: Promise<void> = old.close().finally(() => closing.delete(closed));
      closing.add(closed);
    },
    async close() {
      await Promise.all([current.close(), ...closing]);
    },
  };
}

function createPolicy(config: () => Config, transactionOf: (operation: Operation) => string): Policy {
  return {
    replyTimeoutMs(peer, operation) {
      const { peers, outcome } = config();
      const to = peers.find(({ id }) => id === peer)?.to;
      const own = operation === undefined ? undefined : to?.timeouts[transactionOf(operation)];
      return own ?? to?.replyTimeoutMs ?? outcome.callerDeadlineMs;
    },
    get resolve() {
      const { firstDelayMs, maxDelayMs, giveUpAfterMs } = config().outcome;
      return { firstDelayMs, maxDelayMs, giveUpAfterMs, perPeer: RESOLVERS_PER_PEER };
    },
    get inFlightMs() {
      return config().outcome.inFlightMs;
    },
  };
}
