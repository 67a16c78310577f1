/** Who may ask the admin API at all: tokens, and those who try with wrong ones. */
import type { Request } from '@hapi/hapi';
import { createAttempts } from './admin-attempts.ts';
import type { Audit } from './admin-audit.ts';
import type { AdminParts } from './admin-handlers.ts';
import { REFUSALS } from './admin-refusals.ts';
import type { Refusal } from './admin-refusals.ts';
import { findCredential } from './admin-tokens.ts';
import type { AdminToken } from './admin-tokens.ts';

/** What a request turns out to be. */
export type Admission =
  | { readonly token: AdminToken; readonly refusal?: never }
  | { readonly refusal: Refusal; readonly retryAfterSeconds?: number };

/** The same with what is known of a token that is refused. */
type Found =
  | { readonly token: AdminToken; readonly refusal?: never }
  | { readonly refusal: Refusal; readonly token?: AdminToken };

/** Looks at the token of a request; what is refused is counted and on record. */
export function createAccess(
  { config, clock }: Pick<AdminParts, 'config' | 'clock'>,
  audit: Audit,
): (request: Request) => Promise<Admission> {
  const attempts = createAttempts(clock);
  return async (request) => {
    const from = request.info.remoteAddress;
    const waitMs = attempts.waitFor(from);
    if (waitMs > 0) return { refusal: REFUSALS.tooMany, retryAfterSeconds: Math.ceil(waitMs / 1_000) };
    const found = admissionOf(request, config().admin?.tokens ?? [], clock.now());
    if (found.refusal === undefined) return { token: found.token };
    const blocked = attempts.wrong(from);
    // What was asked for may name a person: it is not put on record.
    await audit.tell({
      ...(found.token !== undefined && { operator: found.token.name, role: found.token.role }),
      action: 'authenticate',
      outcome: 'refused',
      code: found.refusal.code,
      from,
      ...(blocked && { target: 'address blocked for a while' }),
    });
    return { refusal: found.refusal };
  };
}

function admissionOf({ headers }: Request, tokens: readonly AdminToken[], now: number): Found {
  const header: unknown = headers['authorization'];
  const given = typeof header === 'string' ? /^Bearer +(\S+) *$/i.exec(header)?.[1] : undefined;
  if (given === undefined) return { refusal: REFUSALS.noToken };
  const credential = findCredential(given, tokens, now);
  if (credential.kind === 'wrong') return { refusal: REFUSALS.wrongToken };
  if (credential.kind === 'expired') return { refusal: REFUSALS.expiredToken, token: credential.token };
  return { token: credential.token };
}
