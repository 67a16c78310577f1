import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { checkGatewayConfig, startGateway } from '@yiqiao/gateway';
import type { Gateway } from '@yiqiao/gateway';
import { createTransport } from '@yiqiao/transport';
import type { TlsOptions } from '@yiqiao/transport';
import { makeTestPki } from '@yiqiao/signer/certificates';
import type { FarSide } from './far-side.ts';
import { settlement } from './messages.ts';
import { assertDone, assertRefused, assertUnknown, post } from './posts.ts';
import type { Posted } from './posts.ts';
import { auditedCodes } from './refusals.ts';
import { endAll, makeFolder, onEnd, openFarSide } from './rig.ts';

const OWN = 'H53010000001';
const OTHER = 'H53010000002';
const DAY_MS = 86_400_000;

/** Files of a test authority in a folder of its own. */
function makePki(now = Date.now(), hosts = ['localhost', '127.0.0.1']): (name: string) => string {
  const folder = makeFolder();
  for (const { name, content } of makeTestPki({ institutions: [OWN, OTHER], hosts, now, days: 30 }))
    writeFileSync(join(folder, name), content);
  return (name) => join(folder, name);
}

const pem = (file: string): string => readFileSync(file, 'utf8');

interface Target {
  readonly gateway: Gateway;
  readonly core: FarSide;
  readonly configFile: string;
  readonly journalFile: string;
  rewrite(change: (yaml: string) => string): void;
}

/** An insured place that asks everybody for a certificate. */
async function startTarget(
  pki: (name: string) => string,
  change = (yaml: string): string => yaml,
): Promise<Target> {
  const core = await openFarSide();
  const folder = makeFolder();
  const configFile = join(folder, 'insured.yaml');
  const yaml = change(`role: insured-place
region: "330000"
listen:
  port: 0
  tls:
    certificate: { file: ${pki('server.pem')} }
    key: { file: ${pki('server.key.pem')} }
    clientAnchors: { file: ${pki('tls-root.pem')} }
logLevel: silent
outcome: { callerDeadlineMs: 3000, firstDelayMs: 10, maxDelayMs: 100, inFlightMs: 50 }
peers:
  - id: his
    from: { institutions: [${OWN}], certificate: { subject: { CN: ${OWN} } } }
    signing: { profile: none }
  - id: care
    from: { careRegions: ["530000"], certificate: { fingerprints: ["${new X509Certificate(pem(pki(`${OWN}.tls.pem`))).fingerprint256}"] } }
    signing: { profile: none }
  - { id: core, mode: tolerant, to: { url: "${core.url}" }, signing: { profile: none } }
insuredPlaceCore: core
`);
  writeFileSync(configFile, yaml);
  const gateway = await startGateway({ configFile });
  onEnd(() => gateway.close());
  return {
    gateway,
    core,
    configFile,
    journalFile: join(folder, 'journal.sqlite'),
    rewrite: (other) => writeFileSync(configFile, other(yaml)),
  };
}

/** Posts as somebody with a certificate. */
async function call(url: string, body: string, tls: TlsOptions): Promise<Posted> {
  const transport = createTransport({
    url,
    connections: 1,
    timeouts: { connectMs: 5_000, idleMs: 1_000 },
    maxResponseBytes: 1_000_000,
    tls,
  });
  try {
    const {
      status,
      contentType,
      body: bytes,
    } = await transport.post({
      body: Buffer.from(body),
      contentType: 'application/json',
      deadline: Date.now() + 5_000,
      signal: new AbortController().signal,
    });
    return { status, contentType, bytes: Buffer.from(bytes) };
  } finally {
    await transport.close();
  }
}

/** Reads a page as somebody with a certificate. */
function read(url: string, { anchors, certificate, key }: TlsOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { ca: anchors, cert: certificate, key, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

function as(pki: (name: string) => string, holder: string): TlsOptions {
  return {
    anchors: pem(pki('tls-root.pem')),
    certificate: pem(pki(`${holder}.tls.pem`)),
    key: pem(pki(`${holder}.tls.key.pem`)),
  };
}

const own = (): string => settlement({}, { fixmedins_code: `"${OWN}"`, insuplc_admdvs: '"330100"' });

/** A care place that calls an insured place by TLS. */
async function startCarePlace(url: string, tls: string): Promise<Gateway> {
  const core = await openFarSide();
  const configFile = join(makeFolder(), 'care.yaml');
  writeFileSync(
    configFile,
    `role: care-place
region: "530000"
listen: { port: 0 }
logLevel: silent
outcome: { callerDeadlineMs: 3000, firstDelayMs: 10, maxDelayMs: 100, inFlightMs: 50 }
peers:
  - { id: his, from: { any: true }, signing: { profile: none } }
  - { id: insured, mode: tolerant, to: { url: "${url}", replyTimeoutMs: 2000, tls: ${tls} }, signing: { profile: none } }
  - { id: core, mode: tolerant, to: { url: "${core.url}" }, signing: { profile: none } }
carePlaceCore: core
routes: [{ insured: "*", peer: insured }]
`,
  );
  const gateway = await startGateway({ configFile });
  onEnd(() => gateway.close());
  return gateway;
}

describe('TLS', () => {
  afterEach(endAll);

  it('proves both ends of a settlement between two gateways', async () => {
    const pki = makePki();
    const { gateway, core } = await startTarget(pki);
    assert.match(gateway.base, /^https:/);
    const tls = `{ anchors: { file: ${pki('tls-root.pem')} }, certificate: { file: ${pki(`${OWN}.tls.pem`)} }, key: { file: ${pki(`${OWN}.tls.key.pem`)} } }`;
    const care = await startCarePlace(`${gateway.base}/peers/care`, tls);
    assertDone(await post(care.url, settlement({}, { insuplc_admdvs: '"330100"' })));
    assert(core.numbers().includes('2207'));
  });

  it('tells that nothing was sent, and why, when the far side does not prove who it is', async () => {
    const pki = makePki();
    const { gateway, core } = await startTarget(pki);
    const certificate = `certificate: { file: ${pki(`${OWN}.tls.pem`)} }, key: { file: ${pki(`${OWN}.tls.key.pem`)} }`;
    const anchors = `anchors: { file: ${pki('tls-root.pem')} }`;
    const elsewhere = makePki();
    const reasons = [
      [
        `{ anchors: { file: ${elsewhere('tls-root.pem')} }, ${certificate} }`,
        /SELF_SIGNED|UNABLE_TO|SIGNATURE/,
      ],
      [`{ ${anchors}, ${certificate}, serverName: elsewhere.example }`, /ALTNAME_INVALID/],
      [`{ ${anchors}, ${certificate}, pins: ["${'0'.repeat(64)}"] }`, /CERT_NOT_PINNED/],
    ] as const;
    for (const [tls, reason] of reasons) {
      const care = await startCarePlace(`${gateway.base}/peers/care`, tls);
      const answer = await post(care.url, settlement({}, { insuplc_admdvs: '"330100"' }));
      const { facts } = assertRefused(answer, 'UPSTREAM_UNREACHABLE').yiqiao;
      assert.match(String(facts?.['reason']), reason);
    }
    assert.deepEqual(core.numbers(), []);
  });

  it('lets in nobody whose certificate the anchors do not prove, and counts why', async () => {
    const pki = makePki();
    const past = makePki(Date.now() - 60 * DAY_MS);
    const future = makePki(Date.now() + 60 * DAY_MS);
    const anchors = join(makeFolder(), 'anchors.pem');
    writeFileSync(anchors, [pki, past, future].map((one) => pem(one('tls-root.pem'))).join(''));
    const revoked = join(makeFolder(), 'revoked.pem');
    writeFileSync(revoked, [pki, past, future].map((one) => pem(one('tls.crl.pem'))).join(''));
    const { gateway, core, journalFile } = await startTarget(pki, (yaml) =>
      yaml.replace(
        `clientAnchors: { file: ${pki('tls-root.pem')} }`,
        `clientAnchors: { file: ${anchors} }\n    revoked: { file: ${revoked} }`,
      ),
    );
    const us = { anchors: pem(pki('tls-root.pem')) };
    const strangers = [
      us,
      { ...as(makePki(), OWN), ...us },
      { ...as(past, OWN), ...us },
      { ...as(future, OWN), ...us },
      { ...as(pki, 'revoked'), ...us },
    ];
    for (const tls of strangers) await assert.rejects(call(gateway.url, own(), tls));
    const metrics = await read(`${gateway.base}/metrics`, as(pki, OWN));
    const reasons = [...metrics.matchAll(/^yiqiao_connections_turned_away_total\{reason="([^"]+)"\} 1$/gm)];
    const codes = reasons.map(([, reason = '']) => reason).toSorted();
    assert.equal(codes.length, strangers.length, codes.join());
    for (const code of ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED'])
      assert(codes.includes(code), codes.join());
    assert.deepEqual(core.numbers(), []);
    await gateway.close();
    assert.deepEqual(auditedCodes(journalFile).toSorted(), codes);
  });

  it('takes from a peer only what comes with its own certificate', async () => {
    const pki = makePki();
    const { gateway, core, journalFile } = await startTarget(pki);
    assertRefused(await call(gateway.url, own(), as(pki, OTHER)), 'CLIENT_CERTIFICATE_FOREIGN');
    assert.deepEqual(core.numbers(), []);
    assertDone(await call(gateway.url, own(), as(pki, OWN)));
    await gateway.close();
    assert.deepEqual(auditedCodes(journalFile), ['CLIENT_CERTIFICATE_FOREIGN']);
  });

  it('may ask for no certificate of anybody but the peers that have one', async () => {
    const pki = makePki();
    const { gateway } = await startTarget(pki, (yaml) =>
      yaml.replace('    clientAnchors', '    requireClientCertificate: false\n    clientAnchors'),
    );
    const us = { anchors: pem(pki('tls-root.pem')) };
    assertRefused(await call(gateway.url, own(), us), 'CLIENT_CERTIFICATE_MISSING');
    assertRefused(
      await call(gateway.url, own(), { ...as(makePki(), OWN), ...us }),
      'CLIENT_CERTIFICATE_MISSING',
    );
    const message = own();
    assertDone(await call(gateway.url, message, as(pki, OWN)));
    assertUnknown(await call(gateway.url, message, us), 'RESEND_REFUSED');
  });

  it('is renewed by a reload: new connections see the new certificate, those that stand go on', async () => {
    const pki = makePki();
    const next = makePki();
    const { gateway, rewrite } = await startTarget(pki);
    const transport = createTransport({
      url: gateway.url,
      connections: 1,
      timeouts: { connectMs: 5_000, idleMs: 10_000 },
      maxResponseBytes: 1_000_000,
      tls: as(pki, OWN),
    });
    const postOn = async (): Promise<string> => {
      const { body } = await transport.post({
        body: Buffer.from(own()),
        contentType: 'application/json',
        deadline: Date.now() + 5_000,
        signal: new AbortController().signal,
      });
      return Buffer.from(body).toString();
    };
    try {
      assert.match(await postOn(), /"infcode":0/);
      rewrite((yaml) =>
        yaml
          .replace(
            `certificate: { file: ${pki('server.pem')} }`,
            `certificate: { file: ${next('server.pem')} }`,
          )
          .replace(pki('server.key.pem'), next('server.key.pem')),
      );
      gateway.reload();
      assert.match(await postOn(), /"infcode":0/, 'the connection that stands');
      const { port } = new URL(gateway.base);
      const shown = await new Promise<string>((resolve, reject) => {
        const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().fingerprint256);
          socket.destroy();
        }).on('error', reject);
      });
      assert.equal(shown, new X509Certificate(pem(next('server.pem'))).fingerprint256);
    } finally {
      await transport.close();
    }
  });

  it('is refused with place and remedy where key and certificate are no pair', async () => {
    const pki = makePki();
    const { configFile, rewrite } = await startTarget(pki);
    rewrite((yaml) => yaml.replace(pki('server.key.pem'), pki(`${OWN}.tls.key.pem`)));
    assert.deepEqual(
      checkGatewayConfig(configFile).faults.map(({ rule, at }) => `${rule} ${at}`),
      ['certificate /listen/tls'],
    );
  });
});
