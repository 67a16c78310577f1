/** What a signer process does: holds keys, signs what a caller with the token asks for. A server for node:http. */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { findPrivateKeyInfo } from '../der.ts';
import { parsePrivateKey } from '../keys.ts';
import type { Sm2PrivateKey } from '../keys.ts';
import { createSm2Signer } from '../sm2.ts';
import { sm3 } from '../sm3.ts';
import { signDigest } from './sign-digest.ts';

/** What a signer service is made from. */
export interface SignerServiceOptions {
  /** Private keys as texts, by the name under which they are asked for. */
  readonly keys: ReadonlyMap<string, string>;
  /** Bearer token that callers show. */
  readonly token: string;
  /** Hears of each request, for a log: what was asked with which key; never what was signed. */
  onSigned?(count: number, keys: readonly string[]): void;
}

const MOST_AT_ONCE = 64;
const LONGEST_REQUEST = 4_194_304;

/**
 * Answers `POST /v1/signatures` and `GET /v1/keys`.
 * @throws GatewayError `KEY_INVALID`, saying what was seen and never the key.
 */
export function createSignerService(options: SignerServiceOptions): RequestListener {
  const keys = new Map([...options.keys].map(([name, text]) => [name, parsePrivateKey(text)]));
  const expected = sm3(`Bearer ${options.token}`);
  return (request, response) => {
    const shown = sm3(request.headers.authorization ?? '');
    if (!timingSafeEqual(shown, expected)) return answer(response, 401, { error: 'TOKEN_UNKNOWN' });
    const asked = `${request.method} ${request.url}`;
    if (asked === 'GET /v1/keys') return answer(response, 200, { keys: [...keys].map(listed) });
    if (asked !== 'POST /v1/signatures') return answer(response, 404, { error: 'NOT_FOUND' });
    readBody(request, (body) => {
      if (body === undefined) return answer(response, 413, { error: 'REQUEST_TOO_LONG' });
      const requests = requestsOf(body);
      if (requests === undefined) return answer(response, 400, { error: 'REQUEST_INVALID' });
      const signatures = requests.map((one) => signOne(keys, one));
      const named = signatures.flatMap((one, at) => ('signature' in one ? [requests[at]?.key ?? ''] : []));
      options.onSigned?.(named.length, [...new Set(named.map(String))]);
      answer(response, 200, { signatures });
    });
  };
}

function listed([key, { publicKey }]: [string, Sm2PrivateKey]): { key: string; publicKey: string } {
  return { key, publicKey: publicKey.point.toString('hex') };
}

interface SignatureRequest {
  readonly key?: unknown;
  readonly digest?: unknown;
  readonly data?: unknown;
  readonly userId?: unknown;
}

function requestsOf(body: string): readonly SignatureRequest[] | undefined {
  try {
    const { requests } = JSON.parse(body) as { requests?: unknown };
    const isList = Array.isArray(requests) && requests.length >= 1 && requests.length <= MOST_AT_ONCE;
    return isList ? requests.map((one: SignatureRequest | null) => one ?? {}) : undefined;
  } catch {
    return undefined;
  }
}

function signOne(
  keys: ReadonlyMap<string, Sm2PrivateKey>,
  { key: name, digest, data, userId }: SignatureRequest,
): { signature: string } | { error: string } {
  const key = typeof name === 'string' ? keys.get(name) : undefined;
  if (key === undefined) return { error: 'KEY_UNKNOWN' };
  const isDigest = typeof digest === 'string' && /^[0-9a-f]{64}$/i.test(digest);
  if (isDigest && data === undefined) {
    return { signature: signDigest(scalarOf(key), Buffer.from(digest, 'hex')).toString('base64') };
  }
  const isData = typeof data === 'string' && typeof userId === 'string' && Buffer.byteLength(userId) <= 8191;
  if (!isData || digest !== undefined) return { error: 'REQUEST_INVALID' };
  const signer = createSm2Signer(key, { userId });
  return { signature: signer.sign(Buffer.from(data, 'base64')).toString('base64') };
}

function scalarOf({ key }: Sm2PrivateKey): Buffer {
  const info = findPrivateKeyInfo(key.export({ format: 'der', type: 'pkcs8' }));
  return info?.scalar ?? Buffer.alloc(0);
}

function readBody(request: IncomingMessage, then: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= LONGEST_REQUEST) chunks.push(chunk);
  });
  request.on('end', () =>
    then(length <= LONGEST_REQUEST ? Buffer.concat(chunks).toString('utf8') : undefined),
  );
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
