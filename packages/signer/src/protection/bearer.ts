/** Bearer tokens and sessions: who calls is told by a text that a login gave. It covers no content. */
import { hash } from 'node:crypto';
import { GatewayError, leafText } from '@yiqiao/model';
import type { SessionSigningProfile } from '../signing-profile.ts';
import type { MessageProtection, ProtectionSettings } from './contract.ts';
import { fault } from './chosen-settings.ts';
import { isSame, refusal, requireHeader } from './refusals.ts';

/** `Authorization: Bearer …`. Source: signing.json, fsi-main-cainfo, auth; RFC 6750. */
export function createBearer(
  settings: ProtectionSettings,
): Pick<MessageProtection, 'headers' | 'checkHeaders'> {
  if (settings.side === 'client') {
    return {
      headers({ direction, accessToken }) {
        if (direction === 'response') return {};
        if (accessToken === undefined)
          throw refusal('CREDENTIAL_UNKNOWN', 'there is no access token of the token source');
        return { authorization: `Bearer ${accessToken}` };
      },
    };
  }
  const hashes = requireHashes(settings.accessTokenHashes);
  return {
    checkHeaders(headers, { direction }) {
      if (direction === 'response') return {};
      const given = /^bearer +([\w.~+/-]+=*)$/i.exec(requireHeader(headers, 'authorization'))?.[1];
      if (given === undefined)
        throw refusal('SIGNATURE_MALFORMED', 'authorization is not Bearer and a token');
      const own = hash('sha256', given, 'hex');
      if (!hashes.some((one) => isSame(one, own)))
        throw refusal('CREDENTIAL_UNKNOWN', 'another access token');
      return {};
    },
  };
}

/** A session id as a member of the message. Source: signing.json, session-xml. */
export function createSession(
  { member }: SessionSigningProfile,
  { side }: ProtectionSettings,
): Pick<MessageProtection, 'sessionMembers' | 'readSession'> {
  if (side === 'client') return { sessionMembers: (session) => ({ [member]: session }) };
  return {
    readSession(envelope) {
      const session = leafText(Object.hasOwn(envelope, member) ? envelope[member] : undefined);
      if (session === undefined || session === '')
        throw new GatewayError('SIGNATURE_MISSING', { facts: { member } });
      return session;
    },
  };
}

function requireHashes(hashes: readonly string[] = []): readonly string[] {
  if (hashes.length > 0 && hashes.every((one) => /^[\da-f]{64}$/.test(one))) return hashes;
  throw new GatewayError('CONFIG_INVALID', {
    faults: [
      fault('/accessTokenHashes', {
        label: { zh: '访问令牌摘要', en: 'hash of an access token' },
        zh: '请给出每个访问令牌的 SHA-256（64 位小写十六进制），至少一个。',
        en: 'Give the SHA-256 of each access token in 64 lower-case hex digits, one at least.',
      }),
    ],
  });
}
