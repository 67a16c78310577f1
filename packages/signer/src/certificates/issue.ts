/** Makes certificates, revocation lists and OCSP answers: a test authority for trying connections out. */
import { createHash, createPublicKey, createSign, randomBytes } from 'node:crypto';
import {
  BasicOCSPResponse,
  CertID,
  CertStatus,
  OCSPResponse,
  OCSPResponseStatus,
  ResponderID,
  ResponseBytes,
  ResponseData,
  RevokedInfo,
  SingleResponse,
} from '@peculiar/asn1-ocsp';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate as CertificateAsn,
  CertificateList,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  RevokedCertificate,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  TBSCertList,
  Time,
  Validity,
  Version,
} from '@peculiar/asn1-x509';
import type { KeyUsageType } from '@peculiar/asn1-x509';
import { parsePrivateKey } from '../keys.ts';
import { createSm2Signer } from '../sm2.ts';
import { findSignatureAlgorithm, oidOfPart } from './algorithms.ts';
import { readCertificates } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import { CERTIFICATE_USER_ID } from './issued-by.ts';

/** Who signs. */
export interface Authority {
  /** The authority's certificate; absent: the certificate signs itself. */
  readonly certificate?: Certificate;
  /** PKCS#8 PEM, SM2, RSA or EC. */
  readonly privateKey: string;
  /** Object identifier of the signature algorithm. */
  readonly algorithm: string;
}

/** What a certificate is to say. */
export interface CertificateRequest {
  /** Parts of the subject in order, e.g. `['CN', 'P00000000001']`. */
  readonly subject: readonly (readonly [string, string])[];
  /** SPKI PEM. */
  readonly publicKey: string;
  /** Epoch milliseconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Positive, big-endian; random when absent. */
  readonly serial?: Uint8Array;
  readonly authority?: { readonly pathLength?: number };
  readonly usages?: readonly KeyUsageType[];
  readonly extendedUsages?: readonly string[];
  /** DNS names and IP addresses. */
  readonly hosts?: readonly string[];
  /** Other extensions as they are. */
  readonly extensions?: readonly {
    readonly id: string;
    readonly critical: boolean;
    readonly der: Uint8Array;
  }[];
}

/** Makes a certificate as PEM. */
export function issueCertificate(request: CertificateRequest, by: Authority): string {
  const subject = nameOf(request.subject);
  const tbs = new TBSCertificate({
    version: Version.v3,
    serialNumber: request.serial === undefined ? newSerial() : new Uint8Array(request.serial).buffer,
    signature: algorithm(by.algorithm),
    issuer: by.certificate === undefined ? subject : AsnConvert.parse(by.certificate.subjectDer, Name),
    validity: new Validity({ notBefore: new Date(request.notBefore), notAfter: new Date(request.notAfter) }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(spkiOf(request.publicKey), SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(request)),
  });
  const bytes = AsnConvert.serialize(tbs);
  const certificate = new CertificateAsn({
    tbsCertificate: tbs,
    signatureAlgorithm: algorithm(by.algorithm),
    signatureValue: signed(bytes, by),
  });
  return pem('CERTIFICATE', AsnConvert.serialize(certificate));
}

/** Makes a revocation list as PEM. */
export function issueRevocationList(
  list: {
    readonly revoked: readonly { readonly certificate: Certificate; readonly at: number }[];
    readonly thisUpdate: number;
    readonly nextUpdate: number;
  },
  by: Authority & { readonly certificate: Certificate },
): string {
  const tbs = new TBSCertList({
    version: Version.v2,
    signature: algorithm(by.algorithm),
    issuer: AsnConvert.parse(by.certificate.subjectDer, Name),
    thisUpdate: new Time(new Date(list.thisUpdate)),
    nextUpdate: new Time(new Date(list.nextUpdate)),
    ...(list.revoked.length === 0
      ? {}
      : {
          revokedCertificates: list.revoked.map(
            ({ certificate, at }) =>
              new RevokedCertificate({
                userCertificate: serialOf(certificate),
                revocationDate: new Time(new Date(at)),
              }),
          ),
        }),
  });
  const bytes = AsnConvert.serialize(tbs);
  const outer = new CertificateList({
    tbsCertList: tbs,
    signatureAlgorithm: algorithm(by.algorithm),
    signature: signed(bytes, by),
  });
  return pem('X509 CRL', AsnConvert.serialize(outer));
}

/** Makes an OCSP answer about one certificate, as DER. */
export function issueOcspAnswer(
  about: {
    readonly certificate: Certificate;
    readonly issuer: Certificate;
    readonly revokedAt?: number;
    readonly thisUpdate: number;
    readonly nextUpdate: number;
  },
  by: Authority & { readonly certificate: Certificate },
): Buffer {
  const { certificate, issuer } = about;
  const digest = (bytes: Uint8Array): OctetString =>
    new OctetString(new Uint8Array(createHash('sha256').update(bytes).digest()));
  const spki = AsnConvert.parse(issuer.spki, SubjectPublicKeyInfo);
  const single = new SingleResponse({
    certID: new CertID({
      hashAlgorithm: algorithm('2.16.840.1.101.3.4.2.1'),
      issuerNameHash: digest(issuer.subjectDer),
      issuerKeyHash: digest(new Uint8Array(spki.subjectPublicKey)),
      serialNumber: serialOf(certificate),
    }),
    certStatus: new CertStatus(
      about.revokedAt === undefined
        ? { good: null }
        : { revoked: new RevokedInfo({ revocationTime: new Date(about.revokedAt) }) },
    ),
    thisUpdate: new Date(about.thisUpdate),
    nextUpdate: new Date(about.nextUpdate),
  });
  const tbs = new ResponseData({
    responderID: new ResponderID({ byName: AsnConvert.parse(by.certificate.subjectDer, Name) }),
    producedAt: new Date(about.thisUpdate),
    responses: [single],
  });
  const basic = new BasicOCSPResponse({
    tbsResponseData: tbs,
    signatureAlgorithm: algorithm(by.algorithm),
    signature: signed(AsnConvert.serialize(tbs), by),
    certs: [AsnConvert.parse(by.certificate.der, CertificateAsn)],
  });
  const outer = new OCSPResponse({
    responseStatus: OCSPResponseStatus.successful,
    responseBytes: new ResponseBytes({
      responseType: '1.3.6.1.5.5.7.48.1.1',
      response: new OctetString(AsnConvert.serialize(basic)),
    }),
  });
  return Buffer.from(AsnConvert.serialize(outer));
}

/** The one certificate of a PEM that `issueCertificate` made. */
export function readIssued(text: string): Certificate {
  const [only] = readCertificates(text);
  if (only === undefined) throw new RangeError('no certificate was made');
  return only;
}

function nameOf(parts: CertificateRequest['subject']): Name {
  return new Name(
    parts.map(([part, value]) => {
      const text =
        part === 'C' || part === 'serialNumber' ? { printableString: value } : { utf8String: value };
      return new RelativeDistinguishedName([
        new AttributeTypeAndValue({ type: oidOfPart(part), value: new AttributeValue(text) }),
      ]);
    }),
  );
}

function extensionsOf({
  authority,
  usages,
  extendedUsages,
  hosts,
  extensions = [],
}: CertificateRequest): Extension[] {
  const made: Extension[] = [];
  const add = (extnID: string, critical: boolean, value: unknown): void => {
    made.push(new Extension({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) }));
  };
  if (authority !== undefined) {
    const { pathLength } = authority;
    const constraints = { cA: true, ...(pathLength === undefined ? {} : { pathLenConstraint: pathLength }) };
    add(id_ce_basicConstraints, true, new BasicConstraints(constraints));
  }
  if (usages !== undefined) {
    const flags = usages.map((usage) => KeyUsageFlags[usage === 'crlSign' ? 'cRLSign' : usage]);
    add(id_ce_keyUsage, true, new KeyUsage(flags.reduce((all, flag) => all | flag, 0)));
  }
  if (extendedUsages !== undefined) add(id_ce_extKeyUsage, false, new ExtendedKeyUsage([...extendedUsages]));
  if (hosts !== undefined) {
    const names = hosts.map(
      (host) => new GeneralName(/^[\d.]+$|:/.test(host) ? { iPAddress: host } : { dNSName: host }),
    );
    add(id_ce_subjectAltName, false, new SubjectAlternativeName(names));
  }
  for (const { id, critical, der } of extensions) {
    made.push(new Extension({ extnID: id, critical, extnValue: new OctetString(new Uint8Array(der)) }));
  }
  return made;
}

/** RSA and hash algorithms carry a NULL, the others nothing. */
function algorithm(oid: string): AlgorithmIdentifier {
  const hasNull = findSignatureAlgorithm(oid)?.family === 'rsa';
  return new AlgorithmIdentifier({ algorithm: oid, ...(hasNull ? { parameters: null } : {}) });
}

function signed(bytes: ArrayBuffer, { privateKey, algorithm: oid }: Authority): ArrayBuffer {
  const found = findSignatureAlgorithm(oid);
  if (found === undefined) throw new RangeError(`no signature algorithm ${oid}`);
  const message = new Uint8Array(bytes);
  const signature =
    found.family === 'sm2'
      ? createSm2Signer(parsePrivateKey(privateKey), { userId: CERTIFICATE_USER_ID, encoding: 'der' }).sign(
          message,
        )
      : createSign(found.hash).update(message).sign(privateKey);
  return new Uint8Array(signature).buffer;
}

/** Positive, sixteen bytes. */
function newSerial(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.buffer;
}

function serialOf({ serial }: Certificate): ArrayBuffer {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`;
  const bytes = Buffer.from(hex, 'hex');
  return new Uint8Array((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes).buffer;
}

function spkiOf(publicKey: string): Buffer {
  return createPublicKey(publicKey).export({ format: 'der', type: 'spki' });
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
