/** The admin API: for those who look after a gateway, each with a token and a role of their own. */
import Hapi from '@hapi/hapi';
import type { Lifecycle, Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { createAccess } from './admin-access.ts';
import { createAudit } from './admin-audit.ts';
import type { Act, Audit } from './admin-audit.ts';
import { ENDPOINTS } from './admin-endpoints.ts';
import type { Endpoint, EndpointName } from './admin-endpoints.ts';
import { readFields } from './admin-fields.ts';
import type { Values } from './admin-fields.ts';
import { CHECKS, HANDLERS } from './admin-handlers.ts';
import type { AdminParts } from './admin-handlers.ts';
import { addPage } from './admin-page.ts';
import { refused, REFUSALS } from './admin-refusals.ts';
import type { Refused } from './admin-refusals.ts';
import { ROLES } from './admin-roles.ts';
import type { AdminToken } from './admin-tokens.ts';
import type { AdminConfig } from './config-admin.ts';
import { createListener } from './listener.ts';
import type { Listener } from './listener.ts';

const BODY_BYTES = 16_384;
/** A request that has not come in whole by then is given up. */
const LIMITS = { bodyTimeoutMs: 20_000, connections: 200, connectionsPerAddress: 50 } as const;

/** The admin API on its socket. */
export interface AdminServer {
  /** `start()` listens. */
  readonly server: Server;
  /** Takes another certificate and key from now on. */
  readonly renew: Listener['renew'];
}

type Parts = AdminParts & { readonly audit: Audit };

/** Creates the server. */
export function createAdminServer({ host, port, tls }: AdminConfig, given: AdminParts): AdminServer {
  const parts = { ...given, audit: createAudit(given) };
  const socket = { listen: tls === undefined ? {} : { tls }, limits: LIMITS };
  const listener = createListener(socket, (reason, address) => {
    parts.logger.warn({ reason, address }, 'connection to the admin API turned away');
  });
  const server = Hapi.server({
    host,
    port,
    listener: listener.server,
    ...(listener.isSecure && { tls: true }),
    compression: false,
    debug: false,
  });
  addPage(server);
  addTokens(server, parts);
  for (const name of Object.keys(ENDPOINTS)) addRoute(server, parts, name as EndpointName);
  server.route({
    method: '*',
    path: '/{any*}',
    handler: (_request, h) => refuse(h, refused(REFUSALS.noPath)),
  });
  server.ext('onPreResponse', (request, h) => tellFault(parts, request, h));
  return { server, renew: (next) => listener.renew(next) };
}

/** Every route but the page needs a token; it is looked at before a body is read. */
function addTokens(server: Server, parts: Parts): void {
  const admit = createAccess(parts, parts.audit);
  server.auth.scheme('token', () => ({
    async authenticate(request, h) {
      const admission = await admit(request);
      if (admission.refusal === undefined)
        return h.authenticated({ credentials: { adminToken: admission.token } });
      const response = refuse(h, refused(admission.refusal));
      const wait = admission.retryAfterSeconds;
      return (wait === undefined ? response : response.header('retry-after', String(wait))).takeover();
    },
  }));
  server.auth.strategy('token', 'token');
  server.auth.default('token');
}

function addRoute(server: Server, parts: Parts, name: EndpointName): void {
  const { method, path, body }: Endpoint = ENDPOINTS[name];
  server.route({
    method,
    path,
    options: {
      app: { endpoint: name },
      ...(body !== undefined && { payload: { maxBytes: BODY_BYTES, allow: 'application/json' } }),
    },
    handler: async (request, h) => {
      const result = await answer(parts, name, request);
      if (!('refusal' in result)) return h.response(result);
      await recordRefusal(parts, request, result);
      return refuse(h, result);
    },
  });
}

async function answer(parts: Parts, name: EndpointName, request: Request): Promise<object | Refused> {
  const { permission, query = {}, body }: Endpoint = ENDPOINTS[name];
  const token = tokenOf(request);
  if (permission !== undefined && !ROLES[token.role].includes(permission)) return refused(REFUSALS.forbidden);
  const [fields, given, place] =
    body === undefined
      ? ([query, request.query, 'query'] as const)
      : ([body, request.payload, 'body'] as const);
  const { values, faults } = readFields(fields, given, place);
  const all = [...faults, ...(CHECKS[name]?.(values, token) ?? [])];
  if (all.length > 0) return refused(place === 'query' ? REFUSALS.badQuery : REFUSALS.badBody, all);
  const act = actOf(name, request, values);
  return HANDLERS[name](parts, { token, id: positiveInteger(request.params['id']), values, act });
}

function actOf(name: EndpointName, request: Request, values: Values = {}): Act {
  const { action = name }: Endpoint = ENDPOINTS[name];
  const token = tokenOf(request);
  const id = positiveInteger(request.params['id']);
  const { reason } = values;
  return {
    operator: token.name,
    role: token.role,
    action,
    outcome: 'refused',
    ...(id !== undefined && { target: `exchange ${id}` }),
    ...(typeof reason === 'string' && { reason }),
    from: request.info.remoteAddress,
  };
}

/** What was to change or reveal something, and what somebody had no right to. */
async function recordRefusal({ audit }: Parts, request: Request, { refusal }: Refused): Promise<void> {
  const name = endpointOf(request);
  if (name === undefined || !request.auth.isAuthenticated) return;
  const { action }: Endpoint = ENDPOINTS[name];
  if (action === undefined && refusal !== REFUSALS.forbidden) return;
  await audit.tell({ ...actOf(name, request), code: refusal.code });
}

function endpointOf(request: Request): EndpointName | undefined {
  const settings = request.route.settings.app as { readonly endpoint?: EndpointName } | undefined;
  return settings?.endpoint;
}

function tokenOf(request: Request): AdminToken {
  return (request.auth.credentials as unknown as { readonly adminToken: AdminToken }).adminToken;
}

function refuse(h: ResponseToolkit, { refusal, faults }: Refused): ResponseObject {
  const { status, code, message } = refusal;
  const error = { code, message, ...(faults !== undefined && { faults }) };
  const response = h.response({ error }).code(status);
  return status === 401 ? response.header('www-authenticate', 'Bearer') : response;
}

function positiveInteger(text: unknown): number | undefined {
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

/** What hapi refuses by itself, and faults, in the form of every other refusal. Nothing is kept by whoever is between. */
async function tellFault(parts: Parts, request: Request, h: ResponseToolkit): Promise<Lifecycle.ReturnValue> {
  const { response } = request;
  if (!('isBoom' in response) || !response.isBoom) {
    (response as ResponseObject)
      .header('cache-control', 'no-store')
      .header('x-content-type-options', 'nosniff');
    return h.continue;
  }
  const found = refused(refusalOf(response));
  if (found.refusal.status >= 500) parts.logger.error({ err: response }, 'admin API');
  await recordRefusal(parts, request, found);
  return refuse(h, found).header('cache-control', 'no-store');
}

function refusalOf(response: {
  readonly output: { readonly statusCode: number };
  readonly code?: unknown;
}): Refused['refusal'] {
  const status = response.output.statusCode;
  if (status === 404) return REFUSALS.noPath;
  if (status === 413) return REFUSALS.tooLarge;
  if (status < 500) return REFUSALS.unreadable;
  return response.code === 'JOURNAL_FAILED' ? REFUSALS.journal : REFUSALS.broken;
}
