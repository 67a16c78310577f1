import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { fileURLToPath } from 'node:url';
import { checkGatewayConfig } from '@yiqiao/gateway';
import { createRegistry } from '@yiqiao/registry';
import {
  createKeyPair,
  createMessageProtection,
  createMessageSigner,
  createMessageVerifier,
  createSignerService,
} from '@yiqiao/signer';
import { loadConfig } from '#internal/config.ts';
import { writePki } from './certificate-files.ts';
import type { TestPki } from './certificate-files.ts';
import { message, settlementInput, SIGNING } from './messages.ts';
import type { Leaves } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { endAll, KEYS, makeFolder, startRig, usualConfig } from './rig.ts';
import type { Rig } from './rig.ts';

const DAY_MS = 86_400_000;
const PROFILE = createRegistry().signingProfile('fsi-main-cainfo');
const PEER_KEY = `{ text: ${KEYS.his.publicHex} }`;

/** 2207 of the HIS, signed by a key; a message id of its own or the one given. */
function signed(privateKey: string, envelope: Leaves = {}): string {
  const input = settlementInput();
  const members = createMessageSigner(PROFILE, { privateKey })(Buffer.from(input));
  const signature = Object.entries(members).map(([name, value]) => [name, JSON.stringify(value)]);
  const leaves = { fixmedins_code: JSON.stringify(SIGNING), ...(Object.fromEntries(signature) as Leaves) };
  return message('2207', input, { ...leaves, ...envelope });
}

/** The usual configuration, with certificates in the place of the key of the HIS. */
function trusting(pki: TestPki, certificate = `${SIGNING}.sign.pem`, trust = ''): (yaml: string) => string {
  return (yaml) =>
    yaml
      .replace(
        'limits: {}',
        `trust: { anchors: ["${pki.file('root.pem')}"], intermediates: ["${pki.file('intermediate.pem')}"]${trust} }\nlimits: {}`,
      )
      .replace(`publicKeys: [${PEER_KEY}]`, `certificates: [{ file: "${pki.file(certificate)}" }]`);
}

const now = Date.now();
const pki = writePki({ now, days: 365 });
const other = writePki({ now, days: 365 });
const past = writePki({ now: now - 400 * DAY_MS, days: 365 });
const future = writePki({ now: now + 10 * DAY_MS, days: 365 });

async function metricsOf({ gateway }: Rig): Promise<string> {
  return (await fetch(`${gateway.base}/metrics`)).text();
}

describe('A peer with a certificate', () => {
  afterEach(endAll);

  it('is believed by its chain, and the operator sees how long it holds', async () => {
    const rig = await startRig({ change: trusting(pki) });
    assertDone(await post(rig.gateway.url, signed(pki.key(`${SIGNING}.sign`))));
    const metrics = await metricsOf(rig);
    assert.match(metrics, /yiqiao_certificate_days_left\{peer="his",use="signing",id="[0-9a-f]+"\} 36[45]/);
    assert.match(metrics, /yiqiao_certificate_trusted\{peer="his",use="signing",id="[0-9a-f]+"\} 1/);
  });

  const refused: readonly [string, string, () => string, (yaml: string) => string][] = [
    ['SIGNATURE_KEY_EXPIRED', 'has ended', () => past.key(`${SIGNING}.sign`), trusting(past)],
    ['SIGNATURE_KEY_NOT_YET_VALID', 'has not begun', () => future.key(`${SIGNING}.sign`), trusting(future)],
    [
      'CERTIFICATE_NOT_BELIEVED',
      'is not known to be unrevoked, where it must be',
      () => pki.key(`${SIGNING}.sign`),
      trusting(pki, undefined, ', revocation: required'),
    ],
    ['SIGNATURE_INVALID', 'is not the one configured', () => other.key(`${SIGNING}.sign`), trusting(pki)],
  ];
  for (const [code, what, key, change] of refused) {
    it(`is refused by ${code} when its certificate ${what}; nothing is sent`, async () => {
      const { gateway, far } = await startRig({ change });
      assertRefused(await post(gateway.url, signed(key())), code as Parameters<typeof assertRefused>[1]);
      assert.deepEqual(far.numbers(), []);
    });
  }

  it('is refused from the reload on after the list that revokes it came, and by no other code', async () => {
    const list = join(makeFolder(), 'current.crl.pem');
    copyFileSync(other.file('revoked.crl.pem'), list);
    const revocation = `, revocationLists: ["${list}"], institutionIn: [O]`;
    const rig = await startRig({
      change: (yaml) =>
        trusting(
          pki,
          'revoked.pem',
          revocation,
        )(yaml).replace('revoked.pem"', 'revoked.pem", institution: Yiqiao test'),
    });
    const key = pki.key('revoked');
    assertDone(await post(rig.gateway.url, signed(key)));
    copyFileSync(pki.file('revoked.crl.pem'), list);
    rig.gateway.reload();
    assertRefused(await post(rig.gateway.url, signed(key)), 'CERTIFICATE_REVOKED');
    assert.deepEqual(rig.far.numbers(), ['2207']);
    assert.match(await metricsOf(rig), /yiqiao_certificate_trusted\{peer="his"[^}]*\} 0/);
    assert.match(await metricsOf(rig), /yiqiao_errors_total\{[^}]*code="CERTIFICATE_REVOKED"\} 1/);
  });

  it('may have two certificates at once while it changes them', async () => {
    const change = (yaml: string): string =>
      trusting(pki)(yaml).replace(
        'certificates: [',
        `certificates: [{ file: "${pki.file('revoked.pem')}", institution: revoked }, `,
      );
    const { gateway } = await startRig({ change });
    for (const key of [pki.key('revoked'), pki.key(`${SIGNING}.sign`)])
      assertDone(await post(gateway.url, signed(key)));
  });
});

describe('The configuration of certificates', () => {
  afterEach(endAll);
  const USUAL = usualConfig({ core: 'http://127.0.0.1:9/', hub: 'http://127.0.0.1:9/' });
  const OWN = /signing: \{ privateKey: .*\}/;
  const own = (key: string) => (yaml: string) =>
    trusting(pki)(yaml).replace(OWN, `signing: { keys: [${key}] }`);
  const keyFile = `file: "${pki.file(`${SIGNING}.sign.key.pem`)}"`;
  /** Made by openssl 3 with the password `test`. */
  const store = (name: string, password: string): string =>
    `{ pkcs12: "${fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))}", password: { text: ${password} } }`;
  const at = '/peers/0/signing/certificates';
  const cases: readonly [string, (yaml: string) => string, readonly string[]][] = [
    ['takes one that is in order', trusting(pki), []],
    ['takes one that has ended: others go on, and the watch tells it', trusting(past), []],
    [
      'refuses one of another institution',
      (yaml) => trusting(pki)(yaml).replace('.sign.pem" }', '.sign.pem", institution: H00000000009 }'),
      [`other-institution ${at}/0`],
    ],
    [
      'refuses the encryption certificate in the place of the signing one',
      trusting(pki, `${SIGNING}.encrypt.pem`),
      [`usage-not-allowed ${at}/0`],
    ],
    ['refuses one for TLS', trusting(pki, `${SIGNING}.tls.pem`), [`key ${at}/0`]],
    [
      'refuses a key in the place of a certificate',
      trusting(pki, `${SIGNING}.sign.key.pem`),
      [`CERTIFICATE_INVALID ${at}/0`],
    ],
    [
      'refuses one whose chain leads to a root of the same name',
      (yaml) =>
        trusting(pki)(yaml).replace(pki.file(`${SIGNING}.sign.pem`), other.file(`${SIGNING}.sign.pem`)),
      [`signature-wrong ${at}/0`],
    ],
    [
      'refuses one without any root',
      (yaml) => trusting(pki)(yaml).replace(/trust: .*\n/, ''),
      [`issuer-unknown ${at}/0`],
    ],
    [
      'refuses roots that are not there',
      (yaml) => trusting(pki)(yaml).replace('root.pem', 'roots.pem'),
      ['readable /trust/anchors/0', 'required /trust/anchors', `issuer-unknown ${at}/0`],
    ],
    [
      'takes an own key with its certificate',
      own(`{ ${keyFile}, certificate: { file: "${pki.file(`${SIGNING}.sign.pem`)}" } }`),
      [],
    ],
    [
      'refuses an own certificate of another key',
      own(`{ ${keyFile}, certificate: { file: "${pki.file(`${SIGNING}.encrypt.pem`)}" } }`),
      ['certificate /signing/keys/0'],
    ],
    [
      'refuses a certificate as an own key',
      own(`{ file: "${pki.file('root.pem')}" }`),
      ['KEY_INVALID /signing/keys/0'],
    ],
    [
      'refuses a PKCS#12 file that is none',
      own(`{ pkcs12: "${pki.file('root.pem')}" }`),
      ['CERTIFICATE_INVALID /signing/keys/0/pkcs12'],
    ],
    ['takes the key of a PKCS#12 file with its certificate', own(store('sm2.p12', 'test')), []],
    [
      'refuses a PKCS#12 file under another password',
      own(store('sm2.p12', 'Test')),
      ['CERTIFICATE_INVALID /signing/keys/0/pkcs12'],
    ],
    [
      'refuses a PKCS#12 file without an SM2 key',
      own(store('rsa.p12', 'test')),
      ['KEY_INVALID /signing/keys/0/pkcs12', 'key /signing/keys/0/pkcs12'],
    ],
    [
      'refuses an environment variable that is not set',
      own('{ env: YIQIAO_NO_SUCH_KEY }'),
      ['required /signing/keys/0/env'],
    ],
    [
      'refuses settings that there are not',
      own(`{ ${keyFile}, notafter: "2027-01-01" }`),
      ['unknown-setting /signing/keys/0/notafter'],
    ],
    [
      'refuses a signer elsewhere, to which the token would go in the clear',
      own(
        `{ remote: { url: "http://signer.example:9300", key: k, token: { text: t } }, publicKey: { text: ${KEYS.gateway.publicHex} } }`,
      ),
      ['format /signing/keys/0/remote/url'],
    ],
    [
      'refuses a signer without address',
      own(`{ remote: { key: k, token: { text: t } }, publicKey: { text: ${KEYS.gateway.publicHex} } }`),
      ['required /signing/keys/0/remote'],
    ],
  ];
  for (const [what, change, expected] of cases) {
    it(what, () => {
      const file = join(makeFolder(), 'gateway.yaml');
      writeFileSync(file, change(USUAL));
      const { faults } = checkGatewayConfig(file);
      assert.deepEqual(
        faults.map(({ rule, at: place }) => `${rule} ${place}`),
        expected,
      );
      for (const { message: text } of faults) assert(text.zh !== '' && text.en !== '');
    });
  }

  it('tells of one that has ended when a file is checked', () => {
    const file = join(makeFolder(), 'gateway.yaml');
    writeFileSync(file, trusting(past)(USUAL));
    const { summary } = checkGatewayConfig(file);
    assert.match(summary.join('\n'), / {2}! his {2}signing [0-9a-f]+, expired, expired/);
  });

  it('shows no private key of ours however it is printed', () => {
    const file = join(makeFolder(), 'gateway.yaml');
    writeFileSync(file, own(`{ ${keyFile} }`)(USUAL));
    const config = loadConfig(file);
    const text = `${inspect(config, { depth: 20, showHidden: true })}${JSON.stringify(config)}`;
    assert.match(text, /\[private key sm3:[0-9a-f]{16}\]/);
    for (const line of pki.key(`${SIGNING}.sign`).split('\n').slice(1, 3)) assert(!text.includes(line));
  });

  it('shows no private key in any fault', () => {
    const scalar = KEYS.gateway.privateKey.split('\n')[1] ?? '';
    const file = join(makeFolder(), 'gateway.yaml');
    writeFileSync(file, USUAL.replace(OWN, `signing: { keys: [{ text: "${scalar}AA" }] }`));
    const { faults } = checkGatewayConfig(file);
    assert.deepEqual(
      faults.map(({ rule }) => rule),
      ['KEY_INVALID'],
    );
    assert(!JSON.stringify(faults).includes(scalar.slice(0, 20)));
  });
});

describe('Our own keys', () => {
  afterEach(endAll);

  /** Which of two keys signed an answer. */
  function signerOf(answer: Posted, keys: Readonly<Record<string, string>>): string[] {
    const envelope = assertDone(answer);
    const text = answer.bytes.toString();
    const output = Buffer.from(text.slice(text.indexOf('"output":') + 9, -1));
    const members = { cainfo: String(envelope['cainfo']), signtype: String(envelope['signtype']) };
    return Object.keys(keys).filter((name) => {
      try {
        createMessageVerifier(PROFILE, { publicKeys: [{ text: keys[name] ?? '' }] })(members, output);
        return true;
      } catch {
        return false;
      }
    });
  }

  it('change over at the instant that was announced, without a reload', async () => {
    const next = createKeyPair();
    const change = now + 60_000;
    let offset = 0;
    const keyText = (pem: string): string => pem.replaceAll('\n', '').replace(/-----[^-]+-----/g, '');
    const limit = new Date(change).toISOString();
    const keys = `keys: [{ text: ${keyText(KEYS.gateway.privateKey)} }, { text: ${keyText(next.privateKey)}, notBefore: "${limit}" }]`;
    const { gateway } = await startRig({
      clock: { now: () => change - 1 + offset },
      change: (yaml) => yaml.replace(/privateKey: .*(?= \}\n)/, keys),
    });
    const publicKeys = { old: KEYS.gateway.publicHex, new: next.publicHex };
    assert.deepEqual(signerOf(await post(gateway.url, signed(KEYS.his.privateKey)), publicKeys), ['old']);
    offset = 1;
    assert.deepEqual(signerOf(await post(gateway.url, signed(KEYS.his.privateKey)), publicKeys), ['new']);
  });

  describe('with a signer elsewhere', () => {
    const TOKEN = 'a-token-of-at-least-thirty-two-characters';
    let server: Server | undefined;
    const socket = (): string => join(makeFolder(), 'signer.sock');
    const serve = async (at: string): Promise<void> => {
      const keys = new Map([['sign', KEYS.gateway.privateKey]]);
      server = createServer(createSignerService({ keys, token: TOKEN }));
      await once(server.listen(at), 'listening');
    };
    const remote = (at: string) => (yaml: string) =>
      yaml.replace(
        /privateKey: .*(?= \}\n)/,
        `keys: [{ remote: { socket: "${at}", key: sign, token: { text: ${TOKEN} } }, publicKey: { text: ${KEYS.gateway.publicHex} } }]`,
      );
    afterEach(() => {
      server?.close().closeAllConnections();
    });

    it('sign answers, and the key is not in the gateway', async () => {
      const at = socket();
      await serve(at);
      const { gateway } = await startRig({ change: remote(at) });
      const answer = await post(gateway.url, signed(KEYS.his.privateKey));
      assert.deepEqual(signerOf(answer, { own: KEYS.gateway.publicHex }), ['own']);
    });

    it('keep a settlement that is done but cannot be signed for: told as not known, then by the resend', async () => {
      const at = socket();
      const { gateway, far } = await startRig({ change: remote(at) });
      const sent = signed(KEYS.his.privateKey);
      assertUnknown(await post(gateway.url, sent), 'INTERNAL');
      await serve(at);
      const answer = await post(gateway.url, sent);
      assert.deepEqual(signerOf(answer, { own: KEYS.gateway.publicHex }), ['own']);
      assert.deepEqual(far.numbers(), ['2207']);
    });

    it('tell no refusal of what is done when the headers of its answer cannot be signed', async () => {
      const at = socket();
      const credentials = 'credentials: { ownName: gateway, peerName: hospital }';
      const { gateway, far } = await startRig({
        change: (yaml) =>
          remote(at)(yaml).replace('{ publicKeys:', `{ profile: yiqiao-message, ${credentials}, publicKeys:`),
      });
      const hospital = createMessageProtection(createRegistry().signingProfile('yiqiao-message'), {
        side: 'client',
        privateKey: KEYS.his.privateKey,
        publicKeys: [{ text: KEYS.gateway.publicHex }],
        credentials: { ownName: 'hospital', peerName: 'gateway' },
      });
      const body = message('2207', settlementInput(), { fixmedins_code: JSON.stringify(SIGNING) });
      const { msgid } = JSON.parse(body) as { msgid: string };
      const send = (nonce: string): Promise<Posted> => {
        const request = { direction: 'request', body: Buffer.from(body), now: Date.now(), nonce } as const;
        const headers = hospital.headers?.({ ...request, transaction: '2207', messageId: msgid });
        return post(`${gateway.base}/peers/his`, body, headers);
      };
      assertUnknown(await send('first-nonce-0001'), 'INTERNAL');
      await serve(at);
      assertDone(await send('other-nonce-0002'));
      assert.deepEqual(far.numbers(), ['2207']);
    });

    it('send nothing to a peer that wants signatures while the signer is away', async () => {
      const at = socket();
      const change = (yaml: string): string =>
        remote(at)(yaml).replace(
          /(id: care-place-core[^]*?)signing: \{ profile: none \}/,
          `$1signing: { publicKeys: [{ text: ${KEYS.his.publicHex} }] }`,
        );
      const { gateway, far } = await startRig({ change });
      const unsigned = message('2207', settlementInput());
      assertRefused(await post(gateway.url, unsigned), 'SIGNER_UNAVAILABLE');
      assert.deepEqual(far.numbers(), []);
    });
  });
});
