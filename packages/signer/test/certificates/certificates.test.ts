import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GatewayError } from '@yiqiao/model';
import { readCertificates } from '#internal/certificates/certificate.ts';
import { checkCertificate } from '#internal/certificates/chain.ts';
import type { CertificatePolicy } from '#internal/certificates/chain.ts';
import { parsePublicKey } from '@yiqiao/signer';
import { issueOcspAnswer, issueRevocationList } from '#internal/certificates/issue.ts';
import { readOcspAnswer, readRevocationLists } from '#internal/certificates/revocation.ts';
import { createPki, ECDSA, issue, NOW, RSA, SM2 } from './pki.ts';
import type { Holder } from './pki.ts';

const DAY = 86_400_000;

function seenIn(source: string | Uint8Array): string {
  try {
    readCertificates(source);
  } catch (error) {
    assert(error instanceof GatewayError && error.code === 'CERTIFICATE_INVALID');
    return String(error.details.facts?.['seen']);
  }
  return 'accepted';
}

describe('a certificate', () => {
  const pki = createPki(SM2);

  it('tells its names, its validity, its key and its uses', () => {
    const { certificate } = pki.end;
    assert.equal(certificate.subject, 'C=CN, O=测试机构, CN=H00000000001');
    assert.equal(certificate.issuer, 'C=CN, O=测试机构, CN=测试中级');
    assert.deepEqual(certificate.subjectParts['CN'], ['H00000000001']);
    assert.equal(certificate.notBefore, NOW - 30 * DAY);
    assert.equal(certificate.key.kind, 'SM2');
    assert.equal(certificate.algorithm.name, 'SM2-SM3');
    assert.deepEqual(certificate.usages, ['digitalSignature', 'nonRepudiation']);
    assert.equal(certificate.isAuthority, false);
    assert.equal(certificate.fingerprint, createHash('sha256').update(certificate.der).digest('hex'));
  });

  it('is read from PEM of several, DER, base64 and hex alike', () => {
    const { der } = pki.end.certificate;
    for (const source of [der, der.toString('base64'), der.toString('hex'), pki.end.pem]) {
      assert.deepEqual(
        readCertificates(source).map(({ serial }) => serial),
        [pki.end.certificate.serial],
      );
    }
    assert.equal(readCertificates(`${pki.end.pem}\nnote\n${pki.middle.pem}`).length, 2);
  });

  const { der } = pki.end.certificate;
  const bad: readonly [string, string | Uint8Array, RegExp][] = [
    ['nothing', '', /empty/],
    ['a text', 'not a certificate!', /neither PEM/],
    ['a byte too many', Buffer.concat([der, Buffer.of(0)]), /1 bytes after/],
    ['a byte too few', der.subarray(0, -1), /cut off/],
    ['PEM of something else', pki.end.privateKey, /PEM of PRIVATE KEY/],
    ['another structure', Buffer.from('3003020101', 'hex'), /no certificate/],
    ['a length in a longer form than needed', Buffer.from('30810302010100', 'hex'), /no DER sequence/],
    ['PEM that is cut off', pki.end.pem.slice(0, 80), /cut off/],
  ];
  for (const [what, source, seen] of bad) {
    it(`is refused when it is ${what}`, () => {
      assert.match(seenIn(source), seen);
    });
  }

  it('is refused when the algorithm inside differs from the one outside', () => {
    // The outer identifier stands once more after the signed part.
    const oid = Buffer.from('06082a811ccf55018375', 'hex');
    const at = der.lastIndexOf(oid);
    const changed = Buffer.from(der);
    changed.writeUInt8(0x76, at + oid.length - 1);
    assert.match(seenIn(changed), /two different algorithms/);
  });
});

describe('a chain of certificates', () => {
  const policy = ({ root, middle }: { root: Holder; middle: Holder }): CertificatePolicy => ({
    anchors: [root.certificate],
    intermediates: [middle.certificate],
    at: NOW,
    use: 'signing',
  });
  const faultsOf = (end: Holder, how: CertificatePolicy): string[] =>
    checkCertificate(end.certificate, how).reasons.map(({ fault }) => fault);

  for (const [family, algorithm] of Object.entries({ SM2, RSA, ECDSA })) {
    it(`is believed up to its anchor with ${family}`, () => {
      const pki = createPki(algorithm);
      const verdict = checkCertificate(pki.end.certificate, policy(pki));
      assert.deepEqual(verdict.reasons, []);
      assert.deepEqual(
        verdict.chain.map(({ serial }) => serial),
        [pki.end, pki.middle, pki.root].map(({ certificate }) => certificate.serial),
      );
    });
  }

  const pki = createPki(SM2);
  const other = createPki(SM2);
  const from = (request: Parameters<typeof issue>[1]): Holder => issue(SM2, request, pki.middle);
  const cases: readonly [string, Holder, Partial<CertificatePolicy>, readonly string[]][] = [
    ['after its end', pki.end, { at: NOW + 301 * DAY }, ['expired', 'expired', 'expired']],
    [
      'before its begin',
      pki.end,
      { at: NOW - 31 * DAY },
      ['not-yet-valid', 'not-yet-valid', 'not-yet-valid'],
    ],
    ['without the certificate between', pki.end, { intermediates: [] }, ['issuer-unknown']],
    ['from another root of the same name', other.end, {}, ['signature-wrong']],
    ['for another use', pki.end, { use: 'encryption' }, ['usage-not-allowed']],
    [
      'issued by an end certificate',
      issue(SM2, { name: 'x', usages: ['digitalSignature'] }, pki.end),
      { intermediates: [pki.middle.certificate, pki.end.certificate] },
      ['issuer-no-authority', 'path-too-long', 'path-too-long'],
    ],
    [
      'of another institution',
      pki.end,
      { institution: { code: 'H00000000002', parts: ['CN'] } },
      ['other-institution'],
    ],
    [
      'with a critical extension that nobody knows',
      from({ name: 'x', extensions: [{ id: '1.2.3.4', critical: true, der: Buffer.from('0500', 'hex') }] }),
      {},
      ['extension-unknown'],
    ],
    [
      'of whose revocation nothing is known, where it must be',
      pki.end,
      { revocationCheck: 'required' },
      ['revocation-silent', 'revocation-silent'],
    ],
  ];
  for (const [what, end, change, expected] of cases) {
    it(`is not believed ${what}`, () => {
      assert.deepEqual(faultsOf(end, { ...policy(pki), ...change }), expected);
    });
  }

  it('is not believed when it is signed with a broken hash or a short key', () => {
    const rsa = createPki(RSA);
    const weak = issue(RSA, { name: 'x' }, rsa.middle, '1.2.840.113549.1.1.5');
    assert.deepEqual(faultsOf(weak, { ...policy(rsa) }), ['algorithm-broken', 'signature-wrong']);
  });

  it('is believed for its own institution', () => {
    const institution = { code: 'H00000000001', parts: ['serialNumber', 'CN'] };
    assert.deepEqual(faultsOf(pki.end, { ...policy(pki), institution }), []);
  });

  describe('with what its authority says of revocation', () => {
    const list = (by: Holder, revoked: readonly Holder[], nextUpdate = NOW + DAY) =>
      readRevocationLists(
        issueRevocationList(
          {
            revoked: revoked.map(({ certificate }) => ({ certificate, at: NOW - DAY })),
            thisUpdate: NOW - DAY,
            nextUpdate,
          },
          by.authority,
        ),
      );
    const answer = (by: Holder, revokedAt?: number) =>
      readOcspAnswer(
        issueOcspAnswer(
          {
            certificate: pki.end.certificate,
            issuer: pki.middle.certificate,
            ...(revokedAt === undefined ? {} : { revokedAt }),
            thisUpdate: NOW - DAY,
            nextUpdate: NOW + DAY,
          },
          by.authority,
        ),
      );
    const responder = issue(
      SM2,
      { name: 'OCSP', usages: ['digitalSignature'], extendedUsages: ['1.3.6.1.5.5.7.3.9'] },
      pki.middle,
    );
    const told = (lists: ReturnType<typeof list>, answers: ReturnType<typeof answer>[], at = NOW): string[] =>
      faultsOf(pki.end, { ...policy(pki), at, revocation: { lists, answers } });

    it('is not believed once a list of the issuer names it', () => {
      assert.deepEqual(told(list(pki.middle, [pki.end]), []), ['revoked']);
    });
    it('is believed while the list names others', () => {
      assert.deepEqual(told(list(pki.middle, [responder]), []), []);
    });
    it('pays no heed to a list that somebody else signed', () => {
      assert.deepEqual(told(list(other.middle, [pki.end]), []), []);
    });
    it('asks for a newer list when the time of the list is over', () => {
      assert.deepEqual(told(list(pki.middle, [], NOW - 1), []), ['revocation-stale']);
    });
    it('is not believed once an OCSP answer of the issuer or its delegate says so', () => {
      assert.deepEqual(told([], [answer(pki.middle, NOW - DAY)]), ['revoked']);
      assert.deepEqual(told([], [answer(responder, NOW - DAY)]), ['revoked']);
      assert.deepEqual(told([], [answer(responder)]), []);
    });
    it('pays no heed to an OCSP answer signed by a certificate without that purpose', () => {
      assert.deepEqual(told([], [answer(pki.end, NOW - DAY)]), []);
    });
  });
});

describe('certificates and the openssl command', () => {
  it('agree about a certificate that was made here, where the command is to be had', function () {
    const found = spawnSync('openssl', ['version']);
    if (found.status !== 0) return assert.equal(found.error?.message.includes('ENOENT') ?? false, true);
    const folder = mkdtempSync(join(tmpdir(), 'yiqiao-certificates-'));
    try {
      const { root } = createPki(SM2);
      const end = issue(SM2, { name: 'H00000000001' }, root);
      // The option for the identity reaches the last certificate only, so that it stands right below the root.
      for (const [name, { pem }] of Object.entries({ root, end })) {
        writeFileSync(join(folder, `${name}.pem`), pem);
      }
      const distid = 'distid:1234567812345678';
      const told = execFileSync(
        'openssl',
        ['verify', '-attime', String(NOW / 1_000), '-vfyopt', distid, '-CAfile', 'root.pem', 'end.pem'],
        { cwd: folder, encoding: 'utf8' },
      );
      assert.match(told, /end\.pem: OK/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the key of a certificate', () => {
  it('is found whatever the serial number looks like', () => {
    const { root } = createPki(SM2);
    // As an object identifier this would be a number beyond all limits.
    const serial = Buffer.from(`7f${'ff'.repeat(14)}01`, 'hex');
    const { pem, certificate } = issue(SM2, { name: 'H00000000001', serial }, root);
    assert(certificate.key.kind === 'SM2');
    assert.deepEqual(parsePublicKey(pem).point, certificate.key.sm2.point);
  });
});
