/** The tokens of the admin API. Only their hashes are kept: whoever reads the configuration cannot use them. */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Role } from './admin-roles.ts';

/** A token as the configuration knows it. */
export interface AdminToken {
  /** Who has it: 1–64 characters. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256 of the token: 64 hexadecimal digits. A token has 256 random bits, so that a slower hash adds nothing. */
  readonly hash: string;
  /** Epoch milliseconds from which it is refused; absent: never. */
  readonly expires?: number;
  /** The old form, one token for all: whoever uses it has to say who it is. */
  readonly shared?: boolean;
}

/** What a token given turns out to be. */
export type Credential =
  | { readonly kind: 'known'; readonly token: AdminToken }
  | { readonly kind: 'expired'; readonly token: AdminToken }
  | { readonly kind: 'wrong' };

/** Begins every token that is made here, so that searches for leaked secrets find it. */
const PREFIX = 'yiqiao_';
const RANDOM_BYTES = 32;

/** Makes a token; it is shown once, `hash` (`sha256:…`) goes into the configuration. */
export function createAdminToken(): { readonly token: string; readonly hash: string } {
  const token = `${PREFIX}${randomBytes(RANDOM_BYTES).toString('base64url')}`;
  return { token, hash: `sha256:${hashOfToken(token)}` };
}

/** SHA-256 of a token in hexadecimal digits. */
export function hashOfToken(token: string): string {
  return hash('sha256', token, 'hex');
}

/** Holds a token against all that are known; takes as long whichever it is. */
export function findCredential(given: string, tokens: readonly AdminToken[], now: number): Credential {
  const digest = hash('sha256', given, 'buffer');
  let found: AdminToken | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(digest, Buffer.from(token.hash, 'hex'))) found = token;
  }
  if (found === undefined) return { kind: 'wrong' };
  const expired = found.expires !== undefined && now >= found.expires;
  return { kind: expired ? 'expired' : 'known', token: found };
}
