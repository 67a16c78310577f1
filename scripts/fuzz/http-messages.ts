/** HTTP requests as text: right ones, and ones that a proxy or an attacker would make of them. */
import type { Random } from './random.ts';
import { mutateBytes } from './text-mutations.ts';

/** Whether the server can tell that all of it has come. */
export interface HttpBytes {
  readonly bytes: Buffer;
  readonly complete: boolean;
}

const PATHS: readonly [string, ...string[]] = [
  '/care-place',
  '/peers/his',
  '/peers/his/2207',
  '/peers/nobody',
  '/peers/%00/%2e%2e',
  '/peers/his/%F0%28',
  '/health/ready',
  '//care-place',
  '/care-place?a=1#b',
];

const HEADERS: readonly [string, ...string[]] = [
  'content-encoding: gzip',
  'content-type: text/xml; charset=GBK',
  'content-type: application/x-www-form-urlencoded',
  'content-type: multipart/form-data; boundary=a',
  'content-type: application/json; charset=utf-16',
  'expect: 100-continue',
  'upgrade: h2c',
  'x-yiqiao-transaction: __proto__',
  'transno: 2207',
  'infno: 1101',
  `x-long: ${'a'.repeat(10_000)}`,
  `cookie: ${'a=b; '.repeat(500)}`,
  'cookie: \u0001=\u0002',
  'host: a',
  'content-length: 0',
  'content-length: 4294967296',
  'content-length: -1',
  'content-length: 1, 2',
  'transfer-encoding: chunked',
  'transfer-encoding: chunked, identity',
  'transfer-encoding : chunked',
  'transfer-encoding: gzip, chunked',
  ' folded: header',
  'no colon',
];

/** Makes a request of a body: `address` is the path it belongs to. */
export function httpOf(body: Buffer, address: string, random: Random): HttpBytes {
  const kind = random.below(100);
  if (kind < 60) return { bytes: post(address, body, []), complete: true };
  if (kind < 70) return { bytes: post(random.pick(PATHS), body, [random.pick(HEADERS)]), complete: false };
  if (kind < 80) return { bytes: chunked(address, body, random), complete: false };
  if (kind < 88) {
    const one = post(address, body, [], { close: false });
    return { bytes: Buffer.concat([one, one, post(address, body, [])]), complete: true };
  }
  return { bytes: mutateBytes(post(address, body, [random.pick(HEADERS)]), random), complete: false };
}

function post(path: string, body: Buffer, headers: readonly string[], { close } = { close: true }): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    ...(headers.some((one) => one.startsWith('content-type')) ? [] : ['content-type: application/json']),
    `content-length: ${body.length}`,
    ...(close ? ['connection: close'] : []),
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

const SIZES: readonly [string, ...string[]] = [
  '0',
  'g',
  '-1',
  'ffffffffffffffff',
  '7fffffff',
  '5;a=b',
  ' 5',
  '5\n',
];

/** Chunks of which one may have a wrong size, or two kinds of length. */
function chunked(path: string, body: Buffer, random: Random): Buffer {
  const cut = random.below(body.length + 1);
  const chunk = (part: Buffer): Buffer => {
    const size = random.percent(40) ? random.pick(SIZES) : part.length.toString(16);
    return Buffer.concat([Buffer.from(`${size}\r\n`), part, Buffer.from('\r\n')]);
  };
  const both = random.percent(40) ? `content-length: ${body.length}\r\n` : '';
  const head = `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n${both}transfer-encoding: chunked\r\nconnection: close\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(head),
    chunk(body.subarray(0, cut)),
    chunk(body.subarray(cut)),
    Buffer.from('0\r\n\r\n'),
  ]);
}
