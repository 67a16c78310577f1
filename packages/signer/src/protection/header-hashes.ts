/** Headers of the gateways in front of provincial platforms: tif and csb. Source: signing.json; envelope.json. */
import { createHmac, hash } from 'node:crypto';
import type { ChosenSettings } from './chosen-settings.ts';
import type { IncomingHeaders, MessageProtection, OutgoingMessage, ProtectionSettings } from './contract.ts';
import { isSame, refusal, requireFresh, requireHeader } from './refusals.ts';

type HeaderAbilities = Pick<MessageProtection, 'headers' | 'checkHeaders'>;
type Query = NonNullable<OutgoingMessage['query']>;

/** `x-tif-*`: SHA-256 over time, token, nonce, time. It covers no content. */
export function createTif(chosen: ChosenSettings, { side }: ProtectionSettings): HeaderAbilities {
  const token = chosen.credential('token');
  const paasId = chosen.credential('paasId');
  const digest = (time: string, nonce: string): string =>
    hash('sha256', `${time}${token}${nonce}${time}`, 'hex');
  if (side === 'client') {
    return {
      headers({ direction, now, nonce }) {
        if (direction === 'response') return {};
        const time = String(Math.floor(now / 1_000));
        const signature = digest(time, nonce);
        return {
          'x-tif-paasid': paasId,
          'x-tif-timestamp': time,
          'x-tif-nonce': nonce,
          'x-tif-signature': chosen.variant('hexCase') === 'upper' ? signature.toUpperCase() : signature,
        };
      },
    };
  }
  return {
    checkHeaders(headers, { direction, now }) {
      if (direction === 'response') return {};
      const [id, time, nonce, signature] = ['paasid', 'timestamp', 'nonce', 'signature'].map((name) =>
        requireHeader(headers, `x-tif-${name}`),
      ) as [string, string, string, string];
      if (!isSame(id, paasId))
        throw refusal('CREDENTIAL_UNKNOWN', 'another application', { member: 'x-tif-paasid' });
      requireHex(signature, { bytes: 32, member: 'x-tif-signature' });
      requireFresh(wholeNumber(time, 10, 1_000), {
        now,
        toleranceSeconds: chosen.count('toleranceSeconds'),
      });
      if (!isSame(signature.toLowerCase(), digest(time, nonce)))
        throw refusal('SIGNATURE_INVALID', 'x-tif-signature is not the digest of time, token and nonce');
      return { nonce };
    },
  };
}

/** `_api_*`: HMAC over the headers and the query parameters. It covers no JSON body. */
export function createCsb(chosen: ChosenSettings, { side }: ProtectionSettings): HeaderAbilities {
  const service = {
    _api_access_key: chosen.credential('accessKey'),
    _api_name: chosen.credential('apiName'),
    _api_version: chosen.credential('apiVersion'),
  };
  const algorithm = HMACS[chosen.variant('hmac')] ?? 'sha1';
  const sign = (signed: Readonly<Record<string, string>>, query: Query): string =>
    createHmac(algorithm, chosen.credential('secretKey'))
      .update(csbText([...Object.entries(signed), ...query]))
      .digest('base64');
  if (side === 'client') {
    const withNonce = chosen.variant('nonce') === 'sent';
    return {
      headers({ direction, now, nonce, query = [] }) {
        if (direction === 'response') return {};
        const signed = {
          ...service,
          _api_timestamp: String(now),
          ...(withNonce ? { _api_nonce: nonce } : {}),
        };
        return { ...signed, _api_signature: sign(signed, query) };
      },
    };
  }
  return {
    checkHeaders(headers, { direction, now, query = [] }) {
      if (direction === 'response') return {};
      const time = requireHeader(headers, '_api_timestamp');
      const signature = requireHeader(headers, '_api_signature');
      for (const [member, value] of Object.entries(service)) {
        if (!isSame(requireHeader(headers, member), value))
          throw refusal('CREDENTIAL_UNKNOWN', 'another service or access key', { member });
      }
      const nonce = optionalHeader(headers, '_api_nonce');
      requireFresh(wholeNumber(time, 13, 1), { now, toleranceSeconds: chosen.count('toleranceSeconds') });
      const signed = {
        ...service,
        _api_timestamp: time,
        ...(nonce === undefined ? {} : { _api_nonce: nonce }),
      };
      const expected = sign(signed, query);
      if (signature.length !== expected.length)
        throw refusal('SIGNATURE_MALFORMED', '_api_signature has another length', {
          characters: signature.length,
        });
      if (!isSame(signature, expected))
        throw refusal('SIGNATURE_INVALID', '_api_signature is not the HMAC of headers and parameters');
      return nonce === undefined ? {} : { nonce };
    },
  };
}

/** The text under a csb signature: pairs by name ascending, those of one name in their order. */
export function csbText(parameters: Query): string {
  return parameters
    .toSorted(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const HMACS: Readonly<Record<string, string>> = { HmacSHA1: 'sha1', HmacSHA256: 'sha256', HmacMD5: 'md5' };

function optionalHeader(headers: IncomingHeaders, name: string): string | undefined {
  return headers[name] === undefined ? undefined : requireHeader(headers, name);
}

/** A time of so many digits, in milliseconds. */
function wholeNumber(text: string, digits: number, unitMs: number): number | undefined {
  return text.length === digits && /^\d+$/.test(text) ? Number(text) * unitMs : undefined;
}

function requireHex(text: string, { bytes, member }: { bytes: number; member: string }): void {
  if (text.length === 2 * bytes && /^[\da-f]+$/i.test(text)) return;
  throw refusal('SIGNATURE_MALFORMED', `not hex of ${bytes} bytes`, { member, characters: text.length });
}
