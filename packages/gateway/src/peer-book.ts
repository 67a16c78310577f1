/** All far sides that are called: the guard of each, whether it is closed, and how it is doing. */
import { ERRORS, GatewayError } from '@yiqiao/model';
import type { Adapter, CanonicalRequest, Clock } from '@yiqiao/model';
import type { PoolingArea } from '@yiqiao/registry';
import { createPeerGuard } from '@yiqiao/router';
import type { GuardSettings, PeerChange, PeerGuard, PeerStatus, Scheduler } from '@yiqiao/router';
import { closedUntil, minuteText } from './closures.ts';
import type { Closure, ClosureReason } from './closures.ts';
import type { Config } from './config.ts';
import type { Doubts } from './doubts.ts';

/** How a far side is doing. `closed` is by configuration, `down` by experience. */
export interface PeerView extends Omit<PeerStatus, 'state'> {
  readonly id: string;
  readonly state: PeerStatus['state'] | 'closed';
  /** Exchanges that wait for the outcome of a message to it. */
  readonly unknown: number;
  /** Closures in force, of the peer itself or of insured places. */
  readonly closures: readonly ClosureView[];
}

/** A closure in force. */
export interface ClosureView {
  readonly reason: ClosureReason;
  readonly region?: string;
  readonly transactions?: readonly string[];
  /** Epoch milliseconds. */
  readonly until: number;
}

/** The far sides of a gateway. */
export interface PeerBook {
  /** The adapter of a peer under its guard, which a reload does not reset. */
  wrap(id: string, adapter: Adapter): Adapter;
  /** Every peer that is called, in order of the configuration. */
  list(): readonly PeerView[];
}

/** What the book is made from. */
export interface PeerBookOptions {
  config(): Config;
  findArea(region: string): PoolingArea | undefined;
  readonly doubts: Doubts;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  onChange(change: PeerChange): void;
}

/** Creates an empty book. */
export function createPeerBook(options: PeerBookOptions): PeerBook {
  const { config, clock, scheduler, onChange, doubts } = options;
  const guards = new Map<string, PeerGuard>();
  /** What a peer was last called with: a message may end on a configuration that no longer names it. */
  const settings = new Map<string, GuardSettings>();

  const settingsOf = (peer: string): GuardSettings => {
    const to = config().peers.find(({ id }) => id === peer)?.to;
    if (to !== undefined) settings.set(peer, { ...to.guard, connections: to.connections });
    return settings.get(peer) as GuardSettings;
  };
  const guardOf = (peer: string): PeerGuard => {
    const known = guards.get(peer);
    if (known !== undefined) return known;
    const guard = createPeerGuard({
      peer,
      settings: () => settingsOf(peer),
      closure: (request) => findClosure(options, peer, request),
      clock,
      scheduler,
      onChange,
    });
    guards.set(peer, guard);
    return guard;
  };
  return {
    wrap: (id, adapter) => guardOf(id).wrap(adapter),
    list() {
      const unknown = doubts.byPeer();
      return config()
        .peers.filter(({ to }) => to !== undefined)
        .map(({ id }) => viewOf(id, guardOf(id).status, closuresAt(options, id), unknown.get(id) ?? 0));
    },
  };
}

function viewOf(id: string, status: PeerStatus, closures: readonly ClosureView[], unknown: number): PeerView {
  const whole = closures.some(
    ({ region, transactions }) => region === undefined && transactions === undefined,
  );
  return { id, ...status, state: whole ? 'closed' : status.state, unknown, closures };
}

/** Closures in force behind a peer; those of insured places stand with every peer but the care place's own core. */
function closuresAt({ config, clock }: PeerBookOptions, peer: string): ClosureView[] {
  const { closures } = config();
  return closures.flatMap((closure) => {
    const until = closedUntil(closure, clock.now());
    if (until === undefined || !concerns(config(), closure, peer)) return [];
    const { reason, region, transactions } = closure;
    return [{ reason, until, ...(region && { region }), ...(transactions && { transactions }) }];
  });
}

/** An insured place that is closed closes no message to the care place's own core. */
function concerns(config: Config, { peer }: Closure, asked: string): boolean {
  return peer === undefined ? asked !== config.carePlaceCore : peer === asked;
}

function findClosure(
  { config, findArea, clock }: PeerBookOptions,
  peer: string,
  { header }: CanonicalRequest,
): GatewayError | undefined {
  const { closures } = config();
  if (closures.length === 0) return undefined;
  const now = clock.now();
  const { transaction, insuredRegion } = header;
  const area = insuredRegion === undefined ? undefined : findArea(insuredRegion);
  const places = [insuredRegion, area?.pool, area?.province];
  for (const closure of closures) {
    const { region, transactions } = closure;
    if (!concerns(config(), closure, peer)) continue;
    if (region !== undefined && !places.includes(region)) continue;
    if (transactions !== undefined && !transactions.includes(transaction)) continue;
    const until = closedUntil(closure, now);
    if (until !== undefined) return closureError(closure, peer, until);
  }
  return undefined;
}

const CODES = {
  maintenance: 'PEER_MAINTENANCE',
  'year-end': 'PEER_YEAR_END',
  other: 'PEER_CLOSED',
} as const satisfies Record<ClosureReason, keyof typeof ERRORS>;

function closureError({ reason, text }: Closure, peer: string, until: number): GatewayError {
  const code = CODES[reason];
  const { zh, en } = text ?? ERRORS[code].cashier;
  const back = minuteText(until);
  return new GatewayError(code, {
    facts: { peer, until: back },
    cashier: { zh: `${zh}预计 ${back} 恢复。`, en: `${en} Expected back at ${back}, China’s time.` },
  });
}
