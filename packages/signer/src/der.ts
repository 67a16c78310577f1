/** The DER structures that keys come in, read far enough to find curve, scalar, point and validity. */
import asn1 from 'node-forge/lib/asn1.js';
import type { Element } from 'node-forge/lib/asn1.js';

/** A private key. Source: RFC 5208 PrivateKeyInfo around RFC 5915 ECPrivateKey. */
export interface PrivateKeyInfo {
  /** Object identifier of the curve, or of the algorithm when it is no elliptic curve. */
  readonly curve: string;
  readonly scalar: Buffer;
  /** The public point that came with it. */
  readonly point: Buffer | undefined;
}

/** A public key. Source: RFC 5280 SubjectPublicKeyInfo; validity when it came in a certificate. */
export interface PublicKeyInfo {
  readonly curve: string;
  readonly point: Buffer;
  /** Epoch milliseconds. */
  readonly validity: { readonly notBefore: number; readonly notAfter: number } | undefined;
}

/** Reads PKCS#8; `undefined` when the bytes are something else. */
export function findPrivateKeyInfo(der: Uint8Array): PrivateKeyInfo | undefined {
  const [, algorithm, wrapped] = members(readDer(der));
  const [, scalar, ...rest] = members(readDer(content(wrapped)));
  const bytes = content(scalar);
  const curve = curveOf(algorithm);
  if (bytes === undefined || curve === undefined) return undefined;
  const tagged = rest.find((element) => element.tagClass === CONTEXT && element.type === 1);
  return { curve, scalar: bytes, point: content(members(tagged)[0])?.subarray(1) };
}

/** Reads SPKI or an X.509 certificate (whose issuer is not checked); `undefined` when the bytes are something else. */
export function findPublicKeyInfo(der: Uint8Array): PublicKeyInfo | undefined {
  const root = readDer(der);
  return findSpki(root, undefined) ?? findInCertificate(root);
}

const UNIVERSAL = 0;
const OID = 6;
const CONTEXT = 0x80;
const UTC_TIME = 23;

function findInCertificate(root: Element | undefined): PublicKeyInfo | undefined {
  const all = members(members(root)[0]);
  const fields = all[0]?.tagClass === CONTEXT ? all.slice(1) : all;
  const [notBefore, notAfter] = members(fields[3]).map(timeOf);
  if (notBefore === undefined || notAfter === undefined) return undefined;
  return findSpki(fields[5], { notBefore, notAfter });
}

function findSpki(
  element: Element | undefined,
  validity: PublicKeyInfo['validity'],
): PublicKeyInfo | undefined {
  const [algorithm, point] = members(element);
  const curve = curveOf(algorithm);
  const bytes = content(point);
  // A bit string begins with the number of unused bits.
  return curve === undefined || bytes === undefined
    ? undefined
    : { curve, point: bytes.subarray(1), validity };
}

function curveOf(algorithm: Element | undefined): string | undefined {
  const [kind, parameters] = members(algorithm);
  const oid = parameters?.type === OID ? parameters : kind;
  // Anything else in that place, such as the serial number of a certificate, is no identifier.
  const bytes = oid?.type === OID ? content(oid) : undefined;
  return bytes === undefined ? undefined : asn1.derToOid(bytes.toString('latin1'));
}

function timeOf(element: Element): number | undefined {
  const text = content(element)?.toString('latin1');
  if (text === undefined) return undefined;
  const at = element.type === UTC_TIME ? asn1.utcTimeToDate(text) : asn1.generalizedTimeToDate(text);
  return at.getTime();
}

function members(element: Element | undefined): readonly Element[] {
  return element !== undefined && typeof element.value !== 'string' ? element.value : [];
}

function content(element: Element | undefined): Buffer | undefined {
  return element?.tagClass === UNIVERSAL && typeof element.value === 'string'
    ? Buffer.from(element.value, 'latin1')
    : undefined;
}

function readDer(bytes: Uint8Array | undefined): Element | undefined {
  if (bytes === undefined) return undefined;
  try {
    return asn1.fromDer(Buffer.from(bytes).toString('latin1'), {
      strict: true,
      parseAllBytes: true,
      decodeBitStrings: false,
    });
  } catch {
    return undefined;
  }
}
