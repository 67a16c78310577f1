/** boss-md5 around a national message, which is its business object. Source: signing.json, boss-md5; carrier: project design. */
import { createHash, randomUUID } from 'node:crypto';
import { leaf, parseMessage } from './national-message.ts';
import type { JsonObject } from './national-message.ts';
import type { OpenedByScheme, SchemeSettings, SigningObjection, SigningScheme } from './signing-scheme.ts';

/** A request is `{ appid, data, noise, version, sign }`, an answer `{ data, noise, sign }` around `{ result, message }`. */
export function createBossScheme({ side, credentials }: SchemeSettings): SigningScheme {
  const { appId = '', key = '' } = credentials;
  const own = { appid: appId, version: VERSION };
  const digest = (data: string, noise: string, { appid, version } = own): string =>
    createHash('md5')
      .update(
        [`appid=${appid}`, `data=${data}`, `noise=${noise}`, `key=${key}`, `version=${version}`].join('&'),
      )
      .digest('hex')
      .toUpperCase();
  return {
    open({ bytes }): OpenedByScheme {
      let envelope: JsonObject;
      try {
        envelope = parseMessage(bytes.toString('utf8'));
      } catch {
        return { clear: undefined, objections: [{ what: 'syntax', member: '' }] };
      }
      const [data, noise] = [leaf(envelope, 'data'), leaf(envelope, 'noise')];
      const account: readonly SigningObjection[] =
        side === 'client'
          ? []
          : (['appid', 'version'] as const).flatMap((member) =>
              leaf(envelope, member) === own[member] ? [] : [{ what: 'member', member }],
            );
      const noiseless = noise === '' ? [{ what: 'absent', member: 'noise' }] : [];
      // Whose account it is, and whether the digest is right, are two questions.
      const signer =
        side === 'client' ? own : { appid: leaf(envelope, 'appid'), version: leaf(envelope, 'version') };
      const expected = digest(data, noise, signer);
      const objections = [...account, ...noiseless, ...signObjections(envelope, expected)];
      return { clear: contentOf(data, side), objections };
    },
    seal(clear, { nonce = randomUUID() }) {
      const content =
        side === 'client'
          ? clear
          : Buffer.from(JSON.stringify({ result: 'S0000', message: clear.toString('base64') }));
      const data = content.toString('base64');
      const signed = { data, noise: nonce, sign: digest(data, nonce) };
      const members = side === 'client' ? { appid: appId, ...signed, version: VERSION } : signed;
      return { bytes: Buffer.from(JSON.stringify(members)), headers: {} };
    },
  };
}

const VERSION = '1.0';

function signObjections(envelope: JsonObject, expected: string): readonly SigningObjection[] {
  const member = 'sign';
  if (!Object.hasOwn(envelope, member)) return [{ what: 'unsigned', member }];
  const given = leaf(envelope, member);
  if (given === '') return [{ what: 'empty', member }];
  if (given.length !== expected.length)
    return [{ what: given.length < expected.length ? 'short' : 'long', member }];
  return given.toUpperCase() === expected ? [] : [{ what: 'signature', member }];
}

/** The business object, or what stands in `message` of an answer. */
function contentOf(data: string, side: SchemeSettings['side']): Buffer | undefined {
  const content = Buffer.from(data, 'base64');
  if (side === 'server') return content;
  try {
    return Buffer.from(leaf(parseMessage(content.toString('utf8')), 'message'), 'base64');
  } catch {
    return undefined;
  }
}
