/** What each address of the admin API does. */
import type { AuditEntry, Exchange, Journal, KnownAudit } from '@yiqiao/journal';
import { GatewayError } from '@yiqiao/model';
import type { Clock, Fault } from '@yiqiao/model';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Act, Audit } from './admin-audit.ts';
import { viewOfCertificate } from './admin-certificates.ts';
import { viewOfConfig } from './admin-configuration.ts';
import { contentsOf } from './admin-contents.ts';
import type { EndpointName } from './admin-endpoints.ts';
import { detailOf, summaryOf } from './admin-exchanges.ts';
import { startOfDay } from './admin-fields.ts';
import type { Values } from './admin-fields.ts';
import { figuresOf } from './admin-figures.ts';
import { refused, REFUSALS } from './admin-refusals.ts';
import type { Refused } from './admin-refusals.ts';
import { ROLES } from './admin-roles.ts';
import type { AdminToken } from './admin-tokens.ts';
import type { Backups } from './backups.ts';
import { closedUntil } from './closures.ts';
import type { Closure } from './closures.ts';
import type { Config } from './config.ts';
import type { PeerView } from './peer-book.ts';

/** What the admin API works on. */
export interface AdminParts {
  /** The configuration in force; a reload may change it. */
  config(): Config;
  readonly journal: Pick<
    Journal,
    'search' | 'load' | 'resolve' | 'look' | 'appendAudit' | 'listAudit' | 'checkAudit'
  >;
  /** How the far sides are doing. */
  peers(): readonly PeerView[];
  /** Whether this gateway takes messages, and what ails it. */
  readiness(): {
    readonly ready: boolean;
    readonly checks: Readonly<Record<string, string>>;
    readonly peers: readonly { readonly id: string; readonly state: string }[];
  };
  readonly metrics: Registry;
  readonly backups: Pick<Backups, 'areConfigured' | 'make'>;
  /** Reads the configuration again. @throws GatewayError `CONFIG_INVALID`; then the old one stays in force. */
  reload(): void | Promise<void>;
  readonly startedAt: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A request that has a right to be here and says nothing odd. */
export interface AdminCall {
  readonly token: AdminToken;
  /** Of the address, where it has one; `undefined` when it is no number. */
  readonly id?: number | undefined;
  readonly values: Values;
  /** Who does what, for the audit. */
  readonly act: Act;
}

type Handler = (
  parts: AdminParts & { readonly audit: Audit },
  call: AdminCall,
) => object | Refused | Promise<object | Refused>;

const PAGE = 50;
const DAY_MS = 86_400_000;

/** What each address does. */
export const HANDLERS: Readonly<Record<EndpointName, Handler>> = {
  me: (_parts, { token: { name, role, expires } }) => ({
    name,
    role,
    permissions: ROLES[role],
    ...(expires !== undefined && { expiresAt: timeOf(expires) }),
  }),
  health: ({ readiness, config, startedAt }) => {
    const { role, region, name } = config();
    return { ...readiness(), role, region, name, startedAt: timeOf(startedAt) };
  },
  figures: ({ metrics }) => figuresOf(metrics),
  peers: ({ peers }) => ({ peers: peers().map(peerOf) }),
  certificates: ({ config, clock }) => ({
    certificates: config().certificates.list(clock.now()).map(viewOfCertificate),
  }),
  closures: ({ config, clock }) => ({
    closures: config().closures.map((closure) => closureOf(closure, clock.now())),
  }),
  listExchanges,
  async showExchange({ journal }, { id }) {
    const exchange = await find(journal, id);
    return exchange === undefined ? refused(REFUSALS.noExchange) : detailOf(exchange);
  },
  async revealExchange({ journal, audit }, { id, act }) {
    const exchange = await find(journal, id);
    if (exchange === undefined) return refused(REFUSALS.noExchange);
    await audit.write({ ...act, outcome: 'done' });
    const { id: number, expired } = exchange;
    return expired === true
      ? { id: number, expired, messages: [] }
      : { id: number, messages: contentsOf(exchange) };
  },
  resolveExchange,
  lookAtExchange,
  configuration: ({ config }) => viewOfConfig(config()),
  async reload({ reload, config, audit }, { act }) {
    await audit.write({ ...act, outcome: 'begun' });
    try {
      await reload();
    } catch (error) {
      if (!(error instanceof GatewayError) || error.details.faults === undefined) throw error;
      return refused(REFUSALS.badConfig, error.details.faults);
    }
    await audit.tell({ ...act, outcome: 'done' });
    return { reloaded: true, peers: config().peers.length };
  },
  async backUp({ backups, audit }, { act }) {
    if (!backups.areConfigured) return refused(REFUSALS.noBackups);
    await audit.write({ ...act, outcome: 'begun' });
    const { file, bytes, at } = await backups.make();
    await audit.tell({ ...act, outcome: 'done' });
    return { file, bytes, at: timeOf(at) };
  },
  async listAudit({ journal }, { values }) {
    const { before, limit, ...wanted } = values as PageValues &
      Partial<Pick<AuditEntry, 'operator' | 'action'>>;
    const entries = await journal.listAudit({
      beforeId: before ?? Infinity,
      limit: limit ?? PAGE,
      ...wanted,
    });
    const next = entries.length === (limit ?? PAGE) ? entries.at(-1)?.id : undefined;
    return { entries: entries.map(auditOf), ...(next !== undefined && { next }) };
  },
  async checkAudit({ journal }, { values }) {
    const known = values as Partial<KnownAudit>;
    const report = await journal.checkAudit(isKnown(known) ? known : undefined);
    return { sound: report.damage.length === 0, ...report };
  },
};

/** What is wrong with a request beyond its single fields. */
export const CHECKS: Readonly<
  Partial<Record<EndpointName, (values: Values, token: AdminToken) => readonly Fault[]>>
> = {
  resolveExchange: checkOperator,
  lookAtExchange: checkOperator,
  checkAudit({ id, hash }) {
    if ((id === undefined) === (hash === undefined)) return [];
    const message = { zh: 'id 与 hash 须同时给出', en: 'id and hash go together' };
    return [faultOf('required', id === undefined ? '/query/id' : '/query/hash', message)];
  },
};

function checkOperator({ operator }: Values, { shared = false, name }: AdminToken): readonly Fault[] {
  if ((operator === undefined) !== shared) return [];
  const message = shared
    ? { zh: '共用令牌须写明核实人', en: 'the shared token has to say who found out' }
    : { zh: `核实人即令牌的名称 ${name}，不能另写`, en: `this token says who found out: ${name}` };
  return [faultOf(shared ? 'required' : 'unknown', '/body/operator', message)];
}

function faultOf(rule: string, at: string, message: Fault['message']): Fault {
  const field = at.slice(at.lastIndexOf('/') + 1);
  return { rule, at, field, label: { zh: field, en: field }, message };
}

interface PageValues {
  readonly before?: number;
  readonly limit?: number;
}

function isKnown(known: Partial<KnownAudit>): known is KnownAudit {
  return known.id !== undefined && known.hash !== undefined;
}

async function listExchanges({ journal }: AdminParts, { values }: AdminCall): Promise<object> {
  const { before, limit, day, ...wanted } = values as PageValues & { readonly day?: string };
  const from = day === undefined ? undefined : startOfDay(day);
  const { exchanges, next } = await journal.search({
    beforeId: before ?? Infinity,
    limit: limit ?? PAGE,
    ...wanted,
    ...(from !== undefined && { from, to: from + DAY_MS }),
  });
  return { exchanges: exchanges.map(summaryOf), ...(next !== undefined && { next }) };
}

async function find(journal: AdminParts['journal'], id: number | undefined): Promise<Exchange | undefined> {
  return id === undefined ? undefined : journal.load(id);
}

async function resolveExchange(
  { journal, clock, logger, audit }: AdminParts & { readonly audit: Audit },
  { id, values, token, act }: AdminCall,
): Promise<object | Refused> {
  const exchange = await find(journal, id);
  if (exchange === undefined) return refused(REFUSALS.noExchange);
  if (exchange.state !== 'handed-to-person') return refused(REFUSALS.notWithPerson);
  const {
    as,
    reason,
    operator = token.name,
  } = values as {
    readonly as: 'answered' | 'rejected' | 'reversed';
    readonly reason: string;
    readonly operator?: string;
  };
  const resolution = { as, reason, operator, at: clock.now() };
  try {
    const entry = await journal.resolve(exchange.id, resolution, audit.entry({ ...act, outcome: 'done' }));
    if (entry !== undefined) audit.note(entry);
  } catch (error) {
    // Two people may have read it at once; the second is told so.
    if ((await journal.load(exchange.id))?.state !== 'handed-to-person')
      return refused(REFUSALS.notWithPerson);
    throw error;
  }
  logger.warn({ exchangeId: exchange.id, as }, 'resolved by a person');
  return detailOf({ ...exchange, state: as, resolution });
}

async function lookAtExchange(
  { journal, clock, logger, audit }: AdminParts & { readonly audit: Audit },
  { id, values, token, act }: AdminCall,
): Promise<object | Refused> {
  const exchange = await find(journal, id);
  if (exchange === undefined) return refused(REFUSALS.noExchange);
  if (!canBeLookedAt(exchange)) return refused(REFUSALS.notOdd);
  const { reason, operator = token.name } = values as { readonly reason: string; readonly operator?: string };
  try {
    const look = { reason, operator, at: clock.now() };
    const entry = await journal.look(exchange.id, look, audit.entry({ ...act, outcome: 'done' }));
    if (entry !== undefined) audit.note(entry);
  } catch (error) {
    // Two people may have read it at once; the second is told so.
    const now = await journal.load(exchange.id);
    if (now === undefined || !canBeLookedAt(now)) return refused(REFUSALS.notOdd);
    throw error;
  }
  logger.info({ exchangeId: exchange.id }, 'odd answer looked at by a person');
  return detailOf((await journal.load(exchange.id)) ?? exchange);
}

function canBeLookedAt({ endedAt, oddSince }: Exchange): boolean {
  return endedAt !== undefined && oddSince !== undefined;
}

/** A peer with the times of its closures in ISO 8601, UTC. */
function peerOf({ closures, ...peer }: PeerView): object {
  return { ...peer, closures: closures.map((closure) => ({ ...closure, until: timeOf(closure.until) })) };
}

function closureOf(closure: Closure, now: number): object {
  const { peer, region, reason, transactions, window } = closure;
  const until = closedUntil(closure, now);
  return {
    ...(peer !== undefined && { peer }),
    ...(region !== undefined && { region }),
    ...(transactions !== undefined && { transactions }),
    reason,
    repeats: window.repeats,
    ...(until !== undefined && { until: timeOf(until) }),
  };
}

function auditOf({ at, ...entry }: AuditEntry): object {
  return { ...entry, at: timeOf(at) };
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
