/** Texts that a login gives and that run out: OAuth access tokens, session ids. Fetched once for all who wait. */
import { ExactNumber, GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import { readJsonObject } from './json-text.ts';

/** What a login gave. */
export interface Login {
  readonly text: string;
  /** Epoch milliseconds; absent: until it is refused. */
  readonly endsAt?: number;
}

/** Hands out what the last login gave. */
export interface LoginSource {
  /** @throws whatever the login throws; the next call tries again. */
  current(now: number): Promise<string>;
  /** The far side no longer takes this text; the next call logs in, unless somebody did meanwhile. */
  forget(text: string): void;
}

/** A source around one login; it is renewed a minute before it ends, or at half its time when that is shorter. */
export function createLoginSource(login: (now: number) => Promise<Login>): LoginSource {
  let known: (Login & { readonly renewAt: number }) | undefined;
  let pending: Promise<Login> | undefined;
  const renew = async (now: number): Promise<Login> => {
    try {
      const given = await login(now);
      const lastsMs = (given.endsAt ?? Infinity) - now;
      known = { ...given, renewAt: now + Math.max(lastsMs - RENEW_BEFORE_MS, lastsMs / 2) };
      return given;
    } finally {
      pending = undefined;
    }
  };
  return {
    async current(now) {
      if (known !== undefined && now < known.renewAt) return known.text;
      pending ??= renew(now);
      return (await pending).text;
    },
    forget(text) {
      if (known?.text === text) known = undefined;
    },
  };
}

const RENEW_BEFORE_MS = 60_000;

/** A request for a token, to be posted. Source: signing.json, fsi-main-cainfo, auth; RFC 6749. */
export interface TokenRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Who asks for tokens. */
export interface TokenClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly grantType: string;
  readonly username?: string;
  readonly password?: string;
  readonly scope?: string;
}

/**
 * Access tokens by OAuth. `post` sends the request and resolves with status and body of the answer.
 * `current` throws GatewayError `UPSTREAM_UNREACHABLE` when there is none: the message itself has not left.
 */
export function createTokenSource(
  client: TokenClient,
  post: (request: TokenRequest) => Promise<{ readonly status: number; readonly body: Uint8Array }>,
): LoginSource {
  const request = tokenRequest(client);
  return createLoginSource(async (now) => readToken(await post(request), now));
}

function tokenRequest({ clientId, clientSecret, grantType, ...rest }: TokenClient): TokenRequest {
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const form = new URLSearchParams({ grant_type: grantType, ...rest });
  return {
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(form.toString()),
  };
}

/** A token without a stated end is kept until it is refused. */
function readToken(answer: { readonly status: number; readonly body: Uint8Array }, now: number): Login {
  const members = answer.status === 200 ? readMembers(answer.body) : {};
  const { access_token: text, expires_in: seconds } = members;
  if (typeof text !== 'string' || !/^[\w.~+/-]+=*$/.test(text)) {
    throw new GatewayError('UPSTREAM_UNREACHABLE', {
      facts: { reason: 'no access token was given', status: answer.status },
    });
  }
  const lasts = seconds instanceof ExactNumber || typeof seconds === 'string' ? Number(String(seconds)) : NaN;
  return { text, ...(lasts > 0 ? { endsAt: now + lasts * 1_000 } : {}) };
}

function readMembers(body: Uint8Array): WireObject {
  try {
    return readJsonObject(body);
  } catch (error) {
    if (error instanceof GatewayError) return {};
    throw error;
  }
}
