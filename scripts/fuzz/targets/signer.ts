/** Signatures, keys, certificates and envelopes of every signing profile, each as the side that receives. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GatewayError } from '@yiqiao/model';
import type { WireObject } from '@yiqiao/model';
import type { Registry } from '@yiqiao/registry';
import {
  createMessageProtection,
  describeKey,
  parsePrivateKey,
  parsePublicKey,
  readJsonObject,
} from '@yiqiao/signer';
import type { IncomingHeaders, MessageProtection, ProtectionSettings } from '@yiqiao/signer';
import {
  checkCertificate,
  makeTestPki,
  readCertificates,
  readKeyStore,
  readOcspAnswer,
  readRevocationLists,
} from '@yiqiao/signer/certificates';
import { INSTITUTION, NOW } from '../messages.ts';
import { identityNumber, personName } from '../people.ts';
import type { Random } from '../random.ts';
import { reactionOf } from '../reaction.ts';
import { mutateBytes } from '../text-mutations.ts';
import type { FuzzInput, Target } from '../target.ts';

/** Keys that are always the same, so that an input that was saved still fits. */
const CLIENT = hash('sha256', 'fuzz client', 'hex');
const SERVER = hash('sha256', 'fuzz server', 'hex');
const NONCE = '0123456789abcdef0123456789abcdef';

const GM = { appId: 'TESTAPP0000000000000000000000001', appSecret: 'TESTSECRET00000000000000000000AB' };
const CREDENTIALS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'fsi-main-cainfo': { cipherKey: 'TESTCLIENT000001' },
  'gm-envelope': GM,
  'gm-envelope-evenpos': GM,
  tif: { paasId: 'mbs_fsi_auth', token: 'TESTTOKEN0000000000000000000000A' },
  csb: { accessKey: 'testAccessKey', secretKey: 'testSecretKey', apiName: 'TEST_API', apiVersion: '1.0.0' },
  'boss-md5': { appId: 'TESTAPP', key: 'TESTKEY' },
};

/** Profiles with something to receive. */
const PROFILES = [...Object.keys(CREDENTIALS), 'yiqiao-message', 'oauth-bearer', 'session-xml'] as const;

/** Files of the operator: no stranger sends them, and a large one takes its time when it is read. */
const LONGEST_FILE = 32_768;

type Part = {
  readonly about: string;
  readonly isFile?: true;
  make(random: Random): Buffer;
  receive(bytes: Buffer): void;
};

/** Creates the target. */
export function createSignerTarget(registry: Registry): Target {
  const parts = [
    ...PROFILES.flatMap((id) => messageParts(registry, id)),
    ...keyParts(),
    ...certificateParts(),
  ];
  const byName = new Map(parts.map((part) => [part.about, part]));
  return {
    name: 'signer',
    weight: 3,
    make(random) {
      const part = random.find(parts) ?? parts[0];
      const bytes = mutateBytes(part?.make(random) ?? Buffer.alloc(0), random);
      const most = part?.isFile === true ? LONGEST_FILE : bytes.length;
      return { about: { part: part?.about ?? '' }, bytes: bytes.subarray(0, most) };
    },
    react: (input) => reactionOf(() => received(byName.get(input.about['part'] ?? ''), input)),
  };
}

/** Secrets of what failed to be read must not be in the refusal: no piece of it that is long enough to be one. */
function received(part: Part | undefined, { bytes }: FuzzInput): string[] {
  try {
    part?.receive(bytes);
    return [];
  } catch (error) {
    if (!(error instanceof GatewayError) || part?.about !== 'private-key') throw error;
    const shown = JSON.stringify(error.details);
    for (const [piece] of bytes.toString('latin1').matchAll(/[0-9A-Za-z+/]{16}/g))
      if (shown.includes(piece))
        throw new Error(`a private key is shown: ${piece.slice(0, 2)}…`, { cause: error });
    throw error;
  }
}

function settings(id: string, side: 'client' | 'server'): ProtectionSettings {
  const [own, peer] = side === 'client' ? [CLIENT, SERVER] : [SERVER, CLIENT];
  const names = side === 'client' ? ['province', 'hub'] : ['hub', 'province'];
  const credentials =
    id === 'yiqiao-message' ? { ownName: names[0] ?? '', peerName: names[1] ?? '' } : CREDENTIALS[id];
  return {
    side,
    clock: { now: () => NOW },
    privateKey: own,
    publicKeys: [{ text: describeKey(peer).publicHex }],
    ...(credentials === undefined ? {} : { credentials }),
    ...(id === 'oauth-bearer' ? { accessTokenHashes: [hash('sha256', 'TESTTOKEN', 'hex')] } : {}),
  };
}

function bodyText(random: Random): string {
  return JSON.stringify({
    data: { certno: identityNumber(random), psn_name: personName(random), amount: 12.5 },
  });
}

/** A text and what stands beside it, as one input. */
function joined(beside: object, body: string): Buffer {
  return Buffer.from(JSON.stringify({ beside, body }));
}

/** Taken apart again; what is no such text has nothing beside it. */
function apart(bytes: Buffer): { beside: WireObject; body: Buffer } {
  const { beside, body } = readJsonObject(bytes);
  const isNode = typeof beside === 'object' && beside !== null && !Array.isArray(beside);
  return {
    beside: isNode ? (beside as WireObject) : {},
    body: typeof body === 'string' ? Buffer.from(body) : bytes,
  };
}

function messageParts(registry: Registry, id: string): Part[] {
  const profile = registry.signingProfile(id) as Parameters<typeof createMessageProtection>[0];
  const client = createMessageProtection(profile, settings(id, 'client'));
  const server = createMessageProtection(profile, settings(id, 'server'));
  const { sealMessage, signBody, sealBody, headers } = client;
  const parts: Part[] = [];
  if (sealMessage !== undefined)
    parts.push({
      about: `${id} message`,
      make: (random) =>
        sealMessage(readJsonObject(Buffer.from(bodyText(random))), { now: NOW, nonce: NONCE }),
      receive: (bytes) => void server.openMessage?.(bytes),
    });
  if (signBody !== undefined)
    parts.push({
      about: `${id} signature`,
      make(random) {
        const body = bodyText(random);
        return joined(signBody(Buffer.from(body)), body);
      },
      receive: (bytes) => verifyWith(server, bytes),
    });
  if (sealBody !== undefined)
    parts.push({
      about: `${id} cipher`,
      make(random) {
        const { text, members } = sealBody(Buffer.from(bodyText(random)));
        return joined(members, text);
      },
      receive(bytes) {
        const { beside, body } = apart(bytes);
        server.openBody?.(beside, body.toString('utf8'));
      },
    });
  if (headers !== undefined) parts.push(headerPart(id, { headers, server }));
  const { readSession } = server;
  if (readSession !== undefined)
    parts.push({
      about: `${id} session`,
      make: () => joined(client.sessionMembers?.('TESTSESSION') ?? {}, ''),
      receive: (bytes) => void readSession(apart(bytes).beside),
    });
  return parts;
}

function verifyWith(server: MessageProtection, bytes: Buffer): void {
  const { beside, body } = apart(bytes);
  server.verifyBody?.(beside, body);
  // A body made here is an object with these members; any other was never signed.
  if (
    !/^\{"data":\{"certno":"[\dX]{18}","psn_name":"测试.{1,2}","amount":12\.5\}\}$/u.test(
      body.toString('utf8'),
    )
  )
    throw new Error('a signature holds for a body that nobody signed');
}

type Headers = NonNullable<MessageProtection['headers']>;

function headerPart(id: string, of: { headers: Headers; server: MessageProtection }): Part {
  const message = {
    direction: 'request',
    now: NOW,
    transaction: '2207',
    messageId: `${INSTITUTION}1`,
  } as const;
  return {
    about: `${id} headers`,
    make(random) {
      const body = bodyText(random);
      const token = id === 'oauth-bearer' ? { accessToken: 'TESTTOKEN' } : {};
      const made = of.headers({ ...message, body: Buffer.from(body), nonce: NONCE, ...token });
      return joined(made, body);
    },
    receive(bytes) {
      const { beside, body } = apart(bytes);
      // node:http gives texts, and lists of them; nothing else can come.
      const texts = Object.entries(beside).filter(
        ([, value]) => typeof value === 'string' || Array.isArray(value),
      );
      of.server.checkHeaders?.(Object.fromEntries(texts) as IncomingHeaders, { ...message, body });
    },
  };
}

function keyParts(): Part[] {
  const privateTexts = [CLIENT, SERVER, `00${CLIENT}`, Buffer.from(CLIENT, 'hex').toString('base64'), PKCS8];
  const point = describeKey(CLIENT).publicHex;
  const publicTexts = [
    point,
    point.slice(2),
    Buffer.from(point, 'hex').toString('base64'),
    SPKI_HEAD + point,
  ];
  const part = (about: string, texts: readonly string[], read: (text: string) => unknown): Part => ({
    about,
    isFile: true,
    make: (random) => Buffer.from(random.find(texts) ?? ''),
    receive: (bytes) => void read(bytes.toString('utf8')),
  });
  return [
    part('private-key', privateTexts, parsePrivateKey),
    part('public-key', publicTexts, parsePublicKey),
    part('any-key', [...privateTexts, ...publicTexts], describeKey),
  ];
}

const SPKI_HEAD = '3059301306072a8648ce3d020106082a811ccf5501822d034200';
const PKCS8 = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(
  `3041020100301306072a8648ce3d020106082a811ccf5501822d042730250201010420${CLIENT}`,
  'hex',
).toString('base64')}\n-----END PRIVATE KEY-----\n`;

/** Made by openssl with the password `test`. */
const KEY_STORES = ['sm2.p12', 'rsa.p12', 'rsa-older.p12'];

function readFixture(name: string): Buffer {
  return readFileSync(new URL(`../../../packages/signer/test/fixtures/${name}`, import.meta.url));
}

function certificateParts(): Part[] {
  const files = makeTestPki({ institutions: [INSTITUTION], hosts: ['localhost'], now: NOW, days: 90 });
  const content = (end: string): (string | Buffer)[] =>
    files.filter(({ name }) => name.endsWith(end) && !name.endsWith('.key.pem')).map((file) => file.content);
  const anchors = content('root.pem').flatMap((file) => readCertificates(file));
  const intermediates = content('intermediate.pem').flatMap((file) => readCertificates(file));
  const part = (
    about: string,
    texts: readonly (string | Buffer)[],
    read: (text: Buffer) => unknown,
  ): Part => ({
    about,
    isFile: true,
    make(random) {
      const file = random.find(texts) ?? '';
      // Where it is PEM, its bytes as often as its text.
      const der = /-----BEGIN [^-]+-----([^-]+)/.exec(file.toString('latin1'))?.[1];
      if (der !== undefined && random.percent(60)) return Buffer.from(der, 'base64');
      return Buffer.from(file);
    },
    receive: (bytes) => void read(bytes),
  });
  return [
    part(
      'certificate',
      content('.pem').filter((file) => file.includes('CERTIFICATE')),
      (bytes) => {
        const [first] = readCertificates(bytes);
        if (first !== undefined) checkCertificate(first, { at: NOW, anchors, intermediates, use: 'signing' });
      },
    ),
    part('revocation-list', content('.crl.pem'), readRevocationLists),
    part('ocsp-answer', content('.ocsp'), readOcspAnswer),
    part('key-store', KEY_STORES.map(readFixture), (bytes) => readKeyStore(bytes, 'test')),
  ];
}
