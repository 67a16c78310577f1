/** A small authority in region 000000, for tests of certificates. */
import { generateKeyPairSync } from 'node:crypto';
import { issueCertificate, readIssued } from '#internal/certificates/issue.ts';
import type { Authority, CertificateRequest } from '#internal/certificates/issue.ts';
import type { Certificate } from '#internal/certificates/certificate.ts';

export const SM2 = '1.2.156.10197.1.501';
export const RSA = '1.2.840.113549.1.1.11';
export const ECDSA = '1.2.840.10045.4.3.2';

export const NOW = Date.UTC(2026, 10, 1);
const DAY = 86_400_000;

const CURVES: Readonly<Record<string, string>> = { [SM2]: 'SM2', [ECDSA]: 'prime256v1' };

/** Keys of the family that an algorithm needs, as PEM. */
function keysFor(algorithm: string, bits = 2_048): { privateKey: string; publicKey: string } {
  const publicKeyEncoding = { type: 'spki', format: 'pem' } as const;
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' } as const;
  const namedCurve = CURVES[algorithm];
  return namedCurve === undefined
    ? generateKeyPairSync('rsa', { modulusLength: bits, publicKeyEncoding, privateKeyEncoding })
    : generateKeyPairSync('ec', { namedCurve, publicKeyEncoding, privateKeyEncoding });
}

/** A certificate with the key that signs in its name. */
export interface Holder {
  readonly certificate: Certificate;
  readonly pem: string;
  readonly privateKey: string;
  readonly authority: Authority & { readonly certificate: Certificate };
}

/** Issues a certificate; by itself where no authority is given. */
export function issue(
  algorithm: string,
  request: Partial<CertificateRequest> & { name: string },
  by?: Holder,
  signedWith: string = by?.authority.algorithm ?? algorithm,
): Holder {
  const keys = keysFor(algorithm);
  const pem = issueCertificate(
    {
      subject: [
        ['C', 'CN'],
        ['O', '测试机构'],
        ['CN', request.name],
      ],
      publicKey: keys.publicKey,
      notBefore: NOW - 30 * DAY,
      notAfter: NOW + 300 * DAY,
      ...request,
    },
    by === undefined
      ? { privateKey: keys.privateKey, algorithm: signedWith }
      : { ...by.authority, algorithm: signedWith },
  );
  const certificate = readIssued(pem);
  return {
    certificate,
    pem,
    privateKey: keys.privateKey,
    authority: { certificate, privateKey: keys.privateKey, algorithm },
  };
}

/** Root, intermediate and an end certificate of one family. */
export function createPki(algorithm: string): { root: Holder; middle: Holder; end: Holder } {
  const root = issue(algorithm, {
    name: '测试根',
    authority: { pathLength: 1 },
    usages: ['keyCertSign', 'crlSign'],
  });
  const middle = issue(
    algorithm,
    { name: '测试中级', authority: { pathLength: 0 }, usages: ['keyCertSign', 'crlSign'] },
    root,
  );
  const end = issue(
    algorithm,
    { name: 'H00000000001', usages: ['digitalSignature', 'nonRepudiation'] },
    middle,
  );
  return { root, middle, end };
}
