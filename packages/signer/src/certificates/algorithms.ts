/** Signature algorithms of certificates, revocation lists and OCSP answers, and which of them count. */

/** How a certificate is signed. */
export interface SignatureAlgorithm {
  readonly oid: string;
  /** `SM2-SM3`, `RSA-SHA256`, `ECDSA-SHA256`, … */
  readonly name: string;
  readonly family: 'sm2' | 'rsa' | 'ecdsa';
  /** Name of the hash in node:crypto. */
  readonly hash: string;
  /** Collisions can be made: a signature by it proves nothing. */
  readonly broken?: true;
}

const ALGORITHMS: readonly SignatureAlgorithm[] = [
  { oid: '1.2.156.10197.1.501', name: 'SM2-SM3', family: 'sm2', hash: 'sm3' },
  { oid: '1.2.840.113549.1.1.11', name: 'RSA-SHA256', family: 'rsa', hash: 'sha256' },
  { oid: '1.2.840.113549.1.1.12', name: 'RSA-SHA384', family: 'rsa', hash: 'sha384' },
  { oid: '1.2.840.113549.1.1.13', name: 'RSA-SHA512', family: 'rsa', hash: 'sha512' },
  { oid: '1.2.840.10045.4.3.2', name: 'ECDSA-SHA256', family: 'ecdsa', hash: 'sha256' },
  { oid: '1.2.840.10045.4.3.3', name: 'ECDSA-SHA384', family: 'ecdsa', hash: 'sha384' },
  { oid: '1.2.840.10045.4.3.4', name: 'ECDSA-SHA512', family: 'ecdsa', hash: 'sha512' },
  { oid: '1.2.840.113549.1.1.4', name: 'RSA-MD5', family: 'rsa', hash: 'md5', broken: true },
  { oid: '1.2.840.113549.1.1.5', name: 'RSA-SHA1', family: 'rsa', hash: 'sha1', broken: true },
  { oid: '1.2.840.10045.4.1', name: 'ECDSA-SHA1', family: 'ecdsa', hash: 'sha1', broken: true },
];

/** Finds an algorithm by its object identifier; `undefined` for one that is not supported. */
export function findSignatureAlgorithm(oid: string): SignatureAlgorithm | undefined {
  return ALGORITHMS.find((one) => one.oid === oid);
}

/** Short names of the parts of a distinguished name. Source: RFC 4519; others are written as their number. */
const NAME_PARTS: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.97': 'organizationIdentifier',
};

/** Short name of a part of a distinguished name. */
export function nameOfPart(oid: string): string {
  return NAME_PARTS[oid] ?? oid;
}

/** Object identifier of a part of a distinguished name. */
export function oidOfPart(name: string): string {
  return Object.entries(NAME_PARTS).find(([, short]) => short === name)?.[0] ?? name;
}
