/**
 * Asks a signer process or service for signatures: over TCP on this host or over a unix socket. Only digests leave;
 * what is asked for at the same time goes in one request. The protocol is in docs/keys-and-certificates.md.
 */
import { Agent, request } from 'node:http';
import { GatewayError } from '@yiqiao/model';
import { identityDigest } from '../curve.ts';
import { findDer } from '../signature-encoding.ts';
import { signatureOf } from '../signed-later.ts';
import { concealKey } from '../signing-key.ts';
import type { KeyValidity, SigningKey } from '../signing-key.ts';
import { parsePublicKey } from '../keys.ts';
import { createSm2Verifier } from '../sm2.ts';
import { sm3 } from '../sm3.ts';

/** Where a signer listens and what it wants to see. */
export interface SignerAddress {
  /** `http://127.0.0.1:9300`, or the path of a unix socket. */
  readonly at: { readonly url: string } | { readonly socket: string };
  /** Bearer token. */
  readonly token: string;
  /** How long an answer is waited for. */
  readonly timeoutMs: number;
}

/** A way to a signer. */
export interface SignerClient {
  /**
   * Signature r‖s, 64 bytes, over e = SM3(ZA ‖ message).
   * @throws GatewayError `SIGNER_UNAVAILABLE` with the reason.
   */
  signDigest(key: string, digest: Buffer): Promise<Buffer>;
  /** Public points of the keys that it holds, lower-case hex by name. @throws GatewayError `SIGNER_UNAVAILABLE`. */
  publicKeys(): Promise<ReadonlyMap<string, string>>;
}

/** As many signatures as one request asks for, and connections that are kept. */
const MOST_AT_ONCE = 64;
const CONNECTIONS = 4;
const LONGEST_ANSWER = 65_536;

/** Creates a client; nothing is connected before something is asked. */
export function createSignerClient(address: SignerAddress): SignerClient {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const ask = (call: Call): Promise<unknown> => callSigner(address, agent, call);
  let waiting: Wanted[] = [];
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; at += MOST_AT_ONCE) void settle(ask, all.slice(at, at + MOST_AT_ONCE));
  };
  return {
    signDigest(key, digest) {
      const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ key, digest: digest.toString('hex'), resolve, reject });
      return promise;
    },
    async publicKeys() {
      const { keys } = (await ask({ method: 'GET', path: '/v1/keys' })) as { keys?: unknown };
      const listed = Array.isArray(keys) ? (keys as unknown[]) : [];
      return new Map(listed.flatMap((one) => (isListed(one) ? [[one.key, one.publicKey] as const] : [])));
    },
  };
}

/**
 * A key that lies with a signer. Each signature that comes is verified by the public key before it is used.
 * @throws GatewayError `KEY_INVALID` when the public key is none.
 */
export function createRemoteSigningKey(
  client: Pick<SignerClient, 'signDigest'>,
  { key, publicKey, ...validity }: { readonly key: string; readonly publicKey: string } & KeyValidity,
): SigningKey {
  const known = parsePublicKey(publicKey);
  return concealKey(known, { ...validityOf(known), ...validity }, ({ userId, encoding }) => {
    const identity = identityDigest(known.point, userId);
    const verifier = createSm2Verifier(known, { userId });
    return {
      sign(bytes) {
        const digest = sm3(Buffer.concat([identity, bytes]));
        const signature = signatureOf(`${key} ${digest.toString('hex')}`, async () => {
          const came = await client.signDigest(key, digest);
          if (verifier.verify(bytes, came)) return came;
          throw unavailable('its signature does not verify by the public key that is configured', { key });
        });
        return encoding === 'der' ? (findDer(signature) ?? signature) : signature;
      },
    };
  });
}

function validityOf({ notBefore, notAfter }: KeyValidity): KeyValidity {
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(notAfter === undefined ? {} : { notAfter }),
  };
}

function isListed(one: unknown): one is { readonly key: string; readonly publicKey: string } {
  const { key, publicKey } = (one ?? {}) as { key?: unknown; publicKey?: unknown };
  return typeof key === 'string' && typeof publicKey === 'string';
}

interface Wanted {
  readonly key: string;
  readonly digest: string;
  resolve(signature: Buffer): void;
  reject(error: unknown): void;
}

async function settle(ask: (call: Call) => Promise<unknown>, wanted: readonly Wanted[]): Promise<void> {
  const requests = wanted.map(({ key, digest }) => ({ key, digest }));
  try {
    const told = await ask({ method: 'POST', path: '/v1/signatures', body: JSON.stringify({ requests }) });
    const { signatures } = told as { signatures?: unknown };
    wanted.forEach((one, at) => tell(one, Array.isArray(signatures) ? signatures[at] : undefined));
  } catch (error) {
    for (const { reject } of wanted) reject(error);
  }
}

function tell({ key, resolve, reject }: Wanted, answer: unknown): void {
  const { signature, error } = (answer ?? {}) as { signature?: unknown; error?: unknown };
  const bytes = typeof signature === 'string' ? Buffer.from(signature, 'base64') : undefined;
  if (bytes?.length === 64) resolve(bytes);
  else
    reject(
      unavailable(typeof error === 'string' ? error.slice(0, 40) : 'no signature in its answer', { key }),
    );
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
}

function callSigner({ at, token, timeoutMs }: SignerAddress, agent: Agent, call: Call): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const fail = (reason: string): void => reject(unavailable(reason));
  const sent = request(
    {
      ...placeOf(at),
      agent,
      method: call.method,
      path: call.path,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    },
    (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LONGEST_ANSWER) sent.destroy(new Error('its answer is too long'));
      });
      answer.on('error', (error) => fail(reasonOf(error)));
      answer.on('end', () => {
        if (answer.statusCode !== 200) return fail(`HTTP ${answer.statusCode}`);
        try {
          const told: unknown = JSON.parse(text);
          resolve(typeof told === 'object' && told !== null ? told : {});
        } catch {
          fail('its answer is no JSON');
        }
      });
    },
  );
  sent.on('error', (error: Error & { code?: string }) => {
    // The signer closed a connection that was idle just as it was used again: nothing is lost by asking once more.
    if (sent.reusedSocket && error.code === 'ECONNRESET')
      resolve(callSigner({ at, token, timeoutMs }, agent, call));
    else fail(reasonOf(error));
  });
  sent.end(call.body);
  return promise;
}

function placeOf(at: SignerAddress['at']): { socketPath: string } | { host: string; port: number } {
  if ('socket' in at) return { socketPath: at.socket };
  const { hostname, port } = new URL(at.url);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 80 : Number(port) };
}

function reasonOf(error: Error & { code?: string }): string {
  return error.name === 'TimeoutError' || error.name === 'AbortError'
    ? 'no answer in time'
    : (error.code ?? error.message);
}

function unavailable(reason: string, facts: Readonly<Record<string, string>> = {}): GatewayError {
  return new GatewayError('SIGNER_UNAVAILABLE', { facts: { reason, ...facts } });
}
