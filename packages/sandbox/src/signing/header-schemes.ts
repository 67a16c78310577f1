/** Headers of the gateways in front of provincial platforms: they tell who calls. Source: signing.json, tif, csb. */
import { createHash, createHmac } from 'node:crypto';
import { absences, digestObjections, memberObjections, timeObjections } from './objections.ts';
import type {
  ProtectedMessage,
  SchemeMoment,
  SchemeSettings,
  SigningObjection,
  SigningScheme,
} from './signing-scheme.ts';

/** `x-tif-*`: hex SHA-256 of time, token, nonce and time. Tolerance: 300 seconds, project design. */
export function createTifScheme({ credentials }: SchemeSettings): SigningScheme {
  const { paasId = '', token = '' } = credentials;
  const names = ['x-tif-paasid', 'x-tif-timestamp', 'x-tif-nonce', 'x-tif-signature'];
  return byHeaders((message, { now }) => {
    const missing = absences(message.headers, names);
    if (missing.length > 0) return { objections: missing };
    const [id = '', time = '', nonce = '', given = ''] = names.map((name) => message.headers[name]);
    const expected = createHash('sha256').update(time).update(token).update(nonce).update(time).digest('hex');
    return {
      nonce,
      objections: [
        ...memberObjections(id, paasId, 'x-tif-paasid'),
        ...timeObjections(time, { digits: 10, now, withinMs: 300_000, member: 'x-tif-timestamp' }),
        ...digestObjections(given.toLowerCase(), expected, 'x-tif-signature'),
      ],
    };
  });
}

/** `_api_*`: base64 HMAC-SHA1 over the headers and the query, by name. Tolerance: 30 minutes, one source. */
export function createCsbScheme({ credentials }: SchemeSettings): SigningScheme {
  const { accessKey = '', secretKey = '', apiName = '', apiVersion = '' } = credentials;
  const service = { _api_access_key: accessKey, _api_name: apiName, _api_version: apiVersion };
  const names = [...Object.keys(service), '_api_timestamp', '_api_signature'];
  return byHeaders(({ headers, query = [] }, { now }) => {
    const missing = absences(headers, names);
    if (missing.length > 0) return { objections: missing };
    const time = headers['_api_timestamp'] ?? '';
    const nonce = headers['_api_nonce'];
    const pairs = new Map<string, string>([
      ...query,
      ...Object.keys(service).map((name) => [name, headers[name] ?? ''] as const),
      ['_api_timestamp', time],
      ...(nonce === undefined ? [] : [['_api_nonce', nonce] as const]),
    ]);
    const text = [...pairs.keys()]
      .toSorted()
      .map((name) => `${name}=${pairs.get(name)}`)
      .join('&');
    const expected = createHmac('sha1', secretKey).update(text).digest('base64');
    return {
      ...(nonce !== undefined && { nonce }),
      objections: [
        ...Object.entries(service).flatMap(([member, value]) =>
          memberObjections(headers[member], value, member),
        ),
        ...timeObjections(time, { digits: 13, now, withinMs: 1_800_000, member: '_api_timestamp' }),
        ...digestObjections(headers['_api_signature'] ?? '', expected, '_api_signature'),
      ],
    };
  });
}

/** `Authorization: Bearer …`. Source: signing.json, oauth-bearer; RFC 6750. */
export function createBearerScheme({ credentials }: SchemeSettings): SigningScheme {
  const member = 'authorization';
  return byHeaders(({ headers }) => {
    const given = headers[member];
    if (given === undefined) return { objections: [{ what: 'unsigned', member }] };
    if (given.trim() === '') return { objections: [{ what: 'empty', member }] };
    const [kind = '', token = ''] = given.split(' ');
    if (kind.toLowerCase() !== 'bearer') return { objections: [{ what: 'kind', member }] };
    return { objections: digestObjections(token, credentials['accessToken'] ?? '', member) };
  });
}

/** A scheme that leaves the bytes as they are, and answers alone. */
function byHeaders(
  look: (
    message: ProtectedMessage,
    moment: SchemeMoment,
  ) => { readonly objections: readonly SigningObjection[]; readonly nonce?: string },
): SigningScheme {
  return {
    open: (message, moment) => ({ clear: message.bytes, ...look(message, moment) }),
    seal: (clear) => ({ bytes: clear, headers: {} }),
  };
}
