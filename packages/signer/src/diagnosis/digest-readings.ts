/** The digests that a header or member may hold under other readings of its rule, as lower-case hex. */
import { createHmac, hash } from 'node:crypto';
import { leafText } from '@yiqiao/model';
import { readJsonObject } from '../json-text.ts';
import type { ChosenSettings } from '../protection/chosen-settings.ts';
import type { IncomingHeaders, OutgoingMessage } from '../protection/contract.ts';
import { csbText } from '../protection/header-hashes.ts';
import type { DifferenceCode } from './difference-texts.ts';
import type { Reading } from './reading.ts';

/** What came, and what it may be. */
export interface DigestMatter {
  /** As it was written. */
  readonly given: string;
  readonly writing: 'hex' | 'base64';
  readonly readings: readonly Reading<string>[];
}

type Parts = readonly (readonly [differences: readonly DifferenceCode[], text: string])[];

const HASHES = ['sha256', 'sm3', 'sha1', 'md5', 'sha512'] as const;

/** x-tif: SHA-256 over time, token, nonce, time. */
export function readTif(headers: IncomingHeaders, chosen: ChosenSettings): DigestMatter {
  const [given, time, nonce] = ['signature', 'timestamp', 'nonce'].map((name) =>
    one(headers, `x-tif-${name}`),
  ) as [string, string, string];
  const token = chosen.credential('token');
  const orders = [
    [time, token, nonce],
    [token, time, nonce],
    [time, nonce, token],
    [token, nonce, time],
    [nonce, time, token],
    [nonce, token, time],
    [time, nonce, token, time],
    [token, time, nonce, token],
    [token, time, nonce, time],
  ];
  const texts: Parts = [
    [[], time + token + nonce + time],
    [['token-left-out'], time + nonce + time],
    ...orders.map((order) => [['order-other'], order.join('')] as const),
    ...[',', '&', ':', '|', '\n'].map(
      (mark) => [['separators-added'], [time, token, nonce, time].join(mark)] as const,
    ),
  ];
  const keyed = ['sha256', 'sm3', 'sha1'].map((algorithm) => ({
    value: createHmac(algorithm, token)
      .update(time + nonce + time)
      .digest('hex'),
    differences: ['algorithm-other' as const],
  }));
  return { given, writing: 'hex', readings: [...hashed(texts, 'sha256'), ...keyed] };
}

/** csb: HMAC over headers and parameters by name. */
export function readCsb(
  headers: IncomingHeaders,
  chosen: ChosenSettings,
  message: Pick<OutgoingMessage, 'query'> & { readonly body?: Uint8Array },
): DigestMatter {
  const names = ['_api_name', '_api_version', '_api_access_key', '_api_timestamp', '_api_nonce'];
  const signed = names.flatMap((name): [string, string][] =>
    headers[name] === undefined ? [] : [[name, one(headers, name)]],
  );
  const { query = [], body = new Uint8Array() } = message;
  const encoded = query.map(([name, value]): [string, string] => [
    name,
    encodeURIComponent(value.toWellFormed()),
  ]);
  const text = csbText([...signed, ...query]);
  const texts: Parts = [
    [[], text],
    [['parameters-left-out'], csbText(signed)],
    [['parameters-encoded'], csbText([...signed, ...encoded])],
    [['pairs-unsorted'], [...signed, ...query].map((pair) => pair.join('=')).join('&')],
    [['body-included'], `${text}&${Buffer.from(body).toString('utf8')}`],
    [['body-included'], `${text}${Buffer.from(body).toString('utf8')}`],
  ];
  const agreed = HMACS[chosen.variant('hmac')] ?? 'sha1';
  const readings = texts.flatMap(([differences, content]) =>
    ['sha1', 'sha256', 'md5', 'sm3'].map((algorithm) => ({
      value: createHmac(algorithm, chosen.credential('secretKey')).update(content).digest('hex'),
      differences: [...differences, ...(algorithm === agreed ? [] : (['algorithm-other'] as const))],
    })),
  );
  return { given: one(headers, '_api_signature'), writing: 'base64', readings };
}

/** boss-md5: MD5 over the members and the key in a fixed order. @throws GatewayError of reading JSON. */
export function readBoss(bytes: Uint8Array, chosen: ChosenSettings): DigestMatter {
  const sent = readJsonObject(bytes);
  const [data, noise, given] = ['data', 'noise', 'sign'].map((name) => leafText(sent[name]) ?? '') as [
    string,
    string,
    string,
  ];
  const parts = {
    appid: chosen.credential('appId'),
    data,
    noise,
    key: chosen.credential('key'),
    version: chosen.variant('version'),
  };
  const { appid, key, version } = parts;
  const clear = Buffer.from(data, 'base64').toString('utf8');
  const texts: Parts = [
    [[], joined(parts)],
    [['token-left-out'], joined({ appid, data, noise, version })],
    [['order-other'], joined({ appid, data, noise, version, key })],
    [['order-other'], joined({ appid, data, key, noise, version })],
    [['order-other'], joined({ appid, noise, data, key, version })],
    [['data-not-base64'], joined({ ...parts, data: clear })],
    [['separators-added'], Object.values(parts).join('&')],
  ];
  return { given, writing: 'hex', readings: hashed(texts, 'md5') };
}

const HMACS: Readonly<Record<string, string>> = { HmacSHA1: 'sha1', HmacSHA256: 'sha256', HmacMD5: 'md5' };

function hashed(texts: Parts, agreed: (typeof HASHES)[number]): Reading<string>[] {
  return texts.flatMap(([differences, text]) =>
    HASHES.map((algorithm) => ({
      value: hash(algorithm, text, 'hex'),
      differences: [...differences, ...(algorithm === agreed ? [] : (['algorithm-other'] as const))],
    })),
  );
}

function joined(parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts)
    .map((pair) => pair.join('='))
    .join('&');
}

function one(headers: IncomingHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value.trim() : '';
}
