/** X.509 certificates with SM2, RSA or ECDSA keys. node:crypto and node-forge refuse those with SM2. */
import { createHash, createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate as CertificateAsn,
  ExtendedKeyUsage,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  SubjectAlternativeName,
} from '@peculiar/asn1-x509';
import type { Extension, KeyUsageType, Name } from '@peculiar/asn1-x509';
import { GatewayError } from '@yiqiao/model';
import { SM2_CURVE_OID } from '../curve.ts';
import { findPublicKeyInfo } from '../der.ts';
import { parsePublicKey } from '../keys.ts';
import type { Sm2PublicKey } from '../keys.ts';
import { findSignatureAlgorithm, nameOfPart } from './algorithms.ts';
import type { SignatureAlgorithm } from './algorithms.ts';
import { certificateInvalid } from './certificate-fault.ts';
import { derBlocks } from './der-blocks.ts';

/** The key that a certificate vouches for. */
export type CertifiedKey =
  | { readonly kind: 'SM2'; readonly sm2: Sm2PublicKey }
  | { readonly kind: 'RSA' | 'EC'; readonly key: KeyObject; readonly bits: number };

/** Bytes with a signature over them: a certificate, a revocation list, an OCSP answer. */
export interface SignedBytes {
  readonly tbs: Uint8Array;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
}

/** A certificate as read; nothing of it is verified yet. */
export interface Certificate extends SignedBytes {
  readonly der: Buffer;
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string;
  /** `CN=…, O=…, C=CN`, in the order written. */
  readonly subject: string;
  readonly issuer: string;
  /** Values of the subject by short name (`CN`, `serialNumber`, …). */
  readonly subjectParts: Readonly<Record<string, readonly string[]>>;
  /** DER of the names, for chaining. */
  readonly subjectDer: Buffer;
  readonly issuerDer: Buffer;
  /** Lower-case hex, no leading zeros. */
  readonly serial: string;
  /** Epoch milliseconds, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly key: CertifiedKey;
  readonly spki: Buffer;
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  /** Absent: any. */
  readonly usages: readonly KeyUsageType[] | undefined;
  readonly extendedUsages: readonly string[] | undefined;
  /** DNS names and addresses. */
  readonly hosts: readonly string[];
  /** Critical extensions that nothing here understands. */
  readonly unknownCritical: readonly string[];
}

/**
 * Reads every certificate of a text (PEM, base64, hex) or of DER bytes, in the order written.
 * @throws GatewayError `CERTIFICATE_INVALID` with what was seen; trailing bytes are refused.
 */
export function readCertificates(source: string | Uint8Array): readonly Certificate[] {
  return derBlocks(source, 'CERTIFICATE').map(readCertificate);
}

/** Serial numbers in one writing. */
export function serialText(bytes: ArrayBuffer): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(?:00)+(?=..)/, '');
}

/** A supported algorithm, or the error that names it. */
export function algorithmOf(oid: string): SignatureAlgorithm {
  const found = findSignatureAlgorithm(oid);
  if (found === undefined) throw certificateInvalid(`a signature by the unsupported algorithm ${oid}`);
  return found;
}

function readCertificate(der: Buffer): Certificate {
  const { outer, tbs } = parse(der);
  const inner = outer.tbsCertificate;
  if (inner.signature.algorithm !== outer.signatureAlgorithm.algorithm) {
    throw certificateInvalid('two different algorithms inside and outside of the signed part');
  }
  const extensions = [...(inner.extensions ?? [])];
  const constraints = find(extensions, id_ce_basicConstraints, BasicConstraints);
  return {
    der,
    fingerprint: createHash('sha256').update(der).digest('hex'),
    tbs,
    algorithm: algorithmOf(outer.signatureAlgorithm.algorithm),
    signature: new Uint8Array(outer.signatureValue),
    subject: nameText(inner.subject),
    issuer: nameText(inner.issuer),
    subjectParts: nameParts(inner.subject),
    subjectDer: Buffer.from(AsnConvert.serialize(inner.subject)),
    issuerDer: Buffer.from(AsnConvert.serialize(inner.issuer)),
    serial: serialText(inner.serialNumber),
    notBefore: inner.validity.notBefore.getTime().getTime(),
    notAfter: inner.validity.notAfter.getTime().getTime(),
    key: readKey(der),
    spki: Buffer.from(AsnConvert.serialize(inner.subjectPublicKeyInfo)),
    isAuthority: constraints?.cA ?? false,
    pathLength: constraints?.pathLenConstraint,
    usages: find(extensions, id_ce_keyUsage, KeyUsage)?.toJSON(),
    extendedUsages: listOf(find(extensions, id_ce_extKeyUsage, ExtendedKeyUsage)),
    hosts: hostsOf(find(extensions, id_ce_subjectAltName, SubjectAlternativeName)),
    unknownCritical: extensions
      .filter(({ critical, extnID }) => critical && !UNDERSTOOD.has(extnID))
      .map(({ extnID }) => extnID),
  };
}

const UNDERSTOOD = new Set([id_ce_basicConstraints, id_ce_keyUsage, id_ce_extKeyUsage, id_ce_subjectAltName]);

function parse(der: Buffer): { outer: CertificateAsn; tbs: Uint8Array } {
  let outer: CertificateAsn;
  try {
    outer = AsnConvert.parse(der, CertificateAsn);
  } catch (cause) {
    throw certificateInvalid(`${der.length} bytes that are no certificate`, cause);
  }
  if (outer.tbsCertificateRaw === undefined) throw certificateInvalid('a certificate without signed part');
  return { outer, tbs: new Uint8Array(outer.tbsCertificateRaw) };
}

function readKey(der: Buffer): CertifiedKey {
  const info = findPublicKeyInfo(der);
  if (info?.curve === SM2_CURVE_OID) {
    return { kind: 'SM2', sm2: parsePublicKey(info.point.toString('hex')) };
  }
  const spki = Buffer.from(
    AsnConvert.serialize(AsnConvert.parse(der, CertificateAsn).tbsCertificate.subjectPublicKeyInfo),
  );
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const details = key.asymmetricKeyDetails;
    if (key.asymmetricKeyType === 'rsa') return { kind: 'RSA', key, bits: details?.modulusLength ?? 0 };
    if (key.asymmetricKeyType === 'ec')
      return { kind: 'EC', key, bits: EC_BITS[details?.namedCurve ?? ''] ?? 0 };
    throw certificateInvalid(`a key of the unsupported kind ${key.asymmetricKeyType}`);
  } catch (cause) {
    throw cause instanceof GatewayError ? cause : certificateInvalid('a key that cannot be read', cause);
  }
}

const EC_BITS: Readonly<Record<string, number>> = { prime256v1: 256, secp384r1: 384, secp521r1: 521 };

function find<T>(extensions: readonly Extension[], id: string, type: new () => T): T | undefined {
  const found = extensions.filter(({ extnID }) => extnID === id);
  if (found.length > 1) throw certificateInvalid(`the extension ${id} twice`);
  const [only] = found;
  if (only === undefined) return undefined;
  try {
    return AsnConvert.parse(only.extnValue.buffer, type);
  } catch (cause) {
    throw certificateInvalid(`an extension ${id} that cannot be read`, cause);
  }
}

function listOf(list: ExtendedKeyUsage | undefined): readonly string[] | undefined {
  return list === undefined ? undefined : [...list];
}

function hostsOf(names: SubjectAlternativeName | undefined): readonly string[] {
  return [...(names ?? [])].flatMap(({ dNSName, iPAddress }) => {
    const host = dNSName ?? iPAddress;
    return host === undefined ? [] : [host];
  });
}

function nameParts(name: Name): Record<string, string[]> {
  const parts: Record<string, string[]> = {};
  for (const { type, value } of name.flatMap((level) => [...level])) {
    (parts[nameOfPart(type)] ??= []).push(value.toString());
  }
  return parts;
}

/** A distinguished name as people read it: `CN=…, O=…`. */
function nameText(name: Name): string {
  return name
    .flatMap((level) => [...level])
    .map(({ type, value }) => `${nameOfPart(type)}=${value.toString()}`)
    .join(', ');
}
