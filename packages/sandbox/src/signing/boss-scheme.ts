/** boss-md5 around a national message, which is its business object. Source: signing.json, boss-md5; carrier: project design. */
import { randomUUID } from 'node:crypto';
import { findMessage, leaf } from '../national-message.ts';
import type { JsonObject } from '../national-message.ts';
import { BOSS_VERSION, signBoss } from '../platforms/e-invoice/boss-envelope.ts';
import { UNREADABLE, digestObjections, memberObjections } from './objections.ts';
import type { SchemeSettings, SigningObjection, SigningScheme } from './signing-scheme.ts';

/** A request is `{ appid, data, noise, version, sign }`, an answer `{ data, noise, sign }` around `{ result, message }`. */
export function createBossScheme({ side, credentials }: SchemeSettings): SigningScheme {
  const { appId = '', key = '' } = credentials;
  return {
    open({ bytes }) {
      const envelope = findMessage(bytes.toString('utf8'));
      if (envelope === undefined) return UNREADABLE;
      const [data, noise] = [leaf(envelope, 'data'), leaf(envelope, 'noise')];
      const [account, version] =
        side === 'client' ? [appId, BOSS_VERSION] : [leaf(envelope, 'appid'), leaf(envelope, 'version')];
      // Whose account it is, and whether the digest is right, are two questions.
      const expected = signBoss({ data, noise, version }, { appId: account, key });
      const objections = [
        ...memberObjections(account, appId, 'appid'),
        ...memberObjections(version, BOSS_VERSION, 'version'),
        ...(noise === '' ? [{ what: 'absent', member: 'noise' }] : []),
        ...signObjections(envelope, expected),
      ];
      return { clear: contentOf(data, side), objections };
    },
    seal(clear, { nonce: noise = randomUUID() }) {
      const content =
        side === 'client'
          ? clear
          : Buffer.from(JSON.stringify({ result: 'S0000', message: clear.toString('base64') }));
      const data = content.toString('base64');
      const signed = { data, noise, sign: signBoss({ data, noise }, { appId, key }) };
      const members = side === 'client' ? { appid: appId, ...signed, version: BOSS_VERSION } : signed;
      return { bytes: Buffer.from(JSON.stringify(members)), headers: {} };
    },
  };
}

function signObjections(envelope: JsonObject, expected: string): readonly SigningObjection[] {
  const member = 'sign';
  if (!Object.hasOwn(envelope, member)) return [{ what: 'unsigned', member }];
  const given = leaf(envelope, member).toUpperCase();
  return given === '' ? [{ what: 'empty', member }] : digestObjections(given, expected, member);
}

/** The business object, or what stands in `message` of an answer. */
function contentOf(data: string, side: SchemeSettings['side']): Buffer | undefined {
  const content = Buffer.from(data, 'base64');
  if (side === 'server') return content;
  const answer = findMessage(content.toString('utf8'));
  return answer && Buffer.from(leaf(answer, 'message'), 'base64');
}
