/** The admin API: the queue of exchanges handed to a person, for those who have the token. */
import { hash, timingSafeEqual } from 'node:crypto';
import Hapi from '@hapi/hapi';
import type { Lifecycle, Request, ResponseToolkit, Server } from '@hapi/hapi';
import type { Exchange, ExchangeEnd, Journal, Resolution } from '@yiqiao/journal';
import type { Clock } from '@yiqiao/model';
import type { Logger } from 'pino';
import { detailOf, summaryOf } from './admin-exchanges.ts';
import { REFUSALS } from './admin-refusals.ts';
import type { Refusal } from './admin-refusals.ts';

const BODY_BYTES = 16_384;
const PAGE = { usual: 50, most: 500 } as const;
const STATES = ['open', 'answered', 'rejected', 'reversed', 'handed-to-person'] as const;
const RESOLUTIONS = ['answered', 'rejected', 'reversed'] as const;

/** What the admin API works on. */
export interface AdminParts {
  readonly host: string;
  readonly port: number;
  /** The token in force; a reload may change it. */
  token(): string;
  readonly journal: Pick<Journal, 'list' | 'load' | 'resolve'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Creates the server; `start()` listens. */
export function createAdminServer(parts: AdminParts): Server {
  const { journal } = parts;
  const server = Hapi.server({ host: parts.host, port: parts.port, compression: false, debug: false });
  server.ext('onRequest', (request, h) => {
    const denied = denialOf(request, parts.token());
    return denied === undefined ? h.continue : refuse(h, denied).takeover();
  });
  server.route({
    method: 'GET',
    path: '/admin/exchanges',
    handler: (request, h) => listExchanges(journal, request, h),
  });
  server.route({
    method: 'GET',
    path: '/admin/exchanges/{id}',
    handler: (request, h) => {
      const exchange = find(journal, request);
      return exchange === undefined ? refuse(h, REFUSALS.noExchange) : h.response(detailOf(exchange));
    },
  });
  server.route({
    method: 'POST',
    path: '/admin/exchanges/{id}/resolve',
    options: { payload: { maxBytes: BODY_BYTES, allow: 'application/json' } },
    handler: (request, h) => resolveExchange(parts, request, h),
  });
  server.ext('onPreResponse', (request, h) => tellFault(parts.logger, request, h));
  return server;
}

/** Digests have one length, so that the comparison takes as long for every token. */
function denialOf({ headers }: Request, token: string): Refusal | undefined {
  const header: unknown = headers['authorization'];
  const given = typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header)?.[1] : undefined;
  if (given === undefined) return REFUSALS.noToken;
  const [a, b] = [given, token].map((text) => hash('sha256', text, 'buffer'));
  return token !== '' && timingSafeEqual(a as Buffer, b as Buffer) ? undefined : REFUSALS.wrongToken;
}

function refuse(h: ResponseToolkit, { status, code, message }: Refusal): Hapi.ResponseObject {
  const response = h.response({ error: { code, message } }).code(status);
  return status === 401 ? response.header('www-authenticate', 'Bearer') : response;
}

function listExchanges(
  journal: AdminParts['journal'],
  request: Request,
  h: ResponseToolkit,
): Lifecycle.ReturnValue {
  const { state, before, limit, ...others } = request.query as Readonly<Record<string, unknown>>;
  const wanted = STATES.find((one) => one === state);
  const from = before === undefined ? Infinity : positiveInteger(before);
  const count = limit === undefined ? PAGE.usual : positiveInteger(limit);
  const odd = (state !== undefined && wanted === undefined) || Object.keys(others).length > 0;
  if (odd || from === undefined || count === undefined || count > PAGE.most)
    return refuse(h, REFUSALS.badQuery);
  const exchanges = journal.list(from, count, wanted satisfies 'open' | ExchangeEnd['state'] | undefined);
  const last = exchanges.length === count ? exchanges.at(-1)?.id : undefined;
  return h.response({ exchanges: exchanges.map(summaryOf), ...(last !== undefined && { next: last }) });
}

function find(journal: AdminParts['journal'], request: Request): Exchange | undefined {
  const id = positiveInteger(request.params['id']);
  return id === undefined ? undefined : journal.load(id);
}

async function resolveExchange(
  { journal, clock, logger }: AdminParts,
  request: Request,
  h: ResponseToolkit,
): Promise<Hapi.ResponseObject> {
  const exchange = find(journal, request);
  if (exchange === undefined) return refuse(h, REFUSALS.noExchange);
  const resolution = readResolution(request.payload, clock.now());
  if (resolution === undefined) return refuse(h, REFUSALS.badResolution);
  if (exchange.state !== 'handed-to-person') return refuse(h, REFUSALS.notWithPerson);
  const { id } = exchange;
  try {
    await journal.resolve(id, resolution);
  } catch (error) {
    // Two people may have read it at once; the second is told so.
    if (journal.load(id)?.state !== 'handed-to-person') return refuse(h, REFUSALS.notWithPerson);
    throw error;
  }
  logger.warn({ exchangeId: id, as: resolution.as }, 'resolved by a person');
  return h.response(detailOf({ ...exchange, state: resolution.as, resolution }));
}

function readResolution(payload: unknown, at: number): Resolution | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { as, reason, operator, ...others } = payload as Readonly<Record<string, unknown>>;
  const known = RESOLUTIONS.find((one) => one === as);
  if (known === undefined || Object.keys(others).length > 0) return undefined;
  if (!isText(reason, 500) || !isText(operator, 64)) return undefined;
  return { as: known, reason: reason.trim(), operator: operator.trim(), at };
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= longest;
}

function positiveInteger(text: unknown): number | undefined {
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

/** What hapi refuses by itself, and faults, in the form of every other refusal. */
function tellFault(logger: Logger, request: Request, h: ResponseToolkit): Lifecycle.ReturnValue {
  const { response } = request;
  if (!('isBoom' in response) || !response.isBoom) return h.continue;
  const status = response.output.statusCode;
  if (status === 404) return refuse(h, REFUSALS.noPath);
  if (status === 413) return refuse(h, REFUSALS.tooLarge);
  if (status < 500) return refuse(h, REFUSALS.unreadable);
  const broken = 'code' in response && response.code === 'JOURNAL_FAILED';
  logger.error({ err: response }, 'admin API');
  return refuse(h, broken ? REFUSALS.journal : REFUSALS.broken);
}
