import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { sm2 } from 'sm-crypto-v2';
import { GatewayError } from '@yiqiao/model';
import {
  createKeyPair,
  createMessageProtection,
  createMessageSigner,
  createMessageVerifier,
  createRemoteSigningKey,
  createSignerClient,
  createSignerService,
  createSm2Verifier,
  parsePublicKey,
  whenSigned,
} from '@yiqiao/signer';
import type { SignerAddress, SigningKey } from '@yiqiao/signer';
import { profileOf } from './profiles.ts';

const cainfo = profileOf('fsi-main-cainfo');
const pair = createKeyPair();
const TOKEN = 'a token of at least thirty-two characters';
const body = Buffer.from('{"data":{"certno":"000000199001010000"}}');

async function reasonOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert(error instanceof GatewayError && error.code === 'SIGNER_UNAVAILABLE');
    return String(error.details.facts?.['reason']);
  }
  return 'signed';
}

describe('a key that lies with a signer', () => {
  const servers: Server[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'yiqiao-signer-'));
  let asked: string[] = [];

  async function listen(handle: RequestListener, at?: string): Promise<SignerAddress['at']> {
    const server = createServer(handle);
    servers.push(server);
    await once(at === undefined ? server.listen(0, '127.0.0.1') : server.listen(at), 'listening');
    if (at !== undefined) return { socket: at };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }
  const serve = (at?: string): Promise<SignerAddress['at']> => {
    const service = createSignerService({ keys: new Map([['sign-2026', pair.privateKey]]), token: TOKEN });
    return listen((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => asked.push(`${request.method} ${request.url} ${text}`));
      service(request, response);
    }, at);
  };
  function keyAt(
    at: SignerAddress['at'],
    change: Partial<SignerAddress & { key: string; of: string }> = {},
  ): SigningKey {
    const client = createSignerClient({ at, token: TOKEN, timeoutMs: 2_000, ...change });
    return createRemoteSigningKey(client, {
      key: change.key ?? 'sign-2026',
      publicKey: change.of ?? pair.publicKey,
    });
  }
  const signerOf = (key: SigningKey): ReturnType<typeof createMessageSigner> =>
    createMessageSigner(cainfo, { privateKey: [key] });

  beforeEach(() => {
    asked = [];
  });
  after(() => {
    for (const server of servers) server.close().closeAllConnections();
    rmSync(folder, { recursive: true });
  });

  it('signs a message over a local port, and the signature verifies', async () => {
    const sign = signerOf(keyAt(await serve()));
    const members = await whenSigned(() => sign(body));
    createMessageVerifier(cainfo, { publicKeys: [{ text: pair.publicKey }] })(members, body);
  });

  it('signs over a unix socket', async () => {
    const sign = signerOf(keyAt(await serve(join(folder, 'signer.sock'))));
    const members = await whenSigned(() => sign(body));
    createMessageVerifier(cainfo, { publicKeys: [{ text: pair.publicKey }] })(members, body);
  });

  it('tells the signer a digest and nothing of the message', async () => {
    const sign = signerOf(keyAt(await serve()));
    await whenSigned(() => sign(body));
    assert.equal(asked.length, 1);
    assert.match(
      asked[0] ?? '',
      /^POST \/v1\/signatures \{"requests":\[\{"key":"sign-2026","digest":"[0-9a-f]{64}"\}\]\}$/,
    );
  });

  it('asks in one request for what is to be signed at the same time', async () => {
    const sign = signerOf(keyAt(await serve()));
    const bodies = Array.from({ length: 70 }, (_, index) => Buffer.from(`{"n":${index}}`));
    const all = await Promise.all(bodies.map(async (one) => whenSigned(() => sign(one))));
    const verify = createMessageVerifier(cainfo, { publicKeys: [{ text: pair.publicKey }] });
    all.forEach((members, index) => verify(members, bodies[index] ?? body));
    assert.equal(asked.length, 2);
  });

  it('signs what is made of several signatures, with a profile of headers too', async () => {
    const own = keyAt(await serve());
    const credentials = { ownName: 'A', peerName: 'B' };
    const protection = createMessageProtection(profileOf('yiqiao-message'), {
      side: 'client',
      privateKey: [own],
      publicKeys: [{ text: pair.publicKey }],
      credentials,
    });
    const peer = createMessageProtection(profileOf('yiqiao-message'), {
      side: 'server',
      privateKey: pair.privateKey,
      publicKeys: [{ text: pair.publicKey }],
      credentials: { ownName: 'B', peerName: 'A' },
    });
    const message = { direction: 'request', body, now: 1_000_000_000_000, nonce: 'n'.repeat(16) } as const;
    const [first, second] = await Promise.all(
      [message, { ...message, nonce: 'm'.repeat(16) }].map(async (one) =>
        whenSigned(() => protection.headers?.(one)),
      ),
    );
    const seen = peer.checkHeaders?.(first ?? {}, { direction: 'request', body, now: message.now });
    assert.equal(seen?.nonce, message.nonce);
    assert.notDeepEqual(first, second);
    const both = await whenSigned(() => [
      protection.headers?.(message),
      protection.headers?.({ ...message, nonce: 'k'.repeat(16) }),
    ]);
    assert.equal(both.length, 2);
  });

  it('shows itself like any other key, and its token nowhere', async () => {
    const key = keyAt(await serve());
    const text = `${inspect(key, { depth: 10, showHidden: true })}${JSON.stringify(key)}`;
    assert.match(text, /\[private key sm3:[0-9a-f]{16}\]/);
    assert(!text.includes(TOKEN));
  });

  it('lists the keys of a signer', async () => {
    const client = createSignerClient({ at: await serve(), token: TOKEN, timeoutMs: 2_000 });
    assert.deepEqual([...(await client.publicKeys())], [['sign-2026', pair.publicHex]]);
  });

  const bad: readonly [string, RequestListener | 'service', Parameters<typeof keyAt>[1], RegExp][] = [
    ['does not know the token', 'service', { token: 'another' }, /HTTP 401/],
    ['does not know the key', 'service', { key: 'sign-2030' }, /KEY_UNKNOWN/],
    ['signs with another key', 'service', { of: createKeyPair().publicKey }, /does not verify/],
    ['answers no JSON', (_, response) => void response.end('moment'), {}, /no JSON/],
    ['answers null', (_, response) => void response.end('null'), {}, /no signature/],
    ['answers too little', (_, response) => void response.end('{"signatures":[]}'), {}, /no signature/],
    ['answers without end', (_, response) => void response.end('x'.repeat(70_000)), {}, /too long/],
    ['never answers', () => undefined, { timeoutMs: 30 }, /no answer in time/],
    ['hangs up', (request) => void request.socket.destroy(), {}, /ECONNRESET|hang up/],
  ];
  for (const [what, handle, change, reason] of bad) {
    it(`cannot sign when the signer ${what}`, async () => {
      const sign = signerOf(keyAt(handle === 'service' ? await serve() : await listen(handle), change));
      assert.match(await reasonOf(Promise.resolve(whenSigned(() => sign(body)))), reason);
    });
  }

  it('asks again when the signer closes an idle connection just as it is used', async () => {
    const service = createSignerService({ keys: new Map([['sign-2026', pair.privateKey]]), token: TOKEN });
    const seen = new Set<unknown>();
    let count = 0;
    const at = await listen((request, response) => {
      count += 1;
      if (seen.has(request.socket)) return void request.socket.destroy();
      seen.add(request.socket);
      service(request, response);
    });
    const sign = signerOf(keyAt(at));
    const verify = createMessageVerifier(cainfo, { publicKeys: [{ text: pair.publicKey }] });
    for (const one of [body, Buffer.from('{}')]) verify(await whenSigned(() => sign(one)), one);
    assert.equal(count, 3);
  });

  it('cannot sign when nobody listens', async () => {
    const sign = signerOf(keyAt({ socket: join(folder, 'nobody.sock') }));
    assert.match(await reasonOf(Promise.resolve(whenSigned(() => sign(body)))), /ENOENT/);
  });

  it('signs nothing when what writes makes other bytes the second time', async () => {
    const sign = signerOf(keyAt(await serve()));
    let count = 0;
    await assert.rejects(
      Promise.resolve(whenSigned(() => sign(Buffer.from(`{"n":${(count += 1)}}`)))),
      /what is signed has changed/,
    );
  });

  it('breaks off clearly where nothing waits for its signature', async () => {
    const sign = signerOf(keyAt(await serve()));
    assert.throws(() => sign(body), /within whenSigned only/);
  });
});

describe('a signer', () => {
  const service = createSignerService({ keys: new Map([['k', pair.privateKey]]), token: TOKEN });
  const server = createServer(service);
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(() => {
    server.close().closeAllConnections();
  });
  async function ask(
    body_: string,
    path = '/v1/signatures',
  ): Promise<{ status: number; told: Record<string, unknown> }> {
    const { port } = server.address() as AddressInfo;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      body: body_,
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return { status: response.status, told: (await response.json()) as Record<string, unknown> };
  }

  it('signs digests as another library verifies them', async () => {
    const digests = Array.from({ length: 20 }, () => randomBytes(32).toString('hex'));
    const { told } = await ask(JSON.stringify({ requests: digests.map((digest) => ({ key: 'k', digest })) }));
    for (const [index, { signature }] of (told['signatures'] as { signature: string }[]).entries()) {
      const hex = Buffer.from(signature, 'base64').toString('hex');
      const digest = Buffer.from(digests[index] ?? '', 'hex');
      assert(sm2.doVerifySignature(digest, hex, pair.publicHex, { hash: false }), digests[index]);
    }
  });

  it('signs data under a user id as well', async () => {
    const { told } = await ask(
      JSON.stringify({ requests: [{ key: 'k', data: body.toString('base64'), userId: 'u' }] }),
    );
    const [one] = told['signatures'] as { signature: string }[];
    const verifier = createSm2Verifier(parsePublicKey(pair.publicHex), { userId: 'u' });
    assert(verifier.verify(body, Buffer.from(one?.signature ?? '', 'base64')));
  });

  const bad: readonly [string, string, number, string][] = [
    ['no JSON', 'digest', 400, '{"error":"REQUEST_INVALID"}'],
    ['no list', '{}', 400, '{"error":"REQUEST_INVALID"}'],
    ['an empty list', '{"requests":[]}', 400, '{"error":"REQUEST_INVALID"}'],
    [
      'too many at once',
      JSON.stringify({ requests: Array(65).fill({}) }),
      400,
      '{"error":"REQUEST_INVALID"}',
    ],
    ['null', '{"requests":[null]}', 200, '{"signatures":[{"error":"KEY_UNKNOWN"}]}'],
    [
      'a short digest',
      '{"requests":[{"key":"k","digest":"00"}]}',
      200,
      '{"signatures":[{"error":"REQUEST_INVALID"}]}',
    ],
    [
      'data without user id',
      '{"requests":[{"key":"k","data":"AA=="}]}',
      200,
      '{"signatures":[{"error":"REQUEST_INVALID"}]}',
    ],
    [
      'digest and data',
      JSON.stringify({ requests: [{ key: 'k', digest: '0'.repeat(64), data: '', userId: '' }] }),
      200,
      '{"signatures":[{"error":"REQUEST_INVALID"}]}',
    ],
  ];
  for (const [what, sent, status, told] of bad) {
    it(`refuses ${what}`, async () => {
      const answer = await ask(sent);
      assert.deepEqual([answer.status, JSON.stringify(answer.told)], [status, told]);
    });
  }

  it('knows no other address', async () => {
    assert.equal((await ask('{}', '/')).status, 404);
  });
});
