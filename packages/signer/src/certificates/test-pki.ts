/** A whole test authority as files: SM2 for messages, ECDSA for TLS, one certificate of each that is revoked. */
import { generateKeyPairSync } from 'node:crypto';
import type { Certificate } from './certificate.ts';
import { issueCertificate, issueOcspAnswer, issueRevocationList, readIssued } from './issue.ts';
import type { Authority, CertificateRequest } from './issue.ts';

/** One file of the test authority. */
export interface PkiFile {
  readonly name: string;
  readonly content: string | Buffer;
  /** A private key: to be readable by its owner only. */
  readonly secret: boolean;
}

/** What the test authority is to hold. */
export interface TestPkiOptions {
  /** Institution codes; each gets a signing, an encryption and a TLS certificate. */
  readonly institutions: readonly string[];
  /** Host names and addresses of the TLS server. */
  readonly hosts: readonly string[];
  /** Epoch milliseconds; the certificates hold from an hour before. */
  readonly now: number;
  readonly days: number;
}

const SM2 = '1.2.156.10197.1.501';
const ECDSA = '1.2.840.10045.4.3.2';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

interface Holder extends Authority {
  readonly certificate: Certificate;
  readonly pem: string;
}

type Wish = Pick<CertificateRequest, 'authority' | 'usages' | 'extendedUsages' | 'hosts'> & { name: string };

/** Makes the files; nothing of them is fit for anything but tests. */
export function makeTestPki({ institutions, hosts, now, days }: TestPkiOptions): readonly PkiFile[] {
  const issue = createIssuer({ notBefore: now - HOUR_MS, notAfter: now + days * DAY_MS });
  const authority = { usages: ['keyCertSign', 'crlSign'] } as const;
  const root = issue(SM2, { name: 'SM2 root', authority: { pathLength: 1 }, ...authority });
  const middle = issue(SM2, { name: 'SM2 intermediate', authority: { pathLength: 0 }, ...authority }, root);
  const tlsRoot = issue(ECDSA, { name: 'TLS root', authority: { pathLength: 0 }, ...authority });
  const server = issue(
    ECDSA,
    { name: hosts[0] ?? 'localhost', hosts, usages: ['digitalSignature'], extendedUsages: [SERVER_AUTH] },
    tlsRoot,
  );
  const revoked = issue(SM2, { name: 'revoked', usages: ['digitalSignature'] }, middle);
  const times = { thisUpdate: now - HOUR_MS, nextUpdate: now + days * DAY_MS };
  const list = issueRevocationList(
    { revoked: [{ certificate: revoked.certificate, at: now - HOUR_MS }], ...times },
    middle,
  );
  const revokedTls = issue(
    ECDSA,
    { name: 'revoked', usages: ['digitalSignature'], extendedUsages: [CLIENT_AUTH] },
    tlsRoot,
  );
  const tlsList = issueRevocationList(
    { revoked: [{ certificate: revokedTls.certificate, at: now - HOUR_MS }], ...times },
    tlsRoot,
  );
  return [
    plain('root.pem', root.pem),
    plain('intermediate.pem', middle.pem),
    plain('tls-root.pem', tlsRoot.pem),
    ...pair('server', server),
    ...pair('revoked', revoked),
    plain('revoked.crl.pem', list),
    ...pair('revoked.tls', revokedTls),
    plain('tls.crl.pem', tlsList),
    ...institutions.flatMap((code) => filesOf(code, { issue, middle, tlsRoot, times })),
  ];
}

type Issue = (algorithm: string, wish: Wish, by?: Holder) => Holder;

/** Issues certificates of one validity, each for a new key; by themselves where no authority is given. */
function createIssuer(validity: Pick<CertificateRequest, 'notBefore' | 'notAfter'>): Issue {
  return (algorithm, { name, ...wish }, by) => {
    const keys = generateKeyPairSync('ec', {
      namedCurve: algorithm === SM2 ? 'SM2' : 'prime256v1',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const request: CertificateRequest = {
      subject: [
        ['C', 'CN'],
        ['O', 'Yiqiao test'],
        ['CN', name],
      ],
      publicKey: keys.publicKey,
      ...validity,
      ...wish,
    };
    const pem = issueCertificate(request, by ?? { privateKey: keys.privateKey, algorithm });
    return { pem, certificate: readIssued(pem), privateKey: keys.privateKey, algorithm };
  };
}

/** What one institution holds. */
function filesOf(
  code: string,
  by: {
    readonly issue: Issue;
    readonly middle: Holder;
    readonly tlsRoot: Holder;
    readonly times: { readonly thisUpdate: number; readonly nextUpdate: number };
  },
): PkiFile[] {
  const { issue, middle, tlsRoot, times } = by;
  const sign = issue(SM2, { name: code, usages: ['digitalSignature', 'nonRepudiation'] }, middle);
  const encrypt = issue(SM2, { name: code, usages: ['keyEncipherment', 'dataEncipherment'] }, middle);
  const tls = issue(
    ECDSA,
    { name: code, usages: ['digitalSignature'], extendedUsages: [CLIENT_AUTH] },
    tlsRoot,
  );
  const about = { certificate: sign.certificate, issuer: middle.certificate, ...times };
  return [
    ...pair(`${code}.sign`, sign),
    ...pair(`${code}.encrypt`, encrypt),
    ...pair(`${code}.tls`, tls),
    plain(`${code}.ocsp`, issueOcspAnswer(about, middle)),
  ];
}

function pair(name: string, { pem, privateKey }: Holder): PkiFile[] {
  return [plain(`${name}.pem`, pem), { name: `${name}.key.pem`, content: privateKey, secret: true }];
}

function plain(name: string, content: string | Buffer): PkiFile {
  return { name, content, secret: false };
}
