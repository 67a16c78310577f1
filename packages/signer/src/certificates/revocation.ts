/** What authorities say of certificates they no longer vouch for: revocation lists and OCSP answers, from files. */
import { createHash } from 'node:crypto';
import { BasicOCSPResponse, OCSPResponse, OCSPResponseStatus } from '@peculiar/asn1-ocsp';
import { AsnConvert } from '@peculiar/asn1-schema';
import { CertificateList } from '@peculiar/asn1-x509';
import { algorithmOf, readCertificates, serialText } from './certificate.ts';
import type { Certificate, SignedBytes } from './certificate.ts';
import { certificateInvalid } from './certificate-fault.ts';
import { derBlocks } from './der-blocks.ts';
import { isSignedBy } from './issued-by.ts';

/** A revocation list as read. Source: RFC 5280, 5. */
export interface RevocationList extends SignedBytes {
  readonly issuerDer: Buffer;
  readonly thisUpdate: number;
  /** After it the list says nothing any more. */
  readonly nextUpdate: number | undefined;
  /** Serial number → since when, epoch milliseconds. */
  readonly revoked: ReadonlyMap<string, number>;
}

/** One statement of an OCSP answer. Source: RFC 6960. */
export interface OcspStatement {
  readonly serial: string;
  /** SHA-1, SHA-256 or SM3 over name and key of the issuer. */
  readonly issuer: { readonly hash: string; readonly name: Buffer; readonly key: Buffer };
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: number | undefined;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
}

/** An OCSP answer as read. */
export interface OcspAnswer extends SignedBytes {
  readonly statements: readonly OcspStatement[];
  /** Certificates that came along: the delegated signer of the authority. */
  readonly signers: readonly Certificate[];
}

/** Reads revocation lists. @throws GatewayError `CERTIFICATE_INVALID`. */
export function readRevocationLists(source: string | Uint8Array): readonly RevocationList[] {
  return derBlocks(source, 'X509 CRL').map((der) => {
    const outer = decode(der, CertificateList, 'no revocation list');
    const { tbsCertList: list, tbsCertListRaw: tbs } = outer;
    if (tbs === undefined) throw certificateInvalid('a revocation list without signed part');
    return {
      tbs: new Uint8Array(tbs),
      algorithm: algorithmOf(outer.signatureAlgorithm.algorithm),
      signature: new Uint8Array(outer.signature),
      issuerDer: Buffer.from(AsnConvert.serialize(list.issuer)),
      thisUpdate: list.thisUpdate.getTime().getTime(),
      nextUpdate: list.nextUpdate?.getTime().getTime(),
      revoked: new Map(
        (list.revokedCertificates ?? []).map((one) => [
          serialText(one.userCertificate),
          one.revocationDate.getTime().getTime(),
        ]),
      ),
    };
  });
}

/** Reads an OCSP answer as an authority sent it. @throws GatewayError `CERTIFICATE_INVALID`; also for a refusal. */
export function readOcspAnswer(source: string | Uint8Array): OcspAnswer {
  const [der] = derBlocks(source, 'OCSP RESPONSE');
  if (der === undefined) throw certificateInvalid('no OCSP answer');
  const outer = decode(der, OCSPResponse, 'no OCSP answer');
  const bytes = outer.responseBytes?.response.buffer;
  if (outer.responseStatus !== OCSPResponseStatus.successful || bytes === undefined) {
    throw certificateInvalid(`an OCSP refusal (${OCSPResponseStatus[outer.responseStatus]})`);
  }
  const basic = decode(Buffer.from(bytes), BasicOCSPResponse, 'an OCSP answer of another kind');
  if (basic.tbsResponseDataRaw === undefined) throw certificateInvalid('an OCSP answer without signed part');
  return {
    tbs: new Uint8Array(basic.tbsResponseDataRaw),
    algorithm: algorithmOf(basic.signatureAlgorithm.algorithm),
    signature: new Uint8Array(basic.signature),
    statements: basic.tbsResponseData.responses.map((one): OcspStatement => ({
      serial: serialText(one.certID.serialNumber),
      issuer: {
        hash: HASHES[one.certID.hashAlgorithm.algorithm] ?? '',
        name: Buffer.from(one.certID.issuerNameHash.buffer),
        key: Buffer.from(one.certID.issuerKeyHash.buffer),
      },
      status:
        one.certStatus.revoked !== undefined
          ? 'revoked'
          : one.certStatus.good !== undefined
            ? 'good'
            : 'unknown',
      revokedAt: one.certStatus.revoked?.revocationTime.getTime(),
      thisUpdate: one.thisUpdate.getTime(),
      nextUpdate: one.nextUpdate?.getTime(),
    })),
    signers: (basic.certs ?? []).flatMap((one) =>
      readCertificates(new Uint8Array(AsnConvert.serialize(one))),
    ),
  };
}

const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '1.2.156.10197.1.401': 'sm3',
};

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

/** What is on file about revocation. */
export interface RevocationFiles {
  readonly lists: readonly RevocationList[];
  readonly answers: readonly OcspAnswer[];
}

/**
 * What the authority of a certificate says of it. `stale`: it said something, but its time is over.
 * Only what the issuer, or a signer that it named for OCSP, has signed counts.
 */
export function revocationOf(
  certificate: Certificate,
  issuer: Certificate,
  { lists, answers }: RevocationFiles,
  at: number,
): 'revoked' | 'good' | 'stale' | 'silent' {
  const said: ('revoked' | 'good' | 'stale')[] = [
    ...lists
      .filter((list) => list.issuerDer.equals(certificate.issuerDer) && isSignedBy(list, issuer.key))
      .map((list) => {
        if ((list.revoked.get(certificate.serial) ?? Infinity) <= at) return 'revoked';
        return isCurrent(list, at) ? 'good' : 'stale';
      }),
    ...answers
      .filter((answer) => isAuthentic(answer, issuer, at))
      .flatMap(({ statements }) =>
        statements
          .filter((one) => concerns(one, certificate, issuer))
          .flatMap((one) => {
            if (one.status === 'revoked') return ['revoked'] as const;
            if (one.status === 'unknown') return [];
            return [isCurrent(one, at) ? 'good' : 'stale'] as const;
          }),
      ),
  ];
  return (['revoked', 'good', 'stale'] as const).find((one) => said.includes(one)) ?? 'silent';
}

function isCurrent(of: { thisUpdate: number; nextUpdate: number | undefined }, at: number): boolean {
  return of.thisUpdate <= at && at <= (of.nextUpdate ?? of.thisUpdate + DAY_MS);
}

/** An answer that does not say how long it holds is believed for a day. */
const DAY_MS = 86_400_000;

function isAuthentic(answer: OcspAnswer, issuer: Certificate, at: number): boolean {
  if (isSignedBy(answer, issuer.key)) return true;
  return answer.signers.some(
    (signer) =>
      signer.issuerDer.equals(issuer.subjectDer) &&
      signer.extendedUsages?.includes(OCSP_SIGNING) === true &&
      signer.notBefore <= at &&
      at <= signer.notAfter &&
      isSignedBy(signer, issuer.key) &&
      isSignedBy(answer, signer.key),
  );
}

function concerns(
  { serial, issuer: named }: OcspStatement,
  certificate: Certificate,
  issuer: Certificate,
): boolean {
  if (named.hash === '' || serial !== certificate.serial) return false;
  const digest = (bytes: Uint8Array): Buffer => createHash(named.hash).update(bytes).digest();
  return named.name.equals(digest(certificate.issuerDer)) && named.key.equals(digest(keyBits(issuer)));
}

/** The bits of the key without algorithm and tag, which is what an OCSP answer names. */
function keyBits({ spki }: Certificate): Buffer {
  const sequence = spki.subarray(headLength(spki));
  const bitString = sequence.subarray(headLength(sequence) + contentLength(sequence));
  return bitString.subarray(headLength(bitString) + 1);
}

function headLength(der: Buffer): number {
  const first = der[1] ?? 0;
  return first < 0x80 ? 2 : 2 + (first - 0x80);
}

function contentLength(der: Buffer): number {
  const first = der[1] ?? 0;
  return first < 0x80 ? first : der.readUIntBE(2, first - 0x80);
}

function decode<T>(der: Buffer, type: new () => T, otherwise: string): T {
  try {
    return AsnConvert.parse(der, type);
  } catch (cause) {
    throw certificateInvalid(otherwise, cause);
  }
}
